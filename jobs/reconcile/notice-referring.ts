import type { Knex } from 'knex';
import { addNotices } from '#src/drift/notice-store.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import type { Reconciling } from './reconciling.ts';

/**
 * Whatever here refers to one of these is to be looked at again: a rack that was moved to another site there has moved its devices, without a
 * word about any of them.
 */
export async function noticeReferring(
  rc: Reconciling,
  db: Knex,
  mapping: Mapping,
  found: { hubIds: readonly string[]; reason: string },
): Promise<number> {
  const { ctx, system } = rc;
  let noticed = 0;
  for (const other of rc.rootMappings) {
    const side = rc.sideOf(other);
    if (found.hubIds.length === 0 || !other.lookups.includes(mapping.object) || !side.referring) continue;
    const ids = await side.referring({ ...ctx, db }, mapping.hub, found.hubIds);
    const reason = `its ${mapping.object}: ${found.reason}`;
    const scopes = ids.map((ref) => ({ rootType: other.object, side: 'hub' as const, ref, reason }));
    await addNotices(db, system, scopes, ctx.now());
    noticed += scopes.length;
  }
  return noticed;
}
