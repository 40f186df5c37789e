/** A device as the system of record (NetBox) knows it, reduced to what the hub wants to know when it meets a BMC. */
export interface DeviceRecord {
  id: string;
  /** Page that a person can open. */
  url: string;
  name: string | null;
  serial: string | null;
  assetTag: string | null;
  manufacturer: string | null;
  model: string | null;
  site: string | null;
  rack: string | null;
  /** Lowest U, may be a half; null when not racked. */
  position: number | null;
}

/** Whose BMC is this? Asked of a system of record; everything else goes through `RecordObjects`. */
export interface DeviceRecords {
  /** By the MAC of any of its interfaces. @throws AdapterError rejected where several devices have it, or where it is no MAC address */
  findByMac(macAddress: string, signal: AbortSignal): Promise<DeviceRecord | undefined>;
}
