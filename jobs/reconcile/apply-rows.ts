import type { PlanRow } from '#src/drift/plan-store.ts';
import type { Decided } from './decide-scopes.ts';
import { adoptAll } from './adopt-here.ts';
import type { Reconciling } from './reconciling.ts';
import { add, type Applied, type Work } from './settle-work.ts';
import { createHere } from './write-here.ts';
import { createThere, push, removeThere } from './write-there.ts';

/** One bulk request takes as many objects. */
export const CHUNK = 50;

/** Groups the rows of one batch by object, with what writing them needs. */
export function workOf(rc: Reconciling, decided: Decided, rows: readonly PlanRow[]): Work[] {
  const groups = Map.groupBy(rows, (row) => `${row.object}|${row.hubId ?? ''}|${row.theirId ?? ''}`);
  return [...groups.values()].flatMap((some) => {
    const [row] = some;
    const mapping = rc.mappings.find(({ object }) => object === row?.object);
    if (!row || !mapping) return [];
    return [
      {
        mapping,
        rows: some,
        theirs: row.theirId === null ? undefined : decided.theirs.get(row.object)?.get(row.theirId),
        ours: row.hubId === null ? undefined : decided.ours.get(row.object)?.get(row.hubId)?.values,
        parentTheirId: mapping.parent === null ? null : row.root.theirId,
        parentHubId: mapping.parent === null ? null : row.root.hubId,
      },
    ];
  });
}

/** Does what the rows say, object type by object type; what cannot be done is said at its row, and nothing else is held up by it. */
export async function applyWork(rc: Reconciling, runId: string, work: readonly Work[]): Promise<Applied> {
  const applied: Applied = { confirmed: 0, failed: 0, stale: 0 };
  for (const mapping of rc.mappings) {
    const some = work.filter((one) => one.mapping === mapping);
    const by = (action: PlanRow['action']): Work[] =>
      some.flatMap((one) => {
        const rows = one.rows.filter((row) => row.action === action);
        return rows.length === 0 ? [] : [{ ...one, rows }];
      });
    add(applied, await adoptAll(rc, runId, by('adopt')));
    for (const one of by('create-here')) add(applied, await createHere(rc, runId, one));
    for (const chunk of chunks(by('create-there'))) add(applied, await createThere(rc, runId, mapping, chunk));
    for (const chunk of chunks(by('push'))) add(applied, await push(rc, runId, mapping, chunk));
    for (const chunk of chunks(by('remove-there'))) add(applied, await removeThere(rc, runId, mapping, chunk));
  }
  return applied;
}

function chunks(work: Work[]): Work[][] {
  return Array.from({ length: Math.ceil(work.length / CHUNK) }, (_, at) => work.slice(at * CHUNK, (at + 1) * CHUNK));
}
