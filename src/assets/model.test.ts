import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { assertMove, movesFrom } from '../core/moves.ts';
import { lifecycle, LIFECYCLE_STATES, LifecycleMove, type LifecycleState, mayInspect } from './model.ts';

const moves = LifecycleMove.options;

test('whatever moves are tried, a server is always in a state of its life, and got there by a legal move', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...lifecycle.initial),
      fc.array(fc.constantFrom(...moves), { maxLength: 60 }),
      (initial, tried) => {
        let state: LifecycleState = initial;
        for (const move of tried) {
          const isLegal = movesFrom(lifecycle, state).includes(move);
          const before = state;
          try {
            state = assertMove(lifecycle, move, state);
          } catch {
            // refused: it stays where it is
          }
          expect(LIFECYCLE_STATES).toContain(state);
          if (!isLegal) expect(state).toBe(before);
          else expect(state).toBe(lifecycle.moves[move].to);
        }
      },
    ),
  );
});

describe('the life of a server', () => {
  test('ends in one state only, and can end from everywhere', () => {
    expect(LIFECYCLE_STATES.filter((state) => movesFrom(lifecycle, state).length === 0)).toEqual(['DECOMMISSIONED']);
    const endable = new Set<LifecycleState>(['DECOMMISSIONED']);
    for (let size = 0; size !== endable.size;) {
      size = endable.size;
      for (const { from, to } of Object.values(lifecycle.moves))
        if (endable.has(to)) for (const state of from) endable.add(state);
    }
    expect(LIFECYCLE_STATES.filter((state) => !endable.has(state))).toEqual([]);
  });

  test('has no move that leads to where it is already', () => {
    expect(
      moves.filter((move) => (lifecycle.moves[move].from as readonly string[]).includes(lifecycle.moves[move].to)),
    ).toEqual([]);
  });

  test('is looked into until its end', () => {
    expect(LIFECYCLE_STATES.filter((state) => !mayInspect(state))).toEqual(['DECOMMISSIONED']);
  });

  test('has a word in NetBox for every state', () => {
    const file = parse(readFileSync(new URL('../../mappings/netbox-lifecycle.yaml', import.meta.url), 'utf8')) as {
      states: Record<string, unknown>;
    };
    expect(Object.keys(file.states).toSorted()).toEqual([...LIFECYCLE_STATES].toSorted());
  });
});
