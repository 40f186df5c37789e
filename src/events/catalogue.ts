import type { EventType } from '../core/event.ts';

/** Every kind of event that the hub knows, by type. */
export type Catalogue = ReadonlyMap<string, EventType>;

/** @throws Error where two areas claim one type */
export function createCatalogue(...lists: Record<string, EventType>[]): Catalogue {
  const catalogue = new Map<string, EventType>();
  for (const event of lists.flatMap((list) => Object.values(list))) {
    if (catalogue.has(event.type)) throw new Error(`event type ${event.type} is defined twice`);
    catalogue.set(event.type, event);
  }
  return catalogue;
}
