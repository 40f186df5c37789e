import type { Row } from '#adapters/netbox/simulator/database.ts';
import type { CaseStage } from './stage.ts';
import type { Described, Spot } from './world.ts';

/** A drift of the inbox, as a person sees it. */
export interface SeenDrift {
  id: string;
  object: string;
  field: string;
  kind: string;
  state: string;
  decision: string;
  label: string;
  reason: string;
  hub_id: string | null;
  their_id: string | null;
  root: { type: string; hub_id: string | null; their_id: string | null };
  theirs?: unknown;
  ours?: unknown;
  version: number;
  verdicts: { verdict: string; why_not: string | null }[];
}

export interface SeenAsset {
  id: string;
  name: string | null;
  serial: string | null;
  tag: string | null;
  model: string | null;
  state: string;
  spot: Spot | undefined;
  site: string | null;
  rack: string | null;
  recordId: string | null;
}

export interface SeenPlace {
  id: string;
  type: string;
  name: string;
  parentId: string | null;
}

export interface SeenHere {
  assets: Map<string, SeenAsset>;
  places: SeenPlace[];
  drifts: SeenDrift[];
}

export interface SeenDevice {
  id: number;
  name: string;
  role: string;
  spot: Spot;
  serial: string;
  tag: string | null;
  model: string;
  status: string;
  fields: Record<string, unknown>;
  tags: string[];
  oobIp: number | null;
  modules: Map<string, Described & { id: number }>;
  ports: { name: string; mac: string | null; mgmtOnly: boolean; addresses: { id: number; address: string }[] }[];
}

/** What NetBox has. */
export function lookThere({ netbox: { database } }: CaseStage): Map<number, SeenDevice> {
  const text = (model: Parameters<typeof database.find>[0], id: unknown, column = 'name'): string =>
    String(database.find(model, id)?.[column] ?? '');
  const modulesOf = (device: Row) =>
    new Map(
      database.by('module', 'device', device.id).map((row) => {
        const type = database.find('moduleType', row.module_type);
        const maker = text('manufacturer', type?.manufacturer);
        const what = { id: row.id, maker, model: String(type?.model ?? ''), serial: String(row.serial) };
        return [text('moduleBay', row.module_bay), what];
      }),
    );
  const portsOf = (device: Row) =>
    database.by('interface', 'device', device.id).map((row) => ({
      name: String(row.name),
      mac: row.primary_mac_address === null ? null : text('macAddress', row.primary_mac_address, 'mac_address'),
      mgmtOnly: row.mgmt_only === true,
      addresses: database
        .by('ipAddress', 'assigned_object_id', row.id)
        .filter((one) => one.assigned_object_type === 'dcim.interface')
        .map((one) => ({ id: one.id, address: String(one.address) })),
    }));
  return new Map(
    database.all('device').map((row) => [
      row.id,
      {
        ...{ id: row.id, name: String(row.name), role: text('deviceRole', row.role, 'slug') },
        spot: { siteId: Number(row.site), rackId: row.rack as number | null, position: row.position as number | null },
        ...{ serial: String(row.serial), tag: row.asset_tag as string | null, status: String(row.status) },
        model: text('deviceType', row.device_type, 'model'),
        fields: row.custom_fields as Record<string, unknown>,
        tags: (row.tags as number[]).map((id) => text('tag', id, 'slug')).toSorted(),
        ...{ oobIp: row.oob_ip as number | null, modules: modulesOf(row), ports: portsOf(row) },
      },
    ]),
  );
}

/** What the hub has. Places are told by the names that they have there. */
export async function lookHere(stage: CaseStage): Promise<SeenHere> {
  const { db } = stage;
  const places = (await db('locations').select('id', 'type', 'name', 'parent_id')).map((row): SeenPlace => ({
    id: row.id,
    type: row.type,
    name: row.name,
    parentId: row.parent_id,
  }));
  const byId = new Map(places.map((place) => [place.id, place]));
  const { database } = stage.netbox;
  const siteIds = new Map(database.all('site').map((row) => [String(row.name), row.id]));
  const rackIds = new Map(database.all('rack').map((row) => [`${row.site}/${String(row.name)}`, row.id]));
  const spotOf = (locationId: string | null, position: number | null): Spot | undefined => {
    let rack: string | undefined;
    for (let at = locationId === null ? undefined : byId.get(locationId); at; at = byId.get(at.parentId ?? '')) {
      if (at.type === 'rack') rack = at.name;
      if (at.type !== 'site') continue;
      const siteId = siteIds.get(at.name) ?? -1;
      const rackId = rack === undefined ? null : (rackIds.get(`${siteId}/${rack}`) ?? -1);
      return { siteId, rackId, position };
    }
    return undefined;
  };
  const rows: Record<string, string | null>[] = await db('assets').select('*');
  const assets = rows.map((row): SeenAsset => {
    const { id, name = null, vendor_serial: serial = null, model = null, site = null, rack = null } = row;
    const position = row['position'] === null ? null : Number(row['position']);
    return {
      ...{ id: String(id), name, serial, model, site, rack, tag: row['asset_tag'] ?? null },
      ...{ state: String(row['lifecycle_state']), recordId: row['record_id'] ?? null },
      spot: spotOf(row['location_id'] ?? null, position),
    };
  });
  return { assets: new Map(assets.map((one) => [one.id, one])), places, drifts: await readDrifts(stage) };
}

/** All that is not resolved. */
export async function readDrifts(stage: Pick<CaseStage, 'url' | 'apiKey'>): Promise<SeenDrift[]> {
  const found: SeenDrift[] = [];
  for (let cursor = ''; ;) {
    const { items, next } = await ask<{ items: SeenDrift[]; next: string | null }>(
      stage,
      'GET',
      `/v1/drifts?limit=200${cursor}`,
    );
    found.push(...items);
    if (next === null) return found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}

function keyOf({ object, hub_id, their_id, field }: SeenDrift): string {
  return `${object} ${hub_id ?? ''} ${their_id ?? ''} ${field}`;
}

export class Refused extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(`${status}: ${text}`);
    this.status = status;
  }
}

/** As anybody would ask the hub. @throws Refused */
export async function ask<T>(
  { url, apiKey }: Pick<CaseStage, 'url' | 'apiKey'>,
  method: string,
  where: string,
  body?: unknown,
): Promise<T> {
  const bytes = body instanceof Uint8Array;
  const type = bytes ? 'application/octet-stream' : 'application/json';
  const answer = await fetch(url + where, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, ...(body === undefined ? {} : { 'content-type': type }) },
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: bytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Refused(answer.status, `${method} ${where}: ${text.slice(0, 400)}`);
  return JSON.parse(text) as T;
}
