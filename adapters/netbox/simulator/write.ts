import { atLeast } from 'netbox-client';
import { cleanCustomFields } from './custom-field-values.ts';
import type { Database, Row } from './database.ts';
import { MODELS, type Field, type ModelName } from './model.ts';
import { check } from './rules.ts';
import { addressOf, macOf } from './value.ts';

/** Field → NetBox's words. `__all__` is about the whole object. */
export type FieldErrors = Record<string, unknown>;

/** A write that the real one answers with 400. */
export class Invalid extends Error {
  readonly errors: FieldErrors;
  constructor(errors: FieldErrors) {
    super('invalid');
    this.errors = errors;
  }
}
/** A write that makes the real one fail (500). */
export class Crash extends Error {}

type Body = Record<string, unknown>;

/** @throws Invalid */
export function createRow(database: Database, name: ModelName, body: Body, version: string): Row {
  const columns: Record<string, unknown> = {};
  for (const [column, field] of Object.entries(MODELS[name].fields))
    columns[column] = structuredClone(field.default ?? null);
  const errors: FieldErrors = {};
  for (const [column, field] of Object.entries(MODELS[name].fields)) {
    const missing = body[column] === undefined || (name !== 'webhook' && field.required && body[column] === '');
    if (field.required && missing)
      errors[column] = [body[column] === '' ? 'This field may not be blank.' : 'This field is required.'];
  }
  Object.assign(columns, readBody(database, name, body, columns, errors, version));
  validate(database, name, columns, undefined, errors);
  const row = database.insert(name, columns);
  afterWrite(database, name, row, body, version);
  return row;
}

/** @throws Invalid, Crash */
export function changeRow(database: Database, name: ModelName, row: Row, body: Body, version: string): void {
  const errors: FieldErrors = {};
  const columns = { ...row, ...readBody(database, name, body, row, errors, version) };
  if (name === 'customField' && columns.type !== row.type)
    errors.type = ['Changing the type of custom fields is not supported.'];
  validate(database, name, columns, row, errors);
  const site = row.site;
  Object.assign(row, columns, { id: row.id, last_updated: database.now() });
  // NetBox moves a rack's devices with one SQL statement: no webhook, no change-log row, the same last_updated.
  if (name === 'rack' && row.site !== site)
    for (const device of database.all('device')) if (device.rack === row.id) device.site = row.site;
  afterWrite(database, name, row, body, version);
}

function validate(
  database: Database,
  name: ModelName,
  columns: Record<string, unknown>,
  existing: Row | undefined,
  errors: FieldErrors,
): void {
  if (Object.keys(errors).length > 0) throw new Invalid(errors);
  check(database, name, columns, existing, errors);
  if (Object.keys(errors).length > 0) throw new Invalid(errors);
}

/** Names that are no field are ignored, as the real one does. */
function readBody(
  database: Database,
  name: ModelName,
  body: Body,
  base: Record<string, unknown>,
  errors: FieldErrors,
  version: string,
): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const [column, field] of Object.entries(MODELS[name].fields)) {
    const value = body[column];
    if (value === undefined || errors[column]) continue;
    if (column === 'timeout' && !atLeast(version, '4.7')) continue;
    if (value === null && !field.nullable) errors[column] = ['This field may not be null.'];
    else if (value === null) columns[column] = null;
    else columns[column] = readValue(database, name, column, field, value, base, errors);
  }
  addTags(database, name, body, base, columns, version);
  return columns;
}

