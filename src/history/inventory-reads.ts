import type { Knex } from 'knex';
import type { Ctx } from '../core/ctx.ts';
import { fromJson } from '../core/json.ts';
import { inParts } from '../core/insert-rows.ts';
import { type Source, SOURCES } from '../ports/bundle-format.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import type { Moment } from './derive/look.ts';
import type { SnapshotFacts } from './identity/prepare.ts';
import { sourceNumber, sourceOf } from './identity/prepare.ts';
import { linksTo } from './link-store.ts';
import { fromMoment, fromMomentOrNull, toMoment } from './moment.ts';

/** At a time in the world, and as it was known at another: both null are now. Times are ISO 8601. */
export interface Clocks {
  asOf: string | null;
  knownAt: string | null;
}

/** What was in a server (or a bin). */
export interface PlaceInventory {
  components: InstalledComponent[];
  /** What each source said last, at that time: since when, and what it looked at completely. Best source first. */
  sources: SourceView[];
}

export interface InstalledComponent {
  componentId: string;
  kind: ComponentKind;
  slot: string | null;
  vendor: string | null;
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  serial: string | null;
  firmware: string | null;
  health: string | null;
  attributes: Record<string, unknown>;
  lot: string | null;
  installedAfter: string | null;
  installedAt: string;
}

export interface SourceView {
  source: Source;
  firstCollectedAt: string;
  lastCollectedAt: string;
  scope: string[];
  facts: SnapshotFacts;
}

/** What is in a server now; undefined where nobody has looked yet. */
export async function latestInventory(ctx: Ctx, assetId: string): Promise<PlaceInventory | undefined> {
  const inventory = await readInventory(ctx, { type: 'asset', id: assetId }, { asOf: null, knownAt: null });
  return inventory.sources.length === 0 ? undefined : inventory;
}

const PLACED = { asset: 'asset_id', location: 'location_id' } as const;

