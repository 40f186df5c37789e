import type { Kit } from '../../../src/kit/kit.ts';
import type { BmcAccounts } from '../../../src/ports/bmc-accounts.ts';
import type { Settings } from '../settings.ts';
import { withBmc } from '../with-bmc.ts';
import { demandsNewPassword } from './account-service.ts';
import { installCertificate, makeSigningRequest, readCertificate } from './certificates.ts';
import { ensureAccount, setEnabled } from './ensure-account.ts';
import { readAccounts } from './list-accounts.ts';
import { readPolicy, UNKNOWN_POLICY } from './read-policy.ts';
import { setPassword } from './set-password.ts';
import { tryLogin } from './try-login.ts';

/** Who may log in at a BMC, with what, and how it proves who it is. */
export function bmcAccounts(settings: Settings, kit: Kit): BmcAccounts {
  const opening = { settings, kit };
  const { system } = kit;
  return {
    async readPolicy(target, signal) {
      try {
        return await withBmc(opening, target, signal, (bmc) => readPolicy(bmc, system), { passwordChange: true });
      } catch (error) {
        if (demandsNewPassword(error)) return UNKNOWN_POLICY;
        throw error;
      }
    },
    async listAccounts(target, signal) {
      const { named, failures } = await withBmc(opening, target, signal, (bmc) => readAccounts(bmc, system));
      for (const failure of failures)
        kit.log.warn({ url: target.url, failure }, 'an account of the BMC could not be read');
      return named;
    },
    tryLogin: (target, signal) => tryLogin(opening, target, signal),
    setPassword: (target, change, signal) => setPassword(opening, target, change, signal),
    ensureAccount: (target, account, signal) => ensureAccount(opening, target, account, signal),
    setEnabled: (target, userName, enabled, signal) => setEnabled(opening, target, { userName, enabled }, signal),
    readCertificate: (target, signal) => readCertificate(opening, target, signal),
    makeSigningRequest: (target, names, signal) => makeSigningRequest(opening, target, names, signal),
    installCertificate: (target, pem, signal) => installCertificate(opening, target, pem, signal),
  };
}
