import { redfishAdapter } from '#adapters/redfish/index.ts';
import { startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { recordedTrees } from '#adapters/redfish/simulator/tree.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { corpusPath } from '#test/kit/corpus.ts';
import type { Found } from '../ingest-table.ts';

/** Requests of one inventory, for the machines that have a goal. */
const GOALS: [name: RegExp, requests: number][] = [
  [/^dell-r750/, 50],
  [/^hpe-dl380a/, 37],
  [/^hpe-dl385/, 62],
  [/821ge/, 58],
];
const POLL_GOAL = 3;

/** Requests of an inventory, of a first look at a machine's health, and of each one after it; logins included. */
export async function measureTrees(say: (line: string) => void): Promise<Found[]> {
  const trees = recordedTrees(corpusPath('redfish'));
  if (trees.length === 0) say(`no recorded machines at ${corpusPath('redfish')}: set REANIMATOR_CORPUS`);
  const found: Found[] = [];
  for (const { name, folder } of trees) {
    const { inventory, survey, poll, logs, expands } = await measureTree(folder);
    const goal = GOALS.find(([pattern]) => pattern.test(name))?.[1];
    found.push({
      what: `inventory ${name}`,
      figure: `${inventory} requests`,
      ...(goal === undefined ? {} : { goal: toGoal(`inventory-${name}`, inventory, goal) }),
    });
    found.push({
      what: `health ${name}`,
      figure: `${poll} requests, the first time ${survey}; logs ${logs}`,
      ...(expands ? { goal: toGoal(`health-${name}`, poll, POLL_GOAL) } : {}),
    });
  }
  return found;
}

async function measureTree(folder: string) {
  const bmc = await startBmcSimulator({ tree: folder });
  const clock = { now: Date.now() };
  const kit = kitForTests('redfish', () => new Date(clock.now));
  const connection = redfishAdapter.connect(redfishAdapter.Settings.parse({}), kit);
  const { hardwareInventory, bmcHealth } = connection.provides;
  if (!hardwareInventory || !bmcHealth) throw new Error('the adapter does not provide what is measured');
  const target = { url: bmc.url, username: bmc.username, password: bmc.password, fingerprint256: null };
  const { signal } = new AbortController();
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const before = bmc.counters().requests;
    await work();
    return bmc.counters().requests - before;
  };
  try {
    const inventory = await counted(() => hardwareInventory.read(target, signal));
    const survey = await counted(() => bmcHealth.readHealth(target, signal));
    clock.now += 60_000;
    const poll = await counted(() => bmcHealth.readHealth(target, signal));
    const { cursor } = await bmcHealth.readLogs(target, null, signal);
    const logs = await counted(() => bmcHealth.readLogs(target, cursor, signal));
    const expands = JSON.stringify(bmc.read('/redfish/v1')?.['ProtocolFeaturesSupported'] ?? {}).includes('true');
    return { inventory, survey, poll, logs, expands };
  } finally {
    await connection.close?.();
    await bmc.close();
  }
}

function toGoal(name: string, value: number, target: number) {
  return { name, value, unit: 'requests', relation: '<=', target } as const;
}
