import type { RawRow } from 'netbox-client';
import type { RecordResult } from '#src/ports/record-objects.ts';
import { canonicalHost } from './canonical-host.ts';
import type { Creating } from './create-records.ts';
import { fold } from './find-records.ts';
import { holderOf } from './interface-macs.ts';
import { type Pointing, pointDevices } from './point-devices.ts';
import type { Item } from './prepare-bodies.ts';
import { readBy, readOfDevices } from './read-rows.ts';
import { type Dialect, fieldsOf, toRecord } from './record-row.ts';
import { idIn, type NetboxType } from './record-types.ts';
import { type Entry, type Sent, sendBulk } from './send-bulk.ts';
import { refused } from './writing.ts';

/** What a draft may say besides NetBox's own fields. */
interface Wish extends Item {
  host: string;
  role: 'oob' | 'primary' | null;
  interfaceId: number;
}

/**
 * Puts each address on its interface, then makes it the device's: NetBox refuses the other order. An address that sits on another
 * device is never taken from it; one that lies about unassigned is taken, not doubled, and one that is there keeps its prefix length.
 */
export async function createAddresses(
  with_: Creating,
  type: NetboxType,
  dialect: Dialect,
  items: readonly Item[],
): Promise<RecordResult[]> {
  const wishes = await readWishes(with_, items);
  const results = new Map<number, RecordResult>();
  const fields = [...fieldsOf(with_.system, type, with_.fields), 'address', 'assigned_object_id', 'tags'];
  const hosts = wishes.map(({ host }) => host);
  const rows = await readBy(with_, type.resource, { filter: 'address', values: hosts }, [...new Set(fields)]);
  const there = new Map<number, RawRow>();
  const sent = await place(with_, type, wishes, rows, there);
  for (const { place: at } of wishes) {
    const row = there.get(at);
    const result = sent.get(at);
    if (result && result.outcome !== 'written') results.set(at, result);
    else if (result?.row)
      results.set(at, { outcome: 'written', object: toRecord(type, result.row, dialect), requestId: result.requestId });
    else if (row) results.set(at, { outcome: 'found', object: toRecord(type, row, dialect), requestId: null });
  }
  await point(with_, wishes, results);
  return items.map(({ place: at, refused: no }) => no ?? results.get(at) ?? refused('NetBox gave no answer about it'));
}

async function point(with_: Creating, wishes: readonly Wish[], results: Map<number, RecordResult>): Promise<void> {
  const pointings = wishes.flatMap(({ place: at, role, deviceId, host }): Pointing[] => {
    const result = results.get(at);
    if (role === null || deviceId === null || !result || !('object' in result)) return [];
    const primary = host.includes(':') ? 'primary_ip6' : 'primary_ip4';
    const field = role === 'oob' ? 'oob_ip' : primary;
    return [{ place: at, deviceId, field, addressId: Number(result.object.id) }];
  });
  for (const [at, done] of await pointDevices(with_, pointings)) {
    const result = results.get(at);
    if (!result || !('object' in result)) continue;
    if (done.outcome === 'written')
      results.set(at, { ...result, outcome: 'written', requestId: result.requestId ?? done.requestId });
    else if (done.outcome === 'refused')
      results.set(at, refused(`the address is on the device (${result.object.id}), but ${done.reason}`));
    else
      results.set(
        at,
        refused(`the device changed or went while the address ${result.object.id} was put on it; try again`),
      );
  }
}

async function readWishes(with_: Creating, items: readonly Item[]): Promise<Wish[]> {
  const devices = items.flatMap(({ deviceId }) => (deviceId === null ? [] : [deviceId]));
  const ports = await readOfDevices(with_, 'interfaces', [...new Set(devices)], ['id', 'name', 'device', 'mgmt_only']);
  const byHost = new Map<string, Item>();
  return items.flatMap((item) => {
    if (item.refused) return [];
    const { interface: wanted, role, address } = item.body;
    delete item.body['interface'];
    const own = role === 'oob' || role === 'primary' ? role : null;
    if (own !== null) delete item.body['role'];
    const host = typeof address === 'string' ? canonicalHost(address) : '';
    const port = choosePort(
      ports.filter((one) => idIn(one['device']) === item.deviceId),
      wanted,
      own,
    );
    if (host === '') item.refused = refused(`address: ${JSON.stringify(address)} is no address`);
    else if (byHost.has(host)) item.refused = refused(`address: ${host} is wanted for another device as well`);
    else if (!port)
      item.refused = refused(
        `interface: device ${item.deviceId} has no interface ${JSON.stringify(wanted)}; make it first`,
      );
    if (item.refused || !port) return [];
    byHost.set(host, item);
    return [{ ...item, host, role: own, interfaceId: port.id }];
  });
}

/** By id; by name; and for the BMC the only management interface, whatever people called it. */
function choosePort(ports: readonly RawRow[], wanted: unknown, role: Wish['role']): RawRow | undefined {
  const { id, name } =
    typeof wanted === 'object' && wanted !== null
      ? (wanted as { id?: unknown; name?: unknown })
      : { id: undefined, name: wanted };
  if (id !== undefined) return ports.find((port) => String(port.id) === String(id));
  const text = typeof name === 'string' ? name : '';
  const named =
    ports.find((port) => port['name'] === text) ?? ports.find((port) => fold(String(port['name'])) === fold(text));
  if (named || role !== 'oob') return named;
  const managing = ports.filter((port) => port['mgmt_only'] === true);
  return managing.length === 1 ? managing[0] : undefined;
}

async function place(
  with_: Creating,
  type: NetboxType,
  wishes: readonly Wish[],
  rows: readonly RawRow[],
  there: Map<number, RawRow>,
): Promise<Map<number, Sent>> {
  const [assign, make]: [Entry[], Entry[]] = [[], []];
  const sent = new Map<number, Sent>();
  for (const { place: at, deviceId, host, interfaceId, body } of wishes) {
    const same = rows.filter((row) => canonicalHost(String(row['address'])) === host);
    const ours = same.find((row) => holderOf(row).deviceId === deviceId);
    const free = same.filter((row) => row['assigned_object_id'] === null);
    const taken = same.find((row) => row['assigned_object_id'] !== null);
    const on = { assigned_object_type: 'dcim.interface', assigned_object_id: interfaceId };
    const [only] = free;
    if (ours) there.set(at, ours);
    else if (free.length > 1) {
      const ids = free.map((row) => row.id).join(', ');
      sent.set(at, refused(`address: ${host} is there ${free.length} times unassigned (${ids}); remove all but one`));
    } else if (only) assign.push({ place: at, id: only.id, version: null, body: on });
    else if (taken) {
      sent.set(at, refused(`address: ${host} (${taken.id}) is on ${holderOf(taken).text}; unassign it there first`));
    } else make.push({ place: at, version: null, body: { status: 'active', ...body, ...on } });
  }
  const size = with_.settings.bulkSize;
  const done = [
    ...(await sendBulk(with_, { method: 'PATCH', type, entries: assign, size })),
    ...(await sendBulk(with_, { method: 'POST', type, entries: make, size })),
  ];
  for (const [at, result] of done) sent.set(at, result);
  return sent;
}
