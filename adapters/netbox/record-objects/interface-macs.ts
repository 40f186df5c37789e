import type { RawRow } from 'netbox-client';
import { normalMac } from '../identifier.ts';
import { Assigned } from '../schema.ts';
import type { Item } from './prepare-bodies.ts';
import { readBy, readIds } from './read-rows.ts';
import { idIn } from './record-types.ts';
import { type Entry, sendBulk } from './send-bulk.ts';
import { refused, type Writing } from './writing.ts';

const MAC_TYPE = { resource: 'macAddresses', objectType: 'dcim.macaddress', name: 'MAC address' } as const;
const FIELDS = ['id', 'mac_address', 'assigned_object_type', 'assigned_object_id', 'assigned_object'];

/** `mac_address` is an object of its own since 4.2: whose it is has to be known before it becomes anybody's. */
interface Placed {
  item: Item;
  /** Of the interface; null for one that is not made yet. */
  id: number | null;
  deviceId: number | null;
  mac: string;
}

/** Refuses what is no MAC, and what sits on another device; writes nothing. */
export async function checkMacs(with_: Writing, items: readonly Item[]): Promise<void> {
  const placed = read(items.map((item) => ({ item, id: null })));
  refuseForeign(placed, await macObjects(with_, placed));
}

/**
 * Replaces `mac_address` in the bodies of interfaces that exist by the MAC object that becomes primary: up to 4.6 the field is ignored
 * without an error. From 4.7 on it stays where no object of it exists yet. One that lies about unassigned is taken, not doubled.
 */
export async function placeMacs(with_: Writing, items: ReadonlyMap<number, Item>): Promise<void> {
  for (const { body } of items.values()) {
    if (body['mac_address'] !== null) continue;
    delete body['mac_address'];
    body['primary_mac_address'] = null;
  }
  const wanting = [...items].filter(([, { body }]) => 'mac_address' in body);
  if (wanting.length === 0) return;
  const rows = await readIds(
    with_,
    'interfaces',
    wanting.map(([id]) => id),
    ['id', 'device'],
  );
  const devices = new Map(rows.map((row) => [row.id, idIn(row['device'])]));
  for (const [id, item] of wanting) item.deviceId = devices.get(id) ?? null;
  const placed = read(wanting.map(([id, item]) => ({ item, id })));
  const objects = await macObjects(with_, placed);
  refuseForeign(placed, objects);

  const writable = await with_.client.isAtLeast('4.7', { signal: with_.signal });
  const taken = new Set<number>();
  const [assign, make]: [Entry[], Entry[]] = [[], []];
  for (const [place, { item, id, mac }] of placed.entries()) {
    // An interface that is gone says so when it is written itself.
    if (item.refused || id === null || !devices.has(id)) continue;
    const own = objects.filter((row) => normalMac(String(row['mac_address'])) === mac);
    const here = own.find(
      (row) => row['assigned_object_type'] === 'dcim.interface' && row['assigned_object_id'] === id,
    );
    const free = own.find((row) => row['assigned_object_id'] === null && !taken.has(row.id));
    const body = { assigned_object_type: 'dcim.interface', assigned_object_id: id };
    if (here) setPrimary(item, here.id);
    else if (free) {
      taken.add(free.id);
      assign.push({ place, id: free.id, version: null, body });
    } else if (!writable) make.push({ place, version: null, body: { mac_address: mac, ...body } });
  }
  const size = with_.settings.bulkSize;
  const done = [
    ...(await sendBulk(with_, { method: 'PATCH', type: MAC_TYPE, entries: assign, size })),
    ...(await sendBulk(with_, { method: 'POST', type: MAC_TYPE, entries: make, size })),
  ];
  for (const [place, result] of done) {
    const one = placed[place];
    if (!one) continue;
    if (result.outcome === 'written' && result.row) setPrimary(one.item, result.row.id);
    else if (result.outcome === 'refused') one.item.refused = refused(`mac_address: ${result.reason}`);
    else one.item.refused = refused(`mac_address: the MAC address ${one.mac} was changed by somebody else; try again`);
  }
}

function setPrimary({ body }: Item, macId: number): void {
  delete body['mac_address'];
  body['primary_mac_address'] = macId;
}

function read(wanting: readonly { item: Item; id: number | null }[]): Placed[] {
  return wanting.flatMap(({ item, id }) => {
    const text = item.body['mac_address'];
    if (item.refused || text === undefined || text === null) return [];
    const mac = typeof text === 'string' ? normalMac(text) : undefined;
    if (mac === undefined) {
      item.refused = refused(`mac_address: ${JSON.stringify(text)} is no MAC address`);
      return [];
    }
    return [{ item, id, deviceId: item.deviceId, mac }];
  });
}

async function macObjects(with_: Writing, placed: readonly Placed[]): Promise<RawRow[]> {
  return readBy(with_, 'macAddresses', { filter: 'mac_address', values: placed.map(({ mac }) => mac) }, FIELDS);
}

function refuseForeign(placed: readonly Placed[], objects: readonly RawRow[]): void {
  const askedBy = new Map<string, number | null>();
  for (const { item, mac, deviceId } of placed) {
    const first = askedBy.get(mac);
    if (first !== undefined && first !== deviceId) {
      item.refused = refused(`mac_address: ${mac} is wanted for device ${first} as well; only one of them can have it`);
      continue;
    }
    askedBy.set(mac, deviceId);
    for (const row of objects) {
      if (normalMac(String(row['mac_address'])) !== mac || row['assigned_object_id'] === null) continue;
      const where = holderOf(row);
      if (where.deviceId !== null && where.deviceId === deviceId) continue;
      item.refused = refused(`mac_address: ${mac} (${row.id}) is on ${where.text}; remove it there first`);
    }
  }
}

/** What a MAC or an IP address sits on. */
export function holderOf(row: RawRow): { deviceId: number | null; text: string } {
  const type = String(row['assigned_object_type']);
  const on = type === 'dcim.interface' ? Assigned.safeParse(row['assigned_object']).data : undefined;
  const device = on?.device;
  if (!device) return { deviceId: null, text: `${type} ${String(row['assigned_object_id'])}` };
  return {
    deviceId: device.id,
    text: `device ${device.name ?? device.id} (${device.id}), interface ${on.display ?? on.id}`,
  };
}
