import { findAsset } from '../assets/reads.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { idFrom } from '../core/id.ts';
import { type Feeder, feedersOf } from '../feeds/reads.ts';
import { findPlace, findStandings, locationsNamed } from '../locations/reads.ts';
import type { Complaint } from './model.ts';

/** What an alert is about, and where that stands. */
export interface Standing {
  subject: { type: 'asset' | 'location'; id: string; name: string | null; serial: string | null };
  /** Lifecycle state of a server; null: it is a place. */
  state: string | null;
  /** Type of a place; null: it is a server. */
  placeType: string | null;
  /** Name of the site. */
  site: string | null;
  siteId: string | null;
  rackId: string | null;
  /** It, and all places that it is in. */
  ids: string[];
  /** What a server hangs on; empty: nobody knows, or it is a place. */
  feeders: readonly Feeder[];
}

/** Where names of PDUs and switches mean one thing: the site; where there is none, the rack. */
export function scopeOf({ siteId, rackId }: Pick<Standing, 'siteId' | 'rackId'>): string | null {
  return siteId ?? rackId;
}

/** Those that may explain what is told of it, and that are held while one of their tickets opens. */
export function placesOf({ siteId, rackId }: Pick<Standing, 'siteId' | 'rackId'>): string[] {
  return [siteId, rackId].filter((id) => id !== null);
}

/** What an alert is found by while it is held: the places that may explain it, and what its server hangs on. */
export function heldAt(standing: Standing): string[] {
  const scopeId = scopeOf(standing);
  const places = placesOf(standing);
  return scopeId === null ? places : [...places, ...standing.feeders.flatMap((feeder) => feederKeys(scopeId, feeder))];
}

/** By what those on a PDU or a switch are found, as by a place's id. */
export function feederKeys(scopeId: string, { level, names }: Pick<Feeder, 'level' | 'names'>): string[] {
  return names.map((name) => idFrom('feeder', scopeId, level, name));
}

/** @throws HubError not-found */
export async function standingOf(ctx: Ctx, subject: Complaint['subject']): Promise<Standing> {
  if (subject.type === 'location') return ofPlace(ctx, subject.id);
  const asset = await findAsset(ctx, subject.id);
  if (!asset) throw new HubError('not-found', `There is no asset ${subject.id}`);
  const locationId = asset.locationId ?? (await namedPlace(ctx, asset));
  const place = locationId === null ? undefined : await findPlace(ctx, locationId);
  const within = locationId === null ? undefined : (await findStandings(ctx, [locationId])).get(locationId);
  return {
    subject: { ...subject, name: asset.name, serial: asset.serial },
    state: asset.state,
    placeType: null,
    site: place?.site ?? asset.site,
    siteId: within?.siteId ?? null,
    rackId: within?.rackId ?? null,
    ids: [asset.id, ...(place?.ids ?? [])],
    feeders: (await feedersOf(ctx, [asset.id])).get(asset.id) ?? [],
  };
}

async function ofPlace(ctx: Ctx, id: string): Promise<Standing> {
  const place = await findPlace(ctx, id);
  if (!place) throw new HubError('not-found', `There is no location ${id}`);
  const within = (await findStandings(ctx, [id])).get(id);
  return {
    subject: { type: 'location', id, name: place.path, serial: null },
    ...{ state: null, placeType: place.type, site: place.site },
    ...{ siteId: within?.siteId ?? null, rackId: within?.rackId ?? null, ids: place.ids },
    feeders: [],
  };
}

/** A server that is in no location of the registry, and says in words where it is. Only where the words mean one place. */
async function namedPlace(ctx: Ctx, asset: { site: string | null; rack: string | null }): Promise<string | null> {
  if (asset.site === null) return null;
  const sites = await locationsNamed(ctx, { type: 'site', name: asset.site, limit: 2 });
  const [site] = sites;
  if (site === undefined || sites.length > 1) return null;
  if (asset.rack === null) return site.id;
  const racks = await locationsNamed(ctx, { type: 'rack', name: asset.rack, limit: 50 });
  const standings = await findStandings(
    ctx,
    racks.map(({ id }) => id),
  );
  const here = racks.filter(({ id }) => standings.get(id)?.siteId === site.id);
  return here.length === 1 && here[0] !== undefined ? here[0].id : site.id;
}
