import type { TxCtx } from '../../core/ctx.ts';
import { findPlace, idsWithin } from '../../locations/reads.ts';
import { writePlaceText } from '../recorded-store.ts';

/**
 * A location was renamed, or is in another site now: what servers in it say of their site and rack in words follows. The servers have not
 * moved, so nothing is told of them; the location says what happened.
 */
export async function followPlace(tx: TxCtx, locationId: string): Promise<void> {
  const place = await findPlace(tx, locationId);
  if (!place) return;
  if (place.type === 'rack') await writePlaceText(tx.db, [locationId], { column: 'rack', value: place.name }, tx.now());
  if (place.site === null) return;
  const within = await idsWithin(tx, locationId);
  await writePlaceText(tx.db, within, { column: 'site', value: place.site }, tx.now());
}
