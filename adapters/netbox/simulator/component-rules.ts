import { atLeast } from 'netbox-client';
import { titleOf } from './model.ts';
import { Crash } from './refusals.ts';
import type { Checked } from './rules.ts';

/** A component stays in the device that it was made for. */
export function checkComponent({ context: { database }, name, columns, existing, errors }: Checked): void {
  if (existing && existing.device !== columns.device)
    errors.device = ['Components cannot be moved to a different device.'];
  const parent = name === 'inventoryItem' ? database.find('inventoryItem', columns.parent) : undefined;
  if (parent && parent.device !== columns.device)
    errors.parent = ['Parent inventory item does not belong to the same device.'];
}

export function checkPrimaryMac({ context: { database, version }, columns, existing, errors }: Checked): void {
  const mac = database.find('macAddress', columns.primary_mac_address);
  if (!mac) return;
  const modern = atLeast(version, '4.7');
  const holder = mac.assigned_object_type === 'dcim.interface' ? mac.assigned_object_id : null;
  if (holder === null) {
    if (modern && existing)
      errors.__all__ = ['Only a MAC address assigned to this interface can be its primary MAC address.'];
    return;
  }
  if (holder === existing?.id) return;
  const port = database.find('interface', holder);
  const called = port ? titleOf(database, 'interface', port) : '';
  errors[modern ? '__all__' : 'primary_mac_address'] = [
    `MAC address ${String(mac.mac_address)} is assigned to a different interface (${called}).`,
  ];
}

export function checkModule({ context: { database, version }, columns, existing, errors }: Checked): void {
  const bay = database.find('moduleBay', columns.module_bay);
  const device = database.find('device', columns.device);
  if (!bay || !device) return;
  if (bay.device !== columns.device) {
    const called = titleOf(database, 'device', device);
    errors.__all__ = [`Module must be installed within a module bay belonging to the assigned device (${called}).`];
    return;
  }
  if (bay.enabled === false && existing?.module_bay !== bay.id)
    errors.module_bay = ['Cannot install a module in a disabled module bay.'];
  if (
    atLeast(version, '4.7') &&
    existing &&
    existing.module_bay !== bay.id &&
    existing.module_type !== columns.module_type
  ) {
    errors.module_type = [
      "Changing a module's type while moving it is not supported. Change the module type and move the module as separate operations.",
    ];
    return;
  }
  const occupant = database.by('module', 'module_bay', bay.id).find((module) => module.id !== existing?.id);
  if (!occupant) return;
  const [in_, by] = [titleOf(database, 'moduleBay', bay), titleOf(database, 'module', occupant)];
  if (atLeast(version, '4.7')) errors.module_bay = [`Module bay ${in_} is already occupied by module ${by}.`];
  else if (!atLeast(version, '4.5')) errors.module_bay = ['Module with this Module bay already exists.'];
  // In between nobody looks before the database does.
  else
    throw new Crash('duplicate key value violates unique constraint "dcim_module_module_bay_id_key"', 'IntegrityError');
}
