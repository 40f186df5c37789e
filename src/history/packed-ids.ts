/** Ids as an inventory holds them: 16 bytes each, sorted. In memory they are compared without hyphens. */
export function packIds(ids: readonly string[]): Buffer {
  return Buffer.from(ids.map(bare).toSorted().join(''), 'hex');
}

export function unpackIds(packed: Buffer): string[] {
  const hex = packed.toString('hex');
  const ids: string[] = [];
  for (let at = 0; at < hex.length; at += 32) ids.push(hex.slice(at, at + 32));
  return ids;
}

/** A UUID without its hyphens, in lower case. */
export function bare(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}

/** As the database takes and gives it. */
export function hyphened(id: string): string {
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
}
