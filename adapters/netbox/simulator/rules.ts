import { atLeast } from 'netbox-client';
import type { Row } from './database.ts';
import { checkComponent, checkModule, checkPrimaryMac } from './component-rules.ts';
import { checkDevice, checkLocation, checkRack } from './device-rules.ts';
import type { UniqueRule } from './model-shape.ts';
import { MODELS, modelOfType, type ModelName } from './model.ts';
import type { WriteContext } from './write.ts';
import type { FieldErrors } from './refusals.ts';
import { hostOf } from './value.ts';

export interface Checked {
  context: WriteContext;
  name: ModelName;
  /** As they would be stored. */
  columns: Record<string, unknown>;
  existing: Row | undefined;
  errors: FieldErrors;
}

/** What the real one checks on the whole object, in its words. */
export function check(
  context: WriteContext,
  name: ModelName,
  columns: Record<string, unknown>,
  existing: Row | undefined,
  errors: FieldErrors,
): void {
  const checked: Checked = { context, name, columns, existing, errors };
  CHECKS[name]?.(checked);
  checkUnique(checked, (rule) => rule.field === '__all__');
}

/** Columns that are unique by themselves are looked at with the fields, before the object as a whole is. */
export function checkOwnUnique(
  context: WriteContext,
  name: ModelName,
  columns: Record<string, unknown>,
  existing: Row | undefined,
  errors: FieldErrors,
): void {
  checkUnique({ context, name, columns, existing, errors }, (rule) => rule.field !== '__all__');
}

const CHECKS: Partial<Record<ModelName, (checked: Checked) => void>> = {
  location: checkLocation,
  rack: checkRack,
  device: checkDevice,
  interface(checked) {
    checkComponent(checked);
    checkPrimaryMac(checked);
  },
  moduleBay: checkComponent,
  inventoryItem: checkComponent,
  powerPort: checkComponent,
  powerOutlet: checkComponent,
  module: checkModule,
  macAddress: checkAssignment,
  ipAddress(checked) {
    checkAssignment(checked);
    checkDuplicateAddress(checked);
  },
  prefix: checkPrefix,
  journalEntry: checkJournal,
  choiceSet: checkRemovedChoices,
  webhook({ columns, errors }) {
    if (!/^https?:\/\/.+/.test(String(columns.payload_url))) errors.payload_url = ['Enter a valid URL.'];
  },
};

function checkUnique(
  { context, name, columns, existing, errors }: Checked,
  which: (rule: UniqueRule) => boolean,
): void {
  const words = ({ message, before47 }: UniqueRule): string =>
    (atLeast(context.version, '4.7') ? undefined : before47?.(columns)) ?? message;
  for (const rule of (MODELS[name].unique ?? []).filter(which)) {
    // What is wrong already is not looked at again.
    if (rule.by.some((column) => errors[column] !== undefined)) continue;
    const key = keyOf(columns, rule.by, rule);
    if (key === undefined) continue;
    // By the first column that an index narrows; names that ignore case cannot be looked up.
    const first = rule.by[0] ?? 'id';
    const taken = context.database
      .by(name, first, columns[first])
      .some((row) => row !== existing && keyOf(row, rule.by, rule) === key);
    if (taken) errors[rule.field] = [...((errors[rule.field] ?? []) as string[]), words(rule)];
  }
}

/** Null is never equal to null, as in SQL, but for columns with a constraint of their own. */
function keyOf(
  columns: Record<string, unknown>,
  by: readonly string[],
  { ignoreCase = false, nullEqual = [] }: { ignoreCase?: boolean; nullEqual?: readonly string[] },
): string | undefined {
  const values = by.map((column) => columns[column]);
  const nothing = by.some((column) => (columns[column] ?? null) === null && !nullEqual.includes(column));
  if (nothing) return undefined;
  const key = JSON.stringify(values);
  return ignoreCase ? key.toLowerCase() : key;
}

