import type { Knex } from 'knex';
import { fromJson } from '../core/json.ts';
import { insertRows } from '../core/insert-rows.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import type { Complaint } from './model.ts';

export type AlertOutcome = 'opened' | 'reopened' | 'counted' | 'held' | 'suppressed';

/** What became of an alert; the last word stands. */
export async function noteAlerts(
  db: Knex.Transaction,
  alerts: readonly Complaint[],
  became: { outcome: AlertOutcome; ticketId: string | null; at: string },
): Promise<void> {
  const rows = alerts
    .toSorted((a, b) => (a.alertId < b.alertId ? -1 : 1))
    .map(({ alertId, subject, symptom, type, component, rule, reason, repeat, occurredAt }) => [
      ...[alertId, subject.type, subject.id, symptom, type, component, rule, reason.slice(0, 1000), repeat],
      ...[became.outcome, became.ticketId, toSql(occurredAt), toSql(became.at)],
    ]);
  const columns = [
    ...['alert_id', 'subject_type', 'subject_id', 'symptom', 'type', 'component', 'rule', 'reason'],
    'is_repeat',
    ...['outcome', 'ticket_id', 'occurred_at', 'created_at'],
  ];
  await insertRows(db, 'ticket_alerts', columns, rows, 'outcome = VALUES(outcome), ticket_id = VALUES(ticket_id)');
}

/** What became of it, where it was looked at before. */
export async function outcomeOf(
  db: Knex,
  alertId: string,
): Promise<{ outcome: AlertOutcome; ticketId: string | null } | undefined> {
  const [row] = await db('ticket_alerts').where({ alert_id: alertId }).select('outcome', 'ticket_id');
  return row ? { outcome: row.outcome as AlertOutcome, ticketId: row.ticket_id as string | null } : undefined;
}

/** How often this fault began since then. */
export async function timesSince(
  db: Knex,
  fault: Pick<Complaint, 'subject' | 'type' | 'component'>,
  since: string,
): Promise<number> {
  const [row] = await db('ticket_alerts')
    .where({ subject_id: fault.subject.id, type: fault.type, component: fault.component, is_repeat: false })
    .where('occurred_at', '>=', toSql(since))
    .count({ n: '*' });
  return Number(row?.['n'] ?? 0);
}

/** Those of these tickets that an alert came to which names no part. */
export async function openedUnnamed(db: Knex, ticketIds: readonly string[]): Promise<Set<string>> {
  if (ticketIds.length === 0) return new Set();
  const rows: { ticket_id: string }[] = await db('ticket_alerts')
    .whereIn('ticket_id', [...ticketIds])
    .where({ component: '' })
    .whereIn('outcome', ['opened', 'reopened', 'counted'])
    .distinct('ticket_id');
  return new Set(rows.map(({ ticket_id: id }) => String(id)));
}

/** Which rules' alerts came to a ticket since then. */
export async function rulesOn(db: Knex, ticketId: string, since: string): Promise<(string | null)[]> {
  const rows: { rule: string | null }[] = await db('ticket_alerts')
    .where({ ticket_id: ticketId })
    .where('created_at', '>=', toSql(since))
    .distinct('rule');
  return rows.map(({ rule }) => rule);
}

/** Why an alert opened no ticket of its own. */
export interface Suppression {
  id: string;
  alertId: string;
  subject: Complaint['subject'];
  site: string | null;
  symptom: string;
  type: string;
  component: string;
  /** `cause` | `maintenance` | `state` | `flapping` | `being_repaired` | `wont_fix` | `late` | `cleared`. */
  rule: string;
  why: string;
  until: string | null;
  /** The ticket that explains it. */
  ticketId: string | null;
  occurredAt: string;
  createdAt: string;
  /** When the symptom was said to be over; null: not yet. */
  clearedAt: string | null;
}

/** One per alert: a later reason takes the place of the one before. */
export async function saveSuppressions(
  db: Knex.Transaction,
  all: readonly (Omit<Suppression, 'clearedAt'> & { complaint: Complaint })[],
): Promise<void> {
  const rows = all
    .toSorted((a, b) => (a.alertId < b.alertId ? -1 : 1))
    .map((one) => [
      ...[one.id, one.alertId, one.subject.type, one.subject.id, one.site, one.symptom, one.type, one.component],
      ...[one.rule, one.why.slice(0, 1000), one.until === null ? null : toSql(one.until), one.ticketId],
      ...[toSql(one.occurredAt), toSql(one.createdAt), JSON.stringify(one.complaint)],
    ]);
  const columns = [
    ...['id', 'alert_id', 'subject_type', 'subject_id', 'site', 'symptom', 'type', 'component', 'rule', 'why'],
    ...['until_at', 'ticket_id', 'occurred_at', 'created_at', 'complaint'],
  ];
  const renewed = ['rule', 'why', 'until_at', 'ticket_id'].map((column) => `${column} = VALUES(${column})`).join(', ');
  await insertRows(db, 'suppressions', columns, rows, `${renewed}, looked_again_at = NULL`);
}

export function toSuppression(row: Record<string, unknown>): Suppression {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    alertId: String(row['alert_id']),
    subject: { type: row['subject_type'] as 'asset' | 'location', id: String(row['subject_id']) },
    site: text('site'),
    symptom: String(row['symptom']),
    type: String(row['type']),
    component: String(row['component']),
    rule: String(row['rule']),
    why: String(row['why']),
    until: toIsoOrNull(text('until_at')),
    ticketId: text('ticket_id'),
    occurredAt: toIso(String(row['occurred_at'])),
    createdAt: toIso(String(row['created_at'])),
    clearedAt: toIsoOrNull(text('cleared_at')),
  };
}

/** The fault is over: nobody has to look at it again. */
export async function clearSuppressed(
  db: Knex.Transaction,
  fault: Pick<Complaint, 'subject' | 'type' | 'component' | 'occurredAt'>,
): Promise<void> {
  await db('suppressions')
    .where({ subject_id: fault.subject.id, type: fault.type, component: fault.component })
    .whereNull('cleared_at')
    .where('occurred_at', '<=', toSql(fault.occurredAt))
    .update({ cleared_at: toSql(fault.occurredAt) });
}

/**
 * What is not said to be over, of those that a ticket explained or that were suppressed for what a server was; locked, and handed out once.
 */
export async function takeUnsettled(
  db: Knex.Transaction,
  want: { ticketId: string } | { assetId: string },
  { rules, at, limit }: { rules: readonly string[]; at: string; limit: number },
): Promise<Complaint[]> {
  const query = db('suppressions')
    .whereIn('rule', [...rules])
    .whereNull('cleared_at')
    .whereNull('looked_again_at');
  if ('ticketId' in want) void query.where({ ticket_id: want.ticketId });
  else void query.where({ subject_id: want.assetId });
  const rows: { id: string; complaint: string }[] = await query
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .select('id', 'complaint');
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  await db('suppressions')
    .whereIn('id', ids)
    .update({ looked_again_at: toSql(at) });
  return rows.map(({ complaint }) => fromJson(complaint));
}
