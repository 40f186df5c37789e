import { createHash } from 'node:crypto';
import type { Body, TreeStore } from './tree.ts';

/** What makes one simulated machine distinct from others of the same tree. */
export interface BmcIdentity {
  serial?: string;
  /** Dell's service tag. */
  sku?: string;
  uuid?: string;
  /** Of the BMC's first interface. */
  bmcMac?: string;
  hostName?: string;
}

/** Gives a body the instance's serials, UUIDs and MACs. Does not change its argument. */
export type Disguise = (body: Body) => Body;

interface Original {
  serial: unknown;
  sku: unknown;
  uuid: unknown;
  bmcMac: string | null;
}

const MAC =
  /(?<![0-9A-Fa-f:-])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:-])|(?<![0-9A-Fa-f-])(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f-])/g;
const UNIQUE_KEYS = new Set(['SerialNumber', 'BoardSerialNumber', 'ProtectedIdentificationNumber']);

/**
 * The machine's own serial, SKU, UUID and BMC MAC become those given, wherever they stand. Every other serial gets a suffix and every
 * other MAC and UUID is derived from it and the instance, so that no two instances share one and the same instance always shows the same.
 */
export function disguiseAs(identity: BmcIdentity | undefined, tree: TreeStore): Disguise {
  if (identity === undefined || Object.keys(identity).length === 0) return (body) => body;
  const original = originalOf(tree);
  const seed = JSON.stringify([identity.serial, identity.sku, identity.uuid, identity.bmcMac, identity.hostName]);
  const digest = (text: string) => createHash('sha256').update(`${seed}|${text}`).digest('hex').toUpperCase();
  const suffix = digest('serial').slice(0, 6);

  function macFor(mac: string): string {
    const plain = mac.toUpperCase().replaceAll('-', ':');
    if (identity?.bmcMac !== undefined && plain === original.bmcMac) return identity.bmcMac;
    if (/^(00[:]){5}00$|^(FF[:]){5}FF$/.test(plain)) return mac;
    // locally administered: forty free bits, so that hundreds of machines do not collide
    return `02${digest(plain).slice(0, 10)}`.replaceAll(/(..)(?!$)/g, '$1:');
  }

  function value(key: string, old: unknown): unknown {
    if (typeof old !== 'string') return visit(old);
    if (old === original.serial && old.trim() !== '') return identity?.serial ?? old;
    if (key === 'SKU' && old === original.sku) return identity?.sku ?? old;
    if (key === 'UUID') return uuidFor(old);
    if (UNIQUE_KEYS.has(key)) return isSerial(old) ? `${old.trim()}${suffix}` : old;
    return old.replaceAll(MAC, macFor);
  }

  function uuidFor(old: string): string {
    if (old === original.uuid && identity?.uuid !== undefined) return identity.uuid;
    return digest(old)
      .slice(0, 32)
      .toLowerCase()
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  function visit(old: unknown): unknown {
    if (typeof old === 'string') return value('', old);
    if (Array.isArray(old)) return old.map(visit);
    if (typeof old !== 'object' || old === null) return old;
    return Object.fromEntries(
      Object.entries(old).map(([key, inner]) => [key, key.startsWith('@odata.') ? inner : value(key, inner)]),
    );
  }

  return (body) => {
    const own = visit(body) as Body;
    const isSystem = String(body['@odata.type'] ?? '').startsWith('#ComputerSystem.');
    if (!isSystem) return own;
    // A tree may show no serial of its own (stock OpenBMC); the given one is shown all the same.
    const { serial, sku, uuid, hostName } = identity;
    const shown = { SerialNumber: serial, SKU: sku, UUID: uuid, HostName: hostName };
    return { ...own, ...Object.fromEntries(Object.entries(shown).filter(([, given]) => given !== undefined)) };
  };
}

function isSerial(text: string): boolean {
  return !/^\s*$|^(n\/?a|null|none|unknown|default string|to be filled by o\.?e\.?m\.?)$/i.test(text.trim());
}

function originalOf(tree: TreeStore): Original {
  const bodies = [...tree.paths()].filter((path) =>
    /^\/redfish\/v1\/(systems\/[^/]+|managers\/[^/]+\/ethernetinterfaces\/[^/]+)$/.test(path),
  );
  const read = bodies.toSorted().map((path) => tree.get(path) ?? {});
  const systems = read.filter((body) => String(body['@odata.type'] ?? '').startsWith('#ComputerSystem.'));
  const system = systems.find((body) => body['Bios'] !== undefined) ?? systems[0] ?? {};
  const ends = read.filter((body) => String(body['@odata.type'] ?? '').startsWith('#EthernetInterface.'));
  const mac = ends.map((body) => body['MACAddress']).find((one) => typeof one === 'string');
  const bmcMac = typeof mac === 'string' ? mac.toUpperCase().replaceAll('-', ':') : null;
  return { serial: system['SerialNumber'], sku: system['SKU'], uuid: system['UUID'], bmcMac };
}
