import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { type Feeder, feedersOf } from '../../feeds/reads.ts';
import { idsWithin } from '../../locations/reads.ts';
import { type Cause, explainedAs, feederIs, feedersFor, wordOf } from '../cause.ts';
import { knownDown } from '../explaining-ticket.ts';
import { ticketGathered, ticketMoved } from '../events.ts';
import { lockHeldAt, settleHeld } from '../held-store.ts';
import { saveLinks } from '../link-store.ts';
import type { Complaint } from '../model.ts';
import { addNote } from '../note-store.ts';
import { feederKeys } from '../standing.ts';
import { lockTicket, lockTickets, openedSince, type Ticket, updateTicket } from '../store.ts';
import { subjectsOf } from '../subjects.ts';
import { nameOf } from '../why-nothing.ts';
import { tell } from './count-alert.ts';
import { suppressAlerts } from './suppress-alerts.ts';

/** Where a ticket gathers. */
export interface Reach {
  /** The rack or site; null: only what hangs on the feeder. */
  placeId: string | null;
  /** The PDU or switch that it is about, by the names that servers know it by; null: one of the place, nobody knows which. */
  feeder: Pick<Feeder, 'level' | 'names'> | null;
  /** Where its name means it. */
  scopeId: string | null;
}

/**
 * What the ticket of a place, or of a PDU or switch, explains: the alerts that are held about its servers, and the tickets that had opened for
 * them a moment before, which end as WONT_FIX. The place must be held, and the site.
 */
export async function gather(tx: TxCtx, ticketId: string, cause: Cause, reach: Reach): Promise<void> {
  const held = await heldWithin(tx, cause, reach);
  await settleHeld(
    tx.db,
    held.map(({ alertId }) => alertId),
  );
  const lately = (await openedWithin(tx, cause, reach)).filter(({ id }) => id !== ticketId);
  const ids = [ticketId, ...lately.map(({ id }) => id)].toSorted();
  const locked = await lockTickets(tx.db, ids);
  const ticket = locked.find(({ id }) => id === ticketId);
  if (ticket === undefined || (held.length === 0 && lately.length === 0)) return;
  const smaller = locked.filter(({ id, closedAt }) => id !== ticketId && closedAt === null);
  for (const one of smaller) await endExplained(tx, one, ticket);
  await suppressAlerts(tx, held, {
    ...{ rule: 'cause', why: `explained by ${nameOf(ticket)}`, until: null, ticketId, site: ticket.site },
  });
  await take(tx, ticket, held, smaller);
}

async function heldWithin(tx: TxCtx, cause: Cause, reach: Reach): Promise<Complaint[]> {
  const { placeId, feeder, scopeId } = reach;
  const here = await lockHeldAt(tx.db, placeId === null ? [] : [placeId]);
  const keys = feeder === null || scopeId === null ? [] : feederKeys(scopeId, feeder);
  const known = new Set(here.map(({ alertId }) => alertId));
  const elsewhere = (await lockHeldAt(tx.db, keys)).filter(({ alertId }) => !known.has(alertId));
  const all = [...here.map((one) => ({ one, isHere: true })), ...elsewhere.map((one) => ({ one, isHere: false }))];
  const isExplained = await explains(
    tx,
    cause,
    reach,
    all.map(({ one }) => one.subject.id),
  );
  return all
    .filter(({ one, isHere }) => isExplained({ ...one, assetId: one.subject.id, isHere }))
    .map(({ one }) => one)
    .toSorted((a, b) => (a.alertId < b.alertId ? -1 : 1));
}

async function openedWithin(tx: TxCtx, cause: Cause, reach: Reach): Promise<{ id: string }[]> {
  const since = new Date(tx.now().getTime() - (cause.within_s + cause.hold_s) * 1000).toISOString();
  const words = cause.explains.map((entry) => wordOf(entry).symptom);
  const lately = await openedSince(tx.db, since, words);
  const within = new Set(reach.placeId === null ? [] : await idsWithin(tx, reach.placeId));
  const isExplained = await explains(
    tx,
    cause,
    reach,
    lately.flatMap(({ assetId }) => assetId ?? []),
  );
  return lately.filter((one) => isExplained({ ...one, isHere: one.placeId !== null && within.has(one.placeId) }));
}

