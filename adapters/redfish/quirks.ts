/** What a kind of BMC does differently, as far as reading is concerned. */
export interface Quirks {
  /** Where a part's stable name stands: a service label, or the Redfish id. */
  slotNames: 'label' | 'id';
  /** Whose serial and part number the ComputerSystem (or the Supermicro chassis) shows beside the machine's own: the board's. */
  board: 'system' | 'supermicro-chassis' | 'unknown';
  /** Drives behind Smart Array controllers stand only in HPE's own SmartStorage tree. */
  smartStorage: boolean;
  /** The firmware inventory lists a component several times: Current-, Installed-, Previous-. Only what is installed counts. */
  installedFirmwareOnly: boolean;
  /** Fewer requests at a time than the setting says. */
  maxInFlight: number | null;
}

const STANDARD: Quirks = {
  slotNames: 'label',
  board: 'unknown',
  smartStorage: false,
  installedFirmwareOnly: false,
  maxInFlight: null,
};

/** What is known of a BMC once its root and its manager were read. */
export interface BmcIdentity {
  vendor: string | null;
  managerModel: string | null;
  redfishVersion: string | null;
}

interface Row {
  vendor: RegExp;
  managerModel?: RegExp;
  /** Major and minor: applies below this version. */
  redfishBelow?: readonly [number, number];
  why: string;
  quirks: Partial<Quirks>;
}

/** Later rows win. */
const ROWS: readonly Row[] = [
  {
    vendor: /^dell/i,
    why: "FQDDs (DIMM.Socket.A1, Disk.Bay.0:Enclosure…) are the names in all of Dell's tools and in its firmware ids; labels are not given",
    quirks: { slotNames: 'id' },
  },
  {
    vendor: /^dell/i,
    why: "SKU is the service tag; SerialNumber and PartNumber are the board's (ironic: idrac-inspect-sku)",
    quirks: { board: 'system' },
  },
  {
    vendor: /^dell/i,
    why: 'the installed version is the Installed- row (dell/iDRAC-Redfish-Scripting #264)',
    quirks: { installedFirmwareOnly: true },
  },
  {
    vendor: /^dell/i,
    managerModel: /^1[0-3]G/i,
    why: 'iDRAC 7 and 8 are slow and fall over (check_redfish #90)',
    quirks: { maxInFlight: 1 },
  },
  {
    vendor: /^(hpe?$|hewlett)/i,
    managerModel: /ilo ?[45]\b/i,
    why: 'SmartStorage went with iLO 6 (HPE: ilo6_adaptation)',
    quirks: { smartStorage: true },
  },
  {
    vendor: /^(hpe?$|hewlett)/i,
    managerModel: /ilo ?4\b/i,
    why: 'iLO 4 hangs under parallel requests (check_redfish #67)',
    quirks: { maxInFlight: 1 },
  },
  {
    vendor: /^super ?micro/i,
    why: 'Oem.Supermicro.BoardSerialNumber of the chassis (X11 and later)',
    quirks: { board: 'supermicro-chassis' },
  },
  { vendor: /^super ?micro/i, redfishBelow: [1, 7], why: 'X10: one request at a time', quirks: { maxInFlight: 1 } },
];

export function quirksOf(bmc: BmcIdentity): Quirks {
  const fitting = ROWS.filter(
    (row) =>
      row.vendor.test(bmc.vendor ?? '') &&
      (row.managerModel === undefined || row.managerModel.test(bmc.managerModel ?? '')) &&
      (row.redfishBelow === undefined || isBelow(bmc.redfishVersion, row.redfishBelow)),
  );
  return Object.assign({ ...STANDARD }, ...fitting.map((row) => row.quirks));
}

function isBelow(version: string | null, [major, minor]: readonly [number, number]): boolean {
  const found = /^(\d+)\.(\d+)/.exec(version ?? '');
  if (found === null) return false;
  const [ours, theirs] = [Number(found[1]), Number(found[2])];
  return ours < major || (ours === major && theirs < minor);
}
