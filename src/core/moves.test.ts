import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HubError } from './error.ts';
import { assertMove, defineMachine, movesFrom, whyNot } from './moves.ts';

const door = defineMachine({
  name: 'door',
  states: ['OPEN', 'SHUT', 'LOCKED'],
  initial: ['OPEN'],
  timeLimitHours: {},
  moves: {
    shut: { from: ['OPEN'], to: 'SHUT', by: 'operator', title: 'Shut' },
    open: { from: ['SHUT'], to: 'OPEN', by: 'operator', title: 'Open' },
    lock: { from: ['SHUT'], to: 'LOCKED', by: 'hub', title: 'Lock' },
  },
});

describe('a machine', () => {
  test('that has a state which no move leads to is refused at the start', () => {
    const { moves } = door;
    expect(() => defineMachine({ ...door, moves: { shut: moves.shut, open: moves.open } })).toThrow(
      'door: no move leads to LOCKED',
    );
  });

  test('with a move from or to a state that there is not is refused too', () => {
    expect(() =>
      defineMachine<string, string>({
        ...door,
        moves: { ...door.moves, fly: { from: ['OPEN'], to: 'AWAY', by: 'hub', title: 'Fly' } },
      }),
    ).toThrow('unknown state AWAY');
  });

  test('says why not, and what would be legal', () => {
    expect(whyNot(door, 'lock', 'OPEN')).toBe('"lock" starts from SHUT; it is OPEN');
    expect(whyNot(door, 'lock', 'LOCKED')).toBe('it is LOCKED already');
    expect(whyNot(door, 'lock', 'SHUT')).toBeUndefined();
    expect(() => assertMove(door, 'lock', 'OPEN')).toThrow('Possible now: shut.');
    expect(() => assertMove(door, 'open', 'LOCKED')).toThrow('No move leads on from there.');
  });
});

test('whatever is tried, only a legal move changes anything, and the refusal names exactly the legal ones', () => {
  const { states, moves } = door;
  const names = Object.keys(moves) as (keyof typeof moves)[];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...names)), (tried) => {
      let state: (typeof states)[number] = 'OPEN';
      for (const move of tried) {
        const legal = names.filter((name) => moves[name].from.includes(state));
        expect(movesFrom(door, state)).toEqual(legal);
        try {
          const next: (typeof states)[number] = assertMove(door, move, state);
          expect(legal).toContain(move);
          state = next;
        } catch (error) {
          expect(error).toBeInstanceOf(HubError);
          expect((error as HubError).extra).toEqual({ state, move, legal });
          expect(legal).not.toContain(move);
        }
      }
    }),
  );
});
