import { UNKNOWN } from './format.js';
import { h } from './h.js';

/** Which colour a word has: its meaning, not its area. The word itself always stands there too. @type {Record<string, string[]>} */
const TONES = {
  good: ['READY', 'IN_SERVICE', 'ASSIGNED_TO_TENANT', 'DONE', 'done', 'recognised', 'observed', 'OK', 'yes', 'live'],
  busy: [
    'DISCOVERED',
    'PHYSICAL_VALIDATED',
    'FIRMWARE_UPDATING',
    'HARDENED',
    'STAGED',
    'PROVISIONED_TO_VENDOR_TOOL',
    'ALLOCATED',
    'PROVISIONING',
    'IN_PROGRESS',
    'active',
  ],
  wait: ['OPEN', 'waiting', 'sighted', 'pending', 'no', 'MEDIUM'],
  warn: [
    'MAINTENANCE',
    'REPAIRING',
    'DECOMMISSION_PROPOSED',
    'DECOMMISSIONING',
    'unexpected',
    'unsupported',
    'Warning',
    'HIGH',
    'stale',
  ],
  bad: ['BROKEN', 'dead', 'failed', 'Critical', 'CRITICAL', 'HIGHEST', 'stuck'],
};

/** @type {Map<string, string>} */
const TONE_OF = new Map(Object.entries(TONES).flatMap(([tone, names]) => names.map((name) => [name, tone])));

/** @param {string | null} word @param {string} [title] */
export function chip(word, title) {
  if (word === null) return h('span', { class: 'dim' }, UNKNOWN);
  return h('span', { class: `chip ${TONE_OF.get(word) ?? 'plain'}`, title }, word.replaceAll('_', ' '));
}
