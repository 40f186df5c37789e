import type { Ctx } from '../../core/ctx.ts';
import { firstIdOf } from '../../core/id.ts';
import { tx } from '../../core/tx.ts';
import {
  alertsBetween,
  type OldSymptom,
  removeAlerts,
  removeSymptoms,
  symptomsBefore,
  symptomsInUse,
} from '../forget-store.ts';

/** Of alerts those that something which is not done still shows. */
type ShownAlerts = (ctx: Ctx, alertIds: readonly string[]) => Promise<ReadonlySet<string>>;

interface Forgetting {
  /** ISO 8601: what is older may go. */
  before: string;
  shown: ShownAlerts;
  /** Rows that are looked at in one step, and how many of a table may go before somebody else has a turn. */
  rows: number;
  most: number;
}

const COMMITTED = { isolation: 'read committed' } as const;
const FIRST_ID = '00000000-0000-7000-8000-000000000000';

/**
 * Lets go of alerts and symptoms that are old, but for those of episodes that have not ended and those that something else still shows. In small
 * steps, each on its own: one that is cut off loses nothing, and the next look begins with the oldest that is left.
 * @returns how many went, and whether there is more to look at
 */
export async function forgetTelemetry(
  ctx: Ctx,
  want: Forgetting,
): Promise<{ alerts: number; symptoms: number; more: boolean }> {
  // The alerts first: a symptom is held by those that came of it.
  const alerts = await forgetAlerts(ctx, want);
  const symptoms = await forgetSymptoms(ctx, want);
  return { alerts: alerts.removed, symptoms: symptoms.removed, more: alerts.more || symptoms.more };
}

async function forgetAlerts(ctx: Ctx, { before, shown, rows, most }: Forgetting) {
  const end = firstIdOf(new Date(before));
  let [after, removed] = [FIRST_ID, 0];
  while (removed < most) {
    ctx.signal.throwIfAborted();
    const found = await alertsBetween(ctx.db, { after, before: end }, rows);
    const over = found.filter(({ holds }) => !holds).map(({ alertId }) => alertId);
    const kept = await shown(ctx, over);
    const going = over.filter((id) => !kept.has(id));
    removed += await tx(ctx, ({ db }) => removeAlerts(db, going), COMMITTED);
    const last = found.at(-1);
    if (last === undefined || found.length < rows) return { removed, more: false };
    after = last.alertId;
  }
  return { removed, more: true };
}

async function forgetSymptoms(ctx: Ctx, { before, rows, most }: Forgetting) {
  let after: OldSymptom | undefined;
  let removed = 0;
  while (removed < most) {
    ctx.signal.throwIfAborted();
    const found = await symptomsBefore(ctx.db, { before, after }, rows);
    if (found.length === 0) return { removed, more: false };
    const used = await symptomsInUse(ctx.db, found);
    const going = found.filter(({ hash }) => !used.has(hash.toString('hex')));
    removed += await tx(ctx, ({ db }) => removeSymptoms(db, going, before), COMMITTED);
    if (found.length < rows) return { removed, more: false };
    after = found.at(-1);
  }
  return { removed, more: true };
}
