import { linksByTheirs } from '#src/drift/link-store.ts';
import { readFeedsSoonJob } from '../catalogue-feeds.ts';
import { noticeRecords } from './notice-records.ts';
import { type Reconciling, serverTypeIn } from './reconciling.ts';

/**
 * What hangs on cables has changed: each by the ids of the devices that it connects or connected. Servers among them are looked at, and with
 * that what feeds them is read. One between others (patch panel and switch) may feed any server: then all of them are read, before long.
 */
export async function noticeCabling(
  rc: Reconciling,
  cables: readonly (readonly string[])[],
  reason: string,
): Promise<number> {
  const { ctx, system } = rc;
  const object = serverTypeIn(rc.rootMappings);
  const ids = [...new Set(cables.flat())];
  if (object === undefined || ids.length === 0) return 0;
  const links = await linksByTheirs(ctx.db, { system, object, ids });
  const servers = new Set(links.flatMap(({ theirId, hubId }) => (hubId === null ? [] : [theirId])));
  const isOfNobody = cables.some((devices) => devices.length > 0 && !devices.some((id) => servers.has(id)));
  if (isOfNobody && ctx.settings.feedsReadMs > 0) await ctx.enqueue(readFeedsSoonJob, {});
  return noticeRecords(
    rc,
    [...servers].map((id) => ({ type: object, id })),
    reason,
  );
}
