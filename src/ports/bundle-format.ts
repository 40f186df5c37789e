import type { ComponentKind } from './hardware-inventory.ts';

/**
 * Who looked. Places are named differently by each (`Disk.Bay.0`, `/c0/e32/s4`), so slots are only compared within one source. Best
 * first: where several name a place, the first one's name is shown.
 */
export const SOURCES = ['redfish', 'tsr', 'agent', 'tools', 'person'] as const;
export type Source = (typeof SOURCES)[number];

/** Numbers that change though the part does not (hours, temperature, wear): kept as the newest only, never a change of the inventory. */
export type Readings = Record<string, string | number | boolean>;

/** One part as one file shows it. Strings are trimmed; what the file leaves empty or does not know is null. */
export interface SeenComponent {
  kind: ComponentKind;
  /**
   * Stable name of the physical place, unique per kind within one reading (`Disk.Bay.3`, `DIMM_A1`, `252:4`, a PCI address); null
   * where the file only knows a name that the next boot may give to another part (`/dev/sda`), which goes to `attributes.device`.
   */
  slot: string | null;
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  /** As reported, placeholder or not. */
  serial: string | null;
  firmware: string | null;
  /** 'OK' | 'Warning' | 'Critical'; null when not said. Unknown is not OK. */
  health: string | null;
  /** Stable facts with a unit in the name: capacityBytes, rotationRpm, mediaType, protocol, speedMts, rank, cores, macAddresses, … */
  attributes: Record<string, string | number | boolean | string[]>;
  readings: Readings;
}

/** What tells which server it was. As reported, placeholders included; null and empty: not said. */
export interface HostEvidence {
  manufacturer: string | null;
  model: string | null;
  /** Of the whole machine, on its sticker (Dell: the service tag). */
  productSerial: string | null;
  boardSerial: string | null;
  systemUuid: string | null;
  bmcMacs: string[];
  assetTag: string | null;
  /** Shown to people; identifies nothing. */
  hostName: string | null;
  /** The hub's own id of the server, where who reports knows it. */
  assetId: string | null;
}

export interface FileReading {
  source: Source;
  /** ISO 8601, from inside the file; null where it does not say. */
  collectedAt: string | null;
  host: HostEvidence;
  /** Stable facts of the machine: biosVersion, bmcFirmware, totalMemoryBytes, processorCount, osName, … */
  system: Record<string, string | number | boolean | null>;
  components: SeenComponent[];
  /** Firmware of things that are no component of their own. */
  firmware: { id: string; name: string; version: string | null; updateable: boolean | null }[];
  /** Kinds that this file shows completely, whatever other files say. Only what is certain: absence is concluded from it. */
  scope: ComponentKind[];
  /** Device names of all parts of a kind that the system has, without the parts' serials (`lsblk`, `smartctl --scan`). */
  enumerates: { kind: ComponentKind; devices: string[] } | null;
  /** Parts that are said to be gone, by whom it is said, and why. Only from people. */
  absent: { manufacturer: string | null; serial: string; reason: string | null }[];
  /** The place that is not a server where the parts were seen: a bin, a repair bench. Only from people. */
  locationId: string | null;
  /** Link partners, from LLDP. */
  neighbours: { interface: string; chassis: string | null; port: string | null; name: string | null }[];
  /** Entries of a log that the file holds (SEL, lifecycle log, test result), oldest first. */
  logEntries: { at: string | null; severity: string | null; message: string; source: string }[];
  /** What could not be read, one sentence each. */
  warnings: string[];
}

/** A reading that says nothing yet. */
export function emptyReading(source: Source): FileReading {
  return {
    source,
    collectedAt: null,
    host: emptyEvidence(),
    system: {},
    components: [],
    firmware: [],
    scope: [],
    enumerates: null,
    absent: [],
    locationId: null,
    neighbours: [],
    logEntries: [],
    warnings: [],
  };
}

export function emptyEvidence(): HostEvidence {
  return {
    manufacturer: null,
    model: null,
    productSerial: null,
    boardSerial: null,
    systemUuid: null,
    bmcMacs: [],
    assetTag: null,
    hostName: null,
    assetId: null,
  };
}

/** A file out of a bundle, unpacked. */
export interface SourceFile {
  /** Inside the bundle, `/` between folders; of use for a hint in a message only, never to recognise a format. */
  path: string;
  bytes: Buffer;
  /** As the archive says; null for a plain file. */
  modifiedAt: string | null;
  /** Decoded once: UTF-8 or UTF-16 (byte order mark), Latin-1 where it is neither. NULs are left out. */
  text(): string;
  /** The text as JSON, parsed once; undefined where it is none. */
  json(): unknown;
}

/** A kind of file that the hub understands. Both functions look at the content only and never throw on any content. */
export interface FileFormat {
  /** e.g. `smartctl-json` */
  id: string;
  title: string;
  recognises(file: SourceFile): boolean;
  /** Several readings where a file speaks of several servers or moments. */
  read(file: SourceFile): FileReading[];
}

/** Many files that only make sense together, such as a tree of Redfish resources. */
export interface TreeFormat {
  id: string;
  title: string;
  /** The files that belong to such a tree, a group per tree; the rest is left to the formats of single files. */
  find(files: readonly SourceFile[]): SourceFile[][];
  read(tree: readonly SourceFile[]): Promise<FileReading[]>;
}
