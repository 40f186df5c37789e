import type { Ctx, TxCtx } from '../core/ctx.ts';
import type { Value, Values } from '../mapping/mapping.ts';

/** One object of ours, by the raw values that a mapping's `ours:` paths read. Not normalised. */
export interface HubObject {
  id: string;
  /** Of a child: the object that it belongs to. */
  parentId: string | null;
  /** For people: what it is called. */
  label: string;
  values: Record<string, unknown>;
}

/** Where a value or a link came from. */
export interface FromRecord {
  system: string;
  recordId: string;
  recordUrl: string;
}

/** What goes with values that are taken over. */
export interface Along {
  /** What both sides say alike of the object: what another value alone would take away (the unit, with the rack) stays. */
  beside: Values;
  /** Objects that go elsewhere in the same transaction: they are not in the way. */
  leaving: ReadonlySet<string>;
}

/**
 * Our side of one mapping: how the hub's own objects are read, and how what the other side says is taken over, by the same commands that a
 * person uses. Ids are the hub's; those of children are unique within their type.
 */
export interface HubSide {
  /** As `hub:` in the mapping. */
  name: string;
  /** Whether its objects belong to those of another side, e.g. parts to servers. */
  parent: string | null;
  /**
   * Per object (or, for children, per parent) a text that differs when any value does: what a full compare looks at first. Ascending by id;
   * `after`: the last one of the page before.
   */
  digests(ctx: Ctx, after: string | null, limit: number): Promise<{ id: string; digest: string }[]>;
  /** Those of the ids that are there. */
  read(ctx: Ctx, ids: readonly string[]): Promise<HubObject[]>;
  /** All children of these parents; never called for a side without parent. */
  readOf(ctx: Ctx, parentIds: readonly string[]): Promise<HubObject[]>;
  /** All objects that have one of these (raw) values in this field; never called for children. */
  find(ctx: Ctx, field: string, values: readonly string[]): Promise<HubObject[]>;
  /** Objects that refer to one of these of another side: who stands in a rack. Where they refer to it by words alone, too. */
  referring?(ctx: Ctx, side: string, ids: readonly string[]): Promise<string[]>;
  /**
   * Takes over what the other side says; the same again changes nothing. `null` empties. @throws HubError invalid or conflict, saying why it
   * cannot be so here: then nothing changed
   */
  adopt?(tx: TxCtx, id: string, values: Partial<Record<string, Value>>, from: FromRecord, along?: Along): Promise<void>;
  /** Makes one of theirs here, once. @returns its id */
  create?(tx: TxCtx, parentId: string | null, values: Values, from: FromRecord): Promise<string>;
  /** The object is known there now, and `fields` were written there. Told to the object's own timeline. */
  noteRecorded?(tx: TxCtx, id: string, fields: readonly string[], from: FromRecord): Promise<void>;
}
