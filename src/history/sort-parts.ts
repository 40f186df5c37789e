import type { TxCtx } from '../core/ctx.ts';
import type { SeenPart } from './component-store.ts';
import type { Moment } from './derive/look.ts';
import type { PreparedPart } from './identity/prepare.ts';

export interface FoundClass {
  /** Code of the lot; null: something is missing to tell. */
  lot: string | null;
  rule: string | null;
  missing: string[];
  title: string;
  facts: Record<string, unknown>;
}

/** What the hub knows of classes of parts, lent to the history, which does not know how they are told apart. */
export interface SortParts {
  classify(part: {
    kind: SeenPart['kind'];
    vendor: string | null;
    manufacturer: string | null;
    model: string | null;
    partNumber: string | null;
    attributes: Record<string, unknown>;
  }): FoundClass;
  lotId(code: string): string;
  /** Makes the lots that are not there yet. */
  enter(tx: TxCtx, parts: readonly { row: SeenPart; found: FoundClass }[]): Promise<void>;
}

/** A part of a snapshot as a row, with its class. */
export function seenPart(
  sort: SortParts,
  { part, identity }: PreparedPart,
  id: string,
  placeId: string,
  at: Moment,
): { row: SeenPart; found: FoundClass } {
  const vendor = identity.by === 'serial' ? identity.vendor : null;
  const { kind, manufacturer, model, partNumber, attributes } = part;
  const found = sort.classify({ kind, vendor, manufacturer, model, partNumber, attributes });
  return {
    found,
    row: {
      id,
      kind,
      identity: identity.by,
      vendor,
      serial: identity.by === 'serial' ? identity.serial : null,
      assetId: identity.by === 'place' ? placeId : null,
      manufacturer,
      model,
      partNumber,
      firmware: part.firmware,
      attributes: JSON.stringify(attributes),
      at,
      lot: {
        id: found.lot === null ? null : sort.lotId(found.lot),
        rule: found.rule,
        missing: found.missing.length === 0 ? null : found.missing.join(', '),
      },
    },
  };
}
