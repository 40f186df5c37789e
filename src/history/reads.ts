import type { Knex } from 'knex';
import { inOrder, type Order, type SortColumns } from '../core/sorted-list.ts';
import type { Ctx } from '../core/ctx.ts';
import { fromJson } from '../core/json.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';
import type { Clocks } from './inventory-reads.ts';
import { ANYWHERE, linksTo } from './link-store.ts';
import { toMoment } from './moment.ts';

export { compareInventories } from './compare-inventories.ts';
export { type HardwareNow, hardwareNow } from './hardware-now-reads.ts';
export { type Clocks, latestInventory, type PlaceInventory, readInventory } from './inventory-reads.ts';
export { lastSlotAt } from './last-slot-reads.ts';
export { type CardNow, linkPartnersNow, networkCardsNow, unknownCards } from './ports-now-reads.ts';
export { slotDigests, type SlotNow, slotsNow } from './slots-now-reads.ts';

/** A part, as it is known now. Times are ISO 8601. */
export interface Component {
  id: string;
  kind: string;
  identity: 'serial' | 'place';
  vendor: string | null;
  serial: string | null;
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  firmware: string | null;
  attributes: Record<string, unknown>;
  lot: { id: string; code: string; rule: string | null } | null;
  lotMissing: string | null;
  /** Where it is believed to be; null where nobody has seen it lately. */
  where: { type: 'asset' | 'location'; id: string; name: string | null; slot: string | null; since: string } | null;
  firstSeenAt: string | null;
  /** The part that somebody decided this one is. */
  mergedInto: string | null;
  createdAt: string;
}

export const COMPONENT_ORDER: SortColumns<Component> = {
  serial: { column: 'components.vendor_serial', kind: 'text', of: ({ serial }) => serial },
  model: { column: 'components.model', kind: 'text', of: ({ model }) => model },
};

export interface ComponentFilter {
  kind?: string | undefined;
  vendor?: string | undefined;
  serial?: string | undefined;
  model?: string | undefined;
  partNumber?: string | undefined;
  lotId?: string | undefined;
  /** There now. */
  assetId?: string | undefined;
  locationId?: string | undefined;
  /** `installed`: in a server now; `stored`: in a bin now; `away`: nobody knows where. */
  place?: 'installed' | 'stored' | 'away' | undefined;
  q?: string | undefined;
  order: Order<Component>;
  limit: number;
}

/**
 * Parts that have a history. One that proved to be another part has none, nor has what only a worse source names by its place.
 */
