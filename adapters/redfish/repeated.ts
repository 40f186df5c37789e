/**
 * CIMC lists the same fan several times, with the same address and name and another number. Address or name alone is not enough: some firmware
 * gives all members of a list the same one.
 */
export function withoutRepeated<T>(all: readonly T[], signsOf: (one: T) => readonly [unknown, unknown]): T[] {
  const seen = new Set<string>();
  return all.filter((one) => {
    const signs = signsOf(one);
    const [address, name] = signs;
    if (typeof address !== 'string' || !address.includes('#') || typeof name !== 'string') return true;
    const key = JSON.stringify(signs);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
