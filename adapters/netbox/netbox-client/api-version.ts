/** `4.7`, `4.7.3`, `4.6.0-Docker-5.0.1` → numbers; undefined for anything else. */
export function parseVersion(text: string | undefined): readonly number[] | undefined {
  const found = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text ?? '');
  if (!found) return undefined;
  return found.slice(1).map((part) => Number(part ?? 0));
}

/** False when the version is not known. */
export function atLeast(version: string | readonly number[] | undefined, wanted: string): boolean {
  const have = typeof version === 'string' ? parseVersion(version) : version;
  const need = parseVersion(wanted);
  if (!have || !need) return false;
  for (const [place, number] of need.entries()) {
    const difference = (have[place] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
