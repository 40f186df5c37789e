import { randomInt } from 'node:crypto';
import { HubError } from '../core/error.ts';
import type { Asset } from '../assets/reads.ts';
import type { PasswordPolicy } from '../ports/bmc-accounts.ts';

/** A length that every BMC at hand takes: from 10 (Lenovo) and 12 (BlueField) to 19 (Supermicro X10) and 20 (IPMI). */
const LENGTH = { least: 12, wanted: 16, most: 19 };
/** No letters that look alike: somebody may have to type it at a console. No sign that a shell, a URL or a BMC takes for something else. */
const CLASSES = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789', '-_.'] as const;

/** A new password that the policy takes, of every class of characters, without the user's name, runs or repetitions. */
export function makePassword(policy: Pick<PasswordPolicy, 'minLength' | 'maxLength'>, userName: string): string {
  const length = lengthFor(policy);
  for (;;) {
    const letters = [
      ...CLASSES.map(pick),
      ...Array.from({ length: length - CLASSES.length }, () => pick(CLASSES.slice(0, 3).join(''))),
    ];
    for (let at = letters.length - 1; at > 0; at -= 1) {
      const other = randomInt(at + 1);
      [letters[at], letters[other]] = [letters[other] ?? '', letters[at] ?? ''];
    }
    const made = letters.join('');
    if (isGood(made, userName)) return made;
  }
}

/** @throws HubError conflict where the BMC allows too few characters for a password that is worth one */
function lengthFor({ minLength, maxLength }: Pick<PasswordPolicy, 'minLength' | 'maxLength'>): number {
  const most = maxLength ?? LENGTH.most;
  const least = minLength ?? LENGTH.least;
  if (most < 8 || most < least)
    throw new HubError('conflict', `The BMC takes passwords of ${least} to ${most} characters: mend its policy first`);
  return Math.min(Math.max(LENGTH.wanted, least), most);
}

const pick = (from: string): string => from[randomInt(from.length)] ?? '';

/** Starts with a letter (some take a leading sign for an option), nothing three times, no run, no name. */
function isGood(made: string, userName: string): boolean {
  if (!/^[A-Za-z]/.test(made) || /(.)\1/.test(made) || !/[A-Za-z0-9]$/.test(made)) return false;
  if (userName.length >= 3 && made.toLowerCase().includes(userName.toLowerCase())) return false;
  for (let at = 2; at < made.length; at += 1) {
    const [a, b, c] = [made.charCodeAt(at - 2), made.charCodeAt(at - 1), made.charCodeAt(at)];
    if (b - a === c - b && Math.abs(b - a) === 1) return false;
  }
  return true;
}

/** How many refused logins are allowed, in how long. */
export interface TryBudget {
  refusals: number;
  windowMs: number;
}

const HOUR_MS = 3_600_000;

/** One below what locks the account, and two in an hour at most: iDRAC says that nothing locks, and blocks the address after three. */
export function budgetOf({
  lockoutThreshold,
  lockoutSeconds,
}: Pick<PasswordPolicy, 'lockoutThreshold' | 'lockoutSeconds'>): TryBudget {
  const refusals = Math.max(1, Math.min(2, (lockoutThreshold ?? 3) - 1));
  return { refusals, windowMs: Math.max(HOUR_MS, (lockoutSeconds ?? 0) * 1000) };
}

/** Milliseconds until a login may be refused again; 0: now. `tries`: when one was refused, or may have been. */
export function waitForTry(tries: readonly string[], budget: TryBudget, now: Date): number {
  const recent = recentTries(tries, budget, now);
  if (recent.length < budget.refusals) return 0;
  const frees = recent[recent.length - budget.refusals];
  return frees === undefined ? 0 : Math.max(1, Date.parse(frees) + budget.windowMs - now.getTime());
}

export function recentTries(tries: readonly string[], { windowMs }: TryBudget, now: Date): string[] {
  return tries.filter((at) => now.getTime() - Date.parse(at) < windowMs).toSorted();
}

/** @throws HubError not-found | conflict */
export function mustBeReachable(asset: Asset | undefined, id: string): asserts asset is Asset {
  if (asset === undefined) throw new HubError('not-found', `There is no asset ${id}`);
  if (asset.state === 'DECOMMISSIONED')
    throw new HubError('conflict', 'The password of a decommissioned server is not changed any more');
  if (asset.bmcAddress === null) throw new HubError('conflict', 'Its BMC has not appeared yet: no address is known');
}
