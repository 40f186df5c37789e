import { HubError } from '../core/error.ts';
import { sha256 } from '../core/id.ts';
import type { Mapping } from '../mapping/mapping.ts';

/** The systems that the hub compares itself with, as this process was started with them. */
export interface Reconciled {
  mappings: ReadonlyMap<string, readonly Mapping[]>;
  /** Of all mappings and rules of a system, as runs carry it; hex. */
  mappingHash(system: string): string;
  /** Page of one of theirs for a person; null where there is none. */
  urlOf(system: string, type: string, id: string): string | null;
}

/** @throws HubError not-found naming the systems that there are */
export function mustReconcile({ mappings }: Pick<Reconciled, 'mappings'>, system: string): void {
  if (mappings.has(system)) return;
  const known = [...mappings.keys()];
  const those = known.length === 0 ? 'none is configured' : `there is ${known.join(', ')}`;
  throw new HubError('not-found', `The hub does not compare itself with ${system}: ${those}`);
}

export function mappingOf(
  { mappings }: Pick<Reconciled, 'mappings'>,
  system: string,
  object: string,
): Mapping | undefined {
  return mappings.get(system)?.find((mapping) => mapping.object === object);
}

/** Another one means that everything has to be looked at again. Hex. */
export function mappingHashOf(mappings: readonly Mapping[], rulesHash: string): string {
  return sha256([...mappings.map((mapping) => mapping.hash), rulesHash].join('\n'));
}
