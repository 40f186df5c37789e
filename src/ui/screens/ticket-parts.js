import { actionButton } from './ask.js';
import { chip } from './chip.js';
import { duration } from './format.js';
import { h } from './h.js';
import { panelLine } from './panel-line.js';
import { stackedTable } from './stacked-table.js';
import { askRelease } from './stock-asks.js';
import { conditionChip } from './stock-items-page.js';
import { subjectLink } from './subject-link.js';
import { when } from './when.js';

/** What became of a spare. @type {Record<string, string>} */
const SPARE_ENDS = {
  consumed: 'was kept for it, and built in',
  released: 'was kept for it, and set free',
  expired: 'was kept for it until its time was over',
};

/** The spare that is kept for it: in which bin, until when. @param {{ ticket: any, held: any, found: any, lacks: string | undefined }} shown @param {() => void} onDone */
export function spareOf({ ticket, held, found, lacks }, onDone) {
  const { spare } = ticket;
  const open = ticket.state === 'OPEN' || ticket.state === 'IN_PROGRESS';
  if (spare === null && !replaces(ticket)) return null;
  if (spare === null)
    return [
      h('h2', null, 'Spare'),
      h('p', { class: 'dim' }, open ? 'None is kept for it.' : 'None was kept for it.'),
      found && foundOf(found),
    ];
  const part = h(
    'a',
    { href: `/ui/stock/items/${spare.item_id}` },
    [spare.lot, spare.serial ?? spare.barcode].filter(Boolean).join(' ') || 'the part',
  );
  if (spare.state !== 'held')
    return [
      h('h2', null, 'Spare ', chip(spare.state)),
      h('p', null, part, ` ${SPARE_ENDS[spare.state] ?? spare.state}.`),
      found && foundOf(found),
    ];
  return [
    h('h2', null, 'Spare ', chip(spare.state)),
    h(
      'dl',
      { class: 'facts stock-facts' },
      panelLine('Part', part),
      panelLine('Bin', spare.place && h('strong', null, spare.place)),
      panelLine('Barcode', spare.barcode && h('code', null, spare.barcode)),
      panelLine('Condition', conditionChip(spare.condition)),
      panelLine('Until', when(spare.expires_at)),
      panelLine('Warranty', spare.warranty_until && when(spare.warranty_until)),
      panelLine('Why', spare.why),
    ),
    held && actionButton('Set it free', lacks, () => void askRelease(held).then((done) => done && onDone())),
  ];
}

/** Nothing is built in for the others, and nothing new is looked for. @param {any} ticket */
function replaces({ type, asset_id }) {
  return type.startsWith('REPLACE_') && asset_id !== null;
}

/** What was seen to change. @param {any} ticket */
export function proofOf(ticket) {
  const { proof } = ticket;
  if (proof === null && !replaces(ticket)) return null;
  if (proof === null)
    return [
      h('h2', null, 'Proof of the repair'),
      h(
        'p',
        { class: ticket.unproven ? 'notice' : 'dim' },
        ticket.unproven
          ? 'It was said to be done, and no new part was seen in time.'
          : 'No new part has been seen in that place yet.',
      ),
    ];
  return [
    h('h2', null, 'Proof of the repair'),
    h(
      'dl',
      { class: 'facts stock-facts' },
      panelLine('Slot', proof.slot),
      panelLine('Was', h('code', null, proof.old_serial)),
      panelLine('Is', [
        h('code', null, proof.new_serial),
        ', ',
        subjectLink('component', proof.new_component_id, 'its passport'),
      ]),
      panelLine('Seen', [when(proof.seen_at), ` by ${proof.sources.join(', ')}`]),
      panelLine('Healthy', proof.proven_at ? ['since ', when(proof.proven_at)] : 'not proven yet'),
    ),
  ];
}

/** @param {any} ticket */
export function aboutOf({ about }) {
  if (about.length === 0) return null;
  const servers = about.filter((/** @type {any} */ { type }) => type === 'asset').length;
  return [
    h('h2', null, 'What it is about ', h('small', null, servers > 1 ? `${servers} servers are gathered in it` : '')),
    h(
      'ul',
      null,
      about.map((/** @type {any} */ one) =>
        h(
          'li',
          null,
          `${one.type} `,
          subjectLink(one.type, one.id, one.name ?? undefined),
          one.confidence < 1 && h('span', { class: 'dim' }, ` ${Math.round(one.confidence * 100)} % sure`),
        ),
      ),
    ),
  ];
}

/** @param {{ alerts: any[], about: any[] }} ticket */
export function alertsOf({ alerts, about }) {
  if (alerts.length === 0) return null;
  return [
    h('h2', null, 'Symptoms'),
    rows('Symptoms', ['When', 'Symptom', 'Part', 'Where', 'What became of it', 'Why'], alerts, (one) => [
      when(one.occurred_at),
      one.symptom,
      one.component || '–',
      subjectLink(one.subject_type, one.subject_id, nameIn(about, one.subject_id)),
      one.outcome,
      h('span', { class: 'why' }, one.reason),
    ]),
  ];
}

