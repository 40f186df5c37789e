import { expect, test } from 'vitest';
import { firstIdOf, idFrom, newId, sha256 } from './id.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([78])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids of one process sort in the order in which they were made, also within a millisecond and when the clock goes back', () => {
  const at = 1_795_000_000_000;
  const ids = [
    ...Array.from({ length: 10_000 }, () => newId(at)),
    newId(at - 60_000),
    newId(at + 1),
    newId(at + 100_000),
  ];
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids.slice(-20)) expect(UUID.exec(id)?.[1]).toBe('7');
});

test('the same parts give the same id, other parts another one', () => {
  expect(idFrom('ticket', 'a')).toBe(idFrom('ticket', 'a'));
  const different = [
    idFrom('ticket', 'a'),
    idFrom('ticket', 'b'),
    idFrom('ticketa'),
    idFrom('ticket', 'a', ''),
    idFrom('tick', 'eta'),
    idFrom('ticket","a'),
  ];
  expect(new Set(different).size).toBe(different.length);
  for (const id of different) expect(UUID.exec(id)?.[1]).toBe('8');
});

test('no derived id is one that MariaDB refuses', () => {
  const bytes = Array.from({ length: 5000 }, (_, index) => idFrom('any', String(index)).slice(19, 21));
  expect(bytes).not.toContain('80');
  expect(new Set(bytes).size).toBe(63);
});

test('sha256 is the usual one', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('the first id of a moment is before those of the moment and after those before it', () => {
  const at = Date.now() + 1_000_000;
  const [before, after] = [newId(at - 1), newId(at)];
  const first = firstIdOf(new Date(at));
  expect(UUID.exec(first)?.[1]).toBe('7');
  expect([after, first, before].toSorted()).toEqual([before, first, after]);
});
