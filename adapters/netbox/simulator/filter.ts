import type { Database, Row } from './database.ts';
import { fieldFilter, numberFilter } from './field-filters.ts';
import { BadFilter, NoChoice, noChoice, union, wholeNumber, type Filter } from './filter-shape.ts';
import { MODELS, type ModelName } from './model.ts';
import { absentFilter, SPECIAL } from './special-filters.ts';
import { placeOf } from './table.ts';

export interface Searched {
  database: Database;
  version: string;
}

/** Rows that a query asks for, not looked up yet: a page of a large table needs few of them. */
export interface Selection {
  model: ModelName;
  /** Ascending; others cannot pass. */
  ids: readonly number[];
  /** Undefined: all of `ids` pass. */
  passes: ((row: Row) => boolean) | undefined;
  /** The same for the same question by the same reader. */
  key: string;
  /** Parameters that are no filter here, so that the whole table came back. */
  ignored: string[];
}

const NO_FILTERS = new Set(['limit', 'offset', 'start', 'ordering', 'fields', 'omit', 'exclude', 'brief', 'format']);

/** The same list, whatever the page. */
const PAGING = new Set(['limit', 'offset', 'start']);

/**
 * As the real one: names that are no filter are ignored, so the whole table comes back; several values of one name mean "one of them"
 * (of tags: all of them); an empty value is no filter, but where one chooses. @throws BadFilter, Crash
 */
export function select(
  world: Searched,
  model: ModelName,
  query: URLSearchParams,
  reader: { key: string; sees?: (row: Row) => boolean } = { key: '' },
): Selection {
  const { database } = world;
  const filters: Filter[] = reader.sees ? [{ passes: reader.sees }] : [];
  const ignored: string[] = [];
  for (const key of new Set(query.keys())) {
    if (NO_FILTERS.has(key)) continue;
    const given = query.getAll(key);
    if (given.includes('')) checkBlank(world, model, key);
    const values = given.filter((value) => value !== '');
    if (values.length === 0) continue;
    const filter = filterFor(world, model, key, values);
    if (filter) filters.push(filter);
    else ignored.push(key);
  }
  const [narrowest] = filters.filter(({ among }) => among).toSorted((a, b) => lengthOf(a) - lengthOf(b));
  const ids = narrowest?.among ?? database.ids(model);
  const rest = filters.filter((filter) => filter !== narrowest || !filter.exact);
  const passes = rest.length === 0 ? undefined : (row: Row) => rest.every((filter) => filter.passes(row));
  const asked = new URLSearchParams([...query].filter(([key]) => !PAGING.has(key)));
  return { model, ids, passes, ignored, key: `${model} ${reader.key} ${asked.toString()}` };
}

const lengthOf = ({ among }: Filter): number => among?.length ?? Infinity;

/** @throws NoChoice */
function checkBlank(world: Searched, model: ModelName, key: string): void {
  try {
    filterFor(world, model, key, ['']);
  } catch (error) {
    if (error instanceof NoChoice) throw error;
  }
}

function filterFor(
  { database, version }: Searched,
  name: ModelName,
  key: string,
  values: string[],
): Filter | undefined {
  const special = SPECIAL[name]?.[key] ?? absentFilter(name, key);
  if (special) return special(database, values, key, version);
  const [column = '', lookup = ''] = key.split('__');
  if (key === 'id') {
    const ids = new Set(values.map((value) => wholeNumber(key, value)));
    const among = [...ids].filter((id) => database.find(name, id));
    return { among: union([among, []]), exact: true, passes: (row) => ids.has(row.id) };
  }
  if (column === 'id') {
    const filter = numberFilter(key, 'id', lookup, values);
    const among = values.length === 1 ? idsBeyond(database.ids(name), lookup, Number(values[0])) : undefined;
    return filter && { ...filter, ...(among ? { among, exact: true } : {}) };
  }
  if (MODELS[name].fields.tags && (column === 'tag' || column === 'tag_id'))
    return tagFilter(database, key, column, lookup, values);
  if (key === 'q') return searchFilter(name, values);
  if (REQUESTS[key]) return requestFilter(database, name, key, values);
  if (key.startsWith('cf_')) return customFieldFilter(database, name, column.slice(3), lookup, values);
  return fieldFilter(database, name, key, values);
}

