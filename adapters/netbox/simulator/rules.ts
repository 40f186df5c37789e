import type { Database, Row } from './database.ts';
import { MODELS, type ModelName } from './model.ts';

type Columns = Record<string, unknown>;
type Errors = Record<string, unknown>;

/** What the real one checks on the whole object, in its words. */
export function check(
  database: Database,
  name: ModelName,
  columns: Columns,
  existing: Row | undefined,
  errors: Errors,
): void {
  checkUnique(database, name, columns, existing, errors);
  if (name === 'device') checkDevice(database, columns, existing, errors);
  if (name === 'interface') checkPrimaryMac(database, columns, existing, errors);
  if (name === 'macAddress' || name === 'ipAddress') checkAssignment(database, name, columns, existing, errors);
  if (name === 'ipAddress') checkDuplicate(database, columns, existing, errors);
  if (name === 'choiceSet' && existing) checkRemovedChoices(database, columns, existing, errors);
  if (name === 'webhook' && !/^https?:\/\/.+/.test(String(columns.payload_url)))
    errors.payload_url = ['Enter a valid URL.'];
}

function checkUnique(
  database: Database,
  name: ModelName,
  columns: Columns,
  existing: Row | undefined,
  errors: Errors,
): void {
  for (const rule of MODELS[name].unique ?? []) {
    const key = keyOf(columns, rule.by, rule.ignoreCase);
    if (key === undefined) continue;
    const taken = database.all(name).some((row) => row !== existing && keyOf(row, rule.by, rule.ignoreCase) === key);
    if (taken) errors[rule.field] = [...((errors[rule.field] ?? []) as string[]), rule.message];
  }
}

/** Null is never equal to null, as in SQL. */
function keyOf(columns: Columns, by: readonly string[], ignoreCase = false): string | undefined {
  const values = by.map((column) => columns[column]);
  if (values.some((value) => value === null || value === undefined)) return undefined;
  const key = JSON.stringify(values);
  return ignoreCase ? key.toLowerCase() : key;
}

function checkDevice(database: Database, columns: Columns, existing: Row | undefined, errors: Errors): void {
  const { rack, position, face } = columns;
  const inRack = database.find('rack', rack);
  if (inRack && inRack.site !== columns.site)
    errors.rack = [`Rack ${String(inRack.name)} does not belong to the site.`];
  if (position !== null && !inRack) errors.position = ['Cannot select a rack position without assigning a rack.'];
  else if (position !== null && face === null) errors.face = ['Must specify rack face when defining rack position.'];
  else if (
    position !== null &&
    database.all('device').some((other) => other !== existing && overlaps(database, other, columns))
  ) {
    const type = database.find('deviceType', columns.device_type);
    const units = `${String(type?.model)} (${Number(type?.u_height ?? 1).toFixed(1)}U)`;
    errors.position = [
      `U${Number(position).toFixed(1)} is already occupied or does not have sufficient space to accommodate this device type: ${units}`,
    ];
  }
  for (const column of ['oob_ip', 'primary_ip4']) {
    const address = database.find('ipAddress', columns[column]);
    const holder = database.find('interface', address?.assigned_object_id);
    if (address && holder?.device !== existing?.id)
      errors[column] = [`The specified IP address (${String(address.address)}) is not assigned to this device.`];
  }
}

function overlaps(database: Database, other: Row, columns: Columns): boolean {
  if (other.rack !== columns.rack || other.face !== columns.face || other.position === null) return false;
  const height = (row: Columns): number => Number(database.find('deviceType', row.device_type)?.u_height ?? 1);
  const [low, theirs] = [Number(columns.position), Number(other.position)];
  return low < theirs + height(other) && theirs < low + height(columns);
}

function checkPrimaryMac(database: Database, columns: Columns, existing: Row | undefined, errors: Errors): void {
  const mac = database.find('macAddress', columns.primary_mac_address);
  if (mac && mac.assigned_object_id !== existing?.id) {
    errors.primary_mac_address = [
      `MAC address ${String(mac.mac_address)} is assigned to a different interface or is not assigned`,
    ];
  }
}

function checkAssignment(
  database: Database,
  name: 'macAddress' | 'ipAddress',
  columns: Columns,
  existing: Row | undefined,
  errors: Errors,
): void {
  const { assigned_object_type: type, assigned_object_id: id } = columns;
  if (type === 'dcim.interface' && !database.find('interface', id))
    errors.__all__ = [`Invalid assigned_object: ${String(type)} ID ${String(id)}`];
  if (!existing || (existing.assigned_object_type === type && existing.assigned_object_id === id)) return;
  if (name === 'macAddress' && database.all('interface').some((one) => one.primary_mac_address === existing.id)) {
    errors.__all__ = ['Cannot unassign MAC Address while it is designated as the primary MAC for an object'];
  }
  if (name === 'ipAddress' && database.all('device').some((one) => one.oob_ip === existing.id)) {
    errors.__all__ = ['Cannot reassign IP address while it is designated as the OOB IP for the parent object'];
  }
}

/** ENFORCE_GLOBAL_UNIQUE, on by default since 4.0. */
function checkDuplicate(database: Database, columns: Columns, existing: Row | undefined, errors: Errors): void {
  const host = (address: unknown): string | undefined => String(address).split('/')[0];
  const other = database
    .all('ipAddress')
    .find((row) => row !== existing && host(row.address) === host(columns.address));
  if (other) errors.address = [`Duplicate IP address found in global table: ${String(other.address)}`];
}

function checkRemovedChoices(database: Database, columns: Columns, existing: Row, errors: Errors): void {
  const values = (from: unknown): unknown[] => (from as unknown[][]).map(([value]) => value);
  const left = values(columns.extra_choices);
  const removed = values(existing.extra_choices).filter((value) => !left.includes(value));
  const fields = database.all('customField').filter((field) => field.choice_set === existing.id);
  for (const value of removed) {
    const used = fields.some((field) =>
      database.all('device').some((device) => (device.custom_fields as Columns)[String(field.name)] === value),
    );
    if (used)
      errors.__all__ = [`Cannot remove choice ${String(value)} as there are DCIM | device objects which reference it.`];
  }
}
