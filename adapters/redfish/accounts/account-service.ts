import type { Kit } from '../../../src/kit/kit.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { openBmc, type Bmc, type OpenOptions } from '../client.ts';
import type { Settings } from '../settings.ts';

export type Resource = Record<string, unknown>;

export interface Opening {
  settings: Settings;
  kit: Kit;
}

/** Opens the BMC, does the work, and gives it back whatever happens. @throws AdapterError, `detail.sent` on lost answers */
export async function withBmc<T>(
  { settings, kit }: Opening,
  target: BmcTarget,
  signal: AbortSignal,
  work: (bmc: Bmc) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  const bmc = await openBmc(target, settings, kit, signal, options);
  try {
    return await work(bmc);
  } finally {
    for (const problem of await bmc.close()) kit.log.warn({ url: target.url, problem }, 'BMC session may be left open');
  }
}

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
