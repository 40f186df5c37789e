import { findAssetsByNames, type NamedAsset } from '../assets/reads.ts';
import type { Ctx } from '../core/ctx.ts';

/** Servers are told by name thousands of times a second, and seldom change theirs. */
const KEPT_MS = 15_000;
const MOST_KEPT = 50_000;

export type FindServers = (ctx: Ctx, names: readonly string[]) => Promise<Map<string, NamedAsset>>;

/**
 * Which servers are meant, asked for at most every few seconds each: one that moved, merged or changed its name is the old one for so long.
 * Only what was found is remembered, so that a server that has just become known is there at once.
 */
export function rememberServers(now: () => number = Date.now): FindServers {
  const known = new Map<string, { asset: NamedAsset; at: number }>();
  return async (ctx, names) => {
    const at = now();
    const found = new Map<string, NamedAsset>();
    const missing: string[] = [];
    for (const name of names) {
      const one = known.get(name);
      if (one !== undefined && at - one.at < KEPT_MS) found.set(name, one.asset);
      else missing.push(name);
    }
    if (missing.length === 0) return found;
    if (known.size > MOST_KEPT) known.clear();
    for (const [name, asset] of await findAssetsByNames(ctx, missing)) {
      found.set(name, asset);
      known.set(name, { asset, at });
    }
    return found;
  };
}
