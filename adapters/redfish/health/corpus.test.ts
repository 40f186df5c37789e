import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordedTrees } from '../simulator/tree.ts';
import { type Poller, startPoller } from './poller-for-tests.ts';
import type { HealthReport } from '../../../src/ports/bmc-health.ts';
import { corpusPath } from '#test/kit/corpus.ts';

// Recordings of real BMCs are not part of the project; where they are at hand, every one of them is polled.
const corpus = corpusPath('redfish');
const trees = recordedTrees(corpus);
if (trees.length === 0)
  process.stdout.write(`skipped: no recorded Redfish trees at ${corpus} (set REANIMATOR_CORPUS)\n`);

interface Expected {
  /** Requests of a poll. */
  poll: number;
  /** Of sensors, where a poll reads some of them at a time. */
  places?: number;
  power: string;
  system: string;
  /** Read from the JSON by hand: a sensor with its value. */
  sensor: [name: string, value: number] | null;
  fault: string | null;
  complete: boolean;
  logs: number;
}

// State, health, sensors, faults and the number of log entries (at most 200 of a log) were read from the JSON; `poll` is what is measured.
const EXPECTED: Record<string, Expected> = {
  'dell-r750-idrac9_7.10.30-multidpu-libredfish': {
    ...{ poll: 3, power: 'On', system: 'Critical', complete: false, logs: 11 },
    sensor: ['System Board Fan1A', 9840],
    fault: 'IntrusionRollupStatus',
  },
  'dell-xr8620t-idrac9_6.10.80-redfishctl': {
    ...{ poll: 3, power: 'On', system: 'Critical', complete: false, logs: 53 },
    sensor: null,
    fault: 'PSRollupStatus',
  },
  'dmtf-public-rackmount1-2025.4': {
    ...{ poll: 3, places: 3, power: 'On', system: 'Warning', complete: false, logs: 3 },
    sensor: null,
    fault: 'CPU1Temp',
  },
  'hpe-dl380ag11-ilo6_1.66-hpeemu': {
    ...{ poll: 3, power: 'On', system: 'OK', complete: true, logs: 517 },
    sensor: null,
    fault: null,
  },
  'hpe-dl380ag12-ilo7-hpeemu': {
    ...{ poll: 3, power: 'On', system: 'Warning', complete: true, logs: 308 },
    sensor: ['01-Inlet Ambient', 16],
    fault: '/redfish/v1/Chassis/1',
  },
  'hpe-dl385g10plusv2-ilo5_2.72-libredfish': {
    ...{ poll: 3, power: 'On', system: 'Critical', complete: true, logs: 15 },
    sensor: null,
    fault: 'Drives/DA00001C',
  },
  'intel-s2600bpb-bmc_1.93-csmrie': {
    ...{ poll: 3, power: 'On', system: 'OK', complete: false, logs: 20 },
    sensor: null,
    fault: null,
  },
  'nvidia-bluefield3-openbmc_24.10-libredfish': {
    ...{ poll: 2, power: 'On', system: 'OK', complete: true, logs: 0 },
    sensor: null,
    fault: null,
  },
  'openbmc-stock_2.15dev-csmrie': {
    ...{ poll: 1, power: 'Off', system: 'OK', complete: true, logs: 0 },
    sensor: null,
    fault: null,
  },
  'supermicro-gb300-openbmc_node1-redfishctl': {
    ...{ poll: 3, places: 5, power: 'On', system: 'OK', complete: false, logs: 0 },
    sensor: null,
    fault: null,
  },
  'supermicro-sys821ge-x13_11.01-libredfish': {
    ...{ poll: 3, power: 'On', system: 'OK', complete: true, logs: 282 },
    sensor: ['CPU1 Temp', 29],
    fault: null,
  },
  'supermicro-x10sdv_4.0-redfishctl': {
    ...{ poll: 2, power: 'On', system: 'OK', complete: true, logs: 65 },
    sensor: null,
    fault: null,
  },
};

