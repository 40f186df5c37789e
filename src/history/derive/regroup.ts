import { compareText, type Moment } from './look.ts';

/**
 * Single looks of one source at one place, in any order → stretches that say the same. Two looks at one moment that say different
 * things stand alone: neither continues what was before.
 */
export function regroup(
  looks: readonly { at: Moment; inventoryId: number }[],
): { first: Moment; last: Moment; inventoryId: number }[] {
  const byMoment = new Map<Moment, Set<number>>();
  for (const { at, inventoryId } of looks) byMoment.set(at, (byMoment.get(at) ?? new Set()).add(inventoryId));
  const runs: { first: Moment; last: Moment; inventoryId: number; alone: boolean }[] = [];
  for (const [at, inventories] of [...byMoment].toSorted(([a], [b]) => compareText(a, b))) {
    const alone = inventories.size > 1;
    for (const inventoryId of inventories) {
      const open = runs.at(-1);
      if (!alone && open && !open.alone && open.inventoryId === inventoryId) open.last = at;
      else runs.push({ first: at, last: at, inventoryId, alone });
    }
  }
  return runs.map(({ first, last, inventoryId }) => ({ first, last, inventoryId }));
}
