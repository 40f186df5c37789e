import type { TxCtx } from '../../core/ctx.ts';
import { noteAlerts, outcomeOf, timesSince } from '../alert-store.ts';
import { causeOfPlace, causesOf, feedLevelOf, holdMs } from '../cause.ts';
import type { CorrelationRules } from '../correlation-rules.ts';
import { causesAround, explainingTicket } from '../explaining-ticket.ts';
import { findReached } from '../find-reached.ts';
import { forgottenBefore } from '../forget-store.ts';
import { holdPlaces, insertHeld, lockHeld, settleHeld } from '../held-store.ts';
import { type Complaint, isOpen } from '../model.ts';
import { feederTold, sameTold } from '../same-told.ts';
import { heldAt, placesOf, scopeOf, type Standing, standingOf } from '../standing.ts';
import { lockLatest, lockTicket, openOfAsset, openOfPlaces, type Ticket } from '../store.ts';
import { type Reason, whyNothing } from '../why-nothing.ts';
import { windowAt } from '../window-store.ts';
import { countAlert, markFlapping } from './count-alert.ts';
import { countExplained, gather } from './gather.ts';
import { nameTicket } from './name-ticket.ts';
import { type Opened, openTicket, type TicketLimits } from './open-ticket.ts';
import { suppressAlerts } from './suppress-alerts.ts';

export interface Taken {
  outcome: Opened['outcome'] | 'held';
  ticketId: string | null;
  why?: string;
}

export interface TicketJudges extends TicketLimits {
  /** As they are now. */
  rules(): CorrelationRules;
}
/** The same ones for as long as one alert is looked at. */
type Judges = TicketLimits & { rules: CorrelationRules };

/**
 * What becomes of an alert: counted on its ticket, suppressed and told why, held while something bigger may explain it, or a ticket. Each alert
 * once. To be run under READ COMMITTED. @throws HubError not-found
 */
export async function takeAlert(tx: TxCtx, by: TicketJudges, complaint: Complaint): Promise<Taken> {
  const judges = { ...by, rules: by.rules() };
  const known = await outcomeOf(tx.db, complaint.alertId);
  if (known !== undefined) return known;
  const standing = await standingOf(tx, complaint.subject);
  // After the books: whoever removes a row notes it in the same transaction.
  const forgotten = await forgottenBefore(tx.db);
  if (forgotten !== null && complaint.occurredAt < forgotten) return leaveForgotten(tx, complaint, standing, forgotten);
  if (complaint.subject.type === 'location') return takeOfPlace(tx, judges, complaint, standing, complaint.occurredAt);
  const open = await openOfAsset(tx.db, complaint.subject.id);
  const counted = await countOnOpen(tx, judges.rules, complaint, open);
  if (counted !== undefined) return counted;
  const quiet = await suppressed(tx, judges, complaint, { standing, open, at: complaint.occurredAt });
  if (quiet !== undefined) return quiet;
  const flaps = await flapping(tx, judges.rules, complaint, 1);
  const causes = causesAround(causesOf(judges.rules.causes, complaint), complaint, standing);
  if (causes.length > 0 && flaps === undefined)
    return hold(tx, complaint, standing, tx.now().getTime() + holdMs(causes));
  return flaps === undefined
    ? openTicket(tx, judges, complaint, standing)
    : openFlapping(tx, judges, { complaint, standing, flaps });
}

/** It may have had its ticket, or its reason for none: nobody knows any more. */
async function leaveForgotten(tx: TxCtx, complaint: Complaint, standing: Standing, forgotten: string): Promise<Taken> {
  const why = `it is from before ${forgotten}: what became of alerts until then is no longer kept`;
  await suppress(tx, complaint, { rule: 'late', why, until: null, ticketId: null }, standing);
  return { outcome: 'suppressed', ticketId: null, why };
}

