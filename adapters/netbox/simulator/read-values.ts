import { atLeast } from 'netbox-client';
import { cleanCustomFields } from './custom-field-values.ts';
import type { Row } from './database.ts';
import { MODELS, type Field, type ModelName } from './model.ts';
import type { Body, WriteContext } from './write.ts';
import type { FieldErrors } from './refusals.ts';
import { addressOf, macOf, networkOf } from './value.ts';

export interface Reading {
  context: WriteContext;
  name: ModelName;
  column: string;
  field: Field;
  /** The columns as they are, or the defaults. */
  base: Record<string, unknown>;
  errors: FieldErrors;
}

/** The value as it is stored; undefined and an entry in `errors` for one that the real one refuses. */
export function readValue(reading: Reading, value: unknown): unknown {
  const { context, name, column, field, base, errors } = reading;
  switch (field.kind) {
    case 'text':
      return readText(reading, value);
    case 'choice':
      return readChoice(reading, value);
    case 'number':
      return readNumber(reading, value);
    case 'boolean':
      return BOOLEANS.get(value) ?? fail(errors, column, 'Must be a valid boolean.');
    case 'ref':
      return readRef(reading, value);
    case 'mac':
      return macOf(String(value)) ?? fail(errors, column, `Invalid MAC address format: ${String(value)}`);
    case 'address':
      return addressOf(String(value)) ?? fail(errors, column, `Invalid IP address format: ${String(value)}`);
    case 'prefix':
      return readPrefix(reading, String(value));
    case 'texts':
      return Array.isArray(value) ? value.map(String) : fail(errors, column, noList(value));
    case 'tags':
      return readTags(reading, value);
    case 'customFields':
      return cleanCustomFields(
        context.database,
        MODELS[name].objectType,
        value,
        base.custom_fields as Record<string, unknown>,
        errors,
      );
    case 'json':
      return value;
  }
}

const BOOLEANS = new Map<unknown, boolean>([
  ...['t', 'T', 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON', '1', 1, true].map(
    (value) => [value, true] as const,
  ),
  ...['f', 'F', 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF', '0', 0, false].map(
    (value) => [value, false] as const,
  ),
]);

function readNumber({ column, field, errors }: Reading, value: unknown): unknown {
  const whole = field.decimals === undefined;
  const number = typeof value === 'boolean' || value === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number) || (whole && !Number.isInteger(number)))
    return fail(errors, column, `A valid ${whole ? 'integer' : 'number'} is required.`);
  if (number > (field.largest ?? Infinity))
    return fail(errors, column, `Ensure this value is less than or equal to ${field.largest}.`);
  if (number < (field.smallest ?? -Infinity))
    return fail(errors, column, `Ensure this value is greater than or equal to ${field.smallest}.`);
  return number;
}

function readPrefix({ column, errors }: Reading, value: string): unknown {
  const prefix = addressOf(value);
  if (prefix === undefined) return fail(errors, column, `Invalid IP address format: ${value}`);
  const network = networkOf(prefix);
  if (network === prefix) return prefix;
  return fail(errors, column, `${value} is not a valid prefix. Did you mean ${network}?`);
}

function readText({ column, field, errors }: Reading, value: unknown): unknown {
  // Numbers are taken for texts; nothing else is.
  if (typeof value !== 'string' && typeof value !== 'number') return fail(errors, column, 'Not a valid string.');
  const cut = String(value).trim();
  if (cut.length > (field.max ?? 200))
    return fail(errors, column, `Ensure this field has no more than ${field.max} characters.`);
  if (field.slug === true && !/^[-\w]+$/.test(cut))
    return fail(errors, column, 'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.');
  return cut === '' && field.nullable ? null : cut;
}

function readChoice({ column, field, errors }: Reading, value: unknown): unknown {
  if (value === '') return field.nullable ? null : fail(errors, column, 'This field may not be blank.');
  if (typeof value === 'string' && value in (field.choices ?? {})) return value;
  // The shape that the API shows itself is not taken back.
  if (typeof value === 'object')
    return fail(errors, column, 'Value must be passed directly (e.g. "foo": 123); do not use a dictionary or list.');
  return fail(errors, column, `${String(value)} is not a valid choice.`);
}

