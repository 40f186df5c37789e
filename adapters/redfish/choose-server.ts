import type { WantedServer } from '../../src/ports/hardware-inventory.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import { fold } from './own-origin.ts';
import type { Chassis, ComputerSystem, Manager } from './schema.ts';

/** One server behind a BMC, and the others that stand behind it too. */
export interface Server {
  primary: ComputerSystem;
  /** What belongs to the same server: NVIDIA's HGX baseboard is a ComputerSystem of its own. */
  boards: ComputerSystem[];
  /** Other servers: their parts are not this one's. */
  strangers: ComputerSystem[];
  /** It is the only one, or what is known of the wanted one fits it alone. Else it is the first of several: good for a look, and no more. */
  isCertain: boolean;
}

/**
 * Which of the systems is the server that is meant. A host has a BIOS; what has none, beside hosts, is a board of theirs.
 * @throws AdapterError rejected where something is known of the wanted one and that fits none or several of them
 */
export function chooseServer(candidates: readonly ComputerSystem[], wanted: WantedServer | undefined): Server | null {
  const named = candidates.filter((one) => one.Bios !== null || one.BiosVersion !== null);
  // Composed and early systems may show no BIOS at all: then each is a server, but for what calls itself a board.
  const hosts = named.length > 0 ? named : candidates.filter((one) => !/baseboard/i.test(one.Id ?? ''));
  const servers = hosts.length > 0 ? hosts : candidates.slice(0, 1);
  const primary = servers.length > 1 ? pick(servers, wanted) : servers[0];
  if (primary === undefined) return null;
  const strangers = servers.filter((one) => one !== primary);
  // Of several servers none can be told to be the one that a board belongs to.
  const boards = strangers.length > 0 ? [] : candidates.filter((one) => !servers.includes(one));
  return { primary, boards, strangers, isCertain: strangers.length === 0 || signsOf(wanted).length > 0 };
}

function pick(servers: readonly ComputerSystem[], wanted: WantedServer | undefined): ComputerSystem | undefined {
  const asked = signsOf(wanted);
  if (wanted === undefined || asked.length === 0) return servers[0];
  const scores = servers.map((one) => likeness(one, wanted));
  const best = Math.max(...scores);
  const fitting = servers.filter((_, at) => scores[at] === best);
  if (best > 0 && fitting.length === 1) return fitting[0];
  const all = servers.map((one) => one.Id ?? '?').join(', ');
  const why =
    best > 0
      ? `fits ${fitting.length} of them (${fitting.map((one) => one.Id ?? '?').join(', ')}); give the system id`
      : 'is none of them';
  throw new AdapterError(
    'rejected',
    `redfish: ${servers.length} servers stand behind this BMC (${all}), and ${asked.join(', ')} ${why}`,
    {
      system: 'redfish',
    },
  );
}

function signsOf(wanted: WantedServer | undefined): string[] {
  const signs = [wanted?.systemId, wanted?.uuid, wanted?.serial];
  return signs.filter((one) => one !== undefined && one !== null);
}

/** How many of the signs fit; none where one contradicts. */
function likeness(one: ComputerSystem, { systemId, uuid, serial }: WantedServer): number {
  const signs = [
    compare(systemId, [one.Id]),
    compare(uuid, [one.UUID]),
    compare(serial, [one.SerialNumber, one.SKU]),
  ].filter((sign) => sign !== null);
  return signs.includes(false) ? 0 : signs.length;
}

function compare(wanted: string | null | undefined, said: readonly (string | null)[]): boolean | null {
  const known = said.filter((one) => one !== null).map(plain);
  if (wanted === undefined || wanted === null || known.length === 0) return null;
  return known.includes(plain(wanted));
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

/**
 * The chassis whose parts are this server's. Where others stand behind the BMC, only what is certainly its own: supplies and fans of
 * an enclosure belong to no blade, and would appear in each of them.
 */
export function ownChassis(chassis: readonly Chassis[], server: Server): { own: Chassis[]; shared: Chassis[] } {
  if (server.strangers.length === 0) return { own: [...chassis], shared: [] };
  const ours = linksOf([server.primary, ...server.boards]);
  const theirs = linksOf(server.strangers);
  const owner = new Map<Chassis, 'own' | 'shared' | 'foreign'>();
  for (const one of chassis) {
    const known = ownerOf(one, ours, theirs);
    if (known !== null) owner.set(one, known);
  }
  // What stands in a chassis of known owner is that owner's, however deep.
  for (let more = true; more;) {
    more = false;
    for (const one of chassis) {
      if (owner.has(one) || one.Links.ContainedBy === null) continue;
      const around = fold(one.Links.ContainedBy);
      const holder = chassis.find((other) => fold(other['@odata.id'] ?? '') === around);
      const of = holder === undefined ? undefined : owner.get(holder);
      if (of === undefined || of === 'shared') continue;
      owner.set(one, of);
      more = true;
    }
  }
  return {
    own: chassis.filter((one) => owner.get(one) === 'own'),
    shared: chassis.filter((one) => (owner.get(one) ?? 'shared') === 'shared'),
  };
}

interface SystemSigns {
  links: Set<string>;
  ids: Set<string>;
  chassis: Set<string>;
}

function linksOf(systems: readonly ComputerSystem[]): SystemSigns {
  return {
    links: new Set(systems.map((one) => fold(one['@odata.id'] ?? ''))),
    ids: new Set(systems.map((one) => plain(one.Id ?? ''))),
    chassis: new Set(systems.flatMap((one) => one.Links.Chassis.map(fold))),
  };
}

function ownerOf(one: Chassis, ours: SystemSigns, theirs: SystemSigns): 'own' | 'shared' | 'foreign' | null {
  const holds = one.Links.ComputerSystems.map(fold);
  const path = fold(one['@odata.id'] ?? '');
  const id = plain(one.Id ?? '');
  const own = holds.some((link) => ours.links.has(link)) || ours.chassis.has(path);
  const foreign = holds.some((link) => theirs.links.has(link)) || theirs.chassis.has(path);
  if (own && foreign) return 'shared';
  if (own) return 'own';
  if (foreign) return 'foreign';
  // Cray's node cards link nothing; the blade of Node0 is called Node0.
  if (id !== '' && ours.ids.has(id)) return 'own';
  return id !== '' && theirs.ids.has(id) ? 'foreign' : null;
}

/** The managers of this server: not the BMCs of other blades. One that names no server is everybody's. */
export function ownManagers(managers: readonly Manager[], server: Server): Manager[] {
  if (server.strangers.length === 0) return [...managers];
  const ours = linksOf([server.primary, ...server.boards]).links;
  const managedBy = server.primary.Links.ManagedBy.map(fold);
  return managers.filter((one) => {
    if (managedBy.length > 0) return managedBy.includes(fold(one['@odata.id'] ?? ''));
    const servers = one.Links.ManagerForServers.map(fold);
    return servers.length === 0 || servers.some((link) => ours.has(link));
  });
}