/** What something that a ticket is about is called. @param {any[]} about @param {string} id @returns {string | undefined} */
export function nameIn(about, id) {
  return about.find((/** @type {any} */ one) => one.id === id)?.name ?? undefined;
}

/** Alerts that opened no ticket of their own because of this one. @param {any[]} list */
export function suppressedOf(list) {
  if (list.length === 0) return null;
  return [
    h('h2', null, 'Suppressed by it ', h('small', null, 'alerts that opened no ticket of their own')),
    rows('Suppressed alerts', ['When', 'Symptom', 'Where', 'Rule', 'Why', 'Until'], list, (one) => [
      when(one.occurred_at),
      one.symptom,
      subjectLink(one.subject_type, one.subject_id),
      one.rule,
      h('span', { class: 'why' }, one.why),
      one.until ? when(one.until) : '–',
    ]),
  ];
}

/** @param {{ told: any[], sla: any[] | null, external: any }} ticket */
export function toldOf({ told, sla, external }) {
  if (told.length === 0 && sla === null && external === null) return null;
  return [
    h('h2', null, 'The other side'),
    external &&
      h(
        'p',
        null,
        `${external.key ?? external.id}: ${external.status ?? 'its status is not known'}`,
        external.resolution && `, ${external.resolution}`,
        external.read_at && [', read ', when(external.read_at)],
      ),
    sla !== null && sla.length === 0 && h('p', { class: 'dim' }, 'It has no service levels.'),
    (sla ?? []).map((one) =>
      h(
        'p',
        null,
        h('span', { class: `chip ${one.breached ? 'bad' : 'good'}` }, one.breached ? 'breached' : 'in time'),
        ` ${one.name}: `,
        one.remaining_ms === null ? 'how long is left is not known' : leftOf(one.remaining_ms),
        one.paused && ', paused',
      ),
    ),
    told.length > 0 &&
      rows('Told to the other side', ['When', 'What', 'Text', 'Taken'], told, (one) => [
        when(one.at),
        one.kind,
        h('span', { class: 'clip long', title: one.text }, one.text),
        one.settled_at === null
          ? h('span', { class: 'chip wait' }, 'waits')
          : [when(one.settled_at), one.outcome && ` ${one.outcome}`],
      ]),
  ];
}

/** @param {number} ms */
function leftOf(ms) {
  return ms < 0 ? `over by ${duration(-ms)}` : `${duration(ms)} left`;
}

/** @param {any[]} list */
export function beforeOf(list) {
  if (list.length === 0) return [h('h2', null, 'Tickets before'), h('p', { class: 'dim' }, 'None.')];
  return [
    h('h2', null, 'Other tickets of it'),
    rows('Other tickets', ['Ticket', 'State', 'Part', 'Opened', 'Closed'], list, (one) => [
      h('a', { href: `/ui/tickets/${one.id}` }, one.external?.key ?? one.type),
      chip(one.state),
      one.component || '–',
      when(one.opened_at, { only: 'age' }),
      one.closed_at ? when(one.closed_at, { only: 'age' }) : '–',
    ]),
  ];
}

/** @param {any[]} entries newest first */
export function timelineOf(entries) {
  return [
    h('h2', null, 'Timeline'),
    h(
      'ol',
      { class: 'timeline' },
      entries.map((entry) =>
        h(
          'li',
          null,
          h(
            'details',
            null,
            h('summary', null, when(entry.timestamp), h('span', { class: 'sentence' }, entry.sentence)),
            h('p', { class: 'dim' }, h('code', null, entry.type), ` by ${entry.actor}`),
          ),
        ),
      ),
    ),
  ];
}

/**
 * @param {string} caption @param {string[]} titles @param {any[]} list
 * @param {(row: any) => import('./h.js').Child[]} cells
 */
function rows(caption, titles, list, cells) {
  return stackedTable({
    caption,
    titles,
    rows: list.map((one) =>
      h(
        'tr',
        null,
        cells(one).map((cell, index) => h('td', { 'data-title': titles[index] }, cell)),
      ),
    ),
  });
}

/** Where a spare would be, and why none here is taken. @param {any} found */
function foundOf({ why_none: whyNone, reorder, candidates }) {
  return [
    whyNone && h('p', null, `Nothing here would be taken: ${whyNone}.`),
    reorder && h('p', null, `To order: ${reorder.quantity} × `, h('code', null, reorder.lot)),
    candidates.length > 0 &&
      rows('Spares that were looked at', ['Part', 'Is', 'Place', 'Why'], candidates, ({ item, verdict, why }) => [
        h(
          'a',
          { href: `/ui/stock/items/${item.id}` },
          [item.lot ?? item.kind, item.serial ?? item.barcode].filter(Boolean).join(' '),
        ),
        h('span', { class: `chip ${verdict === 'takeable' ? 'good' : 'plain'}` }, verdict),
        item.place ?? 'not shelved',
        h('span', { class: 'why' }, why),
      ]),
  ];
}