/** By id, or by attributes that fit exactly one object. */
function readRef({ context, column, field, errors }: Reading, value: unknown): unknown {
  if (!field.to) return null;
  const to = field.to;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const unknown = Object.keys(value).find((key) => key !== 'id' && !(key in MODELS[to].fields));
    if (unknown !== undefined) return fail(errors, column, `Cannot resolve keyword '${unknown}' into field.`);
    // From 4.6.6 on only what the user may view is found by its attributes; ids are always taken.
    const hidden = (row: Row): boolean => atLeast(context.version, '4.6.6') && context.views?.(to, row) === false;
    const fits = candidates(context, to, value as Body).filter((row) => !hidden(row));
    if (fits.length === 1) return fits[0]?.id;
    const what = fits.length === 0 ? 'Related object not found using' : 'Multiple objects match';
    return fail(errors, column, `${what} the provided attributes: ${asPython(value)}`);
  }
  if (typeof value === 'boolean' || Array.isArray(value) || !/^-?\d+$/.test(String(value)))
    return fail(
      errors,
      column,
      `Related objects must be referenced by numeric ID or by dictionary of attributes. Received an unrecognized value: ${asPython(value)}`,
    );
  const id = Number(value);
  if (context.database.find(to, id)) return id;
  return fail(errors, column, `Related object not found using the provided numeric ID: ${id}`);
}

function candidates({ database }: WriteContext, to: ModelName, wanted: Body): Row[] {
  const [column, value] = Object.entries(wanted).find(([, one]) => typeof one !== 'object') ?? [];
  if (column === 'id') return [database.find(to, Number(value))].filter((row) => row !== undefined).filter(fits);
  return (column === undefined ? database.all(to) : database.by(to, column, value)).filter(fits);

  function fits(row: Row): boolean {
    return matches(to, row, wanted);
  }
  function matches(model: ModelName, row: Row, attributes: Body): boolean {
    return Object.entries(attributes).every(([key, one]) => {
      const inner = MODELS[model].fields[key]?.to;
      if (typeof one !== 'object' || one === null || !inner)
        return row[key] === one || String(row[key]) === String(one);
      const other = database.find(inner, row[key]);
      return other !== undefined && matches(inner, other, one as Body);
    });
  }
}

function readTags({ context, column, errors }: Reading, value: unknown): unknown {
  if (!Array.isArray(value)) {
    errors[column] = { [nonField(context.version)]: [noList(value)] };
    return undefined;
  }
  const ids = value.map((one) => tagId(context, one));
  const missing = ids.indexOf(undefined);
  if (missing === -1) return [...new Set(ids)];
  return fail(errors, column, `Related object not found using the provided attributes: ${asPython(value[missing])}`);
}

/** Undefined: there is no such tag. */
export function tagId({ database }: WriteContext, wanted: unknown): number | undefined {
  if (typeof wanted !== 'object' || wanted === null) return database.find('tag', Number(wanted))?.id;
  return database.all('tag').find((tag) => Object.entries(wanted).every(([key, value]) => tag[key] === value))?.id;
}

export function fail(errors: FieldErrors, column: string, message: string): undefined {
  errors[column] = [message];
  return undefined;
}

/** Where errors stand that are about no field. */
export function nonField(version: string): string {
  return atLeast(version, '4.7') ? '__all__' : 'non_field_errors';
}

export function noList(value: unknown): string {
  return `Expected a list of items but got type "${pythonType(value)}".`;
}

export function pythonType(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'object' ? 'dict' : 'str';
}

/** As Python prints a dictionary, with nested names joined: `{'manufacturer__slug': 'dell'}`. */
function asPython(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asPython).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const flat = (attributes: object, prefix: string): string[] =>
    Object.entries(attributes).flatMap(([key, one]: [string, unknown]) => {
      if (typeof one === 'object' && one !== null) return flat(one, `${prefix}${key}__`);
      return [`'${prefix}${key}': ${typeof one === 'string' ? `'${one}'` : String(one)}`];
    });
  return `{${flat(value, '').join(', ')}}`;
}
