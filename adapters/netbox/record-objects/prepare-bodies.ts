import type { RecordValues } from '#src/ports/record-objects.ts';
import { slugOf } from '../identifier.ts';
import { nestValues } from './nest-values.ts';
import type { NetboxType } from './record-types.ts';
import { type Kind, KINDS, readReference } from './reference-kinds.ts';
import type { Resolver, Wanted } from './resolve-references.ts';
import { type Refused, refused } from './writing.ts';

/** What is to be written of one object, on its way to becoming NetBox's body. */
export interface Item {
  place: number;
  /** The device that a child is on; null where it is not known or there is none. */
  deviceId: number | null;
  body: Record<string, unknown>;
  refused: Refused | undefined;
}

export function itemOf(place: number, deviceId: number | null, set: RecordValues): Item {
  return { place, deviceId, body: nestValues(set), refused: undefined };
}

/** What others are named within, first. */
const ORDER: readonly Kind[] = [
  ...(['manufacturer', 'site', 'tenant', 'role', 'location', 'rack'] as const),
  ...(['deviceType', 'moduleType', 'moduleBay'] as const),
];

/** Puts ids where the bodies name other objects; an item that names something that is not there is refused, and the others go on. */
export async function resolveItems(resolver: Resolver, type: NetboxType, items: readonly Item[]): Promise<void> {
  await resolveManufacturersWithin(resolver, type, items);
  for (const kind of ORDER) {
    const open: { item: Item; field: string; wanted: Wanted }[] = [];
    for (const [field, own] of Object.entries(type.references)) {
      if (own !== kind) continue;
      for (const item of items) {
        if (item.refused || !(field in item.body)) continue;
        const reference = readReference(item.body[field], KINDS[kind]);
        if (reference.is === 'unreadable') {
          const { label, key } = KINDS[kind];
          item.refused = refused(
            `${field}: ${JSON.stringify(item.body[field])} names no ${label}; give {id} or {${key}}`,
          );
        } else if (reference.is === 'id') item.body[field] = reference.id;
        else open.push({ item, field, wanted: { kind, ...reference, scope: scopeOf(kind, item, reference.rest) } });
      }
    }
    const answers =
      open.length > 0
        ? await resolver.resolve(
            kind,
            open.map(({ wanted }) => wanted),
          )
        : [];
    for (const [index, { item, field }] of open.entries()) {
      const answer = answers[index];
      if (typeof answer === 'number') item.body[field] = answer;
      else if (answer) item.refused ??= refused(`${field}: ${answer.reason}`);
    }
  }
}

/** `device_type: {manufacturer: {name}, model}`: the maker has to be known before the model can be looked for. */
async function resolveManufacturersWithin(resolver: Resolver, type: NetboxType, items: readonly Item[]): Promise<void> {
  const fields = Object.entries(type.references).flatMap(([field, kind]) =>
    KINDS[kind].scope === 'manufacturer' ? [field] : [],
  );
  for (const field of fields) {
    const inner = items.flatMap((item) => {
      const value = item.body[field];
      if (item.refused || typeof value !== 'object' || value === null || !('manufacturer' in value)) return [];
      return [{ item, value, as: { ...item, body: { manufacturer: value.manufacturer } } }];
    });
    const bare = inner.map(({ as }) => as);
    if (bare.length > 0) await resolveItems(resolver, MAKER, bare);
    for (const { item, value, as } of inner) {
      item.body[field] = { ...value, manufacturer: as.body['manufacturer'] };
      if (as.refused) item.refused = refused(`${field}.${as.refused.reason}`);
    }
  }
}

const MAKER = { references: { manufacturer: 'manufacturer' } } as unknown as NetboxType;

function scopeOf(kind: Kind, item: Item, rest: Record<string, unknown>): number | null {
  const { scope } = KINDS[kind];
  if (scope === 'device') return item.deviceId;
  if (scope === 'manufacturer') return numberOrNull(rest['manufacturer']);
  if (scope === 'site') return numberOrNull(item.body['site']);
  return null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** A name gives the slug where a draft has none. */
export function addSlug(type: NetboxType, item: Item): void {
  if (!type.hasSlug || item.body['slug'] !== undefined) return;
  const name = item.body[type.natural[0] ?? 'name'];
  if (typeof name === 'string') item.body['slug'] = slugOf(name);
}
