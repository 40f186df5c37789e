import type { Database, Row } from './database.ts';
import { BadFilter, NoChoice, noChoice, storedTime, union, wholeNumber, type Filter } from './filter-shape.ts';
import { MODELS, type Field, type ModelName } from './model.ts';
import { Crash } from './refusals.ts';

type Test = (row: Row) => boolean;

/** What the column of a related object is that its filter without `_id` takes. */
const NATURAL_KEYS: Partial<Record<ModelName, string>> = {
  site: 'slug',
  location: 'slug',
  tenant: 'slug',
  manufacturer: 'slug',
  deviceType: 'slug',
  deviceRole: 'slug',
  moduleTypeProfile: 'name',
  moduleType: 'model',
  device: 'name',
  rack: 'name',
};
const DECIMAL = new Set(['position', 'u_height', 'length']);

/** A filter over a column of the model itself, with its lookup: `name`, `name__ie`, `site_id`, `site`, `status__n`. */
export function fieldFilter(
  database: Database,
  name: ModelName,
  key: string,
  values: readonly string[],
): Filter | undefined {
  const [column = '', lookup = '', ...more] = key.split('__');
  if (more.length > 0) return undefined;
  if (column === 'created' || column === 'last_updated') return timeFilter(key, column, lookup, values);
  const fields = MODELS[name].fields;
  const field = fields[column];
  const referring = column.endsWith('_id') ? fields[column.slice(0, -3)] : undefined;
  if (referring?.kind === 'ref' && referring.to)
    return refFilter(database, name, key, column.slice(0, -3), referring, lookup, values);
  if (!field) return undefined;
  if (['text', 'address', 'mac', 'prefix'].includes(field.kind))
    return textFilter(database, name, column, field, lookup, values);
  if (field.kind === 'choice') return choiceFilter(key, column, field, lookup, values);
  if (field.kind === 'number') return numberFilter(key, column, lookup, values);
  if (field.kind === 'boolean' && lookup === '') return booleanFilter(column, values);
  // Racks of a device are filtered by id only.
  if (field.kind === 'ref' && field.to && (lookup === '' || lookup === 'n') && column !== 'rack') {
    const filter = naturalFilter(database, key, column, field.to, values);
    return filter && lookup === 'n' ? { passes: (row) => !filter.passes(row) } : filter;
  }
  return undefined;
}

const TEXT_LOOKUPS: Readonly<Record<string, (have: string, wanted: string) => boolean>> = {
  n: (have, wanted) => have === wanted,
  ie: (have, wanted) => have.toLowerCase() === wanted.toLowerCase(),
  ic: (have, wanted) => have.toLowerCase().includes(wanted.toLowerCase()),
  isw: (have, wanted) => have.toLowerCase().startsWith(wanted.toLowerCase()),
  iew: (have, wanted) => have.toLowerCase().endsWith(wanted.toLowerCase()),
  regex: (have, wanted) => new RegExp(wanted).test(have),
  iregex: (have, wanted) => new RegExp(wanted, 'i').test(have),
};
const NEGATED: Readonly<Record<string, string>> = { n: 'n', nie: 'ie', nic: 'ic', nisw: 'isw', niew: 'iew' };

function textFilter(
  database: Database,
  name: ModelName,
  column: string,
  field: Field,
  lookup: string,
  values: readonly string[],
): Filter | undefined {
  if (lookup === 'empty') return yesOrNo(values, (row) => row[column] === null || row[column] === '');
  // The word null asks for what has none, so that nothing can be found that is called so; in capitals it can.
  const wanted = values.map((value) => (value === 'null' ? null : value));
  if (lookup === '' && !field.folded)
    return {
      among: union(wanted.map((value) => database.idsBy(name, column, value))),
      exact: true,
      passes: (row) => wanted.includes(row[column] as string | null),
    };
  if (lookup === '' || lookup === 'ie') {
    const folded = new Set(wanted.map((value) => value?.toLowerCase() ?? null));
    return { passes: ({ [column]: have }) => folded.has(typeof have === 'string' ? have.toLowerCase() : null) };
  }
  const test = TEXT_LOOKUPS[NEGATED[lookup] ?? lookup];
  if (!test) return undefined;
  if (wanted.includes(null) && lookup !== 'n') throw new Crash('Cannot use None as a query value');
  const matches: Test = ({ [column]: have }) =>
    wanted.some((value) => (value === null || typeof have !== 'string' ? have === value : test(have, value)));
  return { passes: lookup in NEGATED ? (row) => !matches(row) : matches };
}

