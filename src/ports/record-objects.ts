/** An object type of the other side, by that system's word in the singular: `site`, `device`, `module`. */
export interface RecordType {
  name: string;
  /** The type that it belongs to and goes with; null for one that stands by itself. */
  parent: string | null;
  /** Keys by which `find` looks for it, e.g. `serial`. */
  findBy: readonly string[];
  canCreate: boolean;
  canRemove: boolean;
  /** A change of it may change what `portsOf` says: a port, or what goes from port to port and belongs to nothing. */
  isCabling: boolean;
}

/** One object as the other side's API shows it, with at least the fields that were asked for. */
export interface RecordObject {
  id: string;
  /** Id of the object that it belongs to; null for a type without parent, or where it belongs to none at the moment. */
  parentId: string | null;
  /** Guards the next write, as `RecordWrite.version`; null where this version of the other side has no such thing. */
  version: string | null;
  /** The API's own JSON. A mapping's paths read it. */
  data: Record<string, unknown>;
}

export interface RecordPage {
  /** Ascending by id: shorter ids first, then bytewise (1, 2, 10). */
  objects: RecordObject[];
  /** What to pass as `after` for the next page; null at the end. */
  next: string | null;
}

export interface RecordQuery {
  /** Top-level names of the API's object that have to be there; what identifies and versions it comes anyway. */
  fields: readonly string[];
}

/** Values to write, by the path that the API knows them under: `status`, `custom_fields.bios_version`, `device_type`, `add_tags`. */
export type RecordValues = Readonly<Record<string, unknown>>;

export interface RecordWrite {
  id: string;
  version: string | null;
  set: RecordValues;
}

export interface RecordDraft {
  /** The parent's id; null for a type without parent. */
  parentId: string | null;
  set: RecordValues;
}

/** What became of one object of a write. */
export type RecordResult =
  | {
      outcome: 'written' | 'found';
      /** 'found': it was there already, by its natural key, and is given back as it is; nothing was written. */
      object: RecordObject;
      /** As webhooks and change log will name this write; null where unknown or nothing was written. */
      requestId: string | null;
    }
  /** It changed since `version` was read; nothing was written. */
  | { outcome: 'stale' }
  /** There is no such object (any more), or these credentials may not see it. */
  | { outcome: 'gone' }
  /** The other side says no to this one; its own words, field by field where it says so. */
  | { outcome: 'refused'; reason: string };

/** A row of the other side's change log. */
export interface RecordChangeSeen {
  changeId: string;
  type: string;
  objectId: string;
  /**
   * Of a child: every object that it belonged to before or after (two when it moved). Of an end of a cable that was put on or taken off: the
   * device that it is on. Empty for a type without parent, or when unknown.
   */
  parentIds: string[];
  action: 'created' | 'updated' | 'deleted';
  user: string | null;
  requestId: string | null;
  at: string;
}

export interface ChangesSince {
  /** By no order that matters. Rows may come again: each pass reads an overlap, because rows become visible out of order. */
  changes: RecordChangeSeen[];
  /** Pass it the next time. */
  cursor: string;
  /** The log does not reach back to the cursor (kept too short, restored from a backup): only a full compare tells what happened. */
  reset: boolean;
  /** There is more; ask again at once. */
  more: boolean;
}

/** What a cable of a device ends at: a socket that takes power in, or a network port, and what hangs at its other end. */
export interface RecordPort {
  /** The device that it is on. */
  parentId: string;
  level: 'pdu' | 'switch';
  /** Its name: `PSU1`, `eth0`. */
  port: string;
  /** Of a network port: only for managing the device. */
  management: boolean;
  /** What feeds it, and by which outlet or port of that; null: nothing is recorded, which is not "nothing is there". */
  on: { name: string; outlet: string | null } | null;
}

export interface RecordNote {
  kind: 'info' | 'success' | 'warning' | 'danger';
  /** Plain text or Markdown, for operators. */
  text: string;
}

