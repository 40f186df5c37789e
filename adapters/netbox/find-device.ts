import type { NetBoxClient } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { normalMac } from './identifier.ts';
import { findSite } from './natural-keys.ts';
import { Device } from './schema.ts';

export interface DeviceQuery {
  serial?: string | undefined;
  name?: string | undefined;
  site?: string | undefined;
}

interface Finding {
  client: NetBoxClient;
  system: string;
  signal: AbortSignal;
}

/** By the MAC of any of its interfaces. @throws AdapterError rejected when several devices have it */
export async function findDeviceByMac(with_: Finding, macAddress: string): Promise<Device | undefined> {
  const mac = normalMac(macAddress);
  if (!mac)
    throw new AdapterError('rejected', `${with_.system}: "${macAddress}" is not a MAC address`, {
      system: with_.system,
    });
  const devices = await with_.client.list('devices', { mac_address: [mac] }, Device, { signal: with_.signal });
  return onlyOne(devices, `the MAC ${mac}`, with_.system);
}

/**
 * By serial, else by (site, name); a name without a site is looked for everywhere. What comes back is compared once more: a filter
 * that the server ignored would otherwise make some other device ours.
 */
export async function findDevice(with_: Finding, query: DeviceQuery): Promise<Device | undefined> {
  const { client, system, signal } = with_;
  const serial = query.serial?.trim();
  if (serial) {
    const devices = await client.list('devices', { serial: [serial] }, Device, { signal });
    const found = onlyOne(
      devices.filter((one) => same(one.serial, serial)),
      `the serial ${serial}`,
      system,
    );
    if (found) return found;
  }
  const name = query.name?.trim();
  if (!name) return undefined;
  const site = query.site?.trim();
  if (!site)
    return onlyOne(
      named(await client.list('devices', { name__ie: [name] }, Device, { signal }), name),
      `the name ${name}`,
      system,
    );
  const there = await findSite(client, system, site, signal);
  if (!there) return undefined;
  const devices = await client.list('devices', { name__ie: [name], site_id: [there.id] }, Device, { signal });
  return onlyOne(named(devices, name), `the name ${name} in ${site}`, system);
}

function named(devices: Device[], name: string): Device[] {
  return devices.filter((one) => same(one.name ?? '', name));
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function onlyOne(devices: Device[], what: string, system: string): Device | undefined {
  if (devices.length < 2) return devices[0];
  const list = devices.map((one) => `${one.name ?? 'unnamed'} (${one.id})`).join(', ');
  throw new AdapterError('rejected', `${system}: ${devices.length} devices have ${what}: ${list}`, {
    system,
    detail: { devices: devices.map((one) => one.id) },
  });
}
