import type { Database, Row } from './database.ts';
import { MODELS, type Field, type ModelName } from './model.ts';
import { macOf } from './value.ts';

/** A filter of the real one that is given a value it cannot take. */
export class BadFilter extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

type Test = (row: Row) => boolean;

/**
 * The rows that the query asks for. As the real one: names that are no filter are ignored, so the whole table comes back; several
 * values of one name mean "one of them"; an empty value is no filter. @throws BadFilter
 */
export function filterRows(database: Database, name: ModelName, query: URLSearchParams): Row[] {
  const tests: Test[] = [];
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key).filter((value) => value !== '');
    const test = values.length > 0 ? testFor(database, name, key, values) : undefined;
    if (test) tests.push(test);
  }
  return order(
    database.all(name).filter((row) => tests.every((test) => test(row))),
    query.get('ordering'),
  );
}

function testFor(database: Database, name: ModelName, key: string, values: string[]): Test | undefined {
  if (key === 'id') {
    const ids = values.map((value) => integer(key, value));
    return (row) => ids.includes(row.id);
  }
  const special = SPECIAL[`${name}.${key}`];
  if (special) return special(database, values, key);
  const model = MODELS[name];
  const field = model.fields[key];
  if (field)
    return ownFieldTest(database, key, field, values, name === 'device' && (key === 'name' || key === 'serial'));
  const [column = '', lookup = ''] = key.split('__');
  if (lookup === 'ie' && model.fields[column]?.kind === 'text') return textTest(column, values, true);
  if (lookup === 'ic' && model.fields[column]?.kind === 'text') {
    return (row) =>
      values.some((value) =>
        String(row[column] ?? '')
          .toLowerCase()
          .includes(value.toLowerCase()),
      );
  }
  const target = key.endsWith('_id') ? model.fields[key.slice(0, -3)] : undefined;
  if (target?.kind === 'ref' && target.to) return refTest(database, target.to, key, key.slice(0, -3), values);
  if (key === 'tag' && model.fields.tags) return tagTest(database, values);
  if (key === 'q')
    return (row) =>
      values.some((value) =>
        String(row.name ?? '')
          .toLowerCase()
          .includes(value.toLowerCase()),
      );
  return undefined;
}

function ownFieldTest(
  database: Database,
  key: string,
  field: Field,
  values: string[],
  ignoreCase: boolean,
): Test | undefined {
  if (field.kind === 'text') return textTest(key, values, ignoreCase);
  if (field.kind === 'boolean') {
    const wanted = values.at(-1)?.toLowerCase();
    if (wanted !== 'true' && wanted !== 'false') return undefined;
    return (row) => row[key] === (wanted === 'true');
  }
  if (field.kind === 'choice') {
    for (const value of values) if (!(value in (field.choices ?? {}))) throw new BadFilter(key, noChoice(value));
    return (row) => values.includes(String(row[key]));
  }
  // A ref by itself takes a slug where the other side has one.
  if (field.kind === 'ref' && field.to && MODELS[field.to].fields.slug) {
    const to = field.to;
    const ids = values.map((value) => {
      const found = database.all(to).find((row) => row.slug === value);
      if (!found) throw new BadFilter(key, noChoice(value));
      return found.id;
    });
    return (row) => ids.includes(row[key] as number);
  }
  return undefined;
}

function textTest(column: string, values: string[], ignoreCase: boolean): Test {
  const wanted = values.map((value) => (ignoreCase ? value.toLowerCase() : value));
  return (row) =>
    typeof row[column] === 'string' && wanted.includes(ignoreCase ? row[column].toLowerCase() : row[column]);
}

function refTest(database: Database, to: ModelName, key: string, column: string, values: string[]): Test {
  const ids = values.map((value) => existing(database, to, key, value));
  return (row) => ids.includes(row[column] as number);
}

/** Several tags mean "all of them". */
function tagTest(database: Database, values: string[]): Test {
  const ids = values.map((value) => {
    const tag = database.all('tag').find((row) => row.slug === value);
    if (!tag) throw new BadFilter('tag', noChoice(value));
    return tag.id;
  });
  return (row) => ids.every((id) => (row.tags as number[]).includes(id));
}

type Special = (database: Database, values: string[], key: string) => Test;

const onInterface = (row: Row, ids: readonly number[]): boolean =>
  row.assigned_object_type === 'dcim.interface' && ids.includes(row.assigned_object_id as number);

const byInterface: Special = (database, values, key) => {
  const ids = values.map((value) => existing(database, 'interface', key, value));
  return (row) => onInterface(row, ids);
};
const byDevice: Special = (database, values, key) => {
  const devices = values.map((value) => existing(database, 'device', key, value));
  const ids = database
    .all('interface')
    .filter((one) => devices.includes(one.device as number))
    .map((one) => one.id);
  return (row) => onInterface(row, ids);
};
const byMac: Special = (_database, values, key) => {
  const macs = values.map((value) => mac(key, value));
  return (row) => macs.includes(String(row.mac_address));
};

const SPECIAL: Readonly<Record<string, Special>> = {
  'macAddress.mac_address': byMac,
  'macAddress.interface_id': byInterface,
  'macAddress.device_id': byDevice,
  'ipAddress.interface_id': byInterface,
  'ipAddress.device_id': byDevice,
  // With a prefix length it must be the same one; without, any. What is no address matches nothing, without an error.
  'ipAddress.address': (_database, values) => (row) =>
    values.some(
      (value) => row.address === value || (!value.includes('/') && String(row.address).split('/')[0] === value),
    ),
  'device.mac_address': (database, values, key) => {
    const macs = values.map((value) => mac(key, value));
    const holders = database
      .all('macAddress')
      .filter((row) => macs.includes(String(row.mac_address)) && row.assigned_object_type === 'dcim.interface');
    const devices = holders.map((row) => database.find('interface', row.assigned_object_id)?.device);
    return (row) => devices.includes(row.id);
  },
};

function existing(database: Database, to: ModelName, key: string, value: string): number {
  const id = integer(key, value);
  if (!database.find(to, id)) throw new BadFilter(key, noChoice(value));
  return id;
}

function integer(key: string, value: string): number {
  if (!/^-?\d+$/.test(value)) throw new BadFilter(key, `“${value}” is not a valid value.`);
  return Number(value);
}

function mac(key: string, value: string): string {
  const found = macOf(value);
  if (!found) throw new BadFilter(key, `Invalid MAC address format: ${value}`);
  return found;
}

function noChoice(value: string): string {
  return `Select a valid choice. ${value} is not one of the available choices.`;
}

function order(rows: Row[], ordering: string | null): Row[] {
  const column = ordering?.replace(/^-/, '') || 'id';
  const sign = ordering?.startsWith('-') ? -1 : 1;
  return rows.toSorted((a, b) => sign * compare(a[column], b[column]) || a.id - b.id);
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left ?? '').localeCompare(String(right ?? ''), 'en', { numeric: true });
}
