import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import { COMPONENT_KINDS } from '../../src/ports/hardware-inventory.ts';
import { readBmc } from './kit-for-tests.ts';
import { startBmcSimulator } from './simulator.ts';
import { simulatedTree, SIMULATED_TREES } from './simulator/simulated-tree.ts';
import type { Tree } from './simulator/tree.ts';

interface Mutation {
  /** Which of all values of the tree; counted round. */
  where: number;
  what: unknown;
}

/** What BMCs have been seen to say, and what none should. */
const strange = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'null', 'N/A', [], {}, [null], [[]], 0, -1, true, '1e999', '\u0000', 'On\r\n'),
  fc.constantFrom<unknown>(
    { '@odata.id': 7 },
    { '@odata.id': '' },
    { '@odata.id': '/redfish/v1/Systems' },
    { '@odata.id': 'http://198.51.100.1/redfish' },
  ),
  fc.constantFrom<unknown>([{ '@odata.id': '/redfish/v1/' }, { '@odata.id': '/redfish/v1' }, 'x'], {
    error: { code: 7 },
  }),
  fc.jsonValue({ maxDepth: 2 }),
);
const mutations = fc.array(fc.record({ where: fc.nat({ max: 1_000_000 }), what: strange }), {
  minLength: 1,
  maxLength: 25,
});

/** Replaces values anywhere in the tree, whole resources included. */
function mutate(tree: Tree, changes: readonly Mutation[]): Tree {
  const copy = structuredClone(tree);
  const places: { holder: Record<string, unknown> | unknown[]; key: string | number }[] = [];
  const visit = (holder: Record<string, unknown> | unknown[]): void => {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      const inner = (holder as Record<string, unknown>)[key];
      if (typeof inner === 'object' && inner !== null) visit(inner as Record<string, unknown>);
    }
  };
  visit(copy as Record<string, unknown>);
  for (const { where, what } of changes) {
    const place = places[where % places.length];
    if (place) (place.holder as Record<string | number, unknown>)[place.key] = structuredClone(what);
  }
  return copy;
}

const RUNS = 60;

describe.each(SIMULATED_TREES)('%s, with anything in the place of anything', (name) => {
  test('is read or refused with an AdapterError, and the report keeps its promises', async () => {
    let reports = 0;
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        const bmc = await startBmcSimulator({ tree: mutate(simulatedTree(name), changes) });
        try {
          const report = await readBmc(bmc, { settings: { timeoutMs: 2_000 } });
          reports += 1;
          const slots = report.components.map(({ kind, slot }) => `${kind} ${slot}`);
          expect(new Set(slots).size).toBe(slots.length);
          expect(report.components.every(({ kind }) => COMPONENT_KINDS.includes(kind))).toBe(true);
          expect(new Set(report.scope).size).toBe(report.scope.length);
          expect(() => structuredClone(report)).not.toThrow();
        } catch (error) {
          if (!(error instanceof AdapterError)) throw error;
          // A bug in the reader would show as this message: the net below everything else.
          expect(error.message).not.toContain('went wrong');
        } finally {
          expect(bmc.openSessions()).toBe(0);
          await bmc.close();
        }
      }),
      // Unbiased: small numbers, which fast-check prefers, are all in the service root.
      { numRuns: RUNS, plugins: [fc.unbiased()] },
    );
    // most trees are still read, so that it is the readers that are tested and not the first request
    expect(reports).toBeGreaterThan(RUNS / 2);
  }, 120_000);
});
