import { addNotices } from '#src/drift/notice-store.ts';
import { handle } from '../job-ctx.ts';
import { noticeAssetJob, noticeRecordJob, reconcileSystemJob } from '../catalogue.ts';
import { noticeCabling } from './notice-cabling.ts';
import { noticeRecords } from './notice-records.ts';
import { isComparedWith, openReconciling } from './reconciling.ts';

/** A webhook said so. */
export const noticeRecordTask = handle(noticeRecordJob, async (ctx, { system, type, id, deviceIds }) => {
  if (!isComparedWith(ctx, system)) return { outcome: `${system} is not compared with` };
  const rc = openReconciling(ctx);
  if (deviceIds) {
    const noticed = await noticeCabling(rc, [deviceIds], 'a webhook');
    if (noticed > 0) await ctx.enqueue(reconcileSystemJob, { system });
    return { outcome: noticed > 0 ? 'to be looked at' : 'it connects no server', noticed };
  }
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
