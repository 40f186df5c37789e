import { describe, expect, test } from 'vitest';
import { type EvidenceKey, homeOfKey } from './evidence.ts';
import { findHomes, type Known } from './homes.ts';

const NOTHING: Known = { registered: new Map(), assigned: new Map(), merged: new Map() };
const card = (id: string, ...keys: EvidenceKey[]) => ({ id, keys });

function homesOf(cards: ReturnType<typeof card>[], known: Partial<Known> = {}): Record<string, string> {
  const told = Object.fromEntries(findHomes(cards, { ...NOTHING, ...known }).homes);
  for (const other of [cards.toReversed(), cards.toSorted((a, b) => (a.keys.join() < b.keys.join() ? -1 : 1))])
    expect(Object.fromEntries(findHomes(other, { ...NOTHING, ...known }).homes)).toEqual(told);
  return told;
}

describe('an assigned card', () => {
  const cards = [
    card('first', 'serial:S', 'uuid:1'),
    card('second', 'serial:S', 'uuid:2'),
    card('fuller', 'serial:S', 'uuid:2', 'bmc:m'),
    card('weaker', 'uuid:2'),
    card('other board', 'serial:S', 'board:b'),
  ];
  const assigned = new Map([['second', 'X']]);

  test('takes along who shows all of its evidence, and leaves who contradicts it', () => {
    expect(homesOf(cards, { assigned })).toEqual({
      first: homeOfKey('serial:S'),
      second: 'X',
      fuller: 'X',
      weaker: 'X',
      'other board': homeOfKey('serial:S'),
    });
  });

  test('has all of the strongest evidence where nobody contradicts it', () => {
    expect(homesOf([card('second', 'serial:S', 'uuid:2'), card('bare', 'serial:S', 'bmc:m')], { assigned })).toEqual({
      second: 'X',
      bare: 'X',
    });
  });

  test('is told as a dispute about what it shares with others', () => {
    const { disputes } = findHomes(cards, { ...NOTHING, assigned });
    expect(disputes).toEqual([{ key: 'serial:S', assets: ['X', homeOfKey('serial:S')].toSorted() }]);
  });

  test('follows a merge, and a circle of merges ends', () => {
    expect(homesOf(cards.slice(1, 2), { assigned, merged: new Map([['X', 'Y']]) })).toEqual({ second: 'Y' });
    const circle = new Map([
      ['X', 'Y'],
      ['Y', 'X'],
    ]);
    expect(homesOf(cards.slice(1, 2), { assigned, merged: circle })).toEqual({ second: 'X' });
  });
});

describe("the hub's own id of a server that only bundles speak of", () => {
  const guess = homeOfKey('uuid:1');
  const said = card('said', `id:${guess}`);
  const registered: Known['registered'] = new Map([[`id:${guess}` as const, [{ id: guess, serialKey: null }]]]);

  test('leads to the server that its evidence belongs to now', () => {
    expect(homesOf([said, card('uuid', 'uuid:1')], { registered })).toEqual({ said: guess, uuid: guess });
    expect(homesOf([said, card('uuid', 'uuid:1'), card('both', 'serial:S', 'uuid:1')], { registered })).toEqual({
      said: homeOfKey('serial:S'),
      uuid: homeOfKey('serial:S'),
      both: homeOfKey('serial:S'),
    });
  });

  test('is the server itself for who shows evidence beside it', () => {
    const agent = card('agent', `id:${guess}`, 'serial:S');
    expect(homesOf([agent, card('uuid', 'uuid:1'), card('both', 'serial:S', 'uuid:1')], { registered })).toEqual({
      agent: guess,
      uuid: guess,
      both: guess,
    });
  });
});
