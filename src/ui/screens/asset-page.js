import { get, post, Problem } from './api.js';
import { actionButton, ask } from './ask.js';
import { assetControl } from './asset-control.js';
import { assetDiff } from './asset-diff.js';
import { assetDrifts } from './asset-drifts.js';
import { assetErasures } from './asset-erasures.js';
import { assetFacts } from './asset-facts.js';
import { assetFeeds } from './asset-feeds.js';
import { assetFirmware } from './asset-firmware.js';
import { assetHealth } from './asset-health.js';
import { keepName } from './asset-names.js';
import { assetParts } from './asset-parts.js';
import { assetTime, momentsSaid, partsAddress } from './asset-time.js';
import { casesAbout } from './cases-about.js';
import { chip } from './chip.js';
import { followJobs } from './follow-jobs.js';
import { h, outside, slot } from './h.js';
import { problemBox } from './problem.js';
import { road } from './road.js';
import { whyNotAllowed } from './session.js';
import { soon } from './soon.js';
import { createTimeline } from './timeline.js';
import { ticketMoves } from './ticket-moves.js';
import { when } from './when.js';

/** The page of a server. @param {string} id */
export async function assetPage(id) {
  const control = new AbortController();
  const { signal } = control;
  const path = `/v1/assets/${id}`;
  const title = h('h1', { tabindex: -1 });
  const faults = h('div', null);
  const jobs = h('div', { class: 'jobs', role: 'status' });
  const facts = slot(h('div', null), assetFacts);
  const way = slot(h('div', null), road);
  const actions = slot(
    h('div', { class: 'actions', role: 'group', 'aria-label': 'What may be done now' }),
    ({ asset }) => buttons(asset),
  );
  const moments = assetTime();
  const parts = slot(h('div', null), ({ found, moments: from }) =>
    from.from === undefined ? assetParts(found, from) : assetDiff(found),
  );
  const tickets = slot(h('section', { class: 'tickets' }), ({ items, scope }) => ticketLines(items, scope));
  const drifts = assetDrifts(id, signal);
  const feeds = assetFeeds(id, signal);
  const cases = casesAbout('asset', () => id, signal);
  const page = {
    signal,
    follow: (/** @type {string} */ address) => void followJobs(jobs, address, signal, refresher.ask),
    name: () => asset?.name ?? asset?.serial ?? id,
  };
  const telling = assetControl(id, page);
  const health = assetHealth(id, page);
  const firmware = assetFirmware(id, page);
  const erasures = assetErasures(id, page);
  const timeline = createTimeline({
    path: `${path}/timeline`,
    about: id,
    groups: ['parts', 'firmware', 'failures', 'conflicts', 'looks', 'states', 'tickets'],
    signal,
    momentLink: 'Its parts as of then',
    empty: 'Nothing has happened to it yet.',
  });
  const inventory = h('section', { class: 'inventory' }, moments.node, parts.node);
  const sections = h(
    'div',
    { class: 'columns' },
    h(
      'div',
      { class: 'standing' },
      telling.node,
      health.node,
      firmware.node,
      erasures.node,
      feeds.node,
      drifts.node,
      tickets.node,
      cases.node,
    ),
    timeline.node,
    inventory,
  );
  /** @type {any} */
  let asset;

  async function loadAsset() {
    asset = await get(path, signal);
    keepName(asset);
    title.textContent = asset.name ?? asset.serial ?? asset.id;
    facts.show(asset);
    way.show({ state: asset.state, moves: asset.moves });
    showActions();
    const reachable = asset.bmc.address !== null && asset.state !== 'DECOMMISSIONED';
    await Promise.all([
      ...[telling.load(reachable), health.load(reachable), firmware.load(reachable)],
      erasures.load(asset),
    ]);
  }

  function showActions() {
    actions.show({ asset: { moves: asset.moves, state: asset.state }, lacks: whyNotAllowed('assets:write') });
    for (const panel of [telling, health, firmware, erasures]) panel.show();
  }

  async function loadInventory() {
    moments.update();
    const from = momentsSaid();
    const found = await foundIn(partsAddress(path, from), from.from !== undefined);
    // Somebody went on to another moment meanwhile.
    if (JSON.stringify(from) === JSON.stringify(momentsSaid())) parts.show({ found, moments: from });
  }

  /** Nobody has looked into it yet: that is nothing that went wrong. @param {string} address @param {boolean} isDiff */
  async function foundIn(address, isDiff) {
    try {
      return await get(address, signal);
    } catch (error) {
      if (isDiff || !(error instanceof Problem) || error.status !== 404) throw error;
      return { sources: [], components: [] };
    }
  }

  async function loadTickets() {
    try {
      const { items } = await get(`/v1/tickets?${new URLSearchParams({ asset_id: id, limit: '100' })}`, signal);
      tickets.show({ items, scope: null, lacks: whyNotAllowed('tickets:write') });
    } catch (error) {
      if (!(error instanceof Problem) || error.missingScope === null) throw error;
      tickets.show({ items: [], scope: error.missingScope });
    }
  }

  async function loadAll() {
    const outcomes = await Promise.allSettled([
      ...[loadAsset(), loadInventory(), loadTickets(), cases.load(), drifts.load(), feeds.load()],
      timeline.refresh(),
    ]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (signal.aborted) return;
    faults.replaceChildren(...(failed ? [problemBox(failed.reason, () => void loadAll())] : []));
    sections.hidden = asset === undefined;
    if (failed && asset === undefined) title.textContent = failed.reason?.status === 404 ? 'No such server' : 'Server';
  }

  const refresher = soon(loadAll, 1000);

  /** @param {{ moves: { move: string, title: string, to: string }[], state: string }} now */
  function buttons({ moves, state }) {
    const lacks = whyNotAllowed('assets:write');
    const inspect = state === 'DECOMMISSIONED' ? 'A decommissioned server is not looked into any more' : lacks;
    return [
      moves.map(({ move, title: text, to }) => actionButton(text, lacks, () => void makeMove({ move, text, to }))),
      moves.length === 0 &&
        h('span', { class: 'dim' }, `From ${state} the hub leads on by itself; there is no move to make by hand.`),
      h('span', { class: 'gap' }),
      actionButton('Inspect again', inspect, () => void inspectAgain()),
    ];
  }

  /** @param {{ move: string, text: string, to: string }} chosen */
  async function makeMove({ move, text, to }) {
    const done = await ask({
      title: `${text}: ${asset.name ?? asset.serial ?? asset.id}`,
      text: [chip(asset.state), ' → ', chip(to)],
      fields: [{ name: 'reason', label: 'Reason', kind: 'area', max: 500, hint: 'Stands in the timeline.' }],
      action: text,
      send: (values, key) => post(`${path}/moves`, { move, reason: values['reason'] }, key),
    });
    if (done) refresher.ask();
  }

  async function inspectAgain() {
    const done = await ask({
      title: `Inspect ${asset.name ?? asset.serial ?? asset.id} again`,
      text: 'A job reads all its parts over its BMC. The server goes on running.',
      fields: [{ name: 'reason', label: 'Reason', max: 500, value: 'asked for at the screens', required: true }],
      action: 'Inspect',
      send: (values, key) => post(`${path}/inspections`, { reason: values['reason'] }, key),
    });
    if (done) void followJobs(jobs, done.answer.jobs, signal, refresher.ask);
  }

  /** @param {any[]} items @param {string | null} scope */
  function ticketLines(items, scope) {
    if (scope !== null)
      return h('p', { class: 'dim' }, 'Tickets need a key with the scope ', h('code', null, scope), '.');
    if (items.length === 0) return h('p', { class: 'dim' }, 'No tickets.');
    return [
      h('h2', null, 'Tickets ', h('small', null, items.length)),
      h(
        'ul',
        { class: 'lines' },
        items.map((ticket) =>
          h(
            'li',
            null,
            chip(ticket.state),
            ' ',
            ticket.external
              ? outside(ticket.external.url, ticket.external.key ?? ticket.external.id)
              : h('span', { class: 'dim' }, 'no issue yet'),
            ' ',
            h(
              'a',
              { class: 'sentence', href: `/ui/tickets/${ticket.id}` },
              `${ticket.type.replaceAll('_', ' ')} ${ticket.component}: ${ticket.reason}`,
            ),
            ' ',
            chip(ticket.priority),
            ticket.occurrences > 1 && h('span', { class: 'dim' }, ` seen ${ticket.occurrences} times`),
            ' ',
            when(ticket.opened_at, { only: 'age' }),
            ' ',
            ticketMoves(ticket, refresher.ask),
          ),
        ),
      ),
    ];
  }

  const onScope = () => asset !== undefined && (showActions(), refresher.ask());
  addEventListener('reanimator:missing-scope', onScope, { signal });
  await loadAll();
  return {
    title: title.textContent ?? 'Server',
    body: h(
      'article',
      { class: 'server' },
      h(
        'header',
        null,
        h('p', { class: 'crumb' }, h('a', { href: '/ui/' }, 'Servers')),
        title,
        faults,
        facts.node,
        way.node,
        actions.node,
        jobs,
      ),
      sections,
    ),
    /** Another moment, or another choice of events. */
    update: loadAll,
    refresh: refresher.ask,
    /** Events of other servers do not concern it; those of tickets, parts and BMCs may. @param {any} event */
    onEvent(event) {
      if (event.subject === path || /^\/v1\/(?:tickets|cases|bmcs|components|identity)\//.test(event.subject))
        refresher.ask();
    },
    leave() {
      refresher.stop();
      control.abort();
    },
  };
}
