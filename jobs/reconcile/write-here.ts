import type { TxCtx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { saveLinks } from '#src/drift/link-store.ts';
import type { PlanRow } from '#src/drift/plan-store.ts';
import { settleDone } from '#src/drift/settle-rows.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import { noticeReferring } from './notice-referring.ts';
import type { Reconciling } from './reconciling.ts';
import { type Applied, fail, from, leave, notice, type Work } from './settle-work.ts';

export async function adopt(rc: Reconciling, runId: string, { mapping, rows }: Work): Promise<Applied> {
  const [row] = rows;
  const side = rc.sideOf(mapping);
  if (!row || row.hubId === null || row.theirId === null || !side.adopt)
    return fail(rc, runId, rows, 'nothing can take it over');
  const { hubId, theirId } = row;
  const adoptOne = side.adopt.bind(side);
  const values = Object.fromEntries(rows.map(({ field, theirs }) => [field, theirs ?? null]));
  try {
    const isDone = await tx(rc.ctx, async (inside) => {
      if (await hasMoved(rc, inside, mapping, rows, hubId)) return false;
      await adoptOne(inside, hubId, values, from(rc, mapping, theirId));
      // What stands in it has moved with it.
      if (mapping.parent === null && mapping.lookups.length > 0)
        await noticeReferring(rc, inside.db, mapping, { hubIds: [hubId], reason: 'moved' });
      await settleDone(inside, rc.system, runId, [{ rows, theirId, values, resolution: 'taken over here' }]);
      return true;
    });
    if (!isDone) return await leave(rc, runId, rows, 'it changed here in the same moment; it is looked at again');
    return { confirmed: rows.length, failed: 0, stale: 0 };
  } catch (error) {
    return fail(rc, runId, rows, refusal(error));
  }
}

/** Somebody changed it here since it was compared: what they said is not written over. */
async function hasMoved(
  rc: Reconciling,
  inside: TxCtx,
  mapping: Mapping,
  rows: readonly PlanRow[],
  hubId: string,
): Promise<boolean> {
  const [now] = await rc.sideOf(mapping).read(inside, [hubId]);
  if (!now) return true;
  const { values } = mapping.readOurs(now.values, rc.links);
  return rows.some(({ field, ours }) => {
    const value = values[field];
    if (value === undefined || ours === undefined) return value !== ours;
    return !mapping.same(field, value, ours);
  });
}

export async function createHere(
  rc: Reconciling,
  runId: string,
  { mapping, rows, theirs, parentHubId }: Work,
): Promise<Applied> {
  const [row] = rows;
  const side = rc.sideOf(mapping);
  if (!row || !theirs || !side.create) return fail(rc, runId, rows, 'nothing can make it here');
  const makeOne = side.create.bind(side);
  const { values } = mapping.readTheirs(theirs.data, rc.links);
  try {
    await tx(rc.ctx, async (inside) => {
      const hubId = await makeOne(inside, parentHubId, values, from(rc, mapping, theirs.id));
      const isRoot = mapping.parent === null;
      await saveLinks(
        inside.db,
        rc.system,
        [
          {
            object: mapping.object,
            theirId: theirs.id,
            hubId,
            rootHubId: isRoot ? hubId : row.root.hubId,
            rootTheirId: isRoot ? theirs.id : row.root.theirId,
            agreed: {},
            fingerprint: null,
            isOurs: false,
          },
        ],
        inside.now(),
      );
      await settleDone(inside, rc.system, runId, [{ rows, theirId: theirs.id, values: {}, resolution: 'made here' }]);
      await noticeReferring(rc, inside.db, mapping, { hubIds: [hubId], reason: 'now known here' });
      await notice(rc, inside.db, [
        { type: row.root.type, side: 'hub', ref: isRoot ? hubId : (row.root.hubId ?? hubId) },
      ]);
    });
    await rc.refreshLinks();
    return { confirmed: rows.length, failed: 0, stale: 0 };
  } catch (error) {
    return fail(rc, runId, rows, refusal(error));
  }
}

/** What cannot be so here is no trouble of the other side, and none of the rest. */
function refusal(error: unknown): string {
  if (
    error instanceof HubError &&
    (error.kind === 'invalid' || error.kind === 'conflict' || error.kind === 'not-found')
  ) {
    const fields = error.fields?.map(({ message }) => message).join('; ');
    return fields === undefined || fields === '' || error.message.includes(fields)
      ? error.message
      : `${error.message}: ${fields}`;
  }
  throw error;
}
