import type { Knex } from 'knex';
import type { Ctx } from '#src/core/ctx.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { reportTelemetry, type TelemetryJudge } from '#src/health/commands/report-telemetry.ts';
import { symptomOf, type TelemetryEvent } from '#src/health/symptom.ts';
import { timeIt } from '../ingest-load.ts';
import { countStatements } from '../ingest-statements.ts';
import { median } from '../load.ts';

const ROWS_PER_STATEMENT = 1000;
const BATCHES_PER_TURN = 20;

export interface RateStand {
  ctx: Ctx;
  judge: TelemetryJudge;
  databasePid: number;
}

interface Turn {
  seconds: number;
  nodeSeconds: number;
  databaseSeconds: number;
  events: number;
}

/**
 * Takes the batches as the door does, in turns with plain INSERT IGNOREs of the same rows (in the same order of keys, as many a
 * transaction) into an equal table, through the same driver. @returns rounds' ratios, and both rates
 */
export async function measureRate(
  stand: RateStand,
  batches: readonly TelemetryEvent[][],
  { lanes, profile }: { lanes: number; profile: boolean },
  say: (line: string) => void,
): Promise<{ ratio: number; perSecond: number }> {
  const { ctx, judge } = stand;
  await ctx.db.raw('CREATE TABLE bare_telemetry_events LIKE telemetry_events');
  const rows = batches.map(rowsOf);
  const told = { accepted: 0, duplicate: 0, rejected: 0 };
  const ours = async (batch: readonly TelemetryEvent[]): Promise<void> => {
    const results = await tx(ctx, (inside) => reportTelemetry(inside, judge, batch), { isolation: 'read committed' });
    for (const { status } of results) told[status] += 1;
  };
  const bare = async (batch: readonly unknown[][]): Promise<void> => {
    await ctx.db.transaction(async (trx) => insertBare(trx, batch));
  };
  const [hub, base]: [Turn[], Turn[]] = [[], []];
  // Counting costs as much as a fifth of it.
  const statements = profile ? countStatements(ctx.db) : undefined;
  for (let at = 0; at < batches.length; at += BATCHES_PER_TURN) {
    const turn = async (mine: boolean): Promise<void> => {
      const some = { events: batches.slice(at, at + BATCHES_PER_TURN), rows: rows.slice(at, at + BATCHES_PER_TURN) };
      const timed = await timeIt(stand.databasePid, () =>
        mine ? inLanes(some.events, lanes, ours) : inLanes(some.rows, lanes, bare),
      );
      (mine ? hub : base).push({ ...timed, events: some.events.reduce((sum, one) => sum + one.length, 0) });
    };
    // Whoever comes second finds the processor warm and the disk busy: in turns.
    const first = (at / BATCHES_PER_TURN) % 2 === 0;
    await turn(first);
    await turn(!first);
  }
  statements?.stop();
  await check(ctx.db, told);
  const rate = (turns: readonly Turn[]): number => {
    const events = turns.reduce((sum, one) => sum + one.events, 0);
    return events / turns.reduce((sum, one) => sum + one.seconds, 0);
  };
  const cost = (turns: readonly Turn[], of: 'nodeSeconds' | 'databaseSeconds'): string =>
    ((turns.reduce((sum, one) => sum + one[of], 0) / turns.reduce((sum, one) => sum + one.events, 0)) * 1e6).toFixed(1);
  for (const [name, turns] of [
    ['INSERT IGNORE', base],
    ['hub          ', hub],
  ] as const)
    say(
      `${name} ${rate(turns).toFixed(0)} events/s, of processor time ${cost(turns, 'nodeSeconds')} µs here and ${cost(turns, 'databaseSeconds')} µs in the database each`,
    );
  const ratios = hub.map((one, nth) => (base[nth]?.seconds ?? Number.NaN) / one.seconds);
  say(`turns ${ratios.map((one) => one.toFixed(2)).join(' ')}`);
  say(`accepted ${told.accepted}, duplicate ${told.duplicate}, rejected ${told.rejected}`);
  for (const line of statements?.lines(batches.length).slice(0, 9) ?? [])
    say(`  ${line.replaceAll('server', 'batch')}`);
  return { ratio: median(ratios), perSecond: rate(hub) };
}

export async function inLanes<T>(all: readonly T[], lanes: number, act: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) await act(one);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** What the hub would write, made beforehand: the plain way knows it already. */
function rowsOf(batch: readonly TelemetryEvent[]): unknown[][] {
  const received = toSql(new Date());
  return batch
    .map((event) => symptomOf(event, { type: 'asset', id: event.asset ?? '' }, event.occurred_at, false))
    .map((one) => ({ key: one.subjectId + one.occurredAt + one.hash, one }))
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ one }) => [
      ...[one.subjectId, toSql(one.occurredAt), Buffer.from(one.hash, 'hex'), one.subjectType, one.type, one.component],
      ...[one.kind, one.serial, one.value, one.state, one.severity, one.message, one.source, one.senderId, one.late],
      received,
    ]);
}

async function insertBare(trx: Knex.Transaction, rows: readonly unknown[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    const some = rows.slice(at, at + ROWS_PER_STATEMENT);
    await trx.raw(
      `INSERT IGNORE INTO bare_telemetry_events (subject_id, occurred_at, event_hash, subject_type, type, component, component_kind, serial,
        value, state, severity, message, source, sender_id, late, received_at) VALUES ${some.map((row) => `(${row.map(() => '?').join(',')})`).join(',')}`,
      some.flat() as Knex.RawBinding[],
    );
  }
}

/** @throws Error where the two tables differ, or anything was counted wrong: what does less is fast */
async function check(db: Knex, told: { accepted: number; rejected: number }): Promise<void> {
  const [[counts]] = await db.raw(
    `SELECT (SELECT count(*) FROM telemetry_events) AS hub, (SELECT count(*) FROM bare_telemetry_events) AS bare,
      (SELECT count(*) FROM telemetry_events JOIN bare_telemetry_events USING (subject_id, occurred_at, event_hash)) AS both_have`,
  );
  const { hub, bare, both_have: both } = counts as Record<string, number>;
  if (hub !== bare || hub !== both || Number(hub) !== told.accepted || told.rejected > 0)
    throw new Error(`the hub has ${hub} rows, the plain table ${bare}, both ${both}; told accepted ${told.accepted}`);
}
