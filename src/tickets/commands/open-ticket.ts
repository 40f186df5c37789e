import type { TxCtx } from '../../core/ctx.ts';
import { idFrom } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import { latestInventory } from '../../history/reads.ts';
import { afterProof } from '../after-proof.ts';
import { noteAlerts } from '../alert-store.ts';
import { ticketOpened, ticketReopened } from '../events.ts';
import { findInSlot, kindOfWork } from '../find-in-slot.ts';
import { type Complaint, isOpen, ticketSummary, urgent } from '../model.ts';
import { addNote } from '../note-store.ts';
import { insertTicket, lockLatest, type Ticket, updateTicket } from '../store.ts';
import type { Standing } from '../standing.ts';
import { subjectsOf } from '../subjects.ts';
import { nameOf } from '../why-nothing.ts';
import { countAlert, tell } from './count-alert.ts';
import { linkOpened } from './link-subject.ts';
import { suppressAlerts } from './suppress-alerts.ts';

export interface TicketLimits {
  /** So long after a ticket is done the same fault opens it again, in days. */
  reopenDays: number;
  /** The same where a new part was seen, in days. */
  againDays: number;
}

export interface Opened {
  ticketId: string | null;
  outcome: 'opened' | 'reopened' | 'counted' | 'suppressed';
}

const DAY_MS = 86_400_000;

/**
 * One ticket per fault (subject, kind, component): what is open is counted on; what was done lately is opened again; what was refused
 * lately stays so.
 */
export async function openTicket(
  tx: TxCtx,
  limits: TicketLimits,
  complaint: Complaint,
  standing: Standing,
): Promise<Opened> {
  const latest = await lockLatest(tx.db, complaint);
  if (latest !== undefined) {
    const settled = await settleOn(tx, limits, { complaint, latest, site: standing.site });
    if (settled !== undefined) return settled;
  }
  const ticket = await toOpen(tx, complaint, standing);
  if (!(await insertTicket(tx.db, ticket))) {
    // Somebody else opened it this moment; under READ COMMITTED it shows by now.
    const theirs = await lockLatest(tx.db, complaint);
    if (theirs === undefined || !isOpen(theirs.state)) return { ticketId: ticket.id, outcome: 'counted' };
    await countAlert(tx, theirs, complaint);
    return { ticketId: theirs.id, outcome: 'counted' };
  }
  await noteAlerts(tx.db, [complaint], { outcome: 'opened', ticketId: ticket.id, at: ticket.openedAt });
  const { component, priority, summary, reason } = ticket;
  await append(tx, ticketOpened, {
    subject: { type: 'ticket', id: ticket.id },
    related: await linkOpened(tx, ticket),
    data: { ticketType: ticket.type, component, priority, summary, reason },
  });
  return { ticketId: ticket.id, outcome: 'opened' };
}

async function settleOn(
  tx: TxCtx,
  limits: TicketLimits,
  { complaint, latest, site }: { complaint: Complaint; latest: Ticket; site: string | null },
): Promise<Opened | undefined> {
  if (isOpen(latest.state)) {
    await countAlert(tx, latest, complaint);
    return { ticketId: latest.id, outcome: 'counted' };
  }
  if (complaint.occurredAt <= latest.lastEventAt) {
    const why = `it is from before ${nameOf(latest)} was ${latest.state}: that one knows of a later symptom`;
    await suppressAlerts(tx, [complaint], { rule: 'late', why, until: null, ticketId: latest.id, site });
    return { ticketId: latest.id, outcome: 'suppressed' };
  }
  const days = latest.provenAt === null ? limits.reopenDays : Math.max(limits.reopenDays, limits.againDays);
  const until = new Date(Date.parse(latest.closedAt ?? latest.openedAt) + days * DAY_MS).toISOString();
  // What was gathered into another ticket was not refused: that one is closed by now, or it would explain this.
  if (complaint.occurredAt >= until || (latest.state === 'WONT_FIX' && latest.explainedBy !== null)) return undefined;
  if (latest.state === 'WONT_FIX') {
    const why = `${nameOf(latest)} will not be fixed, it was decided at ${latest.closedAt}`;
    await suppressAlerts(tx, [complaint], { rule: 'wont_fix', why, until, ticketId: latest.id, site });
    return { ticketId: latest.id, outcome: 'suppressed' };
  }
  await reopen(tx, latest, complaint);
  return { ticketId: latest.id, outcome: 'reopened' };
}

