import type { BmcTarget } from './hardware-inventory.ts';

export interface PasswordPolicy {
  minLength: number | null;
  maxLength: number | null;
  /** Failed logins before an account locks; null: not said, or it never does. */
  lockoutThreshold: number | null;
  lockoutSeconds: number | null;
}

export interface BmcAccount {
  /** Path of the account resource. */
  path: string;
  userName: string;
  role: string | null;
  enabled: boolean | null;
  locked: boolean | null;
}

export interface BmcCertificate {
  fingerprint256: string;
  subject: string;
  issuer: string;
  validUntil: string | null;
}

export interface BmcAccounts {
  readPolicy(target: BmcTarget, signal: AbortSignal): Promise<PasswordPolicy>;
  listAccounts(target: BmcTarget, signal: AbortSignal): Promise<BmcAccount[]>;
  /** One login, and out again: 'refused' without touching the lockout of other credentials. @throws AdapterError where it cannot be told */
  tryLogin(target: BmcTarget, signal: AbortSignal): Promise<'accepted' | 'refused' | 'must-change'>;
  /** Of the account that `target` logs in as, or another one's. A lost answer is an AdapterError `unreachable`: nobody knows which one holds. */
  setPassword(target: BmcTarget, change: { userName: string; password: string }, signal: AbortSignal): Promise<void>;
  ensureAccount(
    target: BmcTarget,
    account: { userName: string; password: string; role: 'Administrator' | 'Operator' | 'ReadOnly' },
    signal: AbortSignal,
  ): Promise<BmcAccount>;
  setEnabled(target: BmcTarget, userName: string, enabled: boolean, signal: AbortSignal): Promise<void>;
  readCertificate(target: BmcTarget, signal: AbortSignal): Promise<BmcCertificate | null>;
  makeSigningRequest(
    target: BmcTarget,
    names: { commonName: string; alternativeNames: readonly string[] },
    signal: AbortSignal,
  ): Promise<string>;
  /** PEM chain. The BMC may restart its web server. */
  installCertificate(target: BmcTarget, pem: string, signal: AbortSignal): Promise<void>;
}