export async function readInventory(
  ctx: Ctx,
  place: { type: 'asset' | 'location'; id: string },
  clocks: Clocks,
): Promise<PlaceInventory> {
  const at = clocks.asOf === null ? null : toMoment(clocks.asOf);
  const known = clocks.knownAt === null ? null : toMoment(clocks.knownAt);
  const column = PLACED[place.type];
  const installed = await installedAt(ctx.db, { column, id: place.id }, at, known);
  const views = await sourceViews(ctx.db, place.id, at, known);
  const seen = await lastSightings(ctx.db, place.id, views);
  const components = installed.map((row): InstalledComponent => {
    const id = String(row['component_id']);
    const sighting = seen.get(id);
    const text = (column_: string): string | null => {
      const value = sighting?.[column_] ?? row[column_];
      return value === null || value === undefined ? null : String(value);
    };
    return {
      componentId: id,
      kind: row['kind'] as ComponentKind,
      slot: row['slot'] === null ? null : String(row['slot']),
      vendor: row['vendor'] === null ? null : String(row['vendor']),
      manufacturer: text('manufacturer'),
      model: text('model'),
      partNumber: text('part_number'),
      serial: text('serial'),
      firmware: text('firmware'),
      health: sighting?.['health'] === undefined || sighting['health'] === null ? null : String(sighting['health']),
      attributes: fromJson(sighting?.['attributes'] ?? row['attributes']),
      lot: row['lot'] === null ? null : String(row['lot']),
      installedAfter: fromMomentOrNull(row['installed_after'] as string | null),
      installedAt: fromMoment(String(row['installed_at'])),
    };
  });
  components.sort(
    (a, b) => compare(a.kind, b.kind) || compare(a.slot ?? '', b.slot ?? '') || compare(a.componentId, b.componentId),
  );
  return { components, sources: views.map(({ view }) => view) };
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Of the beliefs that held at `known`, those that say that something was there at `at`. */
async function installedAt(
  db: Knex,
  place: { column: string; id: string },
  at: Moment | null,
  known: Moment | null,
): Promise<Record<string, unknown>[]> {
  const of = (table: string) => {
    const query = db(table)
      .join('components', 'components.id', `${table}.component_id`)
      .leftJoin('lots', 'lots.id', 'components.lot_id')
      .where(`${table}.${place.column}`, place.id)
      .select(
        `${table}.component_id`,
        `${table}.slot`,
        `${table}.installed_after`,
        `${table}.installed_at`,
        'components.kind',
        'components.vendor',
        { serial: 'components.vendor_serial' },
        'components.manufacturer',
        'components.model',
        'components.part_number',
        'components.firmware',
        'components.attributes',
        { lot: 'lots.code' },
      );
    if (at === null) void query.whereNull(`${table}.removed_at`);
    else
      void query
        .where(`${table}.installed_at`, '<=', at)
        .andWhere((open) => open.whereNull(`${table}.removed_at`).orWhere(`${table}.removed_at`, '>', at));
    if (known !== null) void query.where(`${table}.recorded_at`, '<=', known);
    return query;
  };
  const rows: Record<string, unknown>[] = await of('installations');
  if (known === null) return rows;
  const before: Record<string, unknown>[] = await of('retracted_installations').where(
    'retracted_installations.retracted_at',
    '>',
    known,
  );
  return [...rows, ...before];
}

interface FoundView {
  view: SourceView;
  observations: Buffer;
}

/** The newest that each source had said by then. */
async function sourceViews(db: Knex, placeId: string, at: Moment | null, known: Moment | null): Promise<FoundView[]> {
  const found: FoundView[] = [];
  for (const source of SOURCES) {
    const query = db('runs')
      .join('inventories', 'inventories.id', 'runs.inventory_id')
      .where({ 'runs.place_id': placeId, 'runs.source': sourceNumber(source) })
      .orderBy('runs.first_at', 'desc')
      .limit(1)
      .select(
        'runs.first_at',
        'runs.last_at',
        'inventories.source',
        'inventories.scope',
        'inventories.facts',
        'inventories.observations',
      );
    if (at !== null) void query.where('runs.first_at', '<=', at);
    if (known !== null) void query.where('inventories.created_at', '<=', known);
    const [row] = await query;
    if (row === undefined) continue;
    const last = at !== null && at < row.last_at ? at : row.last_at;
    found.push({
      observations: row.observations,
      view: {
        source: sourceOf(Number(row.source)),
        firstCollectedAt: fromMoment(row.first_at),
        lastCollectedAt: fromMoment(last),
        scope: row.scope === '' ? [] : row.scope.split(','),
        facts: fromJson(row.facts),
      },
    });
  }
  return found;
}

/** How each component looked then, to the best source that shows it. */
async function lastSightings(
  db: Knex,
  placeId: string,
  views: readonly FoundView[],
): Promise<Map<string, Record<string, unknown>>> {
  const ids = views.flatMap(({ observations }) => hyphenated(observations));
  const rows: Record<string, unknown>[] = await inParts(ids, (part) =>
    db('observations').whereIn('id', part).select('*'),
  );
  const links = await linksTo(
    db,
    rows.map((row) => String(row['component_id'])),
  );
  const found = new Map<string, Record<string, unknown>>();
  for (const row of rows.toSorted((a, b) => Number(b['source']) - Number(a['source']))) {
    const id = links.resolve(String(row['component_id']), placeId);
    const worse = found.get(id);
    // What the best source does not say, the next one may.
    const said = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
    found.set(id, { ...worse, ...said });
  }
  return found;
}

function hyphenated(packed: Buffer): string[] {
  const hex = packed.toString('hex');
  const ids: string[] = [];
  for (let at = 0; at < hex.length; at += 32) {
    const id = hex.slice(at, at + 32);
    ids.push(`${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`);
  }
  return ids;
}
