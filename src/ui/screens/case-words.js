import { h } from './h.js';
import { subjectLink } from './subject-link.js';

/** @typedef {{ subject_type: string, subject_id: string, subject_name: string | null, confidence: number, why: string, verdict: string, found_by: string, created_at: string }} CaseLink */

/** What a case may be about, as people call it. @type {Record<string, string>} */
export const SUBJECTS = { asset: 'server', component: 'part', project: 'project', ticket: 'ticket' };

/** By what their state means, whatever they call it. @type {Record<string, string>} */
const TONES = { new: 'wait', indeterminate: 'busy', done: 'good' };

/** The state of a case in their own words. @param {{ status: string, status_category: string }} one */
export function caseState({ status, status_category: category }) {
  return h('span', { class: `chip ${TONES[category] ?? 'plain'}` }, status);
}

/** How sure it is that a case is about something: a person's word, or what an import made of the words. @param {CaseLink} link */
export function sureness({ verdict, confidence, why }) {
  if (verdict === 'right') return h('span', { class: 'chip good', title: why }, 'confirmed');
  if (verdict === 'wrong') return h('span', { class: 'chip bad', title: why }, 'not about it');
  return h('span', { class: `chip ${toneOf(confidence)}`, title: why }, `${Math.round(confidence * 100)} % sure`);
}

/** @param {number} confidence */
function toneOf(confidence) {
  if (confidence >= 0.8) return 'good';
  return confidence >= 0.5 ? 'wait' : 'plain';
}

/** @param {CaseLink} link */
export function linkedTo({ subject_type: type, subject_id: id, subject_name: name }) {
  return subjectLink(type, id, name ?? undefined);
}