/** Of ascending ids those on one side. */
function idsBeyond(ids: readonly number[], lookup: string, limit: number): readonly number[] | undefined {
  if (lookup === 'gt' || lookup === 'gte') return ids.slice(placeOf(ids, lookup === 'gt' ? limit + 1 : limit));
  if (lookup === 'lt' || lookup === 'lte') return ids.slice(0, placeOf(ids, lookup === 'lt' ? limit : limit + 1));
  return undefined;
}

/** Several tags mean "all of them". */
function tagFilter(
  database: Database,
  key: string,
  column: string,
  lookup: string,
  values: string[],
): Filter | undefined {
  if (values.includes('null')) {
    const none = (row: Row): boolean => (row.tags as number[]).length === 0;
    return { passes: (row) => none(row) === (lookup === '') };
  }
  const ids = values.map((value) => {
    const id = column === 'tag' ? database.idsBy('tag', 'slug', value)[0] : database.find('tag', Number(value))?.id;
    if (id === undefined) throw new NoChoice(key, noChoice(value));
    return id;
  });
  if (lookup === '') return { passes: (row) => ids.every((id) => (row.tags as number[]).includes(id)) };
  if (lookup === 'n') return { passes: (row) => !ids.some((id) => (row.tags as number[]).includes(id)) };
  return undefined;
}

function searchFilter(name: ModelName, values: string[]): Filter {
  const columns = Object.entries(MODELS[name].fields)
    .filter(([, field]) => ['text', 'address', 'mac', 'prefix'].includes(field.kind))
    .map(([column]) => column);
  const wanted = values.map((value) => value.toLowerCase());
  return {
    passes: (row) =>
      wanted.every((value) =>
        columns.some((column) =>
          String(row[column] ?? '')
            .toLowerCase()
            .includes(value),
        ),
      ),
  };
}

const REQUESTS: Readonly<Record<string, readonly string[]>> = {
  created_by_request: ['create'],
  updated_by_request: ['update'],
  modified_by_request: ['create', 'update'],
};

/** By what the change log says. */
function requestFilter(database: Database, name: ModelName, key: string, values: string[]): Filter {
  for (const value of values)
    if (!/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value)) throw new BadFilter(key, 'Enter a valid UUID.');
  const wanted = values.map((value) => value.toLowerCase());
  const found = database.changeLog.filter(
    (row) =>
      row.changed_object_type === MODELS[name].objectType &&
      REQUESTS[key]?.includes(row.action) &&
      wanted.includes(row.request_id),
  );
  const ids = new Set(found.map((row) => row.changed_object_id));
  return { passes: (row) => ids.has(row.id) };
}

/** A field that does not exist is an unknown parameter like any other. */
function customFieldFilter(
  database: Database,
  name: ModelName,
  called: string,
  lookup: string,
  values: string[],
): Filter | undefined {
  const field = database
    .by('customField', 'name', called)
    .find((one) => (one.object_types as string[]).includes(MODELS[name].objectType));
  if (!field || field.filter_logic === 'disabled') return undefined;
  const valueOf = (row: Row): unknown => (row.custom_fields as Record<string, unknown>)[called] ?? null;
  const loose =
    lookup === '' && field.filter_logic === 'loose' && ['text', 'longtext', 'url'].includes(String(field.type));
  if (lookup === 'empty') return { passes: (row) => (valueOf(row) === null) === (values.at(-1) === 'true') };
  if (lookup === 'ic' || loose)
    return {
      passes: (row) =>
        values.some((value) =>
          String(valueOf(row) ?? '')
            .toLowerCase()
            .includes(value.toLowerCase()),
        ),
    };
  if (lookup !== '' && lookup !== 'n') return undefined;
  return { passes: (row) => values.includes(String(valueOf(row))) === (lookup === '') };
}
