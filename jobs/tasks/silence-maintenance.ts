import { findAsset } from '#src/assets/reads.ts';
import { findPlace } from '#src/locations/reads.ts';
import type { Silences, SilenceMatcher } from '#src/ports/silences.ts';
import type { MaintenanceWindow } from '#src/tickets/window-store.ts';
import { windowsOf } from '#src/tickets/window-reads.ts';
import { silenceMaintenanceJob } from '../catalogue-monitoring.ts';
import { handle, type JobCtx } from '../job-ctx.ts';

/** Windows that were over for longer are not looked at any more, in milliseconds: their silences have ended by themselves. */
const LOOK_BACK_MS = 86_400_000;

/** Keeps the monitoring system quiet about what is in maintenance, as long as it is: one silence per window. */
export const silenceMaintenanceTask = handle(silenceMaintenanceJob, async (ctx, { subjectType, subjectId }) => {
  if (!ctx.adapters.has('silences')) return { outcome: 'no monitoring system that can be told is configured' };
  const silences = ctx.adapters.use('silences');
  const since = new Date(ctx.now().getTime() - LOOK_BACK_MS).toISOString();
  const windows = await windowsOf(ctx, subjectId, since);
  const matchers = await matchersOf(ctx, silences, { type: subjectType, id: subjectId });
  if (typeof matchers === 'string') return { outcome: matchers };
  const done: string[] = [];
  for (const window of windows) done.push(await settleWindow(ctx, silences, window, matchers));
  return { outcome: done.join('; ') || 'no window' };
});

async function settleWindow(
  ctx: JobCtx,
  silences: Silences,
  window: MaintenanceWindow,
  matchers: readonly SilenceMatcher[],
): Promise<string> {
  const { id, startsAt, endsAt, reason } = window;
  const key = `maintenance-${id}`;
  const adapter = ctx.adapters.providerOf('silences');
  // Ending another time is another effect: each of them is done once, and repeats what is so already.
  if (endsAt <= ctx.now().toISOString()) {
    const { ended } = await ctx.effect({
      ...{ key: `${key}-end`, adapter, operation: 'end silence', class: 'idempotent', request: { window: id } },
      act: () => silences.end(key, ctx.signal),
    });
    return ended > 0 ? `silence of ${id} ended` : `${id} is over`;
  }
  const made = await ctx.effect({
    ...{ key: `${key}-${endsAt}`, adapter, operation: 'silence', class: 'idempotent', request: { window: id, endsAt } },
    act: () => silences.ensure(key, { matchers, startsAt, endsAt, reason: `Maintenance: ${reason}` }, ctx.signal),
  });
  return `silence ${made.id ?? 'not needed'} until ${endsAt}`;
}

/** @returns why it cannot be silenced */
async function matchersOf(
  ctx: JobCtx,
  { labels }: Silences,
  subject: MaintenanceWindow['subject'],
): Promise<SilenceMatcher[] | string> {
  if (subject.type === 'asset') {
    const asset = await findAsset(ctx, subject.id);
    if (!asset?.serial) return 'the server has no serial that its alerts could be known by';
    return [{ label: labels.server, values: [asset.serial] }];
  }
  const place = await findPlace(ctx, subject.id);
  if (!place) return 'the place is gone';
  if (place.type === 'site') return [{ label: labels.site, values: [place.name] }];
  if (place.type !== 'rack' || place.site === null)
    return `alerts name no ${place.type}: only sites and racks are silenced`;
  return [
    { label: labels.site, values: [place.site] },
    { label: labels.rack, values: [place.name] },
  ];
}
