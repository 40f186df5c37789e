import type { NetBoxClient } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { DeviceRecord, DeviceRecords } from '#src/ports/device-records.ts';
import { normalMac } from './identifier.ts';
import { Device, Interface } from './schema.ts';

/** NetBox's devices as the hub's system of record. */
export function deviceRecords(client: NetBoxClient, system: string): DeviceRecords {
  return {
    async findByMac(macAddress, signal) {
      const mac = normalMac(macAddress);
      if (!mac) throw new AdapterError('rejected', `${system}: "${macAddress}" is not a MAC address`, { system });
      const found = await client.list('interfaces', { mac_address: [mac] }, Interface, { signal });
      // Compared once more: a filter that the server ignored would otherwise make some other device ours.
      const holders = new Map(
        found.filter((one) => macsOf(one).includes(mac)).map(({ device }) => [device.id, device]),
      );
      if (holders.size > 1) {
        const list = [...holders.values()].map(({ id, name }) => `${name ?? 'unnamed'} (${id})`).join(', ');
        throw new AdapterError('rejected', `${system}: ${holders.size} devices have the MAC ${mac}: ${list}`, {
          system,
          detail: { devices: [...holders.keys()] },
        });
      }
      const [id] = holders.keys();
      if (id === undefined) return undefined;
      const device = await client.get('devices', id, Device, { signal });
      return device && recordOf(device.value);
    },
  };
}

function macsOf({ mac_address, primary_mac_address, mac_addresses }: Interface): (string | undefined)[] {
  const all = [mac_address, primary_mac_address?.mac_address, ...(mac_addresses ?? []).map((one) => one.mac_address)];
  return all.map((mac) => normalMac(mac ?? ''));
}

function recordOf(device: Device): DeviceRecord {
  return {
    id: String(device.id),
    url: device.display_url,
    name: device.name,
    serial: device.serial === '' ? null : device.serial,
    assetTag: device.asset_tag,
    manufacturer: device.device_type.manufacturer.name,
    model: device.device_type.model,
    site: device.site.name,
    rack: device.rack?.name ?? null,
    position: device.position,
  };
}
