import type { Image } from './model.ts';
import { isVersion } from './model.ts';
import type { PolicyStep } from './policy.ts';
import { compareVersions, isAtLeast } from './version-order.ts';

export interface PathStep {
  version: string;
  image: Image;
  needs: PolicyStep['needs'];
}

/** The shortest way over the images from one version to another; else how near it can be brought. */
export function findPath(
  from: string | null,
  isGoal: (version: string) => boolean,
  images: readonly PolicyStep[],
): { path: PathStep[] } | { reachable: string[] } {
  if (from !== null && isGoal(from)) return { path: [] };
  const seen: { version: string | null; path: PathStep[] }[] = [{ version: from, path: [] }];
  for (const place of seen) {
    for (const { version, image, needs, at_least: least, below } of images) {
      if (seen.some((one) => one.version !== null && isVersion(one.version, version))) continue;
      if (least !== undefined && !isAtLeast(place.version, least)) continue;
      if (below !== undefined && !isBelow(place.version, below)) continue;
      const path = [...place.path, { version, image, needs }];
      if (isGoal(version)) return { path };
      seen.push({ version, path });
    }
  }
  return { reachable: seen.slice(1).flatMap(({ version }) => (version === null ? [] : [version])) };
}

function isBelow(version: string | null, limit: string): boolean {
  const order = version === null ? null : compareVersions(version, limit);
  return order !== null && order < 0;
}

/** Of what can be reached, the highest that is not above the goal. */
export function nearest(reachable: readonly string[], goal: string): string | null {
  const fitting = reachable.filter((one) => (compareVersions(one, goal) ?? 1) <= 0);
  return fitting.toSorted((a, b) => compareVersions(b, a) ?? 0)[0] ?? null;
}
