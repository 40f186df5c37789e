import type { SnapshotReport } from '#src/bundles/snapshot-report.ts';
import { idFrom } from '#src/core/id.ts';
import { emptyEvidence, type HostEvidence, type SeenComponent, type Source } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { seeded } from '#test/kit/seeded.ts';
import type { CaseBundle, CaseSnapshot, FleetCase, RegisteredServer } from './fleet-case.ts';

interface Server {
  evidence: HostEvidence;
}

interface Part {
  kind: ComponentKind;
  manufacturer: string;
  serial: string | null;
  firmware: number;
  /** Index of the server; -1 and below: a bin; null: nobody knows. */
  at: number | null;
  slot: number;
  /** Sources that never see it. */
  unseenBy: Source[];
  /** Sources that call it another kind of card. */
  calledOtherwise: Source[];
}

interface Chance {
  of(probability: number): boolean;
  upTo(limit: number): number;
  pick<T>(from: readonly T[]): T;
}

const MACHINE_SOURCES: Source[] = ['redfish', 'agent', 'tools'];
const KINDS: ComponentKind[] = ['drive', 'drive', 'drive', 'dimm', 'nic', 'gpu', 'psu', 'fan', 'mainboard'];
const PLACEHOLDERS = ['NA', 'Not Specified', '00000000', 'To Be Filled By O.E.M.', null];
const MAKERS = ['Samsung', 'Seagate', 'Mellanox Technologies'];
const FIRST_HOUR = Date.parse('2026-03-01T00:00:00Z');

/** A case from a seed: a world in which parts are moved, and sources that look at it now and then, each with its own blind spots. */
export function drawFleet(seed: number, size: 'small' | 'large', namespace: string): FleetCase {
  const random = seeded(seed);
  const chance: Chance = {
    of: (probability) => random() < probability,
    upTo: (limit) => Math.floor(random() * limit),
    pick: (from) => from[Math.floor(random() * from.length)] as never,
  };
  const large = size === 'large';
  const world = {
    chance,
    namespace,
    hours: large ? 40 : 16,
    /** Nothing is where it was: each look is drawn anew. */
    wild: chance.of(0.25),
    /** Sources that look at the same server again and again, and little happens. */
    quiet: chance.of(0.35),
    servers: drawServers(chance, namespace, large ? 2 + chance.upTo(4) : 2 + chance.upTo(2)),
    locations: Array.from({ length: 1 + chance.upTo(2) }, (_, index) => ({
      id: idFrom('bin', namespace, String(index)),
      name: `${namespace} bin ${index}`,
    })),
    parts: [] as Part[],
    sources: [...MACHINE_SOURCES.filter(() => chance.of(0.7)), 'person' as const],
  };
  if (world.sources.length === 1) world.sources.unshift(chance.pick(MACHINE_SOURCES));
  world.parts = drawParts(world, large ? 4 + chance.upTo(9) : 2 + chance.upTo(4));
  return {
    seed,
    namespace,
    locations: world.locations,
    registered: drawRegistered(world),
    failures: drawFailures(world),
    bundles: tell(world, large ? 12 + chance.upTo(19) : 5 + chance.upTo(8)),
  };
}

interface World {
  chance: Chance;
  namespace: string;
  hours: number;
  wild: boolean;
  quiet: boolean;
  servers: Server[];
  locations: { id: string; name: string }[];
  parts: Part[];
  sources: Source[];
}

function drawServers(chance: Chance, namespace: string, count: number): Server[] {
  const uuidOf = (index: number) => {
    const hex = idFrom('uuid', namespace, String(index));
    return hex;
  };
  const shared = chance.of(0.2);
  return Array.from({ length: count }, (_, index) => ({
    evidence: {
      ...emptyEvidence(),
      manufacturer: 'Dell Inc.',
      model: 'R740',
      productSerial: `${namespace}S${index}`,
      boardSerial: `${namespace}B${index}`,
      systemUuid: uuidOf(shared ? 0 : index),
      bmcMacs: [0, 1].map((port) => macOf(namespace, index * 2 + port)),
      assetTag: `${namespace}T${index}`,
      hostName: `${namespace}-host-${index}`,
    },
  }));
}

function macOf(namespace: string, index: number): string {
  const hex = idFrom('mac', namespace, String(index)).replaceAll('-', '').slice(0, 10);
  return `02${hex}`.replaceAll(/(..)(?=.)/g, '$1:');
}

