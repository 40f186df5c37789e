import type { Row } from './row.ts';

const vendor = /^dell/i;

export const dell: readonly Row[] = [
  {
    vendor,
    why: "FQDDs (DIMM.Socket.A1, Disk.Bay.0:Enclosure…) are the names in all of Dell's tools and in its firmware ids; labels are not given",
    quirks: { slotNames: 'id' },
  },
  {
    vendor,
    why: "SKU is the service tag; SerialNumber and PartNumber are the board's (ironic: idrac-inspect-sku)",
    quirks: { board: 'system' },
  },
  {
    vendor,
    why: 'the installed version is the Installed- row (dell/iDRAC-Redfish-Scripting #264)',
    quirks: { installedFirmwareOnly: true },
  },
  {
    vendor,
    managerModel: /^1[0-3]G/i,
    why: 'iDRAC 7 and 8 are slow and fall over (check_redfish #90)',
    quirks: { maxInFlight: 1 },
  },
];
