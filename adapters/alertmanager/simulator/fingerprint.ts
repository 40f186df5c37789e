const OFFSET = 14695981039346656037n;
const PRIME = 1099511628211n;
const MASK = (1n << 64n) - 1n;

/** Prometheus' own: FNV-1a over the sorted labels, names and values separated by 0xff. */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  let sum = OFFSET;
  const add = (bytes: Uint8Array): void => {
    for (const byte of bytes) sum = ((sum ^ BigInt(byte)) * PRIME) & MASK;
  };
  const separator = Uint8Array.of(0xff);
  for (const name of Object.keys(labels).toSorted()) {
    add(Buffer.from(name));
    add(separator);
    add(Buffer.from(labels[name] ?? ''));
    add(separator);
  }
  return sum.toString(16).padStart(16, '0');
}
