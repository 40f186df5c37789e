/** The first dotted number in what a BMC shows (`A42 v2.60 (08/11/2022)` is 2.60), else the first number; null where there is none. */
function numbersIn(version: string): number[] | null {
  const found = /\d+(?:\.\d+)+/.exec(version)?.[0] ?? /\d+/.exec(version)?.[0];
  return found === undefined ? null : found.split('.').map(Number);
}

/** Below zero where `a` is older. Null: they cannot be compared. */
export function compareVersions(a: string, b: string): number | null {
  const [ours, theirs] = [numbersIn(a), numbersIn(b)];
  if (ours === null || theirs === null) return null;
  for (let at = 0; at < Math.max(ours.length, theirs.length); at += 1) {
    const difference = (ours[at] ?? 0) - (theirs[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function isAtLeast(version: string | null, least: string): boolean {
  const order = version === null ? null : compareVersions(version, least);
  return order !== null && order >= 0;
}
