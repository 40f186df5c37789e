/**
 * @typedef {{ level: 'pdu' | 'switch', name: string, ports: { port: string, outlet: string | null, management: boolean, source: string, seen_at: string }[] }} Feeder
 * A PDU or switch as `GET /v1/assets/{id}/feeds` shows it.
 */

/**
 * One line per port and source: power first, then data, then what only manages the server.
 * @param {readonly Feeder[]} feeders
 */
export function feedRows(feeders) {
  return feeders
    .flatMap(({ level, name, ports }) =>
      ports.map(({ port, outlet, management, source, seen_at: seenAt }) => ({
        ...{ what: portKind({ level, management }), name, port, outlet, source, seenAt },
      })),
    )
    .toSorted(
      (a, b) =>
        KINDS.indexOf(a.what) - KINDS.indexOf(b.what) ||
        byText(a.port, b.port) ||
        byText(a.name, b.name) ||
        byText(a.source, b.source),
    );
}

const KINDS = ['Power', 'Network', 'Management'];

/** What a port of a server is for. @param {{ level: Feeder['level'], management: boolean }} port */
export function portKind({ level, management }) {
  if (level === 'pdu') return 'Power';
  return management ? 'Management' : 'Network';
}

/** @param {string} one @param {string} other */
function byText(one, other) {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** What nobody says, in words. @param {readonly Feeder[]} feeders */
export function unknownFeeds(feeders) {
  const has = (/** @type {Feeder['level']} */ level) => feeders.some((feeder) => feeder.level === level);
  return [
    !has('pdu') && 'Its PDUs are unknown: no source says where its power cables go.',
    !has('switch') && 'Its switches are unknown: no source says where its network cables go.',
  ].filter((text) => text !== false);
}

/** Kinds of tickets that are about a PDU or a switch, and what they call it. @type {Record<string, string>} */
export const FEEDER_TICKETS = { CHECK_PDU: 'PDU', CHECK_SWITCH: 'switch' };
