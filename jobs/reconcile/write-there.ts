import { tx } from '#src/core/tx.ts';
import { linksByTheirs, saveLinks } from '#src/drift/link-store.ts';
import type { RecordLink } from '#src/drift/model.ts';
import { type PlanRow, wasSentBefore } from '#src/drift/plan-store.ts';
import { type DoneRow, settleDone } from '#src/drift/settle-rows.ts';
import type { Mapping, Value, Values } from '#src/mapping/mapping.ts';
import type { RecordObject, RecordResult } from '#src/ports/record-objects.ts';
import type { Reconciling } from './reconciling.ts';
import { add, type Applied, fail, from, keyOf, notice, send, settleBad, type Work } from './settle-work.ts';

export async function push(rc: Reconciling, runId: string, mapping: Mapping, work: readonly Work[]): Promise<Applied> {
  const applied: Applied = { confirmed: 0, failed: 0, stale: 0 };
  const ready: { work: Work; theirs: RecordObject; set: Record<string, unknown> }[] = [];
  for (const one of work) {
    const set: Record<string, unknown> = {};
    const faults: string[] = [];
    for (const row of one.rows) {
      const made = mapping.toTheirs(row.field, row.ours ?? null, rc.links);
      if ('fault' in made) faults.push(`${row.field}: ${made.fault}`);
      else Object.assign(set, made.set);
    }
    if (faults.length > 0 || !one.theirs)
      add(applied, await fail(rc, runId, one.rows, faults.join('; ') || 'it is not there'));
    else ready.push({ work: one, theirs: one.theirs, set });
  }
  if (ready.length === 0) return applied;
  await send(
    rc,
    runId,
    ready.map(({ work: one }) => one),
  );
  const results = await rc.records.update(
    mapping.object,
    ready.map(({ theirs, set }) => ({ id: theirs.id, version: theirs.version, set })),
    { key: keyOf(runId, ready[0]?.work), fields: mapping.theirNames },
    rc.ctx.signal,
  );
  const done: DoneRow[] = [];
  for (const [index, { work: one }] of ready.entries()) {
    const result = results[index];
    if (result?.outcome !== 'written' && result?.outcome !== 'found') {
      add(applied, await settleBad(rc, runId, one.rows, result));
      continue;
    }
    const { kept, lost } = sortKept(rc, mapping, one.rows, result.object);
    if (lost.length > 0)
      add(applied, await fail(rc, runId, lost, 'it was answered as written, but what is there now is something else'));
    if (kept.length === 0) continue;
    done.push({
      rows: kept,
      theirId: result.object.id,
      values: Object.fromEntries(kept.map(({ field, ours }) => [field, ours ?? null])),
      resolution: 'written there',
      requestId: result.requestId,
    });
  }
  await tx(rc.ctx, async (inside) => {
    await settleDone(inside, rc.system, runId, done);
    const side = rc.sideOf(mapping);
    if (!side.noteRecorded) return;
    for (const { rows, theirId } of done) {
      const [row] = rows;
      if (row?.hubId)
        await side.noteRecorded(
          inside,
          row.hubId,
          rows.map(({ field }) => field),
          from(rc, mapping, theirId),
        );
    }
  });
  applied.confirmed += done.reduce((sum, { rows }) => sum + rows.length, 0);
  return applied;
}

/** What was asked for is believed only as far as it is there. */
function sortKept(
  rc: Reconciling,
  mapping: Mapping,
  rows: readonly PlanRow[],
  now: RecordObject,
): { kept: PlanRow[]; lost: PlanRow[] } {
  const { values } = mapping.readTheirs(now.data, rc.links);
  const isKept = ({ field, ours }: PlanRow): boolean => {
    const value: Value | undefined = values[field];
    // A field that is only ever written cannot be read back.
    if (value === undefined || ours === undefined) return true;
    return mapping.same(field, value, ours);
  };
  return { kept: rows.filter(isKept), lost: rows.filter((row) => !isKept(row)) };
}

