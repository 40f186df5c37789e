import type { Kit } from '../../../src/kit/kit.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { openBmc, type Bmc } from '../client.ts';
import type { Settings } from '../settings.ts';

/** What every call of a capability is handed besides the BMC. */
export interface Opening {
  settings: Settings;
  kit: Kit;
}

export interface Opened extends Opening {
  bmc: Bmc;
  target: BmcTarget;
  system: string;
  signal: AbortSignal;
}

/** Opens the BMC, does the work, and gives it back whatever happens. @throws AdapterError and nothing else */
export async function withBmc<T>(
  { settings, kit }: Opening,
  target: BmcTarget,
  signal: AbortSignal,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { system } = kit;
  try {
    const bmc = await openBmc(target, settings, kit, signal);
    try {
      return await work({ bmc, target, system, settings, kit, signal });
    } finally {
      for (const problem of await bmc.close())
        kit.log.warn({ url: target.url, problem }, 'BMC session may be left open');
    }
  } catch (error) {
    if (error instanceof AdapterError) throw error;
    const [kind, why] = signal.aborted ? (['unreachable', 'was stopped'] as const) : (['malformed', 'failed'] as const);
    const said = error instanceof Error ? error.message : String(error);
    throw new AdapterError(kind, `${system}: work on ${target.url} ${why}: ${said}`, { system, cause: error });
  }
}
