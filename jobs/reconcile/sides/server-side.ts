import { adoptRecord, type RecordSays } from '#src/assets/commands/adopt-record.ts';
import { linkPlacement } from '#src/assets/commands/link-placement.ts';
import { noteRecordLink } from '#src/assets/commands/note-record-link.ts';
import { registerRecorded } from '#src/assets/commands/register-recorded.ts';
import { LifecycleState } from '#src/assets/model.ts';
import {
  findAsset,
  isFoundBy,
  pageOfRecorded,
  type RecordedAsset,
  recordedById,
  recordedWith,
  standingAt,
} from '#src/assets/reads.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import type { HubObject, HubSide } from '#src/drift/hub-side.ts';
import { AREA_TYPES, locationsById } from '#src/locations/reads.ts';
import type { Value, Values } from '#src/mapping/mapping.ts';
import { isExpected } from './place-changes.ts';
import { cannotFind } from './place-objects.ts';
import { serverHardware } from './server-hardware.ts';
import { serverPlaces } from './server-place.ts';
import { told } from './told.ts';

/** What the hub writes on all that it looks after. */
const TAGS = ['reanimator'];

/** Servers, with what is known of each as a whole. What the hub does not know is unknown to it, never empty. */
export const serverSide: HubSide = {
  name: 'server',
  parent: null,

  async digests(ctx, after, limit) {
    const servers = await shown(ctx, await pageOfRecorded(ctx, after, limit));
    return servers.map(({ id, values }) => ({ id, digest: JSON.stringify(values) }));
  },

  read: async (ctx, ids) => shown(ctx, await recordedById(ctx, ids)),

  readOf: async () => [],

  async find(ctx, field, values) {
    if (!isFoundBy(field)) throw cannotFind('server', field, ['serial', 'asset_tag', 'name']);
    return shown(ctx, await recordedWith(ctx, field, values));
  },

  referring: async (ctx, _side, ids) =>
    standingAt(ctx, await locationsById(ctx, { types: ['site', ...AREA_TYPES, 'rack'], ids })),

  async adopt(tx, id, values, { system, recordId, recordUrl }, along) {
    // Of a place that is known in words alone, what is not said stays as well; and so does what both sides say of it already.
    const says = {
      ...(await placeInWords(tx, id)),
      ...(PLACE.some((field) => field in values) ? placeSaid(along?.beside ?? {}) : {}),
      ...withoutUndefined(saidOf(values)),
    };
    await adoptRecord(tx, { assetId: id, system, says, leaving: along?.leaving });
    const asset = await findAsset(tx, id);
    if (asset?.recordId !== recordId)
      await noteRecordLink(tx, { assetId: id, system, recordId, recordUrl, changes: [] });
  },

  create: (tx, _parent, values, { recordId, recordUrl }) =>
    registerRecorded(tx, { recordId, recordUrl, state: firstState(values), says: saidOf(values) }),

  async noteRecorded(tx, id, fields, { system, recordId, recordUrl }) {
    await noteRecordLink(tx, { assetId: id, system, recordId, recordUrl, changes: [...fields] });
    // Both sides mean the same place, so far in words alone: from now on it stands there.
    if ((await placeInWords(tx, id)).site !== undefined) await linkPlacement(tx, { assetId: id });
  },
};

const PLACE = ['site', 'location', 'rack', 'position'];

/** Another site alone is no word about the rack: what is not said of a place would be left behind. */
function placeSaid(values: Values): RecordSays {
  const { site, area, rack, position } = saidOf(values);
  return withoutUndefined({ site, area, rack, position });
}

/** Where one stands that is in no location yet, as far as its words name one; what the record says of it is about that place. */
async function placeInWords(ctx: Ctx, id: string): Promise<Pick<RecordSays, 'site' | 'rack' | 'position'>> {
  const [server] = await recordedById(ctx, [id]);
  if (!server || server.locationId !== null) return {};
  const { site, rack, position } = (await serverPlaces(ctx, [server])).get(id) ?? {};
  return { site, rack, position };
}

async function shown(ctx: Ctx, servers: readonly RecordedAsset[]): Promise<HubObject[]> {
  const places = await serverPlaces(ctx, servers);
  const hardware = await serverHardware(
    ctx,
    servers.map(({ id }) => id),
  );
  return servers.map((server) => {
    const place = places.get(server.id) ?? {};
    return {
      id: server.id,
      parentId: null,
      label: server.name ?? server.serial ?? server.assetTag ?? server.id,
      values: {
        ...identityOf(server),
        ...place,
        // Some systems want to know on which side of the rack; from the front is how servers go in.
        face: typeof place.position === 'number' ? 'front' : undefined,
        state: server.state,
        hub_asset_id: server.id,
        tags: TAGS,
        ...hardware.get(server.id),
      },
    };
  });
}

function identityOf({ name, serial, assetTag, manufacturer, model, recordId }: RecordedAsset): Record<string, unknown> {
  return {
    // One that is nowhere else yet has to be called something there.
    name: name ?? (recordId === null ? told(serial) : undefined),
    serial: told(serial),
    asset_tag: told(assetTag),
    manufacturer: told(manufacturer),
    model: told(model),
  };
}

type Said = Partial<Record<string, Value | undefined>>;

function saidOf(values: Said): RecordSays {
  const text = (field: string): string | null | undefined => {
    const value = values[field];
    return value === undefined || value === null ? value : String(value);
  };
  const id = (field: string): string | null | undefined => {
    const value = text(field);
    if (typeof value === 'string' && isExpected(value))
      throw new HubError('invalid', `its ${field} is not here yet: it is taken over once that is`);
    return value;
  };
  const { position } = values;
  return {
    name: text('name'),
    serial: text('serial'),
    assetTag: text('asset_tag'),
    manufacturer: text('manufacturer'),
    model: text('model'),
    site: id('site'),
    area: id('location'),
    rack: id('rack'),
    position: typeof position === 'number' || position === null ? position : undefined,
  };
}

function withoutUndefined(says: RecordSays): RecordSays {
  return Object.fromEntries(Object.entries(says).filter(([, said]) => said !== undefined));
}

/** As the other side knows it, in our words; else by where it stands. */
function firstState(values: Said): LifecycleState {
  for (const field of ['lifecycle_state', 'status']) {
    const state = LifecycleState.safeParse(values[field]);
    if (state.success) return state.data;
  }
  return typeof values['rack'] === 'string' ? 'RACKED' : 'ORDERED';
}
