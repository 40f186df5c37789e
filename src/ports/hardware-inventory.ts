/** How a BMC is reached. */
export interface BmcTarget {
  /** Origin, e.g. `https://10.99.0.100` or, against a simulator, `http://127.0.0.1:18443`. */
  url: string;
  username: string;
  password: string;
  /**
   * SHA-256 fingerprint of the certificate that this BMC showed before (upper-case hex pairs with colons, as Node's
   * `fingerprint256`). Null: none is known yet; then the certificate must verify against the system's or the configured
   * CA, or is taken on first use where the adapter's settings allow that, and comes back in the inventory to be pinned.
   */
  fingerprint256: string | null;
  /** Which server is meant, where several stand behind one BMC (blades, node cards). Left out: the BMC has one, or the first will do. */
  server?: WantedServer | undefined;
}

/** What is known of a server. One that says something else of itself is not it; what it does not say is no reason against it. */
export interface WantedServer {
  /** The `Id` of its ComputerSystem, such as `Node0`. */
  systemId?: string | null;
  uuid?: string | null;
  /** Its serial number, or its SKU (Dell's service tag). */
  serial?: string | null;
}

export const COMPONENT_KINDS = [
  'mainboard',
  'bmc',
  'cpu',
  'dimm',
  'drive',
  'storage-controller',
  'nic',
  'gpu',
  'psu',
  'fan',
  'pcie-device',
  'transceiver',
  'battery',
  'tpm',
] as const;
export type ComponentKind = (typeof COMPONENT_KINDS)[number];

/** One part as one source saw it. Strings are trimmed; what the source leaves empty or does not know is null. */
export interface ObservedComponent {
  kind: ComponentKind;
  /** Stable name of the place, unique per kind within one inventory: a slot label or, without one, the Redfish id. */
  slot: string;
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  /** As reported; whether it identifies anything (or is a placeholder such as "NA") the hub decides. */
  serial: string | null;
  firmware: string | null;
  /** Redfish `Status.Health` as said: 'OK' | 'Warning' | 'Critical'; null when not said. Unknown is not OK. */
  health: string | null;
  /**
   * Facts with a unit in the name: capacityBytes, speedMts, cores, threads, mediaType, protocol, macAddresses,
   * powerWatts, rank, … Only what was said.
   */
  attributes: Record<string, string | number | boolean | string[]>;
}

export interface InventoryReport {
  collectedAt: string;
  source: 'redfish';
  system: {
    manufacturer: string | null;
    model: string | null;
    serial: string | null;
    /** Dell's service tag stands here; `serial` is then the board's. */
    sku: string | null;
    uuid: string | null;
    assetTag: string | null;
    hostName: string | null;
    biosVersion: string | null;
    /** As said: 'On' | 'Off' | 'PoweringOn' | …; null when the BMC did not say. */
    powerState: string | null;
    health: string | null;
    totalMemoryBytes: number | null;
    processorCount: number | null;
  };
  manager: {
    model: string | null;
    firmware: string | null;
    macAddresses: string[];
    redfishVersion: string | null;
    vendor: string | null;
  };
  components: ObservedComponent[];
  firmware: { id: string; name: string; version: string | null; updateable: boolean | null }[];
  /** Kinds that were looked at completely. A kind whose collection answered with an error is not in it. */
  scope: ComponentKind[];
  /** What could not be read, in one sentence each with the path. */
  warnings: string[];
  /** How many HTTP requests it took. */
  requests: number;
  /** Of the certificate that the BMC showed; null over plain HTTP. */
  fingerprint256: string | null;
}

export interface HardwareInventory {
  /**
   * Reads everything in one session: opens it, reads, deletes it, also when reading fails half way or `signal` aborts.
   * @throws AdapterError unreachable | unauthorized | throttled | malformed | unsupported
   */
  read(target: BmcTarget, signal: AbortSignal): Promise<InventoryReport>;
}
