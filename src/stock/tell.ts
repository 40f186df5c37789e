import type { TxCtx } from '../core/ctx.ts';
import type { Subject } from '../core/event.ts';
import { findLot } from '../lots/reads.ts';
import type { Condition } from './model.ts';
import { findShelves, type Shelf } from './shelf-reads.ts';
import type { StockItem } from './store.ts';

export interface Told {
  what: string;
  lot: string | null;
  serial: string | null;
  site: string | null;
  place: string | null;
  condition: Condition;
}

/** What an event says of an item: as people read it on the label. */
export async function toldOf(tx: TxCtx, item: StockItem): Promise<{ told: Told; shelf: Shelf | null }> {
  const lot = item.lotId === null ? undefined : await findLot(tx, item.lotId);
  const shelf =
    item.locationId === null ? null : ((await findShelves(tx, [item.locationId])).get(item.locationId) ?? null);
  const own = item.serial ?? item.barcode;
  const told = {
    what: [lot?.code ?? item.model ?? item.kind, own].filter(Boolean).join(' '),
    lot: lot?.code ?? null,
    serial: item.serial,
    site: shelf?.site ?? null,
    place: shelf?.path ?? null,
    condition: item.condition,
  };
  return { told, shelf };
}

/** On whose timelines it stands, beside the item's own. */
export function aboutItem(item: StockItem, more: readonly (Subject | null)[] = []): Subject[] {
  const part: Subject[] = item.componentId === null ? [] : [{ type: 'component', id: item.componentId }];
  const seen = new Set<string>();
  return [...part, ...more.filter((subject) => subject !== null)].filter(({ type, id }) => {
    const key = `${type} ${id}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

export function ofItem(item: StockItem): Subject {
  return { type: 'stock-item', id: item.id };
}