async function reopen(tx: TxCtx, ticket: Ticket, complaint: Complaint): Promise<void> {
  const at = tx.now().toISOString();
  const times = ticket.reopened + 1;
  const why =
    ticket.proof === null
      ? `the same fault again, ${daysBetween(ticket.closedAt ?? ticket.openedAt, complaint.occurredAt)} after it was closed`
      : `the new part (${ticket.proof.newSerial}) shows it again`;
  await updateTicket(tx.db, ticket.id, {
    ...{ state: 'OPEN', stateAt: at, stateBy: tx.actor, closedAt: null, reopened: times, reopenedAt: at },
    ...{ occurrences: ticket.occurrences + 1, lastEventAt: complaint.occurredAt, clearedAt: null, flappingSince: null },
    ...{ priority: urgent(complaint.priority, ticket.priority), unproven: false, explainedBy: null },
    ...afterProof(ticket, complaint.occurredAt),
  });
  await noteAlerts(tx.db, [complaint], { outcome: 'reopened', ticketId: ticket.id, at });
  await append(tx, ticketReopened, {
    subject: { type: 'ticket', id: ticket.id },
    related: await subjectsOf(tx, ticket),
    data: { summary: ticket.summary, why, reason: complaint.reason, times },
  });
  await addNote(tx.db, ticket.id, { kind: 'move', body: { to: 'OPEN', resolution: null } }, at);
  await tell(tx, ticket, `Opened again: ${why}.`, complaint.reason);
}

function daysBetween(from: string, to: string): string {
  const days = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS));
  return days === 1 ? 'a day' : `${days} days`;
}

async function toOpen(tx: TxCtx, complaint: Complaint, standing: Standing): Promise<Ticket> {
  const { type, component, priority, reason, occurredAt, subject } = complaint;
  const now = tx.now().toISOString();
  const part = await partIn(tx, complaint);
  return {
    id: idFrom('ticket', complaint.alertId),
    subjectType: subject.type,
    assetId: subject.type === 'asset' ? subject.id : null,
    locationId: subject.type === 'location' ? subject.id : null,
    site: standing.site,
    ...{ type, component, priority, reason: reason.slice(0, 1000), symptom: complaint.symptom, rule: complaint.rule },
    ...{ template: complaint.template, assigneeGroup: complaint.assigneeGroup },
    serial: complaint.serial ?? part?.serial ?? null,
    partId: part?.componentId ?? null,
    ...{ state: 'OPEN', stateAt: now, stateBy: tx.actor },
    summary: ticketSummary({ type, component, subject: standing.subject }),
    ...{ occurrences: 1, firstEventAt: occurredAt, lastEventAt: occurredAt },
    ...{ repeatToldAt: null, clearedAt: null, flappingSince: null, reopened: 0, reopenedAt: null, explainedBy: null },
    ...{ externalId: null, externalKey: null, externalUrl: null, outsideStatus: null, outsideCategory: null },
    ...{ outsideUpdatedAt: null, assignee: null, resolution: null, syncedAt: null, sla: null },
    ...{ proof: null, provenAt: null, unproven: false, openedAt: now, closedAt: null },
  };
}

/** What the history believes to be in the slot; of a serial that was reported, only where it is that one. */
async function partIn(
  tx: TxCtx,
  { subject, type, component, serial }: Complaint,
): Promise<{ componentId: string; serial: string | null } | undefined> {
  if (subject.type !== 'asset' || component === '') return undefined;
  const inventory = await latestInventory(tx, subject.id);
  const kind = kindOfWork(type);
  const there = findInSlot(inventory?.components ?? [], { component, kind, known: null });
  const [part] = there;
  if (part === undefined || there.length > 1) return undefined;
  return serial === null || part.serial?.toUpperCase() === serial.trim().toUpperCase() ? part : undefined;
}
