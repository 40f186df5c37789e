import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import type { Classify } from '../classify.ts';
import { codesOf, lockComponent, placeComponents } from '../component-store.ts';
import { BY_PERSON, type Placement, placementOf } from '../model.ts';
import { lockLot } from '../store.ts';
import { ensureLots } from './ensure-lots.ts';
import { sayReclassified } from './reclassify-components.ts';

export interface Placed extends Placement {
  componentId: string;
  /** Code of the lot. */
  lot: string | null;
}

/**
 * An operator knows better than the rules, which leave the component alone from then on; without a lot it is given back to them.
 * @throws HubError not-found; conflict where the lot is of another kind
 */
export async function setLot(
  tx: TxCtx,
  classify: Classify,
  want: { componentId: string; lotId: string | null; reason: string | null },
): Promise<Placed> {
  const part = await lockComponent(tx.db, want.componentId);
  if (!part) throw new HubError('not-found', `There is no component ${want.componentId}`);
  const from = part.lotId === null ? null : ((await codesOf(tx.db, [part.lotId])).get(part.lotId) ?? null);

  if (want.lotId !== null) {
    const lot = await lockLot(tx.db, want.lotId);
    if (!lot) throw new HubError('not-found', `There is no lot ${want.lotId}`);
    if (lot.kind !== part.kind)
      throw new HubError('conflict', `${lot.code} is a lot of kind ${lot.kind}, and this component is a ${part.kind}`);
    const placement: Placement = { lotId: lot.id, lotRule: BY_PERSON, lotMissing: null };
    if (part.lotId !== lot.id || part.lotRule !== BY_PERSON) {
      await placeComponents(tx.db, [part.id], placement);
      await sayReclassified(tx, part, { from, to: lot.code, rule: BY_PERSON, missing: [], reason: want.reason });
    }
    return { componentId: part.id, lot: lot.code, ...placement };
  }

  if (part.lotRule !== BY_PERSON) {
    const { lotId, lotRule, lotMissing } = part;
    return { componentId: part.id, lot: from, lotId, lotRule, lotMissing };
  }
  const found = classify(part);
  if (found.lot !== null) await ensureLots(tx, [{ ...found, kind: part.kind }]);
  const placement = placementOf(found);
  await placeComponents(tx.db, [part.id], placement);
  await sayReclassified(tx, part, {
    from,
    to: found.lot,
    rule: placement.lotRule,
    missing: found.lot === null ? found.missing : [],
    reason: want.reason,
  });
  return { componentId: part.id, lot: found.lot, ...placement };
}
