import { linksByTheirs } from '#src/drift/link-store.ts';
import { addNotices } from '#src/drift/notice-store.ts';
import { noticeReferring } from './notice-referring.ts';
import type { Reconciling } from './reconciling.ts';

/** Something about an object of theirs, or about what belongs to it, may have changed. */
export interface NoticedRecord {
  /** A root type: what belongs to something names what it belongs to. */
  type: string;
  id: string;
}

/** The object is to be looked at again, and so is whatever here refers to one that can move. */
export async function noticeRecords(
  rc: Reconciling,
  records: readonly NoticedRecord[],
  reason: string,
): Promise<number> {
  const { ctx, system } = rc;
  let noticed = 0;
  for (const mapping of rc.rootMappings) {
    const ids = [...new Set(records.flatMap(({ type, id }) => (type === mapping.object ? [id] : [])))];
    if (ids.length === 0) continue;
    const scopes = ids.map((ref) => ({ rootType: mapping.object, side: 'their' as const, ref, reason }));
    await addNotices(ctx.db, system, scopes, ctx.now());
    noticed += scopes.length;
    if (mapping.lookups.length === 0) continue;
    const links = await linksByTheirs(ctx.db, { system, object: mapping.object, ids });
    const hubIds = links.flatMap(({ hubId }) => hubId ?? []);
    noticed += await noticeReferring(rc, ctx.db, mapping, { hubIds, reason });
  }
  return noticed;
}
