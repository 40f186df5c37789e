import { expect, test } from 'vitest';
import type { Mapping } from '../mapping/mapping.ts';
import { countForBrakes, trippedBrakes } from './brakes.ts';
import type { PlannedRow } from './model.ts';
import { createPlanHash } from './plan-hash.ts';

const BRAKES = {
  create: { share: 0.25, atLeast: 50 },
  change: { share: 0.25, atLeast: 50 },
  blank: { share: 0.02, atLeast: 5 },
  remove: { share: 0.02, atLeast: 5 },
};
const MAPPINGS = ['device', 'module'].map((object) => ({ object, brakes: BRAKES })) as Mapping[];

function row(server: number, more: Partial<PlannedRow> = {}): PlannedRow {
  return {
    object: 'device',
    root: { type: 'device', hubId: `a${server}`, theirId: String(server) },
    hubId: `a${server}`,
    theirId: String(server),
    label: `srv${server}`,
    field: 'name',
    kind: 'differs',
    action: 'push',
    decision: 'auto',
    reason: 'changed here',
    theirs: 'a',
    ours: 'b',
    agreed: 'a',
    ...more,
  };
}
const many = (count: number, more: Partial<PlannedRow> = {}): PlannedRow[] =>
  Array.from({ length: count }, (_, index) => row(index, more));
const tripped = (rows: PlannedRow[], known: number, countAdopted = true) =>
  trippedBrakes(countForBrakes(rows, { countAdopted }), MAPPINGS, () => known).map(({ kind, field, count, limit }) => ({
    kind,
    field,
    count,
    limit,
  }));

test('a field that would be emptied on every device stops the plan, on either side', () => {
  expect(tripped(many(250, { action: 'adopt', theirs: null, ours: 'ams1' }), 250)).toEqual([
    { kind: 'change', field: null, count: 250, limit: 62 },
    { kind: 'blank', field: 'name', count: 250, limit: 5 },
  ]);
  expect(tripped(many(6, { theirs: 'x', ours: null }), 250)).toEqual([
    { kind: 'blank', field: 'name', count: 6, limit: 5 },
  ]);
});

test('what is filled in is not emptied', () => {
  expect(tripped(many(40, { theirs: null, ours: 'x' }), 250)).toEqual([]);
});

test('a share of what exists, and few never stop it', () => {
  expect(tripped(many(50), 10)).toEqual([]);
  expect(tripped(many(51), 10)).toMatchObject([{ kind: 'change', limit: 50 }]);
  expect(tripped(many(2500), 10_000)).toEqual([]);
  expect(tripped(many(6, { kind: 'gone-here', action: 'remove-there' }), 100)).toMatchObject([
    { kind: 'remove', count: 6 },
  ]);
});

test('why says how many of how many; where none is known yet, that', () => {
  const reasons = (known: number): string[] =>
    trippedBrakes([{ object: 'device', kind: 'create', field: null, count: 60 }], MAPPINGS, () => known).map(
      ({ reason }) => reason,
    );
  expect(reasons(100)).toEqual(['it would make devices for 60 of 100, more than 50']);
  expect(reasons(0)).toEqual(['it would make devices for 60, where none is known yet, more than 50']);
});

test('forty parts of one server are one', () => {
  const parts = many(40, {
    object: 'module',
    action: 'create-there',
    root: { type: 'device', hubId: 'a1', theirId: '1' },
  });
  expect(tripped([...parts, ...parts], 1)).toEqual([]);
});

test('only what would be done by itself counts', () => {
  expect(tripped(many(900, { decision: 'review' }), 1000)).toEqual([]);
  expect(tripped(many(900, { action: 'adopt' }), 1000, false)).toEqual([]);
});

test('another value, another order or another decision is another plan', () => {
  const hash = (rows: PlannedRow[]): string => {
    const plan = createPlanHash();
    for (const one of rows) plan.add(one);
    return plan.digest();
  };
  const plan = [row(1), row(2)];
  expect(hash(plan)).toBe(hash([row(1), row(2)]));
  for (const other of [
    [row(2), row(1)],
    [row(1), row(2, { theirs: 'c' })],
    [row(1), row(2, { decision: 'review' })],
    [row(1)],
    [row(1), row(2, { ours: undefined })],
    [row(1), row(2, { ours: null })],
  ])
    expect(hash(plan)).not.toBe(hash(other));
  expect(hash([row(1, { ours: undefined })])).not.toBe(hash([row(1, { ours: null })]));
});