function drawParts({ chance, namespace, servers, locations, sources }: World, count: number): Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < count; index += 1) {
    const kind = chance.pick(KINDS);
    const twin = chance.of(0.12) ? chance.pick([...parts, undefined]) : undefined;
    const card = kind === 'nic' || kind === 'gpu';
    const own = chance.of(0.8) ? `${namespace}P${index}` : (chance.pick(PLACEHOLDERS) ?? null);
    parts.push({
      kind: twin?.kind ?? kind,
      manufacturer: twin?.manufacturer ?? chance.pick(MAKERS),
      serial: twin ? twin.serial : own,
      firmware: 1,
      at: chance.upTo(servers.length + locations.length) - locations.length,
      slot: index,
      unseenBy: sources.filter((source) => source !== 'person' && chance.of(0.15)),
      calledOtherwise: card ? sources.filter(() => chance.of(0.4)) : [],
    });
    // The BMC on a mainboard shows the board's serial.
    const last = parts.at(-1);
    if (last?.kind === 'mainboard' && chance.of(0.5)) parts.push({ ...last, kind: 'bmc' });
  }
  return parts;
}

function drawRegistered({ chance, namespace, servers }: World): RegisteredServer[] {
  if (!chance.of(0.2)) return [];
  const index = chance.upTo(servers.length);
  const evidence = servers[index]?.evidence;
  const some = (value: string | null | undefined) => (chance.of(0.5) ? (value ?? null) : null);
  return [
    {
      id: idFrom('registered', namespace),
      name: `${namespace}-registered`,
      serial: chance.of(0.2) ? `${namespace}OTHER` : some(evidence?.productSerial),
      uuid: some(evidence?.systemUuid),
      bmcMac: some(evidence?.bmcMacs[0]),
      tag: some(evidence?.assetTag),
    },
  ];
}

function drawFailures({ chance, parts, hours }: World): FleetCase['failures'] {
  return parts
    .filter(({ serial, kind }) => serial !== null && kind === 'drive' && chance.of(0.2))
    .map((part) => ({
      componentId: idFrom('component', vendorKey(part.manufacturer), part.serial ?? '', 'drive'),
      at: momentOf(chance.upTo(hours)),
      confidence: chance.pick([0.3, 0.5, 0.9]),
    }));
}

function vendorKey(manufacturer: string): string {
  return { Samsung: 'samsung', Seagate: 'seagate' }[manufacturer] ?? 'mellanox';
}

export function momentOf(hour: number): string {
  return `${new Date(FIRST_HOUR + hour * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')}.000000`;
}

function tell(world: World, count: number): CaseBundle[] {
  const { chance, hours } = world;
  const moments = Array.from({ length: count }, () => chance.upTo(hours)).toSorted((a, b) => a - b);
  const snapshots: CaseSnapshot[] = [];
  const changing = world.quiet ? 0.2 : 0.5;
  for (const hour of moments) {
    while (chance.of(changing)) change(world);
    const before = chance.of(0.3) ? chance.pick([...snapshots, undefined]) : undefined;
    const skewed = chance.of(0.1) ? Math.max(0, hour + chance.upTo(7) - 3) : hour;
    // One source that says the same again later, or something else at the very same moment.
    if (before && chance.of(0.5)) snapshots.push({ at: momentOf(hour), report: before.report });
    else if (before) snapshots.push({ at: before.at, report: look(world, before.report) });
    else snapshots.push({ at: momentOf(skewed), report: look(world) });
  }
  const bundles: CaseBundle[] = [];
  while (snapshots.length > 0) {
    const some = snapshots.splice(0, chance.of(0.15) ? 2 : 1);
    bundles.push({ name: `${world.namespace} bundle ${bundles.length}`, snapshots: some });
  }
  return bundles;
}

/** Something happens that no source tells. */
function change({ chance, parts, servers, locations }: World): void {
  const part = chance.pick(parts);
  const what = chance.upTo(10);
  if (what < 4) part.at = chance.upTo(servers.length + locations.length) - locations.length;
  else if (what < 5) part.at = null;
  else if (what < 7) part.firmware = 1 + chance.upTo(3);
  else if (what < 9) part.slot = chance.of(0.5) ? parts.indexOf(part) : parts.indexOf(part) + 100;
  else {
    const [a, b] = [chance.pick(servers), chance.pick(servers)];
    const board = a.evidence.boardSerial;
    a.evidence = { ...a.evidence, boardSerial: b.evidence.boardSerial };
    b.evidence = { ...b.evidence, boardSerial: board };
  }
}

