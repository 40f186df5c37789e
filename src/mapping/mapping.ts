/** A value as both sides are compared by. `undefined` is unknown: it is never compared, never written. `null` is known to be empty. */
export type Value = string | number | boolean | null | readonly string[];
export type Values = Record<string, Value | undefined>;

export type Authority = 'theirs' | 'ours' | 'review';
/** `in`: never written there. `out`: never taken over here. */
export type Direction = 'both' | 'in' | 'out';

/** Which object of the one side stands for which of the other: `lookup` transforms ask it. Ids of the hub ↔ ids of the other side. */
export interface Links {
  /** The hub's id of their object; undefined where nobody has linked it. */
  hubId(type: string, theirId: string): string | undefined;
  theirId(type: string, hubId: string): string | undefined;
}

export interface MappedField {
  name: string;
  authority: Authority;
  direction: Direction;
  /** `contains`: a list, of which ours has to be there and theirs may have more. `fold`: text, ignoring case and runs of white space. */
  compare: 'equal' | 'fold' | 'contains';
}

export interface Brake {
  /** Of what exists, 0 to 1. */
  share: number;
  /** So few never stop a run. */
  atLeast: number;
}
/** `blank`: a value becomes empty; counted per field, beside `change`. */
export type BrakeKind = 'create' | 'change' | 'blank' | 'remove';

export interface MatchRule {
  /** Names of fields; all must be known and equal. Within one parent for a child. */
  fields: readonly string[];
  /** The key of `RecordType.findBy` that looks them up on their side; absent for a child (all children of a parent are read). */
  find?: string | undefined;
}

/** One `mappings/<system>-<object>.yaml`, checked, compiled and tested. All functions are pure and never throw on foreign data. */
export interface Mapping {
  file: string;
  system: string;
  /** The other side's type. */
  object: string;
  /** The hub's name for it, e.g. `server`. */
  hub: string;
  /** The mapping's object that this one is a child of, as `object`. */
  parent: string | null;
  match: readonly MatchRule[];
  /** Whether what is only on one side is made on the other: `always`, `never`, or `review` (a person decides). */
  create: { there: CreatePolicy; here: CreatePolicy };
  /** Whether what the hub made there, and has no more, is removed there; what others made never is. */
  remove: { there: boolean };
  brakes: Record<BrakeKind, Brake>;
  fields: readonly MappedField[];
  /** Top-level names of their object that have to be asked for. */
  theirNames: readonly string[];
  /** Types that its `lookup` transforms ask `Links` for. */
  lookups: readonly string[];
  /** Of everything that decides: another one means that the world has to be compared again. */
  hash: string;
  /** Their values, normalised. Faults name the field and why its value could not be read; the field is then unknown. */
  readTheirs(data: Record<string, unknown>, links: Links): { values: Values; faults: ValueFault[] };
  /** Ours, normalised the same way. */
  readOurs(values: Record<string, unknown>, links: Links): { values: Values; faults: ValueFault[] };
  /** What to write there for a value: path → value as the API takes it. */
  toTheirs(field: string, value: Value, links: Links): { set: Record<string, unknown> } | { fault: string };
  /** What else is written when the object is made there: constants and fields, all at once. `missing`: fields without which it cannot be made. */
  draft(values: Values, links: Links): { set: Record<string, unknown>; missing: string[]; faults: ValueFault[] };
  same(field: string, theirs: Value, ours: Value): boolean;
  /**
   * Of a pair: names of the fields whose `when` does not hold on one of the sides. Neither value of them says anything then. Each side by
   * itself knows only its own half: without this, ours would be unknown and theirs be taken over.
   */
  leftAlone(theirs: Values, ours: Values): ReadonlySet<string>;
  /** Whether a one-sided object is made on the other side without asking. */
  createThere(values: Values): CreatePolicy;
  createHere(values: Values): CreatePolicy;
  /** Text that differs when one of the mapped raw values does; fast (a fleet is scanned with it), no transforms. */
  fingerprint(data: Record<string, unknown>): string;
  /** Names that their object has and the mapping neither reads nor leaves on purpose: `comments`, `custom_fields.rack_key`. */
  unmapped(data: Record<string, unknown>): string[];
}

export type CreatePolicy = 'always' | 'never' | 'review';

export interface ValueFault {
  field: string;
  reason: string;
}

/** A fault of a mapping file; lines count from 1. */
export interface MappingFault {
  file: string;
  line: number;
  message: string;
}
