import type { TxCtx } from '../../core/ctx.ts';
import { findAsset } from '../../assets/reads.ts';
import { append } from '../../events/append.ts';
import { bootRequested, identifyRequested, lookRequested, mediaRequested, powerRequested } from '../events.ts';
import { GOOD_FOR_MS, mustBeControllable, type Wanted } from '../model.ts';

/**
 * Records that somebody wants something done to a server; a job does it.
 * @returns the event's id: the cause of that job
 * @throws HubError not-found | conflict
 */
export async function requestControl(
  tx: TxCtx,
  want: { assetId: string; wanted: Wanted; reason: string },
): Promise<{ eventId: string }> {
  const { assetId, wanted } = want;
  mustBeControllable(await findAsset(tx, assetId), assetId);
  const subject = { type: 'asset', id: assetId } as const;
  const asked = { reason: want.reason, goodUntil: new Date(tx.now().getTime() + GOOD_FOR_MS).toISOString() };
  const say = async (): Promise<string> => {
    switch (wanted.what) {
      case 'power':
        return append(tx, powerRequested, { subject, data: { action: wanted.action, ...asked } });
      case 'boot': {
        const { target, mode, httpUri } = wanted;
        return append(tx, bootRequested, { subject, data: { target, mode, httpUri, ...asked } });
      }
      case 'insert': {
        const { image, type } = wanted;
        return append(tx, mediaRequested, { subject, data: { do: 'insert', image, type, ...asked } });
      }
      case 'eject':
        return append(tx, mediaRequested, { subject, data: { do: 'eject', image: null, type: null, ...asked } });
      case 'light':
        return append(tx, identifyRequested, { subject, data: { lit: wanted.lit, ...asked } });
      case 'look':
        return append(tx, lookRequested, { subject, data: asked });
    }
  };
  return { eventId: await say() };
}
