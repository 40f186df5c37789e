import { atLeast } from 'netbox-client';
import type { Database, Row } from './database.ts';
import { MODELS, type ModelName } from './model.ts';
import { nonField, readValue, tagId } from './read-values.ts';
import { Crash, Invalid, type FieldErrors } from './refusals.ts';
import { check, checkOwnUnique } from './rules.ts';
import { macOf } from './value.ts';

export type Body = Record<string, unknown>;

export interface WriteContext {
  database: Database;
  version: string;
  /** Number of the user who writes; null: nobody known. */
  userId: number | null;
  /** What the user may view; undefined: everything. */
  views?: ((model: ModelName, row: Row) => boolean) | undefined;
}

/** @throws Invalid, Crash */
export function createRow(context: WriteContext, name: ModelName, body: Body): Row {
  return context.database.insert(name, newColumns(context, name, body));
}

/** As they would be stored. @throws Invalid, Crash */
export function newColumns(context: WriteContext, name: ModelName, body: Body): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const [column, field] of Object.entries(MODELS[name].fields))
    columns[column] = structuredClone(field.default ?? null);
  const errors = missing(name, body);
  Object.assign(columns, readBody(context, name, body, columns, errors));
  validate(context, name, columns, undefined, errors);
  settle(context, name, columns, undefined);
  return columns;
}

/** `whole`: PUT, which needs what is required and resets what has a default. @throws Invalid, Crash */
export function changeRow(context: WriteContext, name: ModelName, row: Row, body: Body, whole: boolean): void {
  const { database } = context;
  const errors = whole ? missing(name, body) : {};
  const full = whole ? { ...defaults(name), ...body } : body;
  const columns: Row = { ...row, ...readBody(context, name, full, row, errors) };
  // From 4.7 on a module that is put into another bay goes to that bay's device.
  if (name === 'module' && body.device === undefined && atLeast(context.version, '4.7'))
    columns.device = database.find('moduleBay', columns.module_bay)?.device ?? columns.device;
  if (name === 'customField' && columns.type !== row.type)
    errors.type = ['Changing the type of custom fields is not supported.'];
  validate(context, name, columns, row, errors);
  settle(context, name, columns, row);
  database.set(name, row, { ...columns, id: row.id, created: row.created, last_updated: database.now() });
}

function missing(name: ModelName, body: Body): FieldErrors {
  const errors: FieldErrors = {};
  for (const [column, { required }] of Object.entries(MODELS[name].fields)) {
    if (!required) continue;
    if (body[column] === undefined) errors[column] = ['This field is required.'];
    else if (body[column] === '' && name !== 'webhook') errors[column] = ['This field may not be blank.'];
  }
  return errors;
}

function defaults(name: ModelName): Body {
  const fields = Object.entries(MODELS[name].fields).filter(([, field]) => field.reset);
  return Object.fromEntries(fields.map(([column, field]) => [column, field.default ?? null]));
}

function validate(
  context: WriteContext,
  name: ModelName,
  columns: Record<string, unknown>,
  existing: Row | undefined,
  errors: FieldErrors,
): void {
  checkOwnUnique(context, name, columns, existing, errors);
  if (Object.keys(errors).length > 0) throw new Invalid(errors);
  check(context, name, columns, existing, errors);
  if (Object.keys(errors).length > 0) throw new Invalid(errors);
}

/** Names that are no field are ignored, as the real one does. */
function readBody(
  context: WriteContext,
  name: ModelName,
  body: Body,
  base: Record<string, unknown>,
  errors: FieldErrors,
): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const [column, field] of Object.entries(MODELS[name].fields)) {
    const value = body[column];
    if (value === undefined || errors[column] || field.readOnly) continue;
    if (field.since !== undefined && !atLeast(context.version, field.since)) continue;
    if (value === null && !field.nullable) errors[column] = ['This field may not be null.'];
    else if (value === null) columns[column] = null;
    else columns[column] = readValue({ context, name, column, field, base, errors }, value);
  }
  changeTags(context, name, body, base, columns);
  checkMac(context, name, body, errors);
  return columns;
}

/** 4.6+; an unknown tag is answered with 500 there. */
function changeTags(
  context: WriteContext,
  name: ModelName,
  body: Body,
  base: Record<string, unknown>,
  columns: Record<string, unknown>,
): void {
  if (!MODELS[name].fields.tags || !atLeast(context.version, '4.6')) return;
  const ids = (given: unknown): number[] => {
    const found = (given as unknown[]).map((one) => tagId(context, one));
    if (found.includes(undefined))
      throw new Crash(
        JSON.stringify(['Related object not found using the provided attributes: tag']),
        'ValidationError',
      );
    return found as number[];
  };
  let tags = (columns.tags ?? base.tags ?? []) as number[];
  if (Array.isArray(body.add_tags)) tags = [...new Set([...tags, ...ids(body.add_tags)])];
  if (Array.isArray(body.remove_tags)) {
    const gone = ids(body.remove_tags);
    tags = tags.filter((id) => !gone.includes(id));
  }
  if (Array.isArray(body.add_tags) || Array.isArray(body.remove_tags)) columns.tags = tags;
}

/** From 4.7 on a MAC can be written on the interface itself; before, it is ignored without a word. */
function checkMac({ version }: WriteContext, name: ModelName, body: Body, errors: FieldErrors): void {
  if (name !== 'interface' || typeof body.mac_address !== 'string' || body.mac_address === '') return;
  if (atLeast(version, '4.7') && !macOf(body.mac_address))
    errors.mac_address = ['Enter a valid MAC address (e.g. 00:11:22:33:44:55).'];
}

/** What NetBox fills in while saving. */
function settle(
  { database, userId }: WriteContext,
  name: ModelName,
  columns: Record<string, unknown>,
  existing: Row | undefined,
): void {
  if (name === 'device') columns.location = database.find('rack', columns.rack)?.location ?? columns.location;
  if (name === 'moduleType' && columns.profile === null) columns.attributes = null;
  if (name === 'cable' && columns.length === null) columns.length_unit = null;
  if (name === 'journalEntry' && !existing) columns.created_by = userId;
}

/** Not a dictionary where one is needed. */
export function notADictionary(version: string, type: string): Invalid {
  return new Invalid({ [nonField(version)]: [`Invalid data. Expected a dictionary, but got ${type}.`] });
}
