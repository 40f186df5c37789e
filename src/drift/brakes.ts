import type { Brake, BrakeKind, Mapping } from '../mapping/mapping.ts';
import type { PlannedRow } from './model.ts';

/** What a plan would do to how many, of one object type. Children count as the servers that they are in: forty parts of one server are one. */
export interface BrakeCount {
  object: string;
  kind: BrakeKind;
  /** Only for `blank`: which field would become empty. */
  field: string | null;
  count: number;
}

export interface TrippedBrake extends BrakeCount {
  limit: number;
  of: number;
  reason: string;
}

export interface BrakeOptions {
  /** Whether values that are taken over here count as changes. Where objects are noticed one by one, a bulk edit there is no accident. */
  countAdopted: boolean;
}

export function countForBrakes(rows: Iterable<PlannedRow>, options: BrakeOptions): BrakeCount[] {
  return rootsForBrakes(rows, options).map(({ roots, ...counted }) => ({ ...counted, count: roots.size }));
}

/** The same, by the roots themselves: two plans may be about the same ones. */
export function rootsForBrakes(
  rows: Iterable<PlannedRow>,
  options: BrakeOptions,
): (Omit<BrakeCount, 'count'> & { roots: Set<string> })[] {
  const counts = new Map<string, Omit<BrakeCount, 'count'> & { roots: Set<string> }>();
  const add = (object: string, kind: BrakeKind, field: string | null, root: string): void => {
    const key = `${object}|${kind}|${field ?? ''}`;
    const found = counts.get(key) ?? { object, kind, field, roots: new Set<string>() };
    found.roots.add(root);
    counts.set(key, found);
  };
  for (const row of rows) {
    if (row.decision !== 'auto' || row.byPerson === true) continue;
    const root = row.root.hubId ?? `their:${row.root.theirId ?? ''}`;
    if (row.action === 'create-there' || row.action === 'create-here') add(row.object, 'create', null, root);
    else if (row.action === 'remove-there') add(row.object, 'remove', null, root);
    else if (row.action === 'push' || row.action === 'adopt') {
      if (row.action === 'push' || options.countAdopted) add(row.object, 'change', null, root);
      if (isBlanking(row)) add(row.object, 'blank', row.field, root);
    }
  }
  return [...counts.values()];
}

function isBlanking({ action, theirs, ours }: PlannedRow): boolean {
  const [from, to] = action === 'push' ? [theirs, ours] : [ours, theirs];
  const isEmpty = (value: unknown): boolean =>
    value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty(to) && from !== undefined && !isEmpty(from);
}

/** Which limits a plan goes beyond. `known`: how many roots of the type both sides know. */
export function trippedBrakes(
  counts: readonly BrakeCount[],
  mappings: readonly Mapping[],
  known: (object: string) => number,
): TrippedBrake[] {
  return counts.flatMap((count) => {
    const brake: Brake | undefined = mappings.find(({ object }) => object === count.object)?.brakes[count.kind];
    if (!brake) return [];
    const of = known(count.object);
    const limit = Math.max(brake.atLeast, Math.floor(brake.share * of));
    if (count.count <= limit) return [];
    return [{ ...count, limit, of, reason: reasonOf(count, limit, of) }];
  });
}

const WORDS: Record<BrakeKind, string> = {
  create: 'make',
  change: 'change',
  blank: 'empty',
  remove: 'remove',
};

function reasonOf({ object, kind, field, count }: BrakeCount, limit: number, of: number): string {
  const what = kind === 'blank' ? `the field ${field} of ${object}s` : `${object}s`;
  const share = of === 0 ? `${count}, where none is known yet` : `${count} of ${of}`;
  return `it would ${WORDS[kind]} ${what} for ${share}, more than ${limit}`;
}
