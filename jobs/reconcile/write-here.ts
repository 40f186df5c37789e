import { tx } from '#src/core/tx.ts';
import { saveLinks } from '#src/drift/link-store.ts';
import { settleDone } from '#src/drift/settle-rows.ts';
import { refusal } from './adopt-here.ts';
import { noticeReferring } from './notice-referring.ts';
import type { Reconciling } from './reconciling.ts';
import { type Applied, fail, from, notice, type Work } from './settle-work.ts';

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
