import { noteRecorded } from '#src/assets/commands/note-recorded.ts';
import { findAsset, type RecordedAsset } from '#src/assets/reads.ts';
import type { Ctx, TxCtx } from '#src/core/ctx.ts';
import { normalizeMac } from '#src/core/mac.ts';
import type { FromRecord, HubObject, HubSide } from '#src/drift/hub-side.ts';
import { type CardNow, linkPartnersNow, networkCardsNow, unknownCards } from '#src/history/reads.ts';
import { labelOf, ofServers } from './of-servers.ts';
import { assetOf, distinctName, short, slotId, slotName } from './slot-name.ts';

type Partner = { interface: string; port: string | null; name: string | null };

/** The BMC's interface, and the ports of the network cards whose MACs are known. */
export const interfaceSide: HubSide = {
  ...ofServers('interface', readInterfaces),
  noteRecorded: (tx, id, fields, from) => (id.endsWith('/bmc') ? noteBmc(tx, assetOf(id), fields, from) : undone()),
};

/** Ports are no news on a server's timeline. */
async function undone(): Promise<void> {}

/** The server says so, as of everything that is written about it; until it is known there as a whole, there is nothing to add to. */
export async function noteBmc(tx: TxCtx, assetId: string, fields: readonly string[], from: FromRecord): Promise<void> {
  const asset = await findAsset(tx, assetId);
  if (!asset || asset.recordId === null) return;
  const { recordId, recordUrl } = asset;
  const changes = fields.map((field) => `bmc_${field === 'created' ? 'mac' : field}`);
  await noteRecorded(tx, { assetId, system: from.system, recordId, recordUrl: recordUrl ?? '', changes, place: {} });
}

async function readInterfaces(ctx: Ctx, servers: readonly RecordedAsset[]): Promise<HubObject[]> {
  const ids = servers.map(({ id }) => id);
  const cards = Map.groupBy(await networkCardsNow(ctx, ids), ({ assetId }) => assetId);
  const partners = await linkPartnersNow(ctx, ids);
  const unknown = Map.groupBy(await unknownCards(ctx, ids), ({ assetId }) => assetId);
  return servers.flatMap((server) => [
    ...bmcOf(server),
    ...portsOf(server, cards.get(server.id) ?? [], partners.get(server.id) ?? []),
    ...(unknown.get(server.id) ?? []).flatMap((card) => unknownPorts(server, card)),
  ]);
}

function bmcOf(server: RecordedAsset): HubObject[] {
  const { id } = server;
  const mac = ownMac(server.bmcMac);
  if (mac === undefined) return [];
  const values = { name: 'BMC', kind: 'bmc', mgmt_only: true, mac };
  return [{ id: `${id}/bmc`, parentId: id, label: labelOf(server, 'BMC'), values }];
}

/** Ids and names follow from the slot, so that the ports of a swapped card are those of the old one with other MACs. */
function portsOf(server: RecordedAsset, cards: readonly CardNow[], partners: readonly Partner[]): HubObject[] {
  const names = new Set<string>(['bmc']);
  const macs = new Set<string>(server.bmcMac === null ? [] : [server.bmcMac]);
  return cards.flatMap((card) => {
    // In ascending order: cards number their MACs so, and sources list them as they like.
    const own = card.macs.flatMap((mac) => ownMac(mac) ?? []).toSorted();
    return own.flatMap((mac, at) => {
      if (macs.has(mac)) return [];
      macs.add(mac);
      const port = own.length === 1 ? '' : ` port ${at + 1}`;
      const name = distinctName(`${short(slotName('nic', card.slot), 56)}${port}`, names);
      const values = { name, kind: 'nic', mac, ...peerOf(card, mac, partners) };
      const id = `${slotId(server.id, 'nic', card.slot)}/${at + 1}`;
      return [{ id, parentId: server.id, label: labelOf(server, name), values }];
    });
  });
}

/** Of a slot that may hold a card: that its ports are there no more, nobody has seen; neither can anything be said of them. */
function unknownPorts(server: RecordedAsset, { slot, ports }: { slot: string; ports: number }): HubObject[] {
  return Array.from({ length: ports }, (_, at) => ({
    id: `${slotId(server.id, 'nic', slot)}/${at + 1}`,
    parentId: server.id,
    label: labelOf(server, `${slotName('nic', slot)} port ${at + 1}`),
    values: {},
  }));
}

/** As MACs are written here; undefined where there is none, or what a port shows that has none. */
export function ownMac(text: string | null): string | undefined {
  const mac = text === null ? undefined : normalizeMac(text);
  return mac === '00:00:00:00:00:00' || mac === 'ff:ff:ff:ff:ff:ff' ? undefined : mac;
}

function peerOf(
  card: CardNow,
  mac: string,
  partners: readonly Partner[],
): { peer_device?: string; peer_port?: string } {
  const name = [...card.interfaces].find(([one]) => normalizeMac(one) === mac)?.[1];
  // Several partners on one port are a hub or a bridge between: nobody can say which of them is at the other end of the cable.
  const [partner, second] = partners.filter((one) => name !== undefined && one.interface === name);
  if (!partner || second) return {};
  return {
    ...(partner.name === null ? {} : { peer_device: partner.name }),
    ...(partner.port === null ? {} : { peer_port: partner.port }),
  };
}