function readValue(
  database: Database,
  name: ModelName,
  column: string,
  field: Field,
  value: unknown,
  base: Record<string, unknown>,
  errors: FieldErrors,
): unknown {
  switch (field.kind) {
    case 'text': {
      if (typeof value !== 'string') return fail(errors, column, 'Not a valid string.');
      const cut = value.trim();
      if (cut.length > (field.max ?? 200))
        return fail(errors, column, `Ensure this field has no more than ${field.max} characters.`);
      return cut === '' && field.nullable ? null : cut;
    }
    case 'choice': {
      if (value === '' && field.nullable) return null;
      if (typeof value === 'string' && value in (field.choices ?? {})) return value;
      return fail(
        errors,
        column,
        `${typeof value === 'string' ? value : JSON.stringify(value)} is not a valid choice.`,
      );
    }
    case 'number':
      return Number.isFinite(Number(value)) && typeof value !== 'boolean'
        ? Number(value)
        : fail(errors, column, 'A valid number is required.');
    case 'boolean':
      return typeof value === 'boolean' ? value : fail(errors, column, 'Must be a valid boolean.');
    case 'ref':
      return readRef(database, column, field, value, errors);
    case 'mac':
      return macOf(String(value)) ?? fail(errors, column, `Invalid MAC address format: ${String(value)}`);
    case 'address':
      return addressOf(String(value)) ?? fail(errors, column, `Invalid IP address format: ${String(value)}`);
    case 'texts':
      return Array.isArray(value)
        ? value.map(String)
        : fail(errors, column, 'Expected a list of items but got type "str".');
    case 'tags':
      return readTags(database, column, value, errors);
    case 'customFields':
      return cleanCustomFields(
        database,
        MODELS[name].objectType,
        value,
        base.custom_fields as Record<string, unknown>,
        errors,
      );
    case 'json':
      return value;
  }
}

/** By id, or by attributes that fit exactly one object. */
function readRef(database: Database, column: string, field: Field, value: unknown, errors: FieldErrors): unknown {
  if (!field.to) return null;
  if (typeof value === 'object' && value !== null) {
    const fits = database
      .all(field.to)
      .filter((row) => Object.entries(value).every(([key, wanted]) => row[key] === wanted));
    if (fits.length === 1) return fits[0]?.id;
    return fail(errors, column, `Related object not found using the provided attributes: ${JSON.stringify(value)}`);
  }
  const id = Number(value);
  if (database.find(field.to, id)) return id;
  return fail(errors, column, `Related object not found using the provided numeric ID: ${String(value)}`);
}

function readTags(database: Database, column: string, value: unknown, errors: FieldErrors): unknown {
  if (!Array.isArray(value)) return fail(errors, column, 'Expected a list of items.');
  const ids = value.map((one) => tagId(database, one));
  const missing = ids.indexOf(undefined);
  if (missing === -1) return ids;
  return fail(
    errors,
    column,
    `Related object not found using the provided attributes: ${JSON.stringify(value[missing])}`,
  );
}

/** 4.6+; an unknown tag is answered with 500 there. */
function addTags(
  database: Database,
  name: ModelName,
  body: Body,
  base: Record<string, unknown>,
  columns: Record<string, unknown>,
  version: string,
): void {
  if (!Array.isArray(body.add_tags) || !MODELS[name].fields.tags || !atLeast(version, '4.6')) return;
  const ids = body.add_tags.map((one) => tagId(database, one));
  if (ids.includes(undefined))
    throw new Crash(JSON.stringify(['Related object not found using the provided attributes: tag']));
  columns.tags = [...new Set([...((base.tags ?? []) as number[]), ...(ids as number[])])];
}

function tagId(database: Database, wanted: unknown): number | undefined {
  if (typeof wanted !== 'object' || wanted === null) return database.find('tag', Number(wanted))?.id;
  return database.all('tag').find((tag) => Object.entries(wanted).every(([key, value]) => tag[key] === value))?.id;
}

/** From 4.7 on a MAC can be written on the interface itself; before, it is ignored without a word. */
function afterWrite(database: Database, name: ModelName, row: Row, body: Body, version: string): void {
  const mac =
    name === 'interface' && typeof body.mac_address === 'string' && atLeast(version, '4.7')
      ? macOf(body.mac_address)
      : undefined;
  if (!mac) return;
  const assigned = { assigned_object_type: 'dcim.interface', assigned_object_id: row.id };
  const have = database.all('macAddress').find((one) => one.mac_address === mac && one.assigned_object_id === row.id);
  row.primary_mac_address = (
    have ??
    database.insert('macAddress', { mac_address: mac, description: '', tags: [], custom_fields: {}, ...assigned })
  ).id;
}

function fail(errors: FieldErrors, column: string, message: string): undefined {
  errors[column] = [message];
  return undefined;
}