function look(world: World, like?: SnapshotReport): SnapshotReport {
  const { chance, servers, locations, parts, quiet } = world;
  const source = like?.source ?? chance.pick(world.sources);
  const bin = like ? locations.findIndex(({ id }) => id === like.locationId) : chance.upTo(locations.length);
  const inBin = like ? like.locationId !== null : source === 'person' && chance.of(0.6);
  const index = quiet && chance.of(0.8) ? 0 : chance.upTo(servers.length);
  const where = inBin ? -1 - bin : index;
  const host = like && !inBin ? like.host : partial(world, source, servers[index]?.evidence ?? emptyEvidence());
  const owner = like && !inBin ? servers.findIndex(({ evidence }) => evidence.hostName === like.host.hostName) : where;
  const here = parts.filter((part) => (world.wild ? chance.of(0.4) : part.at === (inBin ? where : owner)));
  const seen = here
    .filter((part) => !part.unseenBy.includes(source) && (quiet || chance.of(0.95)))
    .map((part) => show(part, source, world));
  const kinds = [
    ...new Set(
      parts.flatMap((part) => [part.kind, ...(part.calledOtherwise.length > 0 ? ['pcie-device' as const] : [])]),
    ),
  ];
  const likely = quiet ? 1 : 0.8;
  const gone = source === 'person' ? parts.filter(({ serial }) => serial !== null && chance.of(0.25)) : [];
  return {
    source,
    collectedAt: null,
    host: inBin ? emptyEvidence() : host,
    system: {},
    components: seen,
    firmware: [],
    scope: kinds.filter(() => chance.of(source === 'person' ? 0.2 : likely)),
    absent: gone
      .filter((part) => !here.some(({ serial }) => serial === part.serial))
      .map(({ manufacturer, serial }) => ({
        manufacturer: chance.of(0.7) ? manufacturer : null,
        serial: serial ?? '',
        reason: chance.pick(['failed', 'planned', 'moved', 'stolen', null]),
      })),
    locationId: inBin ? (locations[bin]?.id ?? null) : null,
    neighbours: [],
    logEntries: [],
    warnings: [],
    files: [],
  };
}

/** Each source sees some of what tells which server it is. */
function partial({ chance, quiet }: World, source: Source, evidence: HostEvidence): HostEvidence {
  const usual: Record<string, (keyof HostEvidence)[]> = {
    redfish: ['productSerial', 'systemUuid', 'bmcMacs'],
    agent: ['systemUuid', 'boardSerial', 'productSerial'],
    tools: ['boardSerial', 'systemUuid'],
    person: ['assetTag', 'productSerial'],
  };
  const shows = new Set(usual[source]?.filter(() => quiet || chance.of(0.75)));
  if (!quiet && chance.of(0.05)) shows.clear();
  return {
    ...emptyEvidence(),
    manufacturer: evidence.manufacturer,
    model: evidence.model,
    hostName: evidence.hostName,
    productSerial: shows.has('productSerial') ? evidence.productSerial : null,
    boardSerial: shows.has('boardSerial') ? evidence.boardSerial : null,
    systemUuid: shows.has('systemUuid') ? evidence.systemUuid : null,
    bmcMacs: shows.has('bmcMacs') ? evidence.bmcMacs.filter(() => quiet || chance.of(0.8)) : [],
    assetTag: shows.has('assetTag') ? evidence.assetTag : null,
  };
}

function show(part: Part, source: Source, { chance, quiet }: World): SeenComponent {
  const namesSlots = source !== 'person' && !(source === 'tools' && part.slot % 3 === 0);
  return {
    kind: part.calledOtherwise.includes(source) ? 'pcie-device' : part.kind,
    slot: namesSlots ? `${source}:${part.slot}` : null,
    manufacturer: part.manufacturer,
    model: 'M1',
    partNumber: null,
    serial: part.serial,
    firmware: source === 'person' || (!quiet && chance.of(0.1)) ? null : `F${part.firmware}`,
    health: !quiet && chance.of(0.1) ? 'Warning' : 'OK',
    attributes: {},
    readings: chance.of(0.2) ? { powerOnHours: chance.upTo(1000) } : {},
  };
}
