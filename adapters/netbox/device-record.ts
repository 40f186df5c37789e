import type { NetBoxClient } from 'netbox-client';
import type { DeviceRecord } from '#src/ports/device-records.ts';
import { normalMac } from './identifier.ts';
import { Device, Interface, IpAddress } from './schema.ts';

/** The device and its management interface as one record. Two requests; up to two more where the address must be looked for. */
export async function readRecord(
  client: NetBoxClient,
  id: number,
  signal: AbortSignal,
): Promise<DeviceRecord | undefined> {
  const found = await client.get('devices', id, Device, { signal });
  if (!found) return undefined;
  const device = found.value;
  const managing = await client.list('interfaces', { device_id: [id], mgmt_only: true }, Interface, { signal });
  return {
    id: String(device.id),
    url: device.display_url,
    name: device.name,
    serial: device.serial === '' ? null : device.serial,
    assetTag: device.asset_tag,
    status: device.status,
    manufacturer: device.device_type.manufacturer.name,
    model: device.device_type.model,
    site: device.site.name,
    location: device.location?.name ?? null,
    rack: device.rack?.name ?? null,
    position: device.position,
    face: device.face,
    tags: device.tags.map((tag) => tag.slug),
    customFields: rawCustomFields(device.custom_fields),
    bmc: await readBmc(client, device, managing, signal),
    etag: found.etag,
    lastUpdated: device.last_updated,
  };
}

/** From 4.7 on a selection reads as `{value,label}`; writing that back is refused, so only the value leaves. */
export function rawCustomFields(fields: Record<string, unknown>): Record<string, unknown> {
  const raw: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields))
    raw[name] = Array.isArray(value) ? value.map(rawValue) : rawValue(value);
  return raw;
}

function rawValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('value' in value) || !('label' in value)) return value;
  return Object.keys(value).length === 2 ? value.value : value;
}

async function readBmc(
  client: NetBoxClient,
  device: Device,
  managing: Interface[],
  signal: AbortSignal,
): Promise<DeviceRecord['bmc']> {
  const chosen = await chooseManagementInterface(client, device, managing, signal);
  if (!chosen) return null;
  return {
    interfaceId: String(chosen.id),
    name: chosen.name,
    macAddress: primaryMac(chosen),
    ipAddress: device.oob_ip?.address ?? (await firstAddress(client, chosen, signal)),
  };
}

export function primaryMac(from: Interface): string | null {
  const only = from.mac_addresses?.length === 1 ? from.mac_addresses[0]?.mac_address : undefined;
  return normalMac(from.primary_mac_address?.mac_address ?? from.mac_address ?? only ?? '') ?? null;
}

/** Where there are several, the one that the out-of-band address sits on; else the oldest. */
async function chooseManagementInterface(
  client: NetBoxClient,
  device: Device,
  managing: Interface[],
  signal: AbortSignal,
): Promise<Interface | undefined> {
  const oldest = managing.toSorted((a, b) => a.id - b.id)[0];
  if (managing.length < 2 || !device.oob_ip) return oldest;
  const address = await client.get('ipAddresses', device.oob_ip.id, IpAddress, { signal });
  const holder = address?.value.assigned_object_type === 'dcim.interface' ? address.value.assigned_object_id : null;
  return managing.find((one) => one.id === holder) ?? oldest;
}

async function firstAddress(client: NetBoxClient, from: Interface, signal: AbortSignal): Promise<string | null> {
  if (from.count_ipaddresses === 0) return null;
  const addresses = await client.list('ipAddresses', { interface_id: [from.id] }, IpAddress, { signal });
  return addresses.toSorted((a, b) => a.id - b.id)[0]?.address ?? null;
}
