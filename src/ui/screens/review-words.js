import { nameOf } from './asset-names.js';
import { h } from './h.js';
import { placeLink } from './place-link.js';
import { subjectLink } from './subject-link.js';

const EVIDENCE = /** @type {Record<string, string>} */ ({
  id: 'the hub’s own id',
  serial: 'the serial',
  uuid: 'the system UUID',
  board: 'the board serial',
  bmc: 'the MAC of the BMC',
  tag: 'the asset tag',
});

/** `board:ABC` → what it is and what it says. @param {string} key @returns {{ kind: string, value: string }} */
export function splitKey(key) {
  const at = key.indexOf(':');
  return { kind: EVIDENCE[key.slice(0, at)] ?? key.slice(0, at), value: key.slice(at + 1) };
}

/** Servers that a review is about. @param {any} review @returns {string[]} */
export function serversOf({ evidence }) {
  const claims = /** @type {string[]} */ (evidence.claims ?? []).filter((claim) => !claim.includes(':'));
  const places = /** @type {any[]} */ (evidence.places ?? [])
    .filter(({ type }) => type === 'asset')
    .map(({ id }) => id);
  return [...claims, ...places];
}

/** @param {string} id */
export function serverName(id) {
  return nameOf(id) ?? `server ${id.slice(-12)}`;
}

/** The question, as one would ask a colleague. @param {any} review @returns {import('./h.js').Child} */
export function questionOf(review) {
  const { kind, subject, evidence } = review;
  if (kind === 'evidence-of-several-servers') {
    const { kind: what, value } = splitKey(subject);
    return [
      `Whose is ${what} `,
      code(value),
      '? ',
      listed(evidence.claims ?? [], claimed),
      ' show it. Either they are one server, or something moved from one to the other.',
    ];
  }
  if (kind === 'serial-claimed-twice') {
    const { value } = splitKey(subject);
    return [
      'Two servers, or one with another board? The serial ',
      code(value),
      ' is shown with ',
      listed(evidence.claims ?? [], claimed),
      '.',
    ];
  }
  if (kind === 'component-in-two-places') {
    return [
      `Is this one ${evidence.kind}? `,
      subjectLink('component', evidence.component_id ?? subject, evidence.serial ?? undefined),
      ' is in ',
      listed(evidence.places ?? [], (place) =>
        placeLink({ ...place, name: place.type === 'asset' ? serverName(place.id) : null }),
      ),
      ' at the same time. Two parts may carry one serial, or one of the collections is wrong.',
    ];
  }
  if (kind === 'maybe-one-component') {
    return [
      'Are these one part? ',
      listed(partsOf(review), (part) => subjectLink('component', part.id, part.serial ?? undefined)),
      '.',
    ];
  }
  if (kind === 'bundle-without-place') {
    return [
      'Which server is ',
      subjectLink('bundle', evidence.bundle ?? subject, evidence.file_name ?? undefined),
      ' of? Nothing in it says so.',
    ];
  }
  return [kind.replaceAll('-', ' '), ' ', code(subject)];
}

/** @param {any} review @returns {{ id: string, serial: string | null }[]} */
export function partsOf({ evidence }) {
  return (evidence.components ?? []).map((/** @type {any} */ one) =>
    typeof one === 'string'
      ? { id: one, serial: null }
      : { id: one.id ?? one.component_id, serial: one.serial ?? null },
  );
}

/** What the hub knows about it, below the question. @param {any} review @returns {import('./h.js').Child} */
export function evidenceOf({ evidence }) {
  const cards = evidence.cards ?? [];
  if (cards.length > 0) {
    return h(
      'ul',
      { class: 'cards' },
      cards.map((/** @type {any} */ card) =>
        h(
          'li',
          null,
          h('b', null, card.host_name ?? card.model ?? 'somebody'),
          ' shows ',
          listed(card.keys, (key) => keyInWords(key)),
        ),
      ),
    );
  }
  if (evidence.snapshots)
    return h(
      'p',
      { class: 'dim' },
      evidence.snapshots
        .map((/** @type {any} */ one) => `${one.source}: ${one.components} ${one.components === 1 ? 'part' : 'parts'}`)
        .join(', '),
    );
  return null;
}

/** @param {string} key */
function keyInWords(key) {
  const { kind, value } = splitKey(key);
  return h('span', null, h('span', { class: 'dim' }, `${kind} `), code(value));
}

/** @param {string} claim */
function claimed(claim) {
  return claim.includes(':') ? keyInWords(claim) : subjectLink('asset', claim);
}

/** @template T @param {T[]} list @param {(one: T) => import('./h.js').Child} say @returns {import('./h.js').Child[]} */
function listed(list, say) {
  return list.flatMap((one, index) => {
    if (index === 0) return [say(one)];
    return [index === list.length - 1 ? ' and ' : ', ', say(one)];
  });
}

/** @param {string} text */
function code(text) {
  return h('code', null, text);
}
