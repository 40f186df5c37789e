import { z } from 'zod';
import { HubError } from '../core/error.ts';
import type { Asset } from '../assets/reads.ts';
import { BOOT_TARGETS, POWER_ACTIONS, type PowerAction } from '../ports/bmc-control.ts';

export const PowerActionName = z.enum(POWER_ACTIONS).meta({ id: 'PowerAction' });
export const BootTargetName = z.enum(BOOT_TARGETS).meta({ id: 'BootTarget' });
export const BootMode = z.enum(['UEFI', 'Legacy']);
export const MediaType = z.enum(['CD', 'USBStick']);

/** So long a request waits for a BMC that is away. A server must not go off by what somebody wanted yesterday. */
export const GOOD_FOR_MS = 15 * 60_000;

/** What shall be done, as an event says it and a job takes it. */
export const Wanted = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('power'), action: z.enum(POWER_ACTIONS) }),
  z.strictObject({
    what: z.literal('boot'),
    target: z.enum(BOOT_TARGETS),
    mode: BootMode.nullable(),
    httpUri: z.string().nullable(),
  }),
  z.strictObject({ what: z.literal('insert'), image: z.string(), type: MediaType }),
  z.strictObject({ what: z.literal('eject') }),
  z.strictObject({ what: z.literal('light'), lit: z.boolean() }),
  z.strictObject({ what: z.literal('look') }),
]);
export type Wanted = z.infer<typeof Wanted>;

/**
 * Asked for twice, these are done twice; and nothing that a BMC says reliably tells whether one of them has happened: the time of the last
 * reset is missing on most, and a server that is on was on before.
 */
const ONCE_ONLY: readonly PowerAction[] = ['restart', 'force-restart', 'cycle', 'nmi'];

/** Whether a request that nobody heard back from may simply be sent again. */
export function mayRepeat(wanted: Wanted): boolean {
  return wanted.what !== 'power' || !ONCE_ONLY.includes(wanted.action);
}

/** Where a power action leads to; null: to where it was before. */
export function powerGoal(action: PowerAction): 'On' | 'Off' | null {
  if (action === 'on') return 'On';
  return action === 'off' || action === 'force-off' ? 'Off' : null;
}

/** @throws HubError not-found | conflict */
export function mustBeControllable(asset: Asset | undefined, id: string): void {
  if (asset === undefined) throw new HubError('not-found', `There is no asset ${id}`);
  if (asset.state === 'DECOMMISSIONED')
    throw new HubError('conflict', 'A decommissioned server is not told anything any more');
  if (asset.bmcAddress === null) throw new HubError('conflict', 'Its BMC has not appeared yet: no address is known');
}
