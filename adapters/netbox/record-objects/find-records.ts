import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordObject, RecordQuery } from '#src/ports/record-objects.ts';
import { canonicalHost } from './canonical-host.ts';
import { dialectOf } from './dialect.ts';
import { notAskedFor, readBy, type Reading } from './read-rows.ts';
import { fieldsOf, toRecord } from './record-row.ts';
import type { NetboxType } from './record-types.ts';

/** Compares what came with what was asked for: a filter that was not obeyed would link strangers. */
export async function findRecords(
  with_: Reading,
  type: NetboxType,
  query: RecordQuery & { by: string; values: readonly string[] },
): Promise<RecordObject[]> {
  const { system } = with_;
  const { by } = query;
  if (!type.findBy.includes(by))
    throw new AdapterError(
      'unsupported',
      `${system}: a ${type.name} is found by ${type.findBy.join(', ')}, not by ${by}`,
      { system },
    );
  const values = query.values.map((value) => value.trim());
  if (values.includes(''))
    throw new AdapterError(
      'rejected',
      `${system}: an empty ${by} finds no ${type.name}; NetBox would give all of them`,
      { system },
    );
  const dialect = await dialectOf(with_);
  const key = keyFor(by);
  const fields = fieldsOf(system, type, [by, ...query.fields]);
  // With a prefix length NetBox would insist on that one.
  const asked = { filter: filterFor(by), values: values.map(by === 'address' ? canonicalHost : asValue) };
  const wanted = new Set(values.map(key));
  const rows = (await readBy(with_, type.resource, asked, fields)).filter((row) => {
    const value = row[by];
    if (typeof value === 'string' && wanted.has(key(value))) return true;
    // PostgreSQL's idea of upper and lower case is not quite ours beyond ASCII.
    if (typeof value === 'string' && !isAscii(value)) return false;
    throw notAskedFor(system, type.resource, `${row.id} with the ${by} ${JSON.stringify(value)}`);
  });
  return rows.map((row) => toRecord(type, row, dialect));
}

export function filterFor(by: string): string {
  return by === 'address' ? 'address' : `${by}__ie`;
}

/** For NetBox the filter value `null` means "has none"; in capitals it is a name like others. */
export function asValue(value: string): string {
  return value === 'null' ? 'NULL' : value;
}

function keyFor(by: string): (value: string) => string {
  return by === 'address' ? canonicalHost : fold;
}

export function fold(text: string): string {
  return text.trim().toLowerCase();
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
