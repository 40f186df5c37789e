/** A device as the system of record (NetBox) knows it, reduced to what the hub reads. */
export interface DeviceRecord {
  id: string;
  /** Page that a person can open. */
  url: string;
  name: string | null;
  serial: string | null;
  assetTag: string | null;
  /** The other side's own status word, e.g. `planned`. */
  status: string | null;
  manufacturer: string | null;
  model: string | null;
  site: string | null;
  location: string | null;
  rack: string | null;
  /** Lowest U, may be a half; null when not racked. */
  position: number | null;
  face: string | null;
  tags: string[];
  /** Our custom fields, raw values (a selection is its value, not `{value,label}`). */
  customFields: Record<string, unknown>;
  /** The management interface, where it has one. */
  bmc: { interfaceId: string; name: string; macAddress: string | null; ipAddress: string | null } | null;
  /** What `update` compares before it writes; null where the version has none. */
  etag: string | null;
  lastUpdated: string | null;
}

/** Fields that the hub owns. `undefined` leaves a field, `null` clears it. */
export interface DeviceFields {
  serial?: string | null;
  assetTag?: string | null;
  status?: string;
  customFields?: Record<string, unknown>;
  /** Slugs that must be there; others stay. */
  addTags?: string[];
}

export interface DeviceDraft {
  name: string;
  manufacturer: string;
  model: string;
  site: string;
  rack?: string | undefined;
  position?: number | undefined;
  serial?: string | undefined;
  role: string;
  status: string;
}

export interface ManagementInterface {
  name: string;
  macAddress: string;
  /** With prefix length, e.g. `10.99.0.100/24`. Null: not known, leave what is there. */
  ipAddress: string | null;
}

export interface Written {
  /** Whether anything differed and was written. */
  changed: boolean;
  /** Ids of the writes as the other side will name them in its webhooks. */
  requestIds: string[];
}

/**
 * A system of record for devices. Every write takes the caller's idempotency `key` (it goes into the change log's message)
 * and succeeds without writing when the thing is already so. All methods throw AdapterError only.
 */
export interface DeviceRecords {
  /** How this system says that a server is in this state of the hub's lifecycle. @throws AdapterError unsupported for a state that its mapping does not name */
  fieldsOfState(state: string): Pick<DeviceFields, 'status' | 'customFields'>;
  read(id: string, signal: AbortSignal): Promise<DeviceRecord | undefined>;
  /** By the MAC of any of its interfaces. @throws AdapterError rejected when several devices have it */
  findByMac(macAddress: string, signal: AbortSignal): Promise<DeviceRecord | undefined>;
  /** By serial, else by (site, name). @throws AdapterError rejected when several match */
  find(
    query: { serial?: string | undefined; name?: string | undefined; site?: string | undefined },
    signal: AbortSignal,
  ): Promise<DeviceRecord | undefined>;
  /** Creates what the device needs on the way (manufacturer, device type, role, site, rack) by natural key, then the device. */
  create(key: string, draft: DeviceDraft, signal: AbortSignal): Promise<DeviceRecord>;
  /** Writes only the fields that differ, guarded by the record's etag where there is one. */
  update(key: string, record: DeviceRecord, fields: DeviceFields, signal: AbortSignal): Promise<Written>;
  /** Interface (management only), its MAC as primary, its address as the device's out-of-band address. */
  ensureManagementInterface(
    key: string,
    record: DeviceRecord,
    wanted: ManagementInterface,
    signal: AbortSignal,
  ): Promise<Written>;
}
