import type { Knex } from 'knex';
import type { Ctx } from '../core/ctx.ts';
import { toIso, toSql } from '../core/time.ts';
import type { Symptom } from './symptom.ts';

/** A symptom as it stands in the table. */
export interface KeptSymptom extends Symptom {
  receivedAt: string;
}

export interface SymptomFilter {
  /** Servers or places. */
  subjectId?: string | undefined;
  type?: string | undefined;
  component?: string | undefined;
  source?: string | undefined;
  state?: 'raised' | 'cleared' | undefined;
  late?: boolean | undefined;
  /** About when it happened: at or after, before. ISO 8601. */
  since?: string | undefined;
  until?: string | undefined;
}

/** The latest first. `after`: the last one of the page before. */
export async function listSymptoms(
  ctx: Ctx,
  want: SymptomFilter & { after: Pick<Symptom, 'occurredAt' | 'hash'> | undefined; limit: number },
): Promise<KeptSymptom[]> {
  const query = ctx.db('telemetry_events').limit(want.limit);
  const equal: [string, string | boolean | undefined][] = [
    ['subject_id', want.subjectId],
    ['type', want.type],
    ['component', want.component],
    ['source', want.source],
    ['state', want.state],
    ['late', want.late],
  ];
  for (const [column, value] of equal) if (value !== undefined) void query.where(column, value);
  if (want.since !== undefined) void query.where('occurred_at', '>=', toSql(want.since));
  if (want.until !== undefined) void query.where('occurred_at', '<', toSql(want.until));
  if (want.after !== undefined) {
    const { occurredAt, hash } = want.after;
    const time = toSql(occurredAt);
    void query
      .where('occurred_at', '<=', time)
      .andWhere((either) =>
        either.where('occurred_at', '<', time).orWhere('event_hash', '<', Buffer.from(hash, 'hex')),
      );
  }
  const rows: Record<string, unknown>[] = await query
    .orderBy([
      { column: 'occurred_at', order: 'desc' },
      { column: 'event_hash', order: 'desc' },
    ])
    .select('*');
  return rows.map(toKept);
}

export async function findSymptom(ctx: Ctx, hash: string): Promise<KeptSymptom | undefined> {
  const [row] = await ctx
    .db('telemetry_events')
    .where({ event_hash: Buffer.from(hash, 'hex') })
    .limit(1)
    .select('*');
  return row === undefined ? undefined : toKept(row);
}

/** What a rule's window held at a moment: of these types of one part, in the half-open stretch before it and at it. */
export async function sumUntil(
  db: Knex,
  want: { subjectId: string; component: string | null; types: readonly string[]; since: string; until: string },
): Promise<{ count: number; sum: number; least: number | null; last: number | null }> {
  const rows: { value: number | null }[] = await db('telemetry_events')
    .where({ subject_id: want.subjectId, component: want.component, state: 'raised', late: false })
    .whereIn('type', want.types)
    .andWhere('occurred_at', '>', toSql(want.since))
    .andWhere('occurred_at', '<=', toSql(want.until))
    .orderBy('occurred_at')
    .select('value');
  const values = rows.map(({ value }) => value).filter((value) => value !== null);
  let sum = 0;
  for (const { value } of rows) sum += value ?? 1;
  return {
    ...{ count: rows.length, sum, last: values.at(-1) ?? null },
    least: values.length === 0 ? null : Math.min(...values),
  };
}

function toKept(row: Record<string, unknown>): KeptSymptom {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    subjectType: row['subject_type'] as Symptom['subjectType'],
    subjectId: String(row['subject_id']),
    occurredAt: toIso(String(row['occurred_at'])),
    ...{ type: String(row['type']), component: text('component'), kind: text('component_kind') },
    ...{ serial: text('serial'), value: row['value'] === null ? null : Number(row['value']) },
    ...{ state: row['state'] as Symptom['state'], severity: text('severity'), message: text('message') },
    ...{ source: text('source'), senderId: text('sender_id'), late: Number(row['late']) === 1 },
    hash: (row['event_hash'] as Buffer).toString('hex'),
    receivedAt: toIso(String(row['received_at'])),
  };
}

export interface AlertRow {
  alertId: string;
  rule: string;
  component: string;
  at: string;
  did: 'raised' | 'repeated' | 'cleared';
  hash: string | null;
}

/** The newest alert of an episode's rule and part up to a moment, and those that this very symptom gave. */
export async function alertsAround(
  ctx: Ctx,
  want: { subjectId: string; component: string | null; rules: readonly string[]; hash: string | null; until: string },
): Promise<AlertRow[]> {
  const rows: Record<string, unknown>[] = await ctx
    .db('telemetry_alerts')
    .where({ subject_id: want.subjectId, component: want.component ?? '' })
    .whereIn('rule', want.rules)
    .andWhere('occurred_at', '<=', toSql(want.until))
    .orderBy('occurred_at', 'desc')
    .limit(50)
    .select('*');
  const own: Record<string, unknown>[] =
    want.hash === null
      ? []
      : await ctx
          .db('telemetry_alerts')
          .where({ event_hash: Buffer.from(want.hash, 'hex') })
          .select('*');
  const all = new Map([...own, ...rows].map((row) => [String(row['alert_id']), row]));
  return [...all.values()].map((row) => ({
    ...{ alertId: String(row['alert_id']), rule: String(row['rule']), component: String(row['component']) },
    at: toIso(String(row['occurred_at'])),
    did: row['did'] as AlertRow['did'],
    hash: row['event_hash'] === null ? null : (row['event_hash'] as Buffer).toString('hex'),
  }));
}