interface Told {
  symptom: string;
  type: string;
  /** Null: it is about a place. */
  assetId: string | null;
  /** It is told of something in the place. */
  isHere: boolean;
}

/** Whether the cause explains what is told of one of these servers: by what it hangs on; where nobody knows that, by the place. */
async function explains(
  tx: TxCtx,
  cause: Cause,
  { feeder, scopeId }: Reach,
  assetIds: readonly string[],
): Promise<(told: Told) => boolean> {
  const feeders = feeder === null ? new Map<string, Feeder[]>() : await feedersOf(tx, assetIds);
  const isDown = scopeId === null ? () => false : await knownDown(tx, [cause], scopeId);
  return (told) => {
    const word = explainedAs(cause, told);
    if (word === undefined) return false;
    const own = feedersFor(cause, word, (told.assetId === null ? undefined : feeders.get(told.assetId)) ?? []);
    if (feeder === null || own.length === 0) return told.isHere && word.by_rack;
    const isIt = (one: Feeder): boolean => feederIs(one, feeder.names);
    if (!own.some(isIt)) return false;
    return word.feeds === 'one' || own.every((one) => isIt(one) || isDown(cause, one));
  };
}

async function take(tx: TxCtx, ticket: Ticket, held: readonly Complaint[], smaller: readonly Ticket[]): Promise<void> {
  const servers = [
    ...new Set([...held.map(({ subject }) => subject.id), ...smaller.flatMap(({ assetId }) => assetId ?? [])]),
  ].toSorted();
  await linkServers(tx, ticket.id, servers);
  const last = [ticket.lastEventAt, ...held.map(({ occurredAt }) => occurredAt)].toSorted().at(-1);
  const first = [ticket.firstEventAt, ...held.map(({ occurredAt }) => occurredAt)].toSorted()[0];
  await updateTicket(tx.db, ticket.id, {
    occurrences: ticket.occurrences + held.length + smaller.length,
    ...(last === undefined ? {} : { lastEventAt: last }),
    ...(first === undefined ? {} : { firstEventAt: first }),
  });
  const tickets = smaller.map(({ id }) => id);
  const data = { summary: ticket.summary, alerts: held.length, servers: servers.length, tickets };
  await append(tx, ticketGathered, {
    ...{ subject: { type: 'ticket', id: ticket.id }, related: await subjectsOf(tx, ticket), data },
  });
  await tell(tx, ticket, ticketGathered.sentence(data));
}

async function endExplained(tx: TxCtx, one: Ticket, by: Ticket): Promise<void> {
  const at = tx.now().toISOString();
  const reason = `explained by ${nameOf(by)}`;
  const ended = { state: 'WONT_FIX', stateAt: at, stateBy: tx.actor, closedAt: at, explainedBy: by.id } as const;
  await updateTicket(tx.db, one.id, ended);
  await append(tx, ticketMoved, {
    subject: { type: 'ticket', id: one.id },
    related: [...(await subjectsOf(tx, one)), { type: 'ticket', id: by.id }],
    data: { summary: one.summary, from: one.state, to: 'WONT_FIX', reason },
  });
  await tell(tx, one, `Closed: ${reason}.`);
  await addNote(tx.db, one.id, { kind: 'move', body: { to: 'WONT_FIX', resolution: "Won't Do" } }, at);
}

/** An alert that came after the ticket which explains it. */
export async function countExplained(tx: TxCtx, ticketId: string, complaint: Complaint): Promise<void> {
  const ticket = await lockTicket(tx.db, ticketId);
  if (ticket === undefined) return;
  if (complaint.subject.type === 'asset') await linkServers(tx, ticketId, [complaint.subject.id]);
  const isNewer = complaint.occurredAt > ticket.lastEventAt;
  await updateTicket(tx.db, ticketId, {
    occurrences: ticket.occurrences + 1,
    ...(isNewer ? { lastEventAt: complaint.occurredAt } : {}),
  });
}

async function linkServers(tx: TxCtx, ticketId: string, assetIds: readonly string[]): Promise<void> {
  const common = { ticketId, confidence: 1, foundBy: tx.actor, createdAt: tx.now().toISOString() };
  await saveLinks(
    tx.db,
    assetIds.map((id) => ({ ...common, subject: { type: 'asset', id } as const })),
  );
}
