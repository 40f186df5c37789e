import type { ServiceRoot } from './schema.ts';

/** More than there are models and versions in a fleet. */
const MOST_KEPT = 1000;

const known = new Map<string, ServiceRoot>();

/** BMCs of one model and version say the same of themselves: thousands of them share one object, which nobody may change. */
export function sameRoot(root: ServiceRoot): ServiceRoot {
  const key = JSON.stringify(root);
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= MOST_KEPT) known.clear();
  known.set(key, Object.freeze(root));
  return root;
}