/**
 * A system of record by object types, for comparing whole fleets. Reads never change anything; every list is complete or an error;
 * nothing here repeats a write by itself. All methods throw AdapterError only.
 */
export interface RecordObjects {
  types(): readonly RecordType[];
  /** Page for a person. */
  urlOf(type: string, id: string): string;
  /** How many of them these credentials may see. */
  count(type: string, signal: AbortSignal): Promise<number>;
  /** Everything of a type, page by page; `after`: null at first, then `next`. As large pages as the other side gives. */
  page(type: string, query: RecordQuery & { after: string | null }, signal: AbortSignal): Promise<RecordPage>;
  /** Any one object with all that the API shows of it, for finding out what a mapping leaves out; undefined where there is none. */
  sample(type: string, signal: AbortSignal): Promise<Record<string, unknown> | undefined>;
  /** Those of the ids that are there, in any order; absent ones are left out. */
  readMany(type: string, query: RecordQuery & { ids: readonly string[] }, signal: AbortSignal): Promise<RecordObject[]>;
  /** All children of these parents. */
  readOf(
    type: string,
    query: RecordQuery & { parentIds: readonly string[] },
    signal: AbortSignal,
  ): Promise<RecordObject[]>;
  /**
   * Sockets (`pdu`) or network ports (`switch`) of these devices, each with what its cable goes to. A device that is gone has none.
   * @throws AdapterError unauthorized where this account may not see any of that kind
   */
  portsOf(level: RecordPort['level'], deviceIds: readonly string[], signal: AbortSignal): Promise<RecordPort[]>;
  /** All that have one of these values under this key (ignoring case). @throws AdapterError unsupported for a key that is not in `findBy` */
  find(
    type: string,
    query: RecordQuery & { by: string; values: readonly string[] },
    signal: AbortSignal,
  ): Promise<RecordObject[]>;
  /**
   * One result per write, in order. Bulk requests where the other side has them; when it refuses a bulk for some of its objects, the others
   * are written without them. `key` goes into its change log. @throws AdapterError where nobody knows what happened: read again before repeating
   */
  update(type: string, writes: readonly RecordWrite[], more: WriteMore, signal: AbortSignal): Promise<RecordResult[]>;
  /** One result per draft, in order. Looks for each by its natural key first, and for what it needs on the way. @throws as update */
  create(type: string, drafts: readonly RecordDraft[], more: WriteMore, signal: AbortSignal): Promise<RecordResult[]>;
  /** 'written' gives back the object as it was. @throws as update */
  remove(
    type: string,
    objects: readonly { id: string; version: string | null }[],
    more: WriteMore,
    signal: AbortSignal,
  ): Promise<RecordResult[]>;
  /** What its change log says since the cursor; null: from now on. Only of `types`. */
  changes(query: { types: readonly string[]; cursor: string | null }, signal: AbortSignal): Promise<ChangesSince>;
  /** Writes a note at the object, once per key. @throws AdapterError unsupported where it has no notes */
  note(type: string, id: string, note: RecordNote, key: string, signal: AbortSignal): Promise<{ id: string }>;
  /** An address out of a prefix (its id or its CIDR), put on this interface. @throws AdapterError rejected when the prefix is exhausted or unknown */
  allocateAddress(
    wanted: { prefix: string; interfaceId: string; dnsName: string | null },
    key: string,
    signal: AbortSignal,
  ): Promise<AllocatedAddress>;
  /** What an earlier `allocateAddress` with this key got, if anything. */
  findAllocated(key: string, signal: AbortSignal): Promise<AllocatedAddress | undefined>;
}

export interface WriteMore extends RecordQuery {
  /** For the change log: at most 190 ASCII characters. */
  key: string;
}

export interface AllocatedAddress {
  id: string;
  /** With prefix length, e.g. `10.9.0.31/24`. */
  address: string;
}
