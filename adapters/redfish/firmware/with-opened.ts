import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import type { Bmc } from '../client.ts';
import { withBmc, type Opening } from '../with-bmc.ts';

export interface Opened extends Opening {
  bmc: Bmc;
  target: BmcTarget;
  system: string;
  signal: AbortSignal;
}

/** As `withBmc`, with what every call of a capability is handed besides the BMC. @throws AdapterError and nothing else */
export async function withOpened<T>(
  opening: Opening,
  target: BmcTarget,
  signal: AbortSignal,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { system } = opening.kit;
  try {
    return await withBmc(opening, target, signal, (bmc) => work({ ...opening, bmc, target, system, signal }));
  } catch (error) {
    if (error instanceof AdapterError) throw error;
    const [kind, why] = signal.aborted ? (['unreachable', 'was stopped'] as const) : (['malformed', 'failed'] as const);
    const said = error instanceof Error ? error.message : String(error);
    throw new AdapterError(kind, `${system}: work on ${target.url} ${why}: ${said}`, { system, cause: error });
  }
}
