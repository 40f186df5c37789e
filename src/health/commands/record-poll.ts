import type { TxCtx } from '../../core/ctx.ts';
import type { AdapterErrorKind } from '../../ports/adapter-error.ts';
import type { HealthReport, LogsSince } from '../../ports/bmc-health.ts';
import { joinTurns } from '../join-turns.ts';
import { judgeLogs } from '../judge-logs.ts';
import { judgeReport, judgeSilence } from '../judge-report.ts';
import { hurryPoll, lockMemory, saveMemory } from '../poll-queue-store.ts';
import type { HealthRules } from '../poll-rules.ts';
import { readingOf, saveAnswer, saveSilence } from '../poll-store.ts';
import { type Found, parseWatch } from '../watch.ts';
import { reportTelemetry, type TelemetryJudge } from './report-telemetry.ts';

/** What becomes of what a BMC says: which of it is a symptom, and which symptoms open a ticket. */
export interface HealthJudges {
  rules: HealthRules;
  telemetry: TelemetryJudge;
}

const SOURCE = 'bmc';
const LOG_SOURCE = 'bmc log';

/** Keeps what a BMC said of its server's health, in the place of what it said before, and reports what is new in it. */
export async function recordAnswer(
  tx: TxCtx,
  judges: HealthJudges,
  { assetId, report: answer }: { assetId: string; report: HealthReport },
): Promise<void> {
  const poll = { assetId, kind: 'health' } as const;
  const memory = await lockMemory(tx.db, poll, tx.now());
  const report = answer.turns.length === 0 ? answer : joinTurns(await readingOf(tx.db, assetId), answer);
  await saveAnswer(tx.db, assetId, report);
  const before = parseWatch(memory);
  const { after, found } = judgeReport(judges.rules, before, report);
  if (before.bootMark !== null && after.bootMark !== before.bootMark)
    await hurryPoll(tx.db, { assetId, kind: 'events' }, tx.now());
  await remember(tx, poll, memory, JSON.stringify(after));
  await reportFound(tx, judges, assetId, found, SOURCE);
}

/** Keeps that a BMC was asked and gave no answer that says anything. What it said before is not touched: unknown is not gone. */
export async function recordSilence(
  tx: TxCtx,
  judges: HealthJudges,
  { assetId, why, kind }: { assetId: string; why: string; kind: AdapterErrorKind },
): Promise<void> {
  const poll = { assetId, kind: 'health' } as const;
  const at = tx.now().toISOString();
  const memory = await lockMemory(tx.db, poll, tx.now());
  await saveSilence(tx.db, { assetId, at, why });
  const { after, found } = judgeSilence(judges.rules, parseWatch(memory), { kind, why, at });
  await remember(tx, poll, memory, JSON.stringify(after));
  await reportFound(tx, judges, assetId, found, SOURCE);
}

/**
 * Keeps the place in the logs together with what was found up to there. The first look at a server's logs only finds the place: what they
 * say is older than the hub's interest in it.
 */
export async function recordLogs(
  tx: TxCtx,
  judges: HealthJudges,
  { assetId, cursor, read }: { assetId: string; cursor: string | null; read: LogsSince },
): Promise<number> {
  const poll = { assetId, kind: 'logs' } as const;
  const memory = await lockMemory(tx.db, poll, tx.now());
  if (memory !== cursor) return 0; // somebody else has read on from there
  await remember(tx, poll, memory, read.cursor);
  const found = cursor === null ? [] : judgeLogs(judges.rules, read.entries, tx.now());
  await reportFound(tx, judges, assetId, found, LOG_SOURCE);
  return found.length;
}

async function remember(
  tx: TxCtx,
  poll: { assetId: string; kind: 'health' | 'logs' },
  before: string | null,
  after: string,
): Promise<void> {
  if (after !== before) await saveMemory(tx.db, poll, after);
}

async function reportFound(
  tx: TxCtx,
  { telemetry }: HealthJudges,
  assetId: string,
  found: readonly Found[],
  source: string,
): Promise<void> {
  if (found.length === 0) return;
  // The BMC's clock is not the hub's: what it says of a later moment is of now.
  const now = tx.now().toISOString();
  const events = found.map(({ occurredAt, ...one }) => ({
    ...{ asset: assetId, occurred_at: occurredAt < now ? occurredAt : now, ...one, source },
  }));
  const results = await reportTelemetry(tx, telemetry, events);
  for (const { status, field, reason } of results)
    if (status === 'rejected') tx.log.warn({ asset: assetId, field, reason }, 'a symptom of a poll was not taken');
}
