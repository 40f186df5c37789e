import { inOrder, type Order, type SortColumns } from '../core/sorted-list.ts';
import type { Ctx } from '../core/ctx.ts';
import { toSql } from '../core/time.ts';
import { type MaintenanceWindow, toWindow } from './window-store.ts';

export const WINDOW_ORDER: SortColumns<MaintenanceWindow> = {
  from: { column: 'maintenance_windows.starts_at', kind: 'time', of: (window) => window.startsAt },
  until: { column: 'maintenance_windows.ends_at', kind: 'time', of: (window) => window.endsAt },
};

export async function listWindows(
  ctx: Ctx,
  want: { subjectId?: string | undefined; at?: string | undefined; order: Order<MaintenanceWindow>; limit: number },
): Promise<MaintenanceWindow[]> {
  const query = ctx.db('maintenance_windows').limit(want.limit);
  if (want.subjectId !== undefined) void query.where('subject_id', want.subjectId);
  if (want.at !== undefined) void query.where('starts_at', '<=', toSql(want.at)).where('ends_at', '>', toSql(want.at));
  inOrder(query, 'maintenance_windows.id', want.order);
  return (await query.select('maintenance_windows.*')).map(toWindow);
}

/** Of a server or place, those that end after `since`; the earliest first. */
export async function windowsOf(ctx: Ctx, subjectId: string, since: string): Promise<MaintenanceWindow[]> {
  const rows = await ctx
    .db('maintenance_windows')
    .where({ subject_id: subjectId })
    .where('ends_at', '>', toSql(since))
    .orderBy(['starts_at', 'id'])
    .select('*');
  return rows.map(toWindow);
}
