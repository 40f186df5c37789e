import type { RawRow } from 'netbox-client';
import { asValue, filterFor, fold } from './find-records.ts';
import type { Item } from './prepare-bodies.ts';
import { readBy, readOfDevices } from './read-rows.ts';
import { idIn, type NetboxType } from './record-types.ts';
import { refused, type Refused, type Writing } from './writing.ts';

export type Existing = RawRow | Refused | undefined;

/** For each item the object that it stands for, by what it is known by; undefined where there is none yet. Writes nothing. */
export async function findExisting(
  with_: Writing,
  type: NetboxType,
  items: readonly Item[],
  fields: readonly string[],
): Promise<Existing[]> {
  const asked = [...new Set([...fields, ...type.natural, ...type.within])];
  if (type.parent !== null) {
    const devices = items.flatMap(({ deviceId }) => (deviceId === null ? [] : [deviceId]));
    const rows = await readOfDevices(with_, type.resource, [...new Set(devices)], asked);
    return items.map((item) =>
      known(
        type,
        item,
        rows.filter((row) => type.parentOf(row) === item.deviceId),
      ),
    );
  }
  const rows = new Map<number, RawRow>();
  for (const field of type.natural) {
    const values = items.flatMap(({ body }) => textIn(body[field]) ?? []);
    const found = await readBy(with_, type.resource, { filter: filterFor(field), values: values.map(asValue) }, asked);
    for (const row of found) rows.set(row.id, row);
  }
  return items.map((item) => known(type, item, [...rows.values()]));
}

function known(type: NetboxType, item: Item, rows: readonly RawRow[]): Existing {
  for (const field of type.natural) {
    const named = rows.filter((row) => isSame(row[field], item.body[field]));
    // A serial is looked for everywhere: the machine may have been moved.
    const same = field === 'serial' ? named : named.filter((row) => isWithin(type, item, row));
    const exact = same.filter((row) => row[field] === item.body[field]);
    const [only] = exact.length === 1 ? exact : same;
    if (!only) continue;
    if (same.length > 1 && exact.length !== 1) return several(type, field, item, same);
    return type.name === 'device' ? (otherSerial(item, only) ?? only) : only;
  }
  return undefined;
}

/** A name without a site (or a model without its maker) is the same everywhere. */
function isWithin(type: NetboxType, { body }: Item, row: RawRow): boolean {
  return type.within.every((field) => body[field] === undefined || idIn(row[field]) === (body[field] ?? null));
}

function isSame(there: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'number') return idIn(there) === wanted;
  const text = textIn(wanted);
  return text !== undefined && typeof there === 'string' && fold(there) === fold(text);
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function several(type: NetboxType, field: string, { body }: Item, rows: readonly RawRow[]): Refused {
  const ids = rows.map((row) => row.id).join(', ');
  return refused(
    `NetBox has ${rows.length} ${type.name}s with the ${field} ${String(body[field])} (${ids}); link the right one`,
  );
}

/** Another machine already has this name. */
function otherSerial({ body }: Item, row: RawRow): Refused | undefined {
  const [wanted, there] = [textIn(body['serial']), textIn(row['serial'])];
  if (wanted === undefined || there === undefined || fold(wanted) === fold(there)) return undefined;
  return refused(
    `name: ${String(body['name'])} is the device ${row.id} with the serial ${there}, not ${wanted}; rename one of them`,
  );
}

/** Items that stand for the same thing: of these only the first is made. */
export function naturalKey(type: NetboxType, { deviceId, body }: Item): string {
  const named = type.natural.map((field) => body[field]).find((value) => value !== undefined && value !== '');
  const within = type.within.map((field) => body[field] ?? null);
  return JSON.stringify([deviceId, typeof named === 'string' ? fold(named) : named, within]);
}
