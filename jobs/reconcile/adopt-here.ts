import type { TxCtx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { settleDone } from '#src/drift/settle-rows.ts';
import type { Values } from '#src/mapping/mapping.ts';
import { noticeReferring } from './notice-referring.ts';
import type { Reconciling } from './reconciling.ts';
import { add, type Applied, fail, from, leave, type Work } from './settle-work.ts';

interface Refusal {
  reason: string;
  /** Ours that has what this one would get. */
  inTheWay: string | undefined;
}

/**
 * Takes over what theirs say of many objects, each by itself. Whoever is in the way of another one may be about to go: it is tried again after
 * that, and those that change places with each other go together.
 */
export async function adoptAll(rc: Reconciling, runId: string, work: readonly Work[]): Promise<Applied> {
  const applied: Applied = { confirmed: 0, failed: 0, stale: 0 };
  let waiting = [...work];
  while (waiting.length > 0) {
    const refused = new Map<Work, Refusal>();
    for (const one of waiting) {
      const result = await adopt(rc, runId, [one]);
      if ('reason' in result) refused.set(one, result);
      else add(applied, result);
    }
    const here = new Set([...refused.keys()].map(hubIdOf));
    const again = [...refused].flatMap(([one, { inTheWay }]) => (here.has(inTheWay) ? [one] : []));
    for (const [one, { reason }] of refused)
      if (!again.includes(one)) add(applied, await fail(rc, runId, one.rows, reason));
    if (again.length < waiting.length) {
      waiting = again;
      continue;
    }
    const circle = circleIn(again, refused);
    const result = await adopt(rc, runId, circle);
    if ('reason' in result)
      for (const one of circle)
        add(applied, await fail(rc, runId, one.rows, refused.get(one)?.reason ?? result.reason));
    else add(applied, result);
    waiting = again.filter((one) => !circle.includes(one));
  }
  return applied;
}

function hubIdOf({ rows }: Work): string | undefined {
  return rows[0]?.hubId ?? undefined;
}

/** Each of these is in the way of another one of them: whoever follows that comes round. */
function circleIn(work: readonly Work[], refused: ReadonlyMap<Work, Refusal>): Work[] {
  const seen: Work[] = [];
  for (let at = work[0]; at;) {
    if (seen.includes(at)) return seen.slice(seen.indexOf(at));
    seen.push(at);
    const next = refused.get(at)?.inTheWay;
    at = work.find((one) => hubIdOf(one) === next);
  }
  return seen;
}

/** All of these or none. */
async function adopt(rc: Reconciling, runId: string, group: readonly Work[]): Promise<Applied | Refusal> {
  const rows = group.flatMap((one) => one.rows);
  try {
    const isDone = await tx(rc.ctx, async (inside) => {
      const leaving = new Set(group.flatMap((one) => hubIdOf(one) ?? []));
      for (const one of group) {
        if (!(await adoptOne(rc, inside, runId, one, leaving))) return false;
        leaving.delete(hubIdOf(one) ?? '');
      }
      return true;
    });
    if (!isDone) return await leave(rc, runId, rows, 'it changed here in the same moment; it is looked at again');
    return { confirmed: rows.length, failed: 0, stale: 0 };
  } catch (error) {
    const other = error instanceof HubError ? error.extra['other'] : undefined;
    return { reason: refusal(error), inTheWay: typeof other === 'string' ? other : undefined };
  }
}

/** @returns false where somebody changed it here since it was compared: what they said is not written over */
async function adoptOne(
  rc: Reconciling,
  inside: TxCtx,
  runId: string,
  { mapping, rows, theirs }: Work,
  leaving: ReadonlySet<string>,
): Promise<boolean> {
  const [row] = rows;
  const side = rc.sideOf(mapping);
  if (!row || row.hubId === null || row.theirId === null || !side.adopt)
    throw new HubError('invalid', 'nothing can take it over');
  const { hubId, theirId } = row;
  const [now] = await side.read(inside, [hubId]);
  if (!now) return false;
  const ours = mapping.readOurs(now.values, rc.links).values;
  const isSame = (field: string, a: Values[string], b: Values[string]): boolean =>
    a === undefined || b === undefined ? a === b : mapping.same(field, a, b);
  if (rows.some((one) => !isSame(one.field, one.ours, ours[one.field]))) return false;
  const values = Object.fromEntries(rows.map((one) => [one.field, one.theirs ?? null]));
  const said = theirs ? mapping.readTheirs(theirs.data, rc.links).values : {};
  const agreeing = Object.entries(said).filter(([field, value]) => isSame(field, value, ours[field]));
  await side.adopt(inside, hubId, values, from(rc, mapping, theirId), {
    beside: Object.fromEntries(agreeing),
    leaving,
  });
  // What stands in it has moved with it.
  if (mapping.parent === null && mapping.lookups.length > 0)
    await noticeReferring(rc, inside.db, mapping, { hubIds: [hubId], reason: 'moved' });
  await settleDone(inside, rc.system, runId, [{ rows, theirId, values, resolution: 'taken over here' }]);
  return true;
}

/** What cannot be so here is no trouble of the other side, and none of the rest. */
export function refusal(error: unknown): string {
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
