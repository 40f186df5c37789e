import type { Database } from './database.ts';
import { withDescendants } from './derive.ts';
import { titleOf } from './model.ts';
import type { Checked } from './rules.ts';

type Columns = Record<string, unknown>;

export function checkLocation({ context: { database }, columns, existing, errors }: Checked): void {
  const parent = database.find('location', columns.parent);
  if (!parent) return;
  if (parent.site !== columns.site)
    errors.__all__ = [
      `Parent location (${String(parent.name)}) must belong to the same site (${nameOf(database, columns.site)}).`,
    ];
  if (existing && withDescendants(database, 'location', existing.id).includes(parent.id))
    errors.parent = ['Cannot assign self or a descendant as parent.'];
}

export function checkRack({ context: { database }, columns, existing, errors }: Checked): void {
  const location = database.find('location', columns.location);
  if (location && location.site !== columns.site)
    errors.__all__ = [`Assigned location must belong to parent site (${nameOf(database, columns.site)}).`];
  if (!existing) return;
  const mounted = database.by('device', 'rack', existing.id).filter((device) => device.position !== null);
  const needed = Math.max(
    0,
    ...mounted.map((device) => Number(device.position) + heightOf(database, device) - Number(columns.starting_unit)),
  );
  if (Number(columns.u_height) < needed)
    errors.u_height = [`Rack must be at least ${needed.toFixed(1)}U tall to house currently installed devices.`];
}

/** The real one stops at the first fault. */
export function checkDevice({ context: { database }, columns, existing, errors }: Checked): void {
  const fault = placeFault(database, columns, existing?.id) ?? addressFault(database, columns, existing?.id);
  if (fault) errors[fault[0]] = [fault[1]];
}

type Fault = readonly [field: string, message: string];

function placeFault(database: Database, columns: Columns, self: number | undefined): Fault | undefined {
  const { position, face } = columns;
  const rack = database.find('rack', columns.rack);
  const location = database.find('location', columns.location);
  const site = nameOf(database, columns.site);
  if (rack && rack.site !== columns.site) return ['rack', `Rack ${String(rack.name)} does not belong to site ${site}.`];
  if (location && location.site !== columns.site)
    return ['location', `Location ${String(location.name)} does not belong to site ${site}.`];
  if (rack && location && rack.location !== location.id)
    return ['rack', `Rack ${String(rack.name)} does not belong to location ${String(location.name)}.`];
  if (!rack && face !== null) return ['face', 'Cannot select a rack face without assigning a rack.'];
  if (position === null) return undefined;
  if (!rack) return ['position', 'Cannot select a rack position without assigning a rack.'];
  if (Number(position) % 0.5 !== 0) return ['position', 'Position must be in increments of 0.5 rack units.'];
  if (face === null) return ['face', 'Must specify rack face when defining rack position.'];
  if (fits(database, columns, self)) return undefined;
  const type = database.find('deviceType', columns.device_type);
  const units = `${String(type?.model)} (${Number(type?.u_height ?? 1).toFixed(1)}U)`;
  const at = `U${Number(position).toFixed(1)}`;
  return [
    'position',
    `${at} is already occupied or does not have sufficient space to accommodate this device type: ${units}`,
  ];
}

function addressFault(database: Database, columns: Columns, self: number | undefined): Fault | undefined {
  for (const column of ['primary_ip4', 'primary_ip6', 'oob_ip']) {
    const row = database.find('ipAddress', columns[column]);
    if (!row) continue;
    const address = String(row.address);
    if (column !== 'oob_ip' && address.includes(':') !== (column === 'primary_ip6'))
      return [column, `${address} is not an IPv${column.slice(-1)} address.`];
    const holder = row.assigned_object_type === 'dcim.interface' ? row.assigned_object_id : null;
    if (self === undefined || database.find('interface', holder)?.device !== self)
      return [column, `The specified IP address (${address}) is not assigned to this device.`];
  }
  return undefined;
}

function fits(database: Database, columns: Columns, self: number | undefined): boolean {
  const rack = database.find('rack', columns.rack);
  const top = Number(rack?.starting_unit ?? 1) + Number(rack?.u_height ?? 42);
  if (Number(columns.position) + heightOf(database, columns) > top) return false;
  return !database
    .by('device', 'rack', columns.rack)
    .some((other) => other.id !== self && overlaps(database, other, columns));
}

/** Whatever the face: all device types here are of full depth. */
function overlaps(database: Database, other: Columns, columns: Columns): boolean {
  if (other.position === null) return false;
  const [low, theirs] = [Number(columns.position), Number(other.position)];
  return low < theirs + heightOf(database, other) && theirs < low + heightOf(database, columns);
}

function heightOf(database: Database, device: Columns): number {
  return Number(database.find('deviceType', device.device_type)?.u_height ?? 1);
}

function nameOf(database: Database, site: unknown): string {
  const row = database.find('site', site);
  return row ? titleOf(database, 'site', row) : String(site);
}
