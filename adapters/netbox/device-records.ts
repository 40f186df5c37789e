import type { NetBoxClient } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { DeviceRecords } from '#src/ports/device-records.ts';
import { createDevice } from './create-device.ts';
import { readRecord } from './device-record.ts';
import { findDevice, findDeviceByMac } from './find-device.ts';
import { numericId } from './identifier.ts';
import { loadLifecycleMapping, toNetbox } from './lifecycle-mapping.ts';
import { ensureManagement } from './management-interface.ts';
import { updateDevice } from './update-device.ts';

/** NetBox's devices as the hub's system of record. */
export function deviceRecords(
  client: NetBoxClient,
  system: string,
  defaults: { tag: string; role: string },
): DeviceRecords {
  const lifecycle = loadLifecycleMapping();
  return {
    fieldsOfState(state) {
      const fields = toNetbox(lifecycle, state);
      if (fields) return fields;
      throw new AdapterError(
        'unsupported',
        `${system}: mappings/netbox-lifecycle.yaml does not name the state ${state}`,
        { system },
      );
    },
    async read(id, signal) {
      return readRecord(client, numericId(system, id), signal);
    },
    async findByMac(macAddress, signal) {
      const device = await findDeviceByMac({ client, system, signal }, macAddress);
      return device && readRecord(client, device.id, signal);
    },
    async find(query, signal) {
      const device = await findDevice({ client, system, signal }, query);
      return device && readRecord(client, device.id, signal);
    },
    async create(key, draft, signal) {
      const id = await createDevice({ client, system, key, signal }, draft, defaults);
      const record = await readRecord(client, id, signal);
      if (record) return record;
      throw new AdapterError('not-found', `${system}: device ${id} was deleted right after it was made`, { system });
    },
    update: (key, record, fields, signal) => updateDevice({ client, system, key, signal }, record, fields),
    ensureManagementInterface: (key, record, wanted, signal) =>
      ensureManagement({ client, system, key, signal }, record, wanted, defaults.tag),
  };
}