/** What a type and an id name together must be there. */
function checkNamed({ context: { database }, columns, errors }: Checked, of: 'assigned_object' | 'scope'): boolean {
  const [typeColumn, idColumn] = [`${of}_type`, `${of}_id`];
  const { [typeColumn]: type, [idColumn]: id } = columns;
  if (type === null && id === null) return true;
  const model = modelOfType(type);
  if (type === null) errors[typeColumn] = ['This field cannot be null.'];
  else if (id === null) errors[idColumn] = ['This field cannot be null.'];
  else if (model && !database.find(model, id))
    errors[idColumn] = [`Related object not found using the provided value: ${String(id)}.`];
  else return true;
  return false;
}

/** An address or MAC that something else points at stays where it is. */
function checkAssignment(checked: Checked): void {
  const { context, name, columns, existing, errors } = checked;
  const { database, version } = context;
  if (!checkNamed(checked, 'assigned_object') || !existing) return;
  const { assigned_object_type: type, assigned_object_id: id } = columns;
  if (existing.assigned_object_type === type && existing.assigned_object_id === id) return;
  if (name === 'macAddress') {
    if (database.idsBy('interface', 'primary_mac_address', existing.id).length === 0) return;
    const verb = id === null ? 'unassign' : 'reassign';
    errors.__all__ = [`Cannot ${verb} MAC Address while it is designated as the primary MAC for an object`];
    return;
  }
  const before = database.find('interface', existing.assigned_object_id)?.device;
  const holder = database.find('device', before);
  const after = type === 'dcim.interface' ? database.find('interface', id)?.device : undefined;
  if (!holder || before === after) return;
  const cannot = (what: string): string =>
    `Cannot reassign IP address while it is designated as the ${what} IP for the parent object`;
  if (holder.primary_ip4 === existing.id || holder.primary_ip6 === existing.id) errors.__all__ = [cannot('primary')];
  else if (holder.oob_ip === existing.id && atLeast(version, '4.5')) errors.__all__ = [cannot('OOB')];
}

/** ENFORCE_GLOBAL_UNIQUE, on by default since 4.0. */
function checkDuplicateAddress({ context: { database }, columns, existing, errors }: Checked): void {
  if (existing?.address === columns.address) return;
  const host = hostOf(String(columns.address));
  const other = database.all('ipAddress').find((row) => row !== existing && hostOf(String(row.address)) === host);
  if (other) errors.address = [`Duplicate IP address found in global table: ${String(other.address)}`];
}

function checkPrefix(checked: Checked): void {
  const { context, columns, existing, errors } = checked;
  const { database } = context;
  if (!checkNamed(checked, 'scope')) return;
  const prefix = String(columns.prefix);
  const network = database.all('prefix').find((row) => row !== existing && row.prefix === prefix);
  if (network) errors.prefix = [`Duplicate prefix found in global table: ${prefix}`];
  if (prefix.endsWith('/0')) errors.prefix = ['Cannot create prefix with /0 mask.'];
}

function checkJournal({ context: { database }, columns, errors }: Checked): void {
  const model = modelOfType(columns.assigned_object_type);
  if (!model) errors.assigned_object_type = [`Invalid value. Specify a content type as '<app_label>.<model_name>'.`];
  else if (!database.find(model, columns.assigned_object_id))
    errors.__all__ = [
      `Invalid assigned_object: ${String(columns.assigned_object_type)} ID ${String(columns.assigned_object_id)}`,
    ];
}

function checkRemovedChoices({ context: { database }, columns, existing, errors }: Checked): void {
  if (!existing) return;
  const values = (from: unknown): unknown[] => (from as unknown[][]).map(([value]) => value);
  const left = values(columns.extra_choices);
  const removed = values(existing.extra_choices).filter((value) => !left.includes(value));
  const fields = database.by('customField', 'choice_set', existing.id);
  for (const value of removed) {
    const used = fields.some((field) =>
      database
        .all('device')
        .some((device) => (device.custom_fields as Record<string, unknown>)[String(field.name)] === value),
    );
    if (used)
      errors.__all__ = [`Cannot remove choice ${String(value)} as there are DCIM | device objects which reference it.`];
  }
}
