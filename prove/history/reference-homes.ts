import { idFrom } from '#src/core/id.ts';
import { normalizeMac } from '#src/core/mac.ts';
import { normalizeSerial } from '#src/history/identity/identify.ts';
import { isPlaceholder } from '#src/core/placeholder.ts';
import type { HostEvidence } from '#src/ports/bundle-format.ts';
import type { RegisteredServer } from './fleet-case.ts';

/** Strongest first. */
const STRENGTHS = ['id', 'serial', 'uuid', 'board', 'bmc', 'tag'];

function strength(key: string): number {
  return STRENGTHS.indexOf(key.slice(0, key.indexOf(':')));
}

/** What a host shows, strongest first: `serial:X1`, `uuid:…`. */
export function evidenceOf(host: HostEvidence): string[] {
  const keys: string[] = [];
  if (host.assetId !== null) keys.push(`id:${host.assetId.toLowerCase()}`);
  const serial = normalizeSerial(host.productSerial);
  if (serial !== null) keys.push(`serial:${serial}`);
  if (host.systemUuid !== null && !isPlaceholder(host.systemUuid)) keys.push(`uuid:${host.systemUuid.toLowerCase()}`);
  const board = normalizeSerial(host.boardSerial);
  if (board !== null) keys.push(`board:${board}`);
  const macs = host.bmcMacs.map((mac) => normalizeMac(mac)).filter((mac) => mac !== undefined);
  for (const mac of [...new Set(macs)].toSorted()) keys.push(`bmc:${mac}`);
  const tag = normalizeSerial(host.assetTag);
  if (tag !== null) keys.push(`tag:${tag}`);
  return keys;
}

/**
 * The server of each set of evidence. Sets with the same strongest piece are one server; it is the one that stronger sets or a
 * registration give for the strongest piece that speaks for exactly one; else a server of its own. All sets are on the table at once.
 */
export function homesOf(
  sets: readonly string[][],
  registered: readonly RegisteredServer[],
): (set: readonly string[]) => string | null {
  const homes = new Map<string, string>();
  const nameOf = (set: readonly string[]) => set.join(' ');
  for (const kind of STRENGTHS) {
    const decided = sets.filter((set) => homes.has(nameOf(set)));
    const found = new Map<string, string>();
    for (const set of sets) {
      const [first] = set;
      if (first === undefined || !first.startsWith(`${kind}:`)) continue;
      const alike = sets.filter((other) => other[0] === first);
      found.set(nameOf(set), homeOf(first, [...new Set(alike.flat())], decided));
    }
    for (const [name, home] of found) homes.set(name, home);
  }
  return (set) => homes.get(nameOf(set)) ?? null;

  function homeOf(first: string, shown: readonly string[], decided: readonly string[][]): string {
    for (const key of shown.toSorted((a, b) => strength(a) - strength(b) || (a < b ? -1 : 1))) {
      const speakers = new Set<string>();
      for (const set of decided) if (set.includes(key)) speakers.add(homes.get(nameOf(set)) ?? '');
      for (const server of registered) if (isRecordOf(server, key, shown)) speakers.add(server.id);
      const [only] = speakers;
      if (speakers.size === 1 && only !== undefined) return only;
      if (speakers.size > 1) break;
    }
    return idFrom('asset', first);
  }
}

/** A record with another serial is another server. */
function isRecordOf(server: RegisteredServer, key: string, shown: readonly string[]): boolean {
  const record = [
    `id:${server.id}`,
    ...(server.serial === null ? [] : [`serial:${server.serial}`]),
    ...(server.uuid === null ? [] : [`uuid:${server.uuid}`]),
    ...(server.bmcMac === null ? [] : [`bmc:${server.bmcMac}`]),
    ...(server.tag === null ? [] : [`tag:${server.tag}`]),
  ];
  if (!record.includes(key)) return false;
  const serials = shown.filter((one) => one.startsWith('serial:'));
  return server.serial === null || serials.length === 0 || serials.includes(`serial:${server.serial}`);
}
