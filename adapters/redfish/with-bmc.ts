import type { Kit } from '../../src/kit/kit.ts';
import type { BmcTarget } from '../../src/ports/hardware-inventory.ts';
import { openBmc, type Bmc, type OpenOptions } from './client.ts';
import type { Settings } from './settings.ts';

export interface Opening {
  settings: Settings;
  kit: Kit;
}

/** Opens the BMC, does the work, and gives it back whatever happens. @throws AdapterError as `openBmc`, and whatever the work throws */
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
