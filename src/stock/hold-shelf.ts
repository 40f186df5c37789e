import type { TxCtx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import type { Lot } from '../lots/reads.ts';
import { findLotNamed } from './lot-reads.ts';
import { holdLocationAt, type Location, holdLocation } from '../locations/reads.ts';

const SHELVES = ['warehouse', 'bin', 'room', 'repair-centre'];

/** Where something may be put; held, so that it is not archived meanwhile. @throws HubError invalid or conflict where it may not */
export async function holdShelf(
  tx: TxCtx,
  said: { id?: string | null | undefined; path?: string | null | undefined },
): Promise<Location> {
  const field = typeof said.id === 'string' ? '/location_id' : '/location';
  const location =
    typeof said.id === 'string' ? await holdLocation(tx, said.id) : await holdLocationAt(tx, said.path ?? '');
  if (!location) throw invalidAt(field, `there is no location ${said.id ?? said.path}: create it first`);
  if (!SHELVES.includes(location.type))
    throw invalidAt(
      field,
      `${location.name} is a ${location.type}: stock lies in a warehouse, a bin, a room or a repair centre`,
    );
  if (location.archivedAt !== null)
    throw new HubError('conflict', `${location.name} is archived: bring it back first, with archived: false`);
  return location;
}

/** By id or code. @throws HubError invalid */
export async function mustFindLot(tx: TxCtx, lot: string, field = '/lot'): Promise<Lot> {
  const found = await findLotNamed(tx, lot);
  if (!found) throw invalidAt(field, `there is no lot ${lot}: see /v1/lots, or make it there`);
  return found;
}

export function invalidAt(field: string, message: string): HubError {
  return new HubError('invalid', `${field}: ${message}`, { fields: [{ field, message }] });
}
