import { linksByTheirs } from '#src/drift/link-store.ts';
import { addNotices } from '#src/drift/notice-store.ts';
import { handle } from '../job-ctx.ts';
import { noticeAssetJob, noticeRecordJob, reconcileSystemJob } from '../catalogue.ts';
import { noticeReferring } from './notice-referring.ts';
import { openReconciling, type Reconciling } from './reconciling.ts';

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

/** A webhook said so. */
export const noticeRecordTask = handle(noticeRecordJob, async (ctx, { system, type, id }) => {
  if (!ctx.adapters.has('recordObjects') || ctx.adapters.providerOf('recordObjects') !== system)
    return { outcome: `${system} is not compared with` };
  const rc = openReconciling(ctx);
  if (!rc.rootMappings.some(({ object }) => object === type)) return { outcome: `no mapping is about a ${type}` };
  const noticed = await noticeRecords(rc, [{ type, id }], 'a webhook');
  await ctx.enqueue(reconcileSystemJob, { system });
  return { outcome: 'to be looked at', noticed };
});

/** Something about one of our servers changed. */
export const noticeAssetTask = handle(noticeAssetJob, async (ctx, { assetId }) => {
  if (!ctx.adapters.has('recordObjects')) return { outcome: 'kept here: nothing to compare with is configured' };
  const rc = openReconciling(ctx);
  const mapping = rc.rootMappings.find(({ hub }) => hub === 'server');
  if (!mapping) return { outcome: 'no mapping is about servers' };
  const scope = { rootType: mapping.object, side: 'hub' as const, ref: assetId, reason: 'it changed here' };
  await addNotices(ctx.db, rc.system, [scope], ctx.now());
  await ctx.enqueue(reconcileSystemJob, { system: rc.system });
  return { outcome: 'to be looked at' };
});
