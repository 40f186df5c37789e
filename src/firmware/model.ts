import { z } from 'zod';
import type { Asset } from '../assets/reads.ts';
import { HubError } from '../core/error.ts';

export const Image = z
  .strictObject({
    uri: z
      .url({ protocol: /^(https?|nfs|cifs|tftp|ftp|scp)$/ })
      .max(1000)
      .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
        message: 'the address must not carry a user name or password',
      })
      .meta({ description: 'Where the BMC, or for a push a worker of the hub, fetches it' }),
    sha256: z.string().regex(/^[0-9a-f]{64}$/i, '64 hexadecimal digits'),
    size_bytes: z.int().positive(),
  })
  .meta({ id: 'FirmwareImage' });
export type Image = z.infer<typeof Image>;

/** One component, the version that it shall have, and the image that brings it there. */
export const WantedComponent = z.strictObject({
  component: z.string().min(1).max(190).meta({ description: 'As the firmware inventory names it' }),
  version: z.string().trim().min(1).max(120),
  image: Image.nullish().meta({
    description: 'Left out: the images of the firmware policy, by as many steps as it takes',
  }),
});
export type WantedComponent = z.infer<typeof WantedComponent>;

export const UPDATE_STATES = ['requested', 'running', 'done', 'failed'] as const;
export type UpdateState = (typeof UPDATE_STATES)[number];
export const HOP_STATES = ['planned', 'starting', 'following', 'going-back', 'done', 'failed'] as const;
export type HopState = (typeof HOP_STATES)[number];

/** A tenant's server is not restarted under the tenant. */
const TENANTS = ['ALLOCATED', 'PROVISIONING', 'ASSIGNED_TO_TENANT', 'IN_SERVICE'];

/** @throws HubError not-found | conflict */
export function mustBeUpdatable(asset: Asset | undefined, id: string): void {
  if (asset === undefined) throw new HubError('not-found', `There is no asset ${id}`);
  if (asset.state === 'DECOMMISSIONED')
    throw new HubError('conflict', 'A decommissioned server gets no firmware any more');
  if (TENANTS.includes(asset.state))
    throw new HubError('conflict', `The server is ${asset.state}: begin its maintenance first`);
  if (asset.bmcAddress === null) throw new HubError('conflict', 'Its BMC has not appeared yet: no address is known');
}

/**
 * Whether what a BMC shows is the version that is meant: `2.72 Sep 04 2022` is 2.72, `A42 v2.60 (08/11/2022)` is 2.60,
 * `BIOS Date: 08/04/2023 Ver 1.4` is 1.4. Never by likeness: 1.4 is not 1.4.1.
 */
export function isVersion(shown: string | null, meant: string): boolean {
  if (shown === null) return false;
  const plain = (text: string): string =>
    text
      .trim()
      .toLowerCase()
      .replace(/^v(?=\d)/, '');
  if (plain(shown) === plain(meant)) return true;
  return shown.split(/[\s(),]+/).some((word) => plain(word) === plain(meant));
}
