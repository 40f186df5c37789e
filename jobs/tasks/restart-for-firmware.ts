import type { Hop } from '#src/firmware/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { announceBoot, type Claim, settleBoot, settleOldBoot, takeBackBoot, whatWaits } from './restart-server.ts';
import type { Updating } from './start-firmware-hop.ts';
import { wasRefused } from './was-refused.ts';

const claimOf = ({ updateId, number }: Hop): string => `firmware-${updateId}-${number}-reset`;

/**
 * Restarts what an image waits for, the server over the same capability that an operator uses: once for all that wait for a boot of it, and not under
 * what is under way there.
 * @returns why not now; null: it was restarted
 */
export async function restartForFirmware(
  { ctx, asset, firmware, target }: Updating,
  hop: Hop,
  what: 'host-reset' | 'bmc-reset',
): Promise<string | null> {
  const atBoot = await whatWaits({ ctx, asset, target }, { hop });
  if ('why' in atBoot) return atBoot.why;
  const ofBmc = what === 'bmc-reset';
  const claim: Claim = { claim: claimOf(hop), ofBmc, requestId: null, sentFor: `the update of ${hop.name}` };
  let announced = false;
  const announce = async (): Promise<void> => {
    await announceBoot(ctx, asset.id, claim, atBoot);
    announced = true;
  };
  try {
    if (ofBmc) await firmware.resetBmc(target, ctx.signal, announce);
    else {
      const control = ctx.adapters.use('bmcControl');
      const { state } = await control.readPower(target, ctx.signal);
      // A server that is off applies it as it starts.
      await control.setPower(target, state === 'Off' ? 'on' : 'force-restart', ctx.signal, announce);
    }
  } catch (error) {
    if (announced && error instanceof AdapterError && wasRefused(error))
      await takeBackBoot(ctx, asset.id, claim, atBoot);
    throw error;
  }
  if (announced) await settleBoot(ctx, asset.id, claim.claim);
  return null;
}

/** What an earlier run has announced and left. */
export async function settleRestartOf({ ctx, update }: Updating, hop: Hop): Promise<void> {
  if (hop.resetAnnouncedAt !== null) await settleOldBoot(ctx, update.assetId, claimOf(hop));
}
