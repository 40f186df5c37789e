import type { Knex } from 'knex';
import type { Ctx } from '../core/ctx.ts';
import { fromJson } from '../core/json.ts';
import { type Source, SOURCES } from '../ports/bundle-format.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import type { Moment } from './derive/look.ts';
import type { SnapshotFacts } from './identity/prepare.ts';
import { type LookThen, looksThen, saidThen } from './looks-then-reads.ts';
import { fromMoment, fromMomentOrNull, toMoment } from './moment.ts';
import { sightingsThen } from './sightings-then-reads.ts';

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
  /** As each source names it that saw it last. */
  slots: string[];
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
  const looks = await looksThen(ctx.db, place, at, known);
  const sources = await sourceViews(ctx.db, looks);
  const ids = installed.map((row) => String(row['component_id']));
  const seen = await sightingsThen(ctx.db, place.id, ids, looks, known);
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
      slots: [...new Set((sighting?.['slots'] as string[] | undefined) ?? [])],
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
  return { components, sources };
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

/** The newest that each source had said by then; best source first. */
async function sourceViews(db: Knex, looks: readonly LookThen[]): Promise<SourceView[]> {
  const newest = SOURCES.flatMap((source) => looks.find((look) => look.source === source) ?? []);
  const said = await saidThen(
    db,
    newest.map(({ hash }) => hash),
  );
  return newest.flatMap(({ source, first, last, hash }) => {
    const { scope, facts } = said.get(hash) ?? {};
    if (scope === undefined || facts === undefined) return [];
    return [{ source, firstCollectedAt: fromMoment(first), lastCollectedAt: fromMoment(last), scope, facts }];
  });
}
