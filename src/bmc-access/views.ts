import { z } from 'zod';
import type { Asset } from '../assets/reads.ts';
import { Nullable, Time } from '../core/schemas.ts';
import type { Revealed } from './commands/reveal-password.ts';
import type { BmcAccess } from './store.ts';

const { text, time } = Nullable;

export const BmcAccessView = z
  .object({
    username: text.meta({ description: 'null: it is asked with the credentials of the settings' }),
    has_password: z.boolean(),
    fingerprint256: text.meta({ description: 'Of the certificate that is expected; null: none is known yet' }),
    rotated_at: time.meta({ description: 'When the hub last set its password; null: never' }),
    rotation: z
      .object({
        username: z.string(),
        since: Time,
        sent_at: time.meta({ description: 'null: the BMC has not been told yet' }),
      })
      .nullable()
      .meta({ description: 'A new password that may hold already' }),
    failure: text.meta({ description: 'Why the last rotation did not come to its end' }),
  })
  .meta({ id: 'BmcAccess' });

export function viewAccess(asset: Asset, access: BmcAccess | undefined): z.infer<typeof BmcAccessView> {
  const { pendingUsername, pendingAt, sentAt } = access ?? {};
  return {
    username: asset.bmcUsername,
    has_password: asset.bmcPasswordSealed !== null,
    fingerprint256: asset.bmcFingerprint256,
    rotated_at: access?.rotatedAt ?? null,
    rotation:
      typeof pendingUsername === 'string' && typeof pendingAt === 'string'
        ? { username: pendingUsername, since: pendingAt, sent_at: sentAt ?? null }
        : null,
    failure: access?.failure ?? null,
  };
}

const Credentials = z.object({ username: z.string(), password: z.string() });

export const RevealedView = z
  .object({
    current: Credentials.nullable().meta({ description: 'null: it is asked with the credentials of the settings' }),
    pending: Credentials.nullable().meta({ description: 'May hold already: a rotation is under way' }),
    earlier: z.array(
      Credentials.extend({
        held: z.boolean().meta({ description: 'false: it was never known to work' }),
        retired_at: Time,
      }),
    ),
  })
  .meta({ id: 'RevealedBmcPassword' });

export function viewRevealed({ earlier, ...revealed }: Revealed): z.infer<typeof RevealedView> {
  return { ...revealed, earlier: earlier.map(({ retiredAt, ...one }) => ({ ...one, retired_at: retiredAt })) };
}
