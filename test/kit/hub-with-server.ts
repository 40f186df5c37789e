import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
import { appear, expectMachines, untilHardened } from '../../demo/story.ts';
import { testHub, type TestHub, type TestHubOptions } from './test-hub.ts';

export interface HubWithServer {
  on: TestHub;
  /** Of the server. */
  id: string;
  bmc: BmcSimulator;
}

/** A hub with one server that has gone all the way to its hardened BMC. `prepare` changes that BMC before anybody has seen it. */
export async function hubWithServer(
  options: Omit<TestHubOptions, 'machines'> = {},
  prepare: (bmc: BmcSimulator) => void = () => {},
): Promise<HubWithServer> {
  const on = await testHub({ ...options, machines: 1 });
  try {
    const [bmc] = on.stage.bmcs.values();
    if (bmc === undefined) throw new Error('the stage has no BMC');
    prepare(bmc);
    const story = { stage: on.stage, hub: on.client, cast: on.cast, say: () => {}, timeoutMs: 40_000 };
    await expectMachines(story);
    await appear(story);
    const [server] = (await untilHardened(story)).values();
    if (server === undefined) throw new Error('the server has not come');
    return { on, id: server.id, bmc };
  } catch (error) {
    await on.close();
    throw error;
  }
}
