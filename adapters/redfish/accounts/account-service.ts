import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { Bmc } from '../client.ts';

export type Resource = Record<string, unknown>;

/** @throws AdapterError unsupported where the BMC has no accounts to manage */
export function accountServiceOf(bmc: Bmc, system: string): string {
  const link = bmc.root.AccountService;
  if (link !== null) return link;
  throw new AdapterError('unsupported', `${system}: the BMC offers no AccountService; manage its accounts by hand`, {
    system,
  });
}

export function isRefusal(error: unknown): error is AdapterError {
  return error instanceof AdapterError && ['rejected', 'not-found', 'unsupported'].includes(error.kind);
}

export function demandsNewPassword(error: unknown): error is AdapterError {
  return error instanceof AdapterError && error.detail?.['passwordChangeRequired'] === true;
}
