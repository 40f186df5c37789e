import { z } from 'zod';
import type { Asset } from '../assets/reads.ts';
import { HubError } from '../core/error.ts';
import type { ErasableDrive, ErasableDrives, EraseMethod } from '../ports/drive-erase.ts';

export const ERASE_METHODS = [
  'drive-secure-erase',
  'dell-system-erase',
  'dell-decommission',
  'hpe-secure-system-erase',
] as const satisfies readonly EraseMethod[];
export const EraseMethodName = z.enum(ERASE_METHODS).meta({ id: 'EraseMethod' });

export const ERASURE_STATES = ['requested', 'starting', 'following', 'done', 'failed', 'unknown'] as const;
export type ErasureState = (typeof ERASURE_STATES)[number];

/** A drive by its place and its serial: whoever names both has looked. */
export const NamedDrive = z.strictObject({
  slot: z.string().min(1).max(190),
  serial: z.string().min(1).max(100).meta({ description: 'To the letter, as the inventory has it' }),
});
export type NamedDrive = z.infer<typeof NamedDrive>;

const TENANTS = ['ALLOCATED', 'PROVISIONING', 'ASSIGNED_TO_TENANT', 'IN_SERVICE'];

/** @throws HubError not-found | conflict | invalid */
export function mustBeErasable(asset: Asset | undefined, id: string, reason: string | null): void {
  if (asset === undefined) throw new HubError('not-found', `There is no asset ${id}`);
  if (TENANTS.includes(asset.state))
    throw new HubError(
      'conflict',
      `The server is ${asset.state}: its drives are its tenant's; begin its maintenance first`,
    );
  if (asset.state === 'DECOMMISSIONED')
    throw new HubError('conflict', 'A decommissioned server is not told anything any more');
  if (asset.bmcAddress === null) throw new HubError('conflict', 'Its BMC has not appeared yet: no address is known');
  if (asset.state !== 'DECOMMISSIONING' && reason === null) {
    const message = `is required: the server is ${asset.state}, not DECOMMISSIONING`;
    throw new HubError('invalid', `The reason ${message}`, { fields: [{ field: '/reason', message }] });
  }
}

/** Of a server whose erasures wait for a boot; null: it may be restarted for them. */
export function whyNoRestart({ state }: Asset): string | null {
  return TENANTS.includes(state) ? `the server is ${state}, and a tenant’s is not restarted` : null;
}

/** These erase more than the drive that they are asked for. */
export function erasesOthers(method: EraseMethod): boolean {
  return method !== 'drive-secure-erase';
}

/** How each drive is erased, or why it cannot be. Nobody loses a drive that nobody named; what could not be read is unknown, and not gone. */
export function chooseMethods(
  named: readonly NamedDrive[],
  { drives: found, unread }: ErasableDrives,
  wanted: EraseMethod | null,
): Map<string, { method: EraseMethod } | { why: string }> {
  const chosen = new Map<string, { method: EraseMethod } | { why: string }>();
  for (const { slot, serial } of named) {
    const drive = found.find((one) => one.slot === slot);
    if (drive === undefined) chosen.set(serial, { why: whyNoDrive(slot, { drives: found, unread }) });
    else if (drive.serial !== serial)
      chosen.set(serial, { why: `the drive in ${slot} is ${drive.serial ?? 'one without a serial'}, not ${serial}` });
    else chosen.set(serial, methodFor(drive, { named, found, unread, wanted }));
  }
  return chosen;
}

function whyNoDrive(slot: string, { drives, unread }: ErasableDrives): string {
  if (unread.length > 0) return `whether there is a drive in ${slot} is not known: ${unreadText(unread)}`;
  if (drives.length > 0) return `there is no drive in ${slot}`;
  return `whether there is a drive in ${slot} is not known: the BMC lists no drives at all, as some do while the server is off`;
}

function unreadText(unread: ErasableDrives['unread']): string {
  const [first] = unread;
  const more = unread.length > 1 ? `, and ${unread.length - 1} more` : '';
  return `${first?.path ?? ''} is listed and cannot be read (${first?.why ?? ''})${more}`;
}

function methodFor(
  drive: ErasableDrive,
  {
    named,
    found,
    unread,
    wanted,
  }: {
    named: readonly NamedDrive[];
    found: readonly ErasableDrive[];
    unread: ErasableDrives['unread'];
    wanted: EraseMethod | null;
  },
): { method: EraseMethod } | { why: string } {
  const method = wanted ?? 'drive-secure-erase';
  if (!drive.methods.includes(method)) {
    if (unread.length > 0 && erasesOthers(method))
      return { why: `${method} erases all drives, and not all of them are known: ${unreadText(unread)}` };
    if (drive.methods.length === 0) return { why: drive.instead ?? 'the BMC cannot erase it' };
    return { why: `the BMC cannot erase it by ${method}; name the method ${drive.methods.join(' or ')} to use that` };
  }
  if (!erasesOthers(method)) return { method };
  const others = found.filter((one) => one.methods.includes(method));
  const unnamed = others.filter((one) => !named.some(({ slot, serial }) => slot === one.slot && serial === one.serial));
  if (unnamed.length === 0) return { method };
  const list = unnamed.map((one) => `${one.slot} (${one.serial ?? 'no serial'})`).join(', ');
  return { why: `${method} would erase drives too that were not named: ${list}` };
}
