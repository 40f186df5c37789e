import type { RecordedAsset } from '#src/assets/reads.ts';
import { plainHost } from '#src/core/host-address.ts';
import type { HubObject, HubSide } from '#src/drift/hub-side.ts';
import { noteBmc, ownMac } from './interface-side.ts';
import { labelOf, ofServers } from './of-servers.ts';
import { assetOf } from './slot-name.ts';

/**
 * The address of the BMC. It is part of the id: an address is a thing of its own there, which a DHCP server may give to another machine
 * tomorrow, and is never turned into another address.
 */
export const ipAddressSide: HubSide = {
  ...ofServers('ip-address', async (_ctx, servers) => servers.flatMap(addressOf)),
  noteRecorded: (tx, id, fields, from) =>
    noteBmc(
      tx,
      assetOf(id),
      fields.map((field) => (field === 'created' ? 'address' : field)),
      from,
    ),
};

function addressOf(server: RecordedAsset): HubObject[] {
  const { id, bmcMac, bmcAddress } = server;
  const address = bmcAddress === null ? undefined : plainHost(bmcAddress);
  // A name is none; and without a MAC there is no interface that it could be on.
  if (address === undefined || ownMac(bmcMac) === undefined) return [];
  return [
    {
      id: `${id}/bmc/${address}`,
      parentId: id,
      label: labelOf(server, `BMC ${address}`),
      // A lease does not tell the prefix; a host address claims nothing about the network around it.
      values: { address: `${address}/${address.includes(':') ? 128 : 32}` },
    },
  ];
}
