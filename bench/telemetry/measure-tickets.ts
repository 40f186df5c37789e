import { tx } from '#src/core/tx.ts';
import { outboxLagSeconds } from '#src/events/reads.ts';
import { reportTelemetry } from '#src/health/commands/report-telemetry.ts';
import type { TelemetryEvent } from '#src/health/symptom.ts';
import { journalHealth } from '#src/journal/reads.ts';
import type { Fleet } from './fleet.ts';
import { inLanes, type RateStand } from './measure-rate.ts';

const EVERY_MS = 250;
const GIVE_UP_MS = 60_000;
const CATCH_UP_MS = 600_000;
/** So often in a row nothing must be left: between two steps of one fault nothing waits for a moment. */
const QUIET_LOOKS = 5;

/** Until the worker has done what was reported while none ran: that is no load that faults come under. @returns seconds */
export async function catchUp({ ctx }: RateStand): Promise<number> {
  const started = performance.now();
  for (let quiet = 0; quiet < QUIET_LOOKS; quiet += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const [outbox, { byState, oldestDueSeconds }] = await Promise.all([outboxLagSeconds(ctx), journalHealth(ctx)]);
    if (outbox.waiting > 0 || (byState['active'] ?? 0) > 0 || oldestDueSeconds > 0) quiet = -1;
    if (performance.now() - started > CATCH_UP_MS) throw new Error('the worker does not catch up within ten minutes');
  }
  return (performance.now() - started) / 1000;
}

/**
 * While the batches go in, now and then one fault of a part that nothing else is about; how long until its ticket stands in the database,
 * from before its report on. @returns milliseconds, in order
 */
export async function measureTickets(
  { ctx, judge }: RateStand,
  { fleet, batches, lanes }: { fleet: Fleet; batches: readonly TelemetryEvent[][]; lanes: number },
): Promise<{ latencies: number[]; perSecond: number }> {
  const send = (events: readonly TelemetryEvent[]): Promise<unknown> =>
    tx(ctx, (inside) => reportTelemetry(inside, judge, events), { isolation: 'read committed' });
  const latencies: number[] = [];
  const waiting: Promise<void>[] = [];
  let loading = true;
  async function one(nth: number): Promise<void> {
    const started = performance.now();
    const asset = fleet.ids[nth % fleet.ids.length] ?? '';
    const component = `PSU ${nth + 10}`;
    await send([{ asset, type: 'PSU_FAIL', component, occurred_at: new Date().toISOString(), source: 'bench' }]);
    for (;;) {
      const rows = await ctx.db('tickets').where({ asset_id: asset, type: 'REPLACE_PSU', component }).select('id');
      if (rows.length > 0) break;
      if (performance.now() - started > GIVE_UP_MS) throw new Error(`no ticket for ${component} within a minute`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    latencies.push(performance.now() - started);
  }
  const probes = (async () => {
    for (let nth = 0; loading; nth += 1) {
      waiting.push(one(nth));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  const started = performance.now();
  await inLanes(batches, lanes, async (batch) => void (await send(batch)));
  const seconds = (performance.now() - started) / 1000;
  loading = false;
  await probes;
  await Promise.all(waiting);
  const events = batches.reduce((sum, batch) => sum + batch.length, 0);
  return { latencies: latencies.toSorted((a, b) => a - b), perSecond: events / seconds };
}
