import type { InventoryReport } from '../../src/ports/hardware-inventory.ts';
import { readCollection } from './collection.ts';
import type { Reading } from './reading.ts';
import { SoftwareInventory, UpdateService } from './schema.ts';

type Firmware = InventoryReport['firmware'];

export async function readFirmware(reading: Reading, timeoutMs: number): Promise<Firmware> {
  const { bmc } = reading;
  if (bmc.root.UpdateService === null) return [];
  const service = await reading.one(bmc.root.UpdateService, UpdateService);
  if (service === null || service.FirmwareInventory === null) return [];
  const { members, failures } = await readCollection(bmc, service.FirmwareInventory, SoftwareInventory, { timeoutMs });
  for (const { path, why } of failures) reading.failed(path, why);
  const rows = members.map((one) => ({
    id: one.Id ?? one['@odata.id'] ?? one.Name ?? 'unnamed',
    name: one.Name ?? one.Id ?? 'unnamed',
    version: one.Version,
    updateable: one.Updateable,
  }));
  return reading.quirks.installedFirmwareOnly ? onlyInstalled(rows) : rows;
}

/** `Installed-159-1.13.2__BIOS.Setup.1-1`: what follows the two underscores is the component. */
function onlyInstalled(rows: Firmware): Firmware {
  const component = (id: string) => id.split('__').slice(1).join('__');
  const installed = new Set(rows.filter((row) => row.id.startsWith('Installed-')).map((row) => component(row.id)));
  return rows.filter((row) => {
    if (row.id.startsWith('Previous-') || row.id.startsWith('Available-')) return false;
    return row.id.startsWith('Installed-') || !row.id.startsWith('Current-') || !installed.has(component(row.id));
  });
}
