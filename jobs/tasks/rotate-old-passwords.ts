import { requestRotation } from '#src/bmc-access/commands/request-rotation.ts';
import { findOldPasswords } from '#src/bmc-access/reads.ts';
import { forgetOldPasswords } from '#src/bmc-access/commands/forget-old-passwords.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { rotateOldPasswordsJob } from '../catalogue.ts';
import { handle } from '../job-ctx.ts';

/** A BMC that could not be told is asked for again the next day, not at the next look. */
const ASKED_HOURS_AGO = 24;

/** Asks for a rotation wherever a password has become too old, some at a time; and forgets passwords that were replaced long ago. */
export const rotateOldPasswordsTask = handle(
  rotateOldPasswordsJob,
  async (ctx, { days, keepDays, userName, atOnce }) => {
    const forgotten = await tx(ctx, (inside) => forgetOldPasswords(inside, keepDays));
    if (days === 0) return { asked: 0, forgotten };
    const due = await findOldPasswords(ctx, { days, askedHoursAgo: ASKED_HOURS_AGO, limit: atOnce });
    let asked = 0;
    for (const assetId of due) {
      const wish = { assetId, userName, disableOld: false, reason: `its password is older than ${days} days` };
      try {
        await tx(ctx, (inside) => requestRotation(inside, wish));
        asked += 1;
      } catch (error) {
        // It went away between the two: nothing to rotate there.
        if (!(error instanceof HubError) || error.kind === 'internal' || error.kind === 'unavailable') throw error;
      }
    }
    return { asked, forgotten };
  },
);