function choiceFilter(
  key: string,
  column: string,
  field: Field,
  lookup: string,
  values: readonly string[],
): Filter | undefined {
  if (lookup !== '' && lookup !== 'n') return undefined;
  // A face is filtered by one value only, and one that is not set is stored as an empty text: so null finds none.
  if (column === 'face' && values.at(-1) === '') return { passes: () => true };
  const isNull = (value: string): boolean => value === 'null' && (field.nullable === true || column === 'kind');
  for (const value of values)
    if (!(value in (field.choices ?? {})) && !isNull(value)) throw new NoChoice(key, noChoice(value));
  const wanted = new Set(values.map((value) => (value === 'null' && column !== 'face' ? null : value)));
  return { passes: (row) => wanted.has(row[column] as string | null) === (lookup === '') };
}

const ORDERED: Readonly<Record<string, (have: number | string, wanted: number | string) => boolean>> = {
  '': (have, wanted) => have === wanted,
  n: (have, wanted) => have === wanted,
  gt: (have, wanted) => have > wanted,
  gte: (have, wanted) => have >= wanted,
  lt: (have, wanted) => have < wanted,
  lte: (have, wanted) => have <= wanted,
};

export function numberFilter(
  key: string,
  column: string,
  lookup: string,
  values: readonly string[],
): Filter | undefined {
  if (lookup === 'empty') return yesOrNo(values, (row) => row[column] === null);
  const test = ORDERED[lookup];
  if (!test) return undefined;
  const wanted = values.map((value) => (DECIMAL.has(column) ? decimal(key, value) : wholeNumber(key, value)));
  const matches: Test = ({ [column]: have }) => typeof have === 'number' && wanted.some((value) => test(have, value));
  return { passes: lookup === 'n' ? (row) => !matches(row) : matches };
}

function timeFilter(key: string, column: string, lookup: string, values: readonly string[]): Filter | undefined {
  const test = ORDERED[lookup];
  if (!test) return undefined;
  const wanted = values.map((value) => {
    const time = storedTime(value);
    if (time === undefined) throw new BadFilter(key, 'Enter a valid date/time.');
    return time;
  });
  const matches: Test = (row) => wanted.some((value) => test(String(row[column]), value));
  return { passes: lookup === 'n' ? (row) => !matches(row) : matches };
}

function decimal(key: string, value: string): number {
  const number = Number(value);
  if (Number.isNaN(number)) throw new BadFilter(key, 'Enter a number.');
  return number;
}

/** What is neither is as if it had not been asked: so the real one. */
export function booleanFilter(column: string, values: readonly string[]): Filter | undefined {
  return yesOrNo(values, (row) => row[column] === true);
}

export function yesOrNo(values: readonly string[], test: Test): Filter {
  const wanted = values.at(-1)?.toLowerCase();
  if (wanted !== 'true' && wanted !== 'false') return { passes: () => true };
  return { passes: (row) => test(row) === (wanted === 'true') };
}

function refFilter(
  database: Database,
  name: ModelName,
  key: string,
  column: string,
  field: Field,
  lookup: string,
  values: readonly string[],
): Filter | undefined {
  if (!field.to || (lookup !== '' && lookup !== 'n')) return undefined;
  const to = field.to;
  const wanted = existingOrNull(database, to, key, values);
  if (lookup === 'n') return { passes: (row) => !wanted.has(row[column]) };
  return {
    among: union([...wanted].map((id) => database.idsBy(name, column, id))),
    exact: true,
    passes: (row) => wanted.has(row[column]),
  };
}

/** By the slug or name of the related object, which must exist. */
export function naturalFilter(
  database: Database,
  key: string,
  column: string,
  to: ModelName,
  values: readonly string[],
  valueOf: (row: Row) => unknown = (row) => row[column],
): Filter | undefined {
  const by = NATURAL_KEYS[to];
  if (!by) return undefined;
  const wanted = new Set<unknown>(
    values.flatMap((value): readonly (number | null)[] => {
      if (value === 'null') return [null];
      const found = database.idsBy(to, by, value);
      if (found.length === 0) throw new NoChoice(key, noChoice(value));
      return found;
    }),
  );
  return { passes: (row) => wanted.has(valueOf(row) ?? null) };
}

/** The ids that a filter names, each of an object that exists; null for the word. */
export function existingOrNull(
  database: Database,
  to: ModelName,
  key: string,
  values: readonly string[],
): Set<unknown> {
  return new Set(values.map((value) => (value === 'null' ? null : existing(database, to, key, value))));
}

/** The id of a related object that must exist: a filter by one that is gone is refused. */
export function existing(database: Database, to: ModelName, key: string, value: string): number {
  if (!/^-?\d+$/.test(value)) throw new NoChoice(key, `“${value}” is not a valid value.`);
  const id = Number(value);
  if (!database.find(to, id)) throw new NoChoice(key, noChoice(value));
  return id;
}
