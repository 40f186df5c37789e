import { get, Problem } from './api.js';
import { knowNames } from './asset-names.js';
import { casesAbout } from './cases-about.js';
import { chip } from './chip.js';
import { h, outside, slot } from './h.js';
import { panelLine } from './panel-line.js';
import { problemBox } from './problem.js';
import { whyNotAllowed } from './session.js';
import { soon } from './soon.js';
import { subjectLink } from './subject-link.js';
import { fedOf } from './ticket-fed.js';
import { ticketMoves } from './ticket-moves.js';
import {
  aboutOf,
  alertsOf,
  beforeOf,
  nameIn,
  proofOf,
  spareOf,
  suppressedOf,
  timelineOf,
  toldOf,
} from './ticket-parts.js';
import { when } from './when.js';

/** One ticket with all that a repair needs: the spare and its bin, what it explains, what proves it, what came before. @param {string} id */
export async function ticketPage(id) {
  const control = new AbortController();
  const { signal } = control;
  const path = `/v1/tickets/${id}`;
  const faults = h('div', null);
  const title = h('h1', { tabindex: -1 }, 'Ticket');
  const head = slot(h('div', null), (/** @type {any} */ { ticket }) => headOf(ticket, () => refresh()));
  const spare = slot(section('spare', 'Spare'), (/** @type {any} */ shown) => spareOf(shown, () => refresh()));
  const proof = slot(section('proof', 'Proof of the repair'), (/** @type {any} */ ticket) => proofOf(ticket));
  const gathered = slot(section('gathered', 'What it is about'), (/** @type {any} */ ticket) => aboutOf(ticket));
  const fed = slot(section('fed', 'What hangs on it'), (/** @type {any} */ ticket) => fedOf(ticket));
  const alerts = slot(section('alerts', 'Symptoms'), (/** @type {any} */ ticket) => alertsOf(ticket));
  const suppressed = slot(section('suppressed', 'Suppressed by it'), (/** @type {any[]} */ list) => suppressedOf(list));
  const told = slot(section('told', 'Told to the other side'), (/** @type {any} */ ticket) => toldOf(ticket));
  const before = slot(section('before', 'Tickets before'), (/** @type {any[]} */ list) => beforeOf(list));
  const events = slot(section('events', 'Timeline'), (/** @type {any[]} */ list) => timelineOf(list));

  const cases = casesAbout('ticket', () => id, signal);

  async function load() {
    try {
      const ticket = await get(path, signal);
      const known = [
        ticket.asset_id,
        ...ticket.about.map((/** @type {any} */ one) => (one.type === 'asset' ? one.id : null)),
      ];
      await knowNames(
        known.filter((one) => one !== null),
        signal,
      );
      title.textContent = ticket.summary;
      head.show({ ticket, missing: whyNotAllowed('tickets:write') });
      spare.show({ ticket, ...(await stockOf(ticket)), lacks: whyNotAllowed('stock:write') });
      proof.show(ticket);
      gathered.show(ticket);
      fed.show(ticket);
      alerts.show({ alerts: ticket.alerts, about: ticket.about });
      suppressed.show(ticket.suppressed);
      told.show({ told: ticket.told, sla: ticket.sla, external: ticket.external });
      before.show(await ticketsBefore(ticket));
      events.show(ticket.timeline);
      await cases.load();
      faults.replaceChildren();
    } catch (error) {
      if (!signal.aborted) faults.replaceChildren(problemBox(error, () => void load()));
    }
  }

  /** The reservation by its id; where there is none, why, and where a spare would be. For those who may see the stock. @param {any} ticket */
  async function stockOf(ticket) {
    const isOpen = ticket.state === 'OPEN' || ticket.state === 'IN_PROGRESS';
    const isHeld = ticket.spare?.state === 'held';
    const wantsOne = isOpen && !isHeld && ticket.asset_id !== null && ticket.type.startsWith('REPLACE_');
    const part = ticket.about.find((/** @type {any} */ { type }) => type === 'component');
    try {
      if (isHeld) {
        const of = new URLSearchParams({ ticket_id: id, state: 'held' });
        const { items } = await get(`/v1/stock/reservations?${of}`, signal);
        return { held: items[0] ?? null, found: null };
      }
      if (!wantsOne || part === undefined) return { held: null, found: null };
      const of = new URLSearchParams({ asset: ticket.asset_id, component: part.id });
      const { candidates, ...found } = await get(`/v1/stock/spares?${of}`, signal);
      return { held: null, found: { ...found, candidates: candidates.slice(0, 20) } };
    } catch (error) {
      if (error instanceof Problem && error.status === 403) return { held: null, found: null };
      throw error;
    }
  }

  /** @param {any} ticket */
  async function ticketsBefore(ticket) {
    /** @type {Record<string, string>} */
    const of = ticket.asset_id === null ? { location_id: ticket.location_id } : { asset_id: ticket.asset_id };
    const { items } = await get(`/v1/tickets?${new URLSearchParams({ ...of, limit: '50' })}`, signal);
    return items.filter((/** @type {any} */ one) => one.id !== id);
  }

  const refresher = soon(load, 1000);
  function refresh() {
    refresher.ask();
  }
  addEventListener('reanimator:missing-scope', refresher.ask);
  await load();
  return {
    title: title.textContent ?? 'Ticket',
    body: h(
      'article',
      { class: 'ticket' },
      h('p', { class: 'crumb' }, h('a', { href: '/ui/tickets' }, 'Tickets')),
      title,
      faults,
      head.node,
      h(
        'div',
        { class: 'ticket-parts' },
        [spare, proof, gathered, fed, alerts, suppressed, told, before, cases, events].map(({ node }) => node),
      ),
    ),
    refresh,
    onEvent(/** @type {any} */ event) {
      if (event.subject.endsWith(id) || event.data?.ticketId === id || cases.isAbout(event)) refresher.ask();
    },
    leave() {
      removeEventListener('reanimator:missing-scope', refresher.ask);
      refresher.stop();
      control.abort();
    },
  };
}

