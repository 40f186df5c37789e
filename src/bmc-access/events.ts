import { z } from 'zod';
import { defineEvent } from '../core/event.ts';

export const bmcRotationRequested = defineEvent({
  type: 'asset.bmc_rotation_requested',
  version: 1,
  topic: 'assets.bmc_rotation_requested',
  Data: z.object({
    userName: z.string().nullable().meta({ description: 'null: the account that the hub logs in with already' }),
    disableOld: z
      .boolean()
      .meta({ description: 'Whether the account used before is switched off once the new one works' }),
    reason: z.string(),
  }),
  sentence: ({ userName, reason }) =>
    userName === null
      ? `Its BMC shall get a new password: ${reason}`
      : `Its BMC shall be asked as ${userName}: ${reason}`,
});

export const bmcPasswordRotated = defineEvent({
  type: 'asset.bmc_password_rotated',
  version: 1,
  topic: 'assets.bmc_password_rotated',
  Data: z.object({ userName: z.string(), before: z.string() }),
  sentence: ({ userName, before }) =>
    userName === before
      ? `The password of ${userName} at its BMC is a new one`
      : `Its BMC is asked as ${userName} instead of ${before} from now on`,
});

export const bmcAccountDisabled = defineEvent({
  type: 'asset.bmc_account_disabled',
  version: 1,
  topic: 'assets.bmc_account_disabled',
  Data: z.object({ userName: z.string() }),
  sentence: ({ userName }) => `The account ${userName} of its BMC is switched off`,
});

export const bmcPasswordRevealed = defineEvent({
  type: 'asset.bmc_password_revealed',
  version: 1,
  topic: 'assets.bmc_password_revealed',
  Data: z.object({ userName: z.string(), reason: z.string() }),
  sentence: ({ userName, reason }) => `The password of ${userName} at its BMC was shown: ${reason}`,
});

export const bmcSigningRequested = defineEvent({
  type: 'asset.bmc_signing_requested',
  version: 1,
  topic: 'assets.bmc_signing_requested',
  Data: z.object({ commonName: z.string(), alternativeNames: z.array(z.string()), reason: z.string() }),
  sentence: ({ commonName, reason }) => `Its BMC shall make a signing request for ${commonName}: ${reason}`,
});

export const bmcCertificateRequested = defineEvent({
  type: 'asset.bmc_certificate_requested',
  version: 1,
  topic: 'assets.bmc_certificate_requested',
  Data: z.object({ fingerprint256: z.string(), name: z.string(), validUntil: z.string(), reason: z.string() }),
  sentence: ({ name, validUntil, reason }) =>
    `Its BMC shall show the certificate ${name}, good until ${validUntil.slice(0, 10)}: ${reason}`,
});

export const bmcCertificateReplaced = defineEvent({
  type: 'asset.bmc_certificate_replaced',
  version: 1,
  topic: 'assets.bmc_certificate_replaced',
  Data: z.object({ fingerprint256: z.string(), before: z.string().nullable() }),
  sentence: ({ fingerprint256 }) => `Its BMC shows another certificate, as it should: ${fingerprint256.slice(0, 23)}…`,
});
