import { normalizeMac } from '#src/core/mac.ts';
import type { FileReading, HostEvidence } from '#src/ports/bundle-format.ts';
import { isPlaceholder } from '../core/placeholder.ts';

/** A reading with where it comes from. */
export interface ReadPart {
  path: string;
  /** Place of its format in the list of formats; the lower one is believed first. */
  rank: number;
  files: string[];
  reading: FileReading;
}

/** Readings of one server. */
export interface ServerParts {
  parts: ReadPart[];
  /** Whether anything identifies it. */
  known: boolean;
}

interface Identity {
  uuids: Set<string>;
  boards: Set<string>;
  products: Set<string>;
  /** Ids of the hub and MACs of BMCs: of one server only, and of no use to tell two apart. */
  others: Set<string>;
}

/** Which readings speak of the same server. Where nothing tells, the folder does. */
export function groupByServer(parts: readonly ReadPart[]): ServerParts[] {
  let servers: { parts: ReadPart[]; identity: Identity }[] = [];
  const strangers: ReadPart[] = [];
  for (const part of parts) {
    const identity = identityOf(part.reading.host);
    if (Object.values(identity).every((keys) => keys.size === 0)) strangers.push(part);
    else servers.push({ parts: [part], identity });
  }
  servers = joinWhere(
    servers,
    (a, b) => meets(a.uuids, b.uuids) || meets(a.boards, b.boards) || meets(a.others, b.others),
  );
  // the blades of one chassis may all give its serial as theirs
  servers = joinWhere(servers, (a, b) => meets(a.products, b.products) && !contradict(a, b));
  const known = servers.map((server) => ({ parts: server.parts, known: true }));
  const alone = strangers.filter((part) => {
    const home = homeOf(part, known);
    home?.parts.push(part);
    return home === undefined;
  });
  return [...known, ...groupStrangers(alone, known.length > 0)];
}

function identityOf(host: HostEvidence): Identity {
  const text = (value: string | null): string[] => (value === null || isPlaceholder(value) ? [] : [fold(value)]);
  const macs = host.bmcMacs
    .flatMap((mac) => normalizeMac(mac) ?? [])
    .filter((mac) => !/^(?:00(?::00){5}|ff(?::ff){5})$/.test(mac));
  return {
    uuids: new Set(text(host.systemUuid).map(canonicalUuid)),
    boards: new Set(text(host.boardSerial)),
    products: new Set(text(host.productSerial)),
    others: new Set([...macs, ...text(host.assetId)]),
  };
}

export function fold(value: string): string {
  return value.replaceAll(/\s/g, '').toUpperCase();
}

/** The first three groups of a UUID stand in either order of bytes, depending on the tool and the age of the firmware. */
function canonicalUuid(uuid: string): string {
  const hex = uuid.replaceAll('-', '');
  if (!/^[0-9A-F]{32}$/.test(hex)) return uuid;
  const turn = (from: number, to: number): string => (hex.slice(from, to).match(/../g) ?? []).toReversed().join('');
  const turned = `${turn(0, 8)}${turn(8, 12)}${turn(12, 16)}${hex.slice(16)}`;
  return hex < turned ? hex : turned;
}

function meets(a: Set<string>, b: Set<string>): boolean {
  return [...a].some((key) => b.has(key));
}

function contradict(a: Identity, b: Identity): boolean {
  const apart = (left: Set<string>, right: Set<string>): boolean =>
    left.size > 0 && right.size > 0 && !meets(left, right);
  return apart(a.uuids, b.uuids) && apart(a.boards, b.boards);
}

interface Candidate {
  parts: ReadPart[];
  identity: Identity;
}

/** Joins until nothing more joins. Few servers are in a bundle, many files are of each: so servers are compared, not files. */
function joinWhere(all: Candidate[], same: (a: Identity, b: Identity) => boolean): Candidate[] {
  const joined: Candidate[] = [];
  for (const one of all) {
    let current = one;
    for (let index = 0; index < joined.length; index += 1) {
      const other = joined[index];
      if (other === undefined || !same(other.identity, current.identity)) continue;
      current = { parts: [...other.parts, ...current.parts], identity: union(other.identity, current.identity) };
      joined.splice(index, 1);
      index = -1; // with what it knows now it may be one with another
    }
    joined.push(current);
  }
  return joined;
}

function union(a: Identity, b: Identity): Identity {
  return {
    uuids: new Set([...a.uuids, ...b.uuids]),
    boards: new Set([...a.boards, ...b.boards]),
    products: new Set([...a.products, ...b.products]),
    others: new Set([...a.others, ...b.others]),
  };
}

/** The server that a reading without evidence belongs to: the only one, or the one in whose folder it lies. */
function homeOf(part: ReadPart, servers: readonly ServerParts[]): ServerParts | undefined {
  // a vendor's collection has a file for the drives, and another one for the machine
  if (part.reading.source !== 'tools' && part.reading.source !== 'tsr') return undefined;
  const possible = servers.filter((server) => !namesDiffer(part, server));
  if (servers.length === 1) return possible[0];
  const near = possible
    .map((server) => ({ server, depth: Math.max(...server.parts.map(({ path }) => sharedFolders(path, part.path))) }))
    .toSorted((a, b) => b.depth - a.depth);
  const [best, second] = near;
  return best !== undefined && best.depth > (second?.depth ?? 0) ? best.server : undefined;
}

/** A host name identifies nothing, but two different ones are not of one server. */
function namesDiffer(part: ReadPart, { parts }: ServerParts): boolean {
  const name = shortName(part);
  const names = new Set(parts.map(shortName).filter((other) => other !== null));
  return name !== null && names.size > 0 && !names.has(name);
}

function shortName({ reading }: ReadPart): string | null {
  const name = reading.host.hostName?.split('.')[0]?.toLowerCase() ?? '';
  return name === '' || name === 'localhost' || isPlaceholder(name) ? null : name;
}

function sharedFolders(one: string, other: string): number {
  const [a, b] = [one.split('/').slice(0, -1), other.split('/').slice(0, -1)];
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared += 1;
  return shared;
}

/**
 * Readings that no server is known for: one server if nothing speaks against it, else one for each folder. Dumps of whole machines with
 * nothing but placeholders (`dmidecode` of boards of the retail kind) stand alone where there is more than one.
 */
function groupStrangers(parts: readonly ReadPart[], othersAreKnown: boolean): ServerParts[] {
  const names = new Set(parts.map(shortName).filter((name) => name !== null));
  const machines = parts.filter(showsMachine);
  const byFolder = othersAreKnown || names.size > 1;
  const groups = Map.groupBy(parts, (part) => {
    if (part.reading.source !== 'tools') return `${part.reading.source} alone`;
    if (showsMachine(part) && machines.some((other) => other !== part && other.rank === part.rank)) return part;
    if (!byFolder) return 'the only one';
    return shortName(part) ?? `${part.path.split('/').slice(0, -1).join('/')}/`;
  });
  return [...groups.values()].map((group) => ({ parts: group, known: false }));
}

function showsMachine({ reading }: ReadPart): boolean {
  return reading.host.model !== null || reading.components.some(({ kind }) => kind === 'mainboard');
}
