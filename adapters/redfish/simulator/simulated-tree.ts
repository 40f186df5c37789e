import type { Tree } from './tree.ts';
import { dellTree } from './trees/dell.ts';
import { hpeTree } from './trees/hpe.ts';
import { openbmcTree } from './trees/openbmc.ts';
import { supermicroTree } from './trees/supermicro.ts';

const MAKERS = { dell: dellTree, hpe: hpeTree, supermicro: supermicroTree, openbmc: openbmcTree } as const;

export type SimulatedTreeName = keyof typeof MAKERS;
export const SIMULATED_TREES = Object.keys(MAKERS) as SimulatedTreeName[];

const made = new Map<SimulatedTreeName, Tree>();

/** One of the project's own machines. Always the same object, so that all simulators of it share its memory. */
export function simulatedTree(name: SimulatedTreeName): Tree {
  const tree = made.get(name) ?? MAKERS[name]();
  made.set(name, tree);
  return tree;
}
