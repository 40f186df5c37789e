import { pageOfRecorded, type RecordedAsset } from '#src/assets/reads.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { normalizeVendor } from '#src/core/vendor.ts';
import type { HubObject, HubSide } from '#src/drift/hub-side.ts';
import { type SlotNow, slotDigests, slotsNow } from '#src/history/reads.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { labelOf, ofServers } from './of-servers.ts';
import { distinctName, slotId, slotName } from './slot-name.ts';
import { told } from './told.ts';

/** What people plug in and take out. A mapping may leave some of them out, but has no others. */
const KINDS: readonly ComponentKind[] = ['cpu', 'dimm', 'drive', 'storage-controller', 'nic', 'gpu', 'psu'];

/** Parts in their slots. Another part in a slot is a change of what is in it, not another object. */
export const moduleSide: HubSide = {
  ...ofServers('module', readModules),

  async digests(ctx, after, limit) {
    const assetIds = (await pageOfRecorded(ctx, after, limit)).map(({ id }) => id);
    const digests = await slotDigests(ctx, { assetIds, kinds: KINDS });
    return assetIds.map((id) => ({ id, digest: digests.get(id) ?? '' }));
  },
};

async function readModules(ctx: Ctx, servers: readonly RecordedAsset[]): Promise<HubObject[]> {
  const slots = await slotsNow(ctx, { assetIds: servers.map(({ id }) => id), kinds: KINDS });
  const byServer = Map.groupBy(slots, ({ assetId }) => assetId);
  return servers.flatMap((server) => {
    const bays = new Set<string>();
    const own = (byServer.get(server.id) ?? []).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    return own.map((slot) => moduleOf(server, slot, distinctName(slotName(slot.kind, slot.slot), bays)));
  });
}

function moduleOf(server: RecordedAsset, { kind, slot, part }: SlotNow, bay: string): HubObject {
  return {
    id: slotId(server.id, kind, slot),
    parentId: server.id,
    label: labelOf(server, bay),
    // Of a slot that may hold something, all that is known is that it is there: neither is it empty, nor can anything be made of it.
    values:
      part === null
        ? { bay }
        : {
            bay,
            kind,
            // Sources name the maker as they like (a number of JEDEC's, a bus, nobody); the part number often knows it.
            manufacturer: normalizeVendor(part.manufacturer, part.model, part.partNumber) ?? told(part.manufacturer),
            // Memory often has a part number only.
            model: told(part.model) ?? told(part.partNumber),
            part_number: told(part.partNumber),
            serial: told(part.serial),
          },
  };
}

function keyOf({ kind, slot }: SlotNow): string {
  return `${kind}\n${slot}`;
}