/** An alert that was held for long enough. Undefined where it was settled meanwhile. To be run under READ COMMITTED. */
export async function takeHeld(tx: TxCtx, by: TicketJudges, claimed: Complaint): Promise<Taken | undefined> {
  const judges = { ...by, rules: by.rules() };
  const standing = await standingOf(tx, claimed.subject);
  await holdPlaces(tx.db, placesOf(standing));
  const complaint = await lockHeld(tx.db, claimed.alertId);
  if (complaint === undefined) return undefined;
  await settleHeld(tx.db, [complaint.alertId]);
  if (complaint.subject.type === 'location')
    return takeOfPlace(tx, judges, complaint, standing, tx.now().toISOString());
  const open = await openOfAsset(tx.db, complaint.subject.id);
  const counted = await countOnOpen(tx, judges.rules, complaint, open);
  if (counted !== undefined) return counted;
  // It has not been said to be over: it is so now.
  const quiet = await suppressed(tx, judges, complaint, { standing, open, at: tx.now().toISOString() });
  if (quiet !== undefined) return quiet;
  const explained = await openForReached(tx, judges, complaint, standing);
  return explained ?? openTicket(tx, judges, complaint, standing);
}

async function countOnOpen(
  tx: TxCtx,
  rules: CorrelationRules,
  complaint: Complaint,
  open: readonly Ticket[],
): Promise<Taken | undefined> {
  const { type, component } = complaint;
  if (!open.some((ticket) => ticket.type === type && ticket.component === component)) return undefined;
  const ticket = await lockLatest(tx.db, complaint);
  if (ticket === undefined || !isOpen(ticket.state)) return undefined;
  const flaps = await flapping(tx, rules, complaint, 1);
  if (flaps !== undefined) await markFlapping(tx, ticket, flaps);
  await countAlert(tx, flaps === undefined ? ticket : { ...ticket, flappingSince: tx.now().toISOString() }, complaint);
  if (flaps !== undefined) {
    const why = `comes and goes, ${flaps.times} times in ${flaps.minutes} minutes`;
    await suppressAlerts(tx, [complaint], {
      ...{ rule: 'flapping', why, until: null, ticketId: ticket.id, site: ticket.site },
    });
  }
  return { outcome: 'counted', ticketId: ticket.id };
}

/** @param more those that are not in the books yet */
async function flapping(tx: TxCtx, { flapping: rule }: CorrelationRules, complaint: Complaint, more: number) {
  if (complaint.repeat) return undefined;
  const since = new Date(Date.parse(complaint.occurredAt) - rule.minutes * 60_000).toISOString();
  const times = (await timesSince(tx.db, complaint, since)) + more;
  return times >= rule.times ? { times, minutes: rule.minutes } : undefined;
}

async function openFlapping(
  tx: TxCtx,
  judges: Judges,
  {
    complaint,
    standing,
    flaps,
  }: { complaint: Complaint; standing: Standing; flaps: { times: number; minutes: number } },
): Promise<Taken> {
  const reason = `comes and goes, ${flaps.times} times in ${flaps.minutes} minutes; ${complaint.reason}`;
  const opened = await openTicket(tx, judges, { ...complaint, reason: reason.slice(0, 1000) }, standing);
  const ticket = opened.ticketId === null ? undefined : await lockTicket(tx.db, opened.ticketId);
  if (ticket !== undefined && isOpen(ticket.state)) await markFlapping(tx, ticket, flaps);
  return opened;
}

async function suppressed(
  tx: TxCtx,
  judges: Judges,
  complaint: Complaint,
  { standing, open, at }: { standing: Standing; open: readonly Ticket[]; at: string },
): Promise<Taken | undefined> {
  const causes = causesAround(causesOf(judges.rules.causes, complaint), complaint, standing);
  const around = {
    state: standing.state,
    explaining: await explainingTicket(tx, causes, complaint, standing),
    window: await windowAt(tx.db, standing.ids, at),
    open,
  };
  const reason = whyNothing(judges.rules, complaint, around);
  if (reason === undefined) return undefined;
  await suppress(tx, complaint, reason, standing);
  return { outcome: 'suppressed', ticketId: reason.ticketId, why: reason.why };
}

async function suppress(tx: TxCtx, complaint: Complaint, reason: Reason, standing: Standing): Promise<void> {
  await suppressAlerts(tx, [complaint], { ...reason, site: standing.site });
  if (reason.rule === 'cause' && reason.ticketId !== null) await countExplained(tx, reason.ticketId, complaint);
  // Looked at again when the maintenance is over: unless it is said to be over by then, it is a fault.
  const { until } = reason;
  if (reason.rule === 'maintenance' && until !== null)
    await insertHeld(tx.db, complaint, { places: heldAt(standing), dueAt: until });
}

