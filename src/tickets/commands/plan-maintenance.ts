import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import { invalid } from '../../core/route.ts';
import { append } from '../../events/append.ts';
import { maintenanceEnded, maintenancePlanned } from '../events.ts';
import { hurryHeld } from '../held-store.ts';
import { standingOf } from '../standing.ts';
import { insertWindow, lockWindow, type MaintenanceWindow, updateWindow } from '../window-store.ts';

/** Longer is no window: such a server is taken out of service. */
const LONGEST_MS = 90 * 86_400_000;

/** @throws HubError not-found where there is no such server or place; invalid where the times are none */
export async function planMaintenance(
  tx: TxCtx,
  want: { subject: MaintenanceWindow['subject']; startsAt: string; endsAt: string; reason: string },
): Promise<MaintenanceWindow> {
  const { subject, startsAt, endsAt, reason } = want;
  await standingOf(tx, subject);
  if (endsAt <= startsAt) throw invalid('/until', 'is not after from');
  if (endsAt <= tx.now().toISOString()) throw invalid('/until', 'is over already: nothing would be suppressed');
  if (Date.parse(endsAt) - Date.parse(startsAt) > LONGEST_MS)
    throw invalid('/until', 'is more than 90 days after from: take it out of service instead');
  const createdAt = tx.now().toISOString();
  const window = { id: newId(), subject, startsAt, endsAt, reason, createdBy: tx.actor, createdAt, endedBy: null };
  await insertWindow(tx.db, window);
  await append(tx, maintenancePlanned, { subject, data: { from: startsAt, until: endsAt, reason } });
  return window;
}

/** From now on faults are faults again. One that is over stays as it was. @throws HubError not-found */
export async function endMaintenance(tx: TxCtx, id: string): Promise<MaintenanceWindow> {
  const window = await lockWindow(tx.db, id);
  if (!window) throw new HubError('not-found', `There is no maintenance window ${id}`);
  const now = tx.now().toISOString();
  if (window.endsAt <= now) return window;
  // One that has not begun never does.
  const changes = { endsAt: window.startsAt > now ? window.startsAt : now, endedBy: tx.actor };
  await updateWindow(tx.db, id, changes);
  // What was held until its end is looked at now.
  await hurryHeld(tx.db, window.endsAt, now);
  await append(tx, maintenanceEnded, {
    ...{ subject: window.subject, data: { from: window.startsAt, until: now, reason: window.reason } },
  });
  return { ...window, ...changes };
}