export async function listComponents(ctx: Ctx, filter: ComponentFilter): Promise<Component[]> {
  const query = ctx.db('components').limit(filter.limit).select('components.id');
  const equal: [string, string | undefined][] = [
    ['components.kind', filter.kind],
    ['components.vendor', filter.vendor],
    ['components.vendor_serial', filter.serial?.trim().toUpperCase()],
    ['components.model', filter.model],
    ['components.part_number', filter.partNumber],
    ['components.lot_id', filter.lotId],
  ];
  for (const [column, value] of equal) if (value !== undefined) void query.where(column, value);
  const stays = () =>
    ctx.db('installations').whereRaw('installations.component_id = components.id').select(ctx.db.raw(1));
  const open = () => stays().whereNull('installations.removed_at');
  // A filter of its own each: a serial that is in two places at once is one part.
  if (filter.assetId !== undefined) void query.whereExists(open().where('installations.asset_id', filter.assetId));
  if (filter.locationId !== undefined)
    void query.whereExists(open().where('installations.location_id', filter.locationId));
  if (filter.place === 'installed') void query.whereExists(open().whereNotNull('installations.asset_id'));
  if (filter.place === 'stored') void query.whereExists(open().whereNotNull('installations.location_id'));
  if (filter.place === 'away') void query.whereNotExists(open());
  void query.whereExists(stays());
  if (filter.q !== undefined) {
    const beginning = `${filter.q.replaceAll(/[\\%_]/g, '\\$&')}%`;
    void query.where((any) =>
      any
        .where('components.vendor_serial', 'like', beginning.toUpperCase())
        // People do not type the case that the label has.
        .orWhereRaw('components.part_number COLLATE utf8mb4_general_ci LIKE ?', [beginning])
        .orWhere('components.model', 'like', beginning),
    );
  }
  inOrder(query, 'components.id', filter.order);
  const ids = ((await query) as { id: string }[]).map(({ id }) => String(id));
  const rows: Record<string, unknown>[] = await described(ctx.db).whereIn('components.id', ids);
  const asked = (row: Record<string, unknown>): boolean =>
    (filter.assetId === undefined || row['asset_now'] === filter.assetId) &&
    (filter.locationId === undefined || row['location_now'] === filter.locationId);
  const found = new Map(distinct(rows, asked).map((row) => [String(row['id']), toComponent(row)]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** A serial that is in two places at once has two rows: the one that was asked for stands for it, else the newer one. */
function distinct(
  rows: readonly Record<string, unknown>[],
  asked: (row: Record<string, unknown>) => boolean = () => true,
): Record<string, unknown>[] {
  const found = new Map<string, Record<string, unknown>>();
  const rank = (row: Record<string, unknown>): string => `${asked(row) ? 1 : 0} ${String(row['since'])}`;
  for (const row of rows) {
    const before = found.get(String(row['id']));
    if (before === undefined || rank(before) < rank(row)) found.set(String(row['id']), row);
  }
  return [...found.values()];
}

export async function findComponent(ctx: Ctx, id: string): Promise<Component | undefined> {
  const rows: Record<string, unknown>[] = await described(ctx.db).where('components.id', id);
  const [row] = distinct(rows);
  if (row === undefined) return undefined;
  const [first] = await ctx.db('installations').where({ component_id: id }).min({ at: 'installed_at' });
  const is = (await linksTo(ctx.db, [id])).resolve(id, ANYWHERE);
  return {
    ...toComponent(row),
    firstSeenAt: toIsoOrNull((first?.at as string | null | undefined) ?? null),
    mergedInto: is === id ? null : is,
  };
}

/** Of the same serial, whoever made it. */
export async function findBySerial(ctx: Ctx, serial: string, vendor: string | null): Promise<Component[]> {
  const query = described(ctx.db).where('components.vendor_serial', serial);
  if (vendor !== null) void query.where('components.vendor', vendor);
  const rows: Record<string, unknown>[] = await query;
  return distinct(rows).map(toComponent);
}

function described(db: Knex) {
  return db('components')
    .leftJoin('lots', 'lots.id', 'components.lot_id')
    .leftJoin('installations', (on) =>
      on.on('installations.component_id', 'components.id').andOnNull('installations.removed_at'),
    )
    .leftJoin('assets', 'assets.id', 'installations.asset_id')
    .leftJoin('locations', 'locations.id', 'installations.location_id')
    .select(
      'components.*',
      { lot_code: 'lots.code' },
      { asset_now: 'installations.asset_id' },
      { location_now: 'installations.location_id' },
      { slot: 'installations.slot' },
      { since: 'installations.installed_at' },
      { asset_name: 'assets.name' },
      { asset_serial: 'assets.vendor_serial' },
      { location_name: 'locations.name' },
    );
}

function toComponent(row: Record<string, unknown>): Component {
  const text = (column: string): string | null =>
    row[column] === null || row[column] === undefined ? null : String(row[column]);
  const [assetId, locationId] = [text('asset_now'), text('location_now')];
  const placed = { slot: text('slot'), since: toIsoOrNull(text('since')) ?? '' };
  const lotId = text('lot_id');
  return {
    id: String(row['id']),
    kind: String(row['kind']),
    identity: row['identity'] as Component['identity'],
    vendor: text('vendor'),
    serial: text('vendor_serial'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    partNumber: text('part_number'),
    firmware: text('firmware'),
    attributes: fromJson(row['attributes']),
    lot: lotId === null ? null : { id: lotId, code: text('lot_code') ?? '', rule: text('lot_rule') },
    lotMissing: text('lot_missing'),
    where: whereNow(assetId, locationId, text('asset_name') ?? text('asset_serial'), text('location_name'), placed),
    firstSeenAt: null,
    mergedInto: null,
    createdAt: toIso(String(row['created_at'])),
  };
}

function whereNow(
  assetId: string | null,
  locationId: string | null,
  assetName: string | null,
  locationName: string | null,
  placed: { slot: string | null; since: string },
): Component['where'] {
  if (assetId !== null) return { type: 'asset', id: assetId, name: assetName, ...placed };
  if (locationId !== null) return { type: 'location', id: locationId, name: locationName, ...placed };
  return null;
}

export interface InstallationView {
  id: string;
  assetId: string | null;
  locationId: string | null;
  placeName: string | null;
  slot: string | null;
  installedAfter: string | null;
  installedAt: string;
  removedAfter: string | null;
  removedAt: string | null;
  removalReason: string | null;
  recordedAt: string;
}

/** Where a component was, earliest first. With `asOf`: what it had been through by then. */
export async function listInstallations(ctx: Ctx, componentId: string, clocks: Clocks): Promise<InstallationView[]> {
  const at = clocks.asOf === null ? null : toMoment(clocks.asOf);
  const known = clocks.knownAt === null ? null : toMoment(clocks.knownAt);
  const of = (table: string) => {
    const query = ctx
      .db(table)
      .leftJoin('assets', 'assets.id', `${table}.asset_id`)
      .leftJoin('locations', 'locations.id', `${table}.location_id`)
      .where(`${table}.component_id`, componentId)
      .select(
        `${table}.*`,
        { asset_name: 'assets.name' },
        { asset_serial: 'assets.vendor_serial' },
        { location_name: 'locations.name' },
      );
    if (at !== null) void query.where(`${table}.installed_at`, '<=', at);
    if (known !== null) void query.where(`${table}.recorded_at`, '<=', known);
    return query;
  };
  const rows: Record<string, unknown>[] = await of('installations');
  if (known !== null)
    rows.push(...(await of('retracted_installations').where('retracted_installations.retracted_at', '>', known)));
  return rows
    .toSorted((a, b) =>
      String(a['installed_at']) + String(a['id']) < String(b['installed_at']) + String(b['id']) ? -1 : 1,
    )
    .map((row) => {
      const time = (column: string) => toIsoOrNull((row[column] as string | null) ?? null);
      const ended = at === null || (row['removed_at'] !== null && String(row['removed_at']) <= at);
      return {
        id: String(row['id']),
        assetId: row['asset_id'] === null ? null : String(row['asset_id']),
        locationId: row['location_id'] === null ? null : String(row['location_id']),
        placeName: (row['asset_name'] ?? row['asset_serial'] ?? row['location_name'] ?? null) as string | null,
        slot: row['slot'] === null ? null : String(row['slot']),
        installedAfter: time('installed_after'),
        installedAt: toIso(String(row['installed_at'])),
        removedAfter: ended ? time('removed_after') : null,
        removedAt: ended ? time('removed_at') : null,
        removalReason: ended && row['removal_reason'] !== null ? String(row['removal_reason']) : null,
        recordedAt: toIso(String(row['recorded_at'])),
      };
    });
}

/** The newest counters of a component: hours, wear, temperature. */
export async function latestReadings(
  ctx: Ctx,
  componentId: string,
): Promise<{ collectedAt: string; readings: Record<string, unknown> } | null> {
  const [row] = await ctx.db('component_readings').where({ component_id: componentId }).select('*');
  return row ? { collectedAt: toIso(row.collected_at), readings: fromJson(row.readings) } : null;
}

const TABLES = { asset: 'assets', component: 'components', location: 'locations' } as const;

export async function exists(ctx: Ctx, subject: { type: string; id: string }): Promise<boolean> {
  const table = TABLES[subject.type as keyof typeof TABLES];
  const rows = await ctx.db(table).where({ id: subject.id }).limit(1).select('id');
  return rows.length > 0;
}