async function hold(tx: TxCtx, complaint: Complaint, standing: Standing, dueMs: number): Promise<Taken> {
  const at = tx.now().toISOString();
  await insertHeld(tx.db, complaint, { places: heldAt(standing), dueAt: new Date(dueMs).toISOString() });
  await noteAlerts(tx.db, [complaint], { outcome: 'held', ticketId: null, at });
  return { outcome: 'held', ticketId: null };
}

/** Enough servers show something bigger: its ticket, which explains this one, too. The places must be held. */
async function openForReached(
  tx: TxCtx,
  judges: Judges,
  complaint: Complaint,
  standing: Standing,
): Promise<Taken | undefined> {
  const causes = causesAround(causesOf(judges.rules.causes, complaint), complaint, standing);
  const found = await findReached(tx, { causes, rules: judges.rules, complaint, standing });
  if (found === undefined) return undefined;
  const { cause, reason, reach } = found;
  const subject = { type: 'location', id: found.placeId } as const;
  const ofPlace: Complaint = {
    ...{ alertId: `${complaint.alertId}/place`, subject, symptom: cause.symptoms[0] ?? cause.ticket },
    ...{ type: cause.ticket, component: found.component, serial: null, priority: cause.priority, reason },
    ...{ occurredAt: complaint.occurredAt, repeat: false, rule: cause.id, template: null, assigneeGroup: null },
  };
  const opened = await openTicket(tx, judges, ofPlace, await standingOf(tx, subject));
  if (opened.outcome === 'suppressed' || opened.ticketId === null) return undefined;
  const why = `explained by ${cause.ticket}: ${reason}`;
  await suppress(tx, complaint, { rule: 'cause', why, until: null, ticketId: opened.ticketId }, standing);
  await gather(tx, opened.ticketId, cause, reach);
  return { outcome: opened.outcome, ticketId: opened.ticketId, why: reason };
}

/** Told of a place itself, or of a PDU or switch in it: its ticket opens at once, and gathers what it explains. */
async function takeOfPlace(tx: TxCtx, judges: Judges, told: Complaint, standing: Standing, at: string): Promise<Taken> {
  const placeId = told.subject.id;
  await holdPlaces(tx.db, placesOf(standing));
  const cause = causeOfPlace(judges.rules.causes, standing.placeType ?? '', told.symptom);
  const type = cause?.ticket ?? told.type;
  const feeder = cause === undefined ? null : await feederTold(tx, cause, told, standing);
  const level = cause === undefined ? undefined : feedLevelOf(cause);
  const same = await sameTold(tx, { told, type, standing, feeder, level });
  const isNamed = level !== undefined && (await namedNow(tx, same, { told, type, standing }));
  const subject = { type: 'location', id: same?.locationId ?? placeId } as const;
  const complaint = {
    ...told,
    type,
    subject,
    component: isNamed ? told.component : (same?.component ?? told.component),
  };
  if (same === undefined) {
    const quiet = await suppressed(tx, judges, complaint, { standing, open: [], at });
    if (quiet !== undefined) return quiet;
  }
  const opened = await openTicket(tx, judges, complaint, standing);
  if (cause !== undefined && opened.ticketId !== null && opened.outcome !== 'suppressed')
    await gather(tx, opened.ticketId, cause, {
      // One that names no PDU or switch is about the rack, whatever it is told later.
      ...{ placeId, feeder: complaint.component === '' ? null : feeder, scopeId: scopeOf(standing) },
    });
  return opened;
}

/** Whether what is told names the PDU or switch of a ticket that had no name until now. Not where it may be one that has a ticket of its own. */
async function namedNow(
  tx: TxCtx,
  ticket: Ticket | undefined,
  { told, type, standing }: { told: Complaint; type: string; standing: Standing },
): Promise<boolean> {
  if (ticket === undefined || ticket.component !== '' || told.component === '') return false;
  const open = await openOfPlaces(tx.db, [told.subject.id], [type]);
  if (open.some(({ component }) => component !== '')) return false;
  const { component, reason } = told;
  await nameTicket(tx, { ticketId: ticket.id, component, reason, subject: standing.subject });
  return true;
}
