import { afterEach, expect, test } from 'vitest';
import type { HealthReport, SensorReading } from '../../../src/ports/bmc-health.ts';
import type { Tree } from '../simulator/tree.ts';
import { type Poller, startPoller } from './poller-for-tests.ts';
import { list, PATHS, smallTree } from './tree-for-tests.ts';

let poller: Poller | undefined;
afterEach(async () => {
  await poller?.close();
  poller = undefined;
});

const gpu = (nth: number): string => `/redfish/v1/Chassis/GPU_${nth}`;
const sensor = (nth: number): string => `${gpu(nth)}/Sensors/Temp`;
const GPUS = [1, 2, 3];

/** The small machine with three GPUs, each a chassis with a list of its own: five places of sensors. */
function withGpus(): Tree {
  const at = (path: string) => ({ '@odata.id': path });
  const tree: Tree = { ...smallTree() };
  tree['/redfish/v1/Chassis'] = list('/redfish/v1/Chassis', ['1', ...GPUS.map((nth) => `GPU_${nth}`)]);
  for (const nth of GPUS) {
    tree[gpu(nth)] = { ...at(gpu(nth)), Id: `GPU_${nth}`, Sensors: at(`${gpu(nth)}/Sensors`) };
    tree[`${gpu(nth)}/Sensors`] = list(`${gpu(nth)}/Sensors`, ['Temp']);
    tree[sensor(nth)] = {
      ...{ ...at(sensor(nth)), '@odata.type': '#Sensor.v1_7_0.Sensor', Id: 'Temp', Name: 'Temp' },
      ...{ Reading: 40 + nth, ReadingType: 'Temperature', Status: { State: 'Enabled', Health: 'OK' } },
    };
  }
  return tree;
}

/** Without the places in it that are asked at each poll. */
const listsIn = ({ asked }: { asked: string[] }): string[] => asked.filter((path) => path !== PATHS.system);
const textOf = ({ chassis, kind, name, value }: SensorReading): string => `${chassis} ${kind} ${name} ${value}`;
const valuesOf = (sensors: readonly SensorReading[]): string[] => sensors.map(textOf).toSorted();

/** What was last said in each place, of several answers. */
function lastOf(reports: readonly HealthReport[]): SensorReading[] {
  const places = new Map<string, SensorReading[]>();
  for (const { turns, sensors } of reports)
    for (const { place, readAt } of turns)
      if (readAt !== null)
        places.set(
          place,
          sensors.filter((one) => one.place === place),
        );
  return [...places.values()].flat();
}

test('five places are read two at a time, each in its turn; together they say what all of them say', async () => {
  const { poll } = (poller = await startPoller({ tree: withGpus() }));
  const survey = await poll(0);
  expect(survey.turns.map(({ readAt }) => readAt)).toEqual(Array(5).fill(survey.collectedAt));
  const asked: string[] = [];
  const reports: HealthReport[] = [];
  for (let nth = 0; nth < 5; nth += 1) {
    const report = await poll(0.5);
    expect(report.asked).toHaveLength(3);
    expect(report.complete).toBe(true);
    expect(report.turns.filter(({ readAt }) => readAt !== null)).toHaveLength(2);
    asked.push(...listsIn(report));
    reports.push(report);
    if (nth >= 2) expect(valuesOf(lastOf(reports))).toEqual(valuesOf(survey.sensors));
  }
  const counts = Map.groupBy(asked, (path) => path.replace(/\?.*$/, ''));
  expect([...counts.values()].map((all) => all.length)).toEqual([2, 2, 2, 2, 2]);
});

test('a sensor is said with the place that it stands in, and only when that was read', async () => {
  const { poll, bmc } = (poller = await startPoller({ tree: withGpus() }));
  const survey = await poll(0);
  for (const nth of GPUS) bmc.change(sensor(nth), { Reading: 90 + nth });
  const reports = [survey];
  for (let nth = 0; nth < 3; nth += 1) {
    const report = await poll(0.5);
    reports.push(report);
    const read = report.turns.filter(({ readAt }) => readAt === report.collectedAt).map(({ place }) => place);
    expect(report.sensors.every(({ place = '' }) => read.includes(place))).toBe(true);
  }
  const values = lastOf(reports).filter(({ name }) => name === 'Temp');
  expect(values.map(({ value }) => value).toSorted()).toEqual([91, 92, 93]);
});

test('a place that fails at its turn is unknown, and the others are not', async () => {
  const { poll, bmc } = (poller = await startPoller({ tree: withGpus() }));
  const survey = await poll(0);
  bmc.addFault({ match: 'GPU_2/Sensors', kind: 'status', status: 500 });
  const reports = [survey];
  for (let nth = 0; nth < 3; nth += 1) reports.push(await poll(0.5));
  const failed = reports.filter(({ complete }) => !complete);
  expect(failed.length).toBeGreaterThan(0);
  for (const { turns } of failed)
    expect(turns.filter(({ readAt, complete }) => readAt !== null && !complete).map(({ place }) => place)).toEqual([
      `${gpu(2)}/Sensors`,
    ]);
  const last = lastOf(reports);
  expect(last.filter(({ chassis }) => chassis === 'GPU_2')).toEqual([]);
  expect(last.filter(({ chassis }) => chassis === 'GPU_3')).toHaveLength(1);
});

test('the same name in two places keeps its number, whichever of them is read', async () => {
  const tree = withGpus();
  // Two places of one chassis that both say `Power`.
  tree[`${PATHS.sensors}/Odd`] = {
    ...tree[`${PATHS.sensors}/Odd`],
    ...{ Id: 'Odd', Name: 'PSU 0 input', ReadingType: 'Power', ReadingUnits: 'W', Reading: 7 },
  };
  const { poll } = (poller = await startPoller({ tree }));
  const survey = await poll(0);
  const key = ({ chassis, kind, name }: SensorReading): string => `${chassis} ${kind} ${name}`;
  const names = new Set(survey.sensors.map(key));
  expect(names.size).toBe(survey.sensors.length);
  expect(names).toContain('1 power PSU 0 input #2');
  for (let nth = 0; nth < 3; nth += 1)
    for (const one of (await poll(0.5)).sensors) expect(survey.sensors.map(key)).toContain(key(one));
});
