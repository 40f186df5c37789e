import type { PasswordPolicy } from '../../../src/ports/bmc-accounts.ts';
import type { Bmc } from '../client.ts';
import { asNumber, isRecord } from '../decode.ts';
import { accountServiceOf } from './account-service.ts';

/** Of a BMC that may not be asked yet (its password must be changed first): what every one that is known takes. */
export const UNKNOWN_POLICY: PasswordPolicy = {
  minLength: null,
  maxLength: null,
  lockoutThreshold: null,
  lockoutSeconds: null,
};

/** Zero means "no such rule" on iDRAC and OpenBMC; iDRAC blocks the address all the same, and says so nowhere here. */
export async function readPolicy(bmc: Bmc, system: string): Promise<PasswordPolicy> {
  const service = await bmc.get(accountServiceOf(bmc, system));
  const oem = isRecord(service['Oem']) ? service['Oem'] : {};
  // iLO 4 and 5 say some of it in their own part only.
  const own = [oem['Hpe'], oem['Hp']].find(isRecord) ?? {};
  const positive = (name: string): number | null => {
    const number = asNumber(service[name]) ?? asNumber(own[name]);
    return number === null || number <= 0 ? null : number;
  };
  return {
    minLength: positive('MinPasswordLength'),
    maxLength: positive('MaxPasswordLength'),
    lockoutThreshold: positive('AccountLockoutThreshold'),
    lockoutSeconds: positive('AccountLockoutDuration'),
  };
}