/** A panel whose content is put under its title. @param {string} name @param {string} heading */
function section(name, heading) {
  return h('section', { class: `panel ${name}`, 'aria-label': heading });
}

/** @param {any} ticket @param {() => void} onDone */
function headOf(ticket, onDone) {
  const { external } = ticket;
  return [
    h(
      'p',
      null,
      [chip(ticket.state), ' ', chip(ticket.priority)],
      ticket.unproven && [' ', h('span', { class: 'chip bad' }, 'done, and nothing was seen to change')],
      ticket.flapping_since && [' ', h('span', { class: 'chip warn' }, 'flapping')],
      ticket.reopened > 0 && [' ', h('span', { class: 'chip warn' }, `opened again ×${ticket.reopened}`)],
    ),
    h('p', null, ticket.reason),
    h(
      'dl',
      { class: 'facts stock-facts' },
      panelLine(
        'Issue',
        external === null
          ? 'not yet'
          : [outside(external.url, external.key ?? external.id), external.status && ` ${external.status}`],
      ),
      panelLine(
        'Where',
        ticket.asset_id === null
          ? subjectLink('location', ticket.location_id, nameIn(ticket.about, ticket.location_id))
          : subjectLink('asset', ticket.asset_id),
      ),
      panelLine('Site', ticket.site),
      panelLine('Part', [ticket.component, ticket.serial].filter(Boolean).join(', ') || null),
      panelLine('Assignee', ticket.assignee),
      panelLine('Symptom', [ticket.symptom, ticket.rule && ` by ${ticket.rule}`].filter(Boolean).join('') || null),
      panelLine('Seen', `${ticket.occurrences} ×`),
      panelLine('First', when(ticket.first_event_at)),
      panelLine('Last', when(ticket.last_event_at)),
      panelLine('Over', ticket.cleared_at ? ['said ', when(ticket.cleared_at)] : 'nobody has said so'),
      panelLine('Opened', when(ticket.opened_at)),
      panelLine('Closed', ticket.closed_at ? when(ticket.closed_at) : 'not yet'),
      ticket.explained_by && panelLine('Gathered', ['into ', subjectLink('ticket', ticket.explained_by)]),
    ),
    ticketMoves(ticket, onDone),
  ];
}
