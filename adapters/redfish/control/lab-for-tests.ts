import { afterEach } from 'vitest';
import type { BmcControl } from '../../../src/ports/bmc-control.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import type { KitForTests } from '../../../src/kit/kit-for-tests.ts';
import { targetOf, testKit } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { startBmcSimulator, type BmcSimulator, type BmcSimulatorOptions } from '../simulator.ts';
import { simulatedTree, type SimulatedTreeName } from '../simulator/simulated-tree.ts';
import { bmcControl } from './index.ts';
import type { Waits } from './waits.ts';

/** Real waits would make the tests take minutes. */
export const QUICK: Waits = {
  lookMs: 5,
  powerMs: 400,
  settingMs: 60,
  mediaMs: 150,
  busyMs: 20,
  busyTries: 5,
  postMs: 20,
  postTries: 5,
};

export interface ControlLab {
  bmc: BmcSimulator;
  control: BmcControl;
  target: BmcTarget;
  kit: KitForTests;
  signal: AbortSignal;
  /** Writes that the BMC got, without the log-in. */
  writes(): { method: string; path: string; json: unknown }[];
}

const running: BmcSimulator[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

export async function controlLab(
  tree: SimulatedTreeName | BmcSimulatorOptions['tree'],
  options: Partial<BmcSimulatorOptions> = {},
  waits: Partial<Waits> = {},
): Promise<ControlLab> {
  const own = ['dell', 'hpe', 'supermicro', 'openbmc'].includes(String(tree));
  const bmc = await startBmcSimulator({ tree: own ? simulatedTree(tree as SimulatedTreeName) : tree, ...options });
  running.push(bmc);
  const kit = testKit();
  const settings = Settings.parse({ timeoutMs: 5_000 });
  return {
    bmc,
    kit,
    control: bmcControl(settings, kit, { ...QUICK, ...waits }),
    target: targetOf(bmc),
    signal: new AbortController().signal,
    writes: () =>
      bmc.requests
        .filter(({ method, path }) => (method === 'POST' || method === 'PATCH') && !/Sessions/i.test(path))
        .map(({ method, path, json }) => ({ method, path, json })),
  };
}

/** The ComputerSystem of one of our own trees. */
export const SYSTEM = {
  dell: '/redfish/v1/Systems/System.Embedded.1',
  hpe: '/redfish/v1/Systems/1',
  supermicro: '/redfish/v1/Systems/1',
  openbmc: '/redfish/v1/Systems/system',
} as const;