export async function createThere(
  rc: Reconciling,
  runId: string,
  mapping: Mapping,
  work: readonly Work[],
): Promise<Applied> {
  const applied: Applied = { confirmed: 0, failed: 0, stale: 0 };
  const ready: { work: Work; set: Record<string, unknown>; values: Values }[] = [];
  for (const one of work) {
    const { values } = mapping.readOurs(one.ours ?? {}, rc.links);
    const { set, missing, faults } = mapping.draft(values, rc.links);
    if (missing.length > 0)
      add(applied, await fail(rc, runId, one.rows, `it cannot be made there without ${missing.join(', ')}`));
    else if (faults.length > 0)
      add(
        applied,
        await fail(rc, runId, one.rows, faults.map(({ field, reason }) => `${field}: ${reason}`).join('; ')),
      );
    else ready.push({ work: one, set, values });
  }
  if (ready.length === 0) return applied;
  const sentBefore = await wasSentBefore(
    rc.ctx.db,
    rc.system,
    mapping.object,
    ready.flatMap(({ work: one }) => one.rows[0]?.hubId ?? []),
  );
  await send(
    rc,
    runId,
    ready.map(({ work: one }) => one),
  );
  const results = await rc.records.create(
    mapping.object,
    ready.map(({ work: one, set }) => ({ parentId: one.parentTheirId, set })),
    { key: keyOf(runId, ready[0]?.work), fields: mapping.theirNames },
    rc.ctx.signal,
  );
  const made: {
    row: PlanRow;
    rows: PlanRow[];
    hubId: string;
    result: Extract<RecordResult, { outcome: 'written' | 'found' }>;
  }[] = [];
  const standsFor = await whatFoundStandsFor(rc, mapping, results);
  for (const [index, { work: one }] of ready.entries()) {
    const result = results[index];
    const [row] = one.rows;
    const hubId = row?.hubId ?? null;
    if (!row || hubId === null || (result?.outcome !== 'written' && result?.outcome !== 'found'))
      add(applied, await settleBad(rc, runId, one.rows, result));
    else if ((standsFor.get(result.object.id) ?? hubId) !== hubId) {
      const other = `it is ${rc.records.urlOf(mapping.object, result.object.id)} there, which stands for another ${mapping.hub} here, ${standsFor.get(result.object.id)}: mend whichever is wrong`;
      add(applied, await fail(rc, runId, one.rows, other));
    } else {
      standsFor.set(result.object.id, hubId);
      made.push({ row, rows: one.rows, hubId, result });
    }
  }
  const isRoot = mapping.parent === null;
  const links = made.map(({ row, hubId, result }): RecordLink => ({
    object: mapping.object,
    theirId: result.object.id,
    hubId,
    rootHubId: isRoot ? hubId : row.root.hubId,
    rootTheirId: isRoot ? result.object.id : row.root.theirId,
    agreed: {},
    fingerprint: null,
    isOurs: result.outcome === 'written' || sentBefore.has(hubId),
  }));
  await tx(rc.ctx, async (inside) => {
    await saveLinks(inside.db, rc.system, links, inside.now());
    await settleDone(
      inside,
      rc.system,
      runId,
      made.map(({ rows, result }) => ({
        rows,
        theirId: result.object.id,
        values: {},
        resolution: result.outcome === 'written' ? 'made there' : 'found there',
        requestId: result.requestId,
      })),
    );
    const side = rc.sideOf(mapping);
    if (side.noteRecorded)
      for (const { hubId, result } of made)
        await side.noteRecorded(inside, hubId, ['created'], from(rc, mapping, result.object.id));
    // What belongs to it, and what could not be said when it was made, is compared next.
    const roots = new Set(made.map(({ row, hubId }) => (isRoot ? hubId : (row.root.hubId ?? ''))));
    const type = made[0]?.row.root.type ?? mapping.object;
    await notice(
      rc,
      inside.db,
      [...roots].map((ref) => ({ type, side: 'hub' as const, ref })),
    );
  });
  applied.confirmed += made.reduce((sum, { rows }) => sum + rows.length, 0);
  await rc.refreshLinks();
  return applied;
}

/** What was there already may be somebody else's counterpart: their id → the id here. */
async function whatFoundStandsFor(
  rc: Reconciling,
  mapping: Mapping,
  results: readonly RecordResult[],
): Promise<Map<string, string>> {
  const ids = results.flatMap((result) => (result.outcome === 'found' ? [result.object.id] : []));
  const links = await linksByTheirs(rc.ctx.db, { system: rc.system, object: mapping.object, ids });
  return new Map(links.flatMap(({ theirId, hubId }) => (hubId === null ? [] : [[theirId, hubId] as const])));
}

export async function removeThere(
  rc: Reconciling,
  runId: string,
  mapping: Mapping,
  work: readonly Work[],
): Promise<Applied> {
  const applied: Applied = { confirmed: 0, failed: 0, stale: 0 };
  const ready = work.flatMap((one) => (one.theirs ? [{ work: one, theirs: one.theirs }] : []));
  if (ready.length === 0) return applied;
  await send(
    rc,
    runId,
    ready.map(({ work: one }) => one),
  );
  const results = await rc.records.remove(
    mapping.object,
    ready.map(({ theirs }) => ({ id: theirs.id, version: theirs.version })),
    { key: keyOf(runId, ready[0]?.work), fields: mapping.theirNames },
    rc.ctx.signal,
  );
  for (const [index, { work: one, theirs }] of ready.entries()) {
    const result = results[index];
    if (result?.outcome === 'refused' || result?.outcome === 'stale' || result === undefined) {
      add(applied, await settleBad(rc, runId, one.rows, result));
      continue;
    }
    await tx(rc.ctx, (inside) =>
      settleDone(inside, rc.system, runId, [
        { rows: one.rows, theirId: theirs.id, values: {}, resolution: 'removed there', dropLink: mapping.object },
      ]),
    );
    applied.confirmed += one.rows.length;
  }
  return applied;
}
