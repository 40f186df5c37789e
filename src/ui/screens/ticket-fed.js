import { FEEDER_TICKETS, portKind } from './feed-words.js';
import { h } from './h.js';
import { stackedTable } from './stacked-table.js';
import { subjectLink } from './subject-link.js';
import { when } from './when.js';

const TITLES = ['Server', 'Port', 'For', 'Outlet or port there', 'Says who', 'Read'];
/** As many ports as the API shows of a PDU or a switch. */
const FED_AT_MOST = 100;

/** What hangs on the PDU or switch that a ticket names, port by port. @param {any} ticket */
export function fedOf({ type, component, fed }) {
  const what = FEEDER_TICKETS[type];
  if (fed.length === 0)
    return what === undefined
      ? null
      : [h('h2', null, 'What hangs on it'), h('p', { class: 'dim' }, unknownFed(what, component))];
  const servers = new Set(fed.map((/** @type {any} */ one) => one.asset_id)).size;
  const more = fed.length >= FED_AT_MOST ? ` by the first ${FED_AT_MOST} ports` : '';
  return [
    h(
      'h2',
      null,
      `What hangs on ${component} `,
      h('small', null, `${servers} server${servers === 1 ? '' : 's'}${more}`),
    ),
    stackedTable({
      caption: 'What hangs on it',
      titles: TITLES,
      rows: fed.map((/** @type {any} */ one) => h('tr', null, cellsOf(one))),
    }),
  ];
}

/** @param {string} what @param {string} component */
function unknownFed(what, component) {
  return component === ''
    ? `Unknown: the ticket names no ${what}.`
    : `Unknown: no source says that a server hangs on ${component}.`;
}

/** @param {any} one */
function cellsOf(one) {
  const cells = [
    subjectLink('asset', one.asset_id, one.name ?? undefined),
    one.port,
    portKind(one).toLowerCase(),
    one.outlet ?? h('span', { class: 'dim' }, 'unknown'),
    one.source,
    when(one.seen_at, { only: 'age' }),
  ];
  return cells.map((cell, at) => h('td', { 'data-title': TITLES[at] }, cell));
}