describe.skipIf(trees.length === 0).each(trees)('$name', ({ name, folder }) => {
  test('is polled with few requests, and its logs come once', { timeout: 60_000 }, async () => {
    const poller = await startPoller({ tree: folder });
    const survey = await poller.poll(0);
    const poll = await poller.poll(1);
    const later = await poller.poll(6);
    const logs = await poller.logs(null);
    const again = await poller.logs(logs.cursor);
    await expectTurns(poller, [survey, poll, later], EXPECTED[name]?.places ?? 0);
    const counters = poller.bmc.counters();
    await poller.close();
    process.stdout.write(
      `${name}: survey ${survey.asked.length}, poll ${poll.asked.length}, ${poll.sensors.length} sensors; ` +
        `logs ${logs.asked.length}, then ${again.asked.length} requests, ${logs.entries.length} entries\n`,
    );
    const expected = EXPECTED[name];
    expect(expected, 'a recording without expectations: read them from its JSON and add them').toBeDefined();
    if (expected === undefined) return;
    expect(poll).toMatchObject({ power: expected.power, system: expected.system, complete: expected.complete });
    expect([poll.asked.length, poll.requests]).toEqual([expected.poll, expected.poll]);
    expect(later.asked.length).toBeLessThanOrEqual(expected.poll + 2);
    const names = survey.sensors.map((one) => `${one.chassis} ${one.kind} ${one.name}`);
    expect(new Set(names).size).toBe(names.length);
    if (expected.sensor !== null) {
      const [sensor, value] = expected.sensor;
      expect(survey.sensors.find((one) => one.name === sensor)?.value).toBe(value);
    }
    if (expected.fault === null) expect(poll.faults).toEqual([]);
    else expect(poll.faults.map(({ path }) => path).join(' ')).toContain(expected.fault);
    expect(counters).toMatchObject({ sessionsOpened: 1, refusedLogins: 0 });
    expect(counters.maxInFlight).toBeLessThanOrEqual(2);

    expect(logs.entries.length).toBe(expected.logs);
    expect(new Set(logs.entries.map(({ key }) => key)).size).toBe(logs.entries.length);
    expect([again.entries, again.gaps, again.more]).toEqual([[], [], false]);
  });
});

/** Each place is read again within the polls that all of them take, and says what it said. */
async function expectTurns(
  poller: Poller,
  [survey, ...polls]: [HealthReport, ...HealthReport[]],
  places: number,
): Promise<void> {
  expect([survey.turns.length, polls[0]?.turns.length]).toEqual([places, places]);
  const read = [...polls];
  while (read.length < places) read.push(await poller.poll(0));
  const said = (reports: readonly HealthReport[]): string[] => [
    ...new Set(reports.flatMap(({ sensors }) => sensors.map((one) => JSON.stringify(one))).toSorted()),
  ];
  expect(said(places === 0 ? polls.slice(0, 1) : read)).toEqual(said([survey]));
}

/** What is drawn stands in Power on all that have it; taken from the file itself. */
test.skipIf(trees.length === 0)('says of each machine what it draws', { timeout: 60_000 }, async () => {
  const places: [name: string, path: string][] = [
    ['dell-r750-idrac9_7.10.30-multidpu-libredfish', 'System.Embedded.1'],
    ['hpe-dl380ag11-ilo6_1.66-hpeemu', '1'],
    ['supermicro-sys821ge-x13_11.01-libredfish', '1'],
    ['supermicro-x10sdv_4.0-redfishctl', '1'],
  ];
  for (const [name, chassis] of places) {
    const file = join(corpus, name, 'redfish/v1/Chassis', chassis, 'Power/index.json');
    const { PowerControl } = JSON.parse(readFileSync(file, 'utf8')) as {
      PowerControl: { PowerConsumedWatts: number }[];
    };
    const poller = await startPoller({ tree: join(corpus, name) });
    const { sensors } = await poller.poll(0);
    await poller.close();
    const watts = sensors.filter(({ kind }) => kind === 'power').map(({ value }) => value);
    expect([name, watts.includes(PowerControl[0]?.PowerConsumedWatts ?? -1)]).toEqual([name, true]);
  }
});
