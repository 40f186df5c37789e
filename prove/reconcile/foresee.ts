import { type Device, isComplete, type Server, type World } from './world.ts';

/** What a server has to come to as a whole. */
export type ServerFate =
  | { is: 'paired'; device: Device }
  /** The hub makes it there. */
  | { is: 'made' }
  /** It waits for what is not known of it; or somebody said to leave it. */
  | { is: 'waiting' }
  /** Its counterpart is gone there, and stays gone. */
  | { is: 'gone' }
  | { is: 'ambiguous' }
  /** Its counterpart has another serial there now: nothing else of the two is compared until somebody says whether it is the same. */
  | { is: 'doubted'; device: Device };

/** What one of their devices has to come to, as far as it is nobody's. */
export type DeviceFate = 'paired' | 'nobody' | 'asked' | 'taken' | 'doubled';

export interface Fates {
  servers: Map<Server, ServerFate>;
  devices: Map<Device, DeviceFate>;
  /** Paired servers whose serial some other device has as well. */
  doubled: Set<Server>;
}

/**
 * Which is which, over all that there is at once: by what was known before, then by serial, by asset tag, by name and site; each has to name
 * one on both sides, and what is known on both sides and differs says no. What was known holds unless the device is gone, or has
 * another serial now: then only a serial names another one.
 */
export function foresee(world: World): Fates {
  const fates: Fates = { servers: new Map(), devices: new Map(), doubled: new Set() };
  const free = new Set(world.devices.filter(({ gone }) => !gone));
  for (const server of world.servers) {
    const { device } = server;
    if (device === undefined) continue;
    if (device.gone || (server.agreedSerial && differ(server.serial, device.serial))) continue;
    free.delete(device);
    pair(fates, server, device);
  }
  for (const rule of RULES) {
    if (rule !== RULES[0]) settleKnown(world, fates, free);
    const unmatched = world.servers.filter((server) => !fates.servers.has(server));
    for (const server of unmatched) {
      const found = [...free].filter((device) => rule.names(server, device));
      const alike = unmatched.filter((other) => found.some((device) => rule.names(other, device)));
      const [device] = found;
      if (!device) continue;
      if (found.length > 1 || alike.length > 1 || rule.vetoes(server, device)) {
        fates.servers.set(server, { is: 'ambiguous' });
        for (const one of found) fates.devices.set(one, 'doubled');
      } else pair(fates, server, device);
    }
    for (const device of free) if (rule === RULES[0] && isTwin(fates, device)) fates.devices.set(device, 'doubled');
    for (const device of fates.devices.keys()) free.delete(device);
  }
  for (const server of world.servers)
    if (!fates.servers.has(server))
      fates.servers.set(server, isComplete(server) && !server.ignored ? { is: 'made' } : { is: 'waiting' });
  for (const device of free) fates.devices.set(device, fateOf(device));
  return fates;
}

const isKnown = (text: string | null | undefined): boolean => text !== null && text !== undefined && text !== '';
const differ = (a: string | null | undefined, b: string | null | undefined): boolean =>
  isKnown(a) && isKnown(b) && a !== b;

interface Rule {
  names(server: Server, device: Device): boolean;
  vetoes(server: Server, device: Device): boolean;
}

const RULES: readonly Rule[] = [
  { names: (server, { serial }) => isKnown(serial) && server.serial === serial, vetoes: () => false },
  {
    names: (server, { tag }) => isKnown(tag) && server.tag === tag,
    vetoes: (server, { serial }) => differ(server.serial, serial),
  },
  {
    names: (server, { name, spot }) => server.name === name && server.spot?.siteId === spot.siteId,
    vetoes: (server, { serial, tag }) => differ(server.serial, serial) || differ(server.tag, tag),
  },
];

function pair(fates: Fates, server: Server, device: Device): void {
  fates.servers.set(server, { is: 'paired', device });
  fates.devices.set(device, 'paired');
}

/** What was known before, and no serial has said otherwise. */
function settleKnown(world: World, fates: Fates, free: Set<Device>): void {
  for (const server of world.servers) {
    const { device } = server;
    if (device === undefined || fates.servers.has(server)) continue;
    if (device.gone) fates.servers.set(server, server.again ? { is: 'made' } : { is: 'gone' });
    else if (free.delete(device)) {
      fates.servers.set(server, { is: 'doubted', device });
      fates.devices.set(device, 'paired');
    } else fates.servers.set(server, { is: 'ambiguous' });
  }
}

/** Another one has this serial, and a counterpart. */
function isTwin(fates: Fates, device: Device): boolean {
  for (const [server, fate] of fates.servers) {
    if (fate.is !== 'paired' || fate.device === device || !isKnown(device.serial) || server.serial !== device.serial)
      continue;
    fates.doubled.add(server);
    return true;
  }
  return false;
}

function fateOf(device: Device): DeviceFate {
  if (!device.isServer) return 'nobody';
  return device.accepted ? 'taken' : 'asked';
}
