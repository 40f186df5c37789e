import { holderOf } from './interface-macs.ts';
import { readIds } from './read-rows.ts';
import { idIn } from './record-types.ts';
import { type Sent, sendBulk } from './send-bulk.ts';
import type { Writing } from './writing.ts';

export interface Pointing {
  place: number;
  deviceId: number;
  field: 'oob_ip' | 'primary_ip4' | 'primary_ip6';
  addressId: number;
}

const DEVICES = { resource: 'devices', objectType: 'dcim.device', name: 'device' } as const;
const ADDRESSES = { resource: 'ipAddresses', objectType: 'ipam.ipaddress', name: 'ip-address' } as const;
const FIELDS = ['oob_ip', 'primary_ip4', 'primary_ip6'] as const;

/**
 * Makes addresses the devices' own; those that are so already are left out of the answer. A management address that the hub made and that is none
 * any more is released: a DHCP server gives it to the next machine one day, and that one must be able to have it.
 */
export async function pointDevices(with_: Writing, pointings: readonly Pointing[]): Promise<Map<number, Sent>> {
  if (pointings.length === 0) return new Map();
  const ids = [...new Set(pointings.map(({ deviceId }) => deviceId))];
  const rows = await readIds(with_, 'devices', ids, ['id', ...FIELDS]);
  const devices = new Map(rows.map((row) => [row.id, row]));
  const open = pointings.filter(({ deviceId, field, addressId }) => idIn(devices.get(deviceId)?.[field]) !== addressId);
  const byDevice = [...Map.groupBy(open, ({ deviceId }) => deviceId)];
  const entries = byDevice.map(([id, some], place) => ({
    ...{ place, id, version: null },
    body: Object.fromEntries(some.map(({ field, addressId }) => [field, addressId])),
  }));
  const sent = await sendBulk(with_, { method: 'PATCH', type: DEVICES, entries, size: with_.settings.bulkSize });
  const results = new Map<number, Sent>();
  const previous: { deviceId: number; addressId: number }[] = [];
  for (const [index, [deviceId, some]] of byDevice.entries()) {
    const result = sent.get(index);
    if (!result) continue;
    for (const { place } of some) results.set(place, result);
    const before = idIn(devices.get(deviceId)?.['oob_ip']);
    if (result.outcome === 'written' && before !== null && some.some(({ field }) => field === 'oob_ip'))
      previous.push({ deviceId, addressId: before });
  }
  await release(with_, previous);
  return results;
}

async function release(with_: Writing, previous: readonly { deviceId: number; addressId: number }[]): Promise<void> {
  if (previous.length === 0) return;
  const fields = ['id', 'tags', 'assigned_object_type', 'assigned_object_id', 'assigned_object'];
  const rows = await readIds(
    with_,
    'ipAddresses',
    previous.map(({ addressId }) => addressId),
    fields,
  );
  const ours = rows.filter((row) => {
    const tags = row['tags'] as { slug?: unknown }[];
    const device = previous.find(({ addressId }) => addressId === row.id)?.deviceId;
    return tags.some(({ slug }) => slug === with_.settings.tag) && holderOf(row).deviceId === device;
  });
  const body = { assigned_object_type: null, assigned_object_id: null };
  const entries = ours.map(({ id }, place) => ({ place, id, version: null, body }));
  // Refused where somebody made it a primary address: then it is not ours to release.
  await sendBulk(with_, { method: 'PATCH', type: ADDRESSES, entries, size: with_.settings.bulkSize });
}
