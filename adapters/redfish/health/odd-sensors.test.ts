import { afterEach, expect, test } from 'vitest';
import type { Body, Tree } from '../simulator/tree.ts';
import { type Poller, startPoller } from './poller-for-tests.ts';
import { list, PATHS, smallTree } from './tree-for-tests.ts';

// What single makers write otherwise than all others. Small trees with numbers of our own.

let poller: Poller | undefined;
afterEach(async () => {
  await poller?.close();
  poller = undefined;
});

function withSensors(bodies: Record<string, Body>, more: Record<string, Body> = {}): Tree {
  const tree: Tree = { ...smallTree(), ...more };
  tree[PATHS.sensors] = list(PATHS.sensors, Object.keys(bodies));
  for (const [id, body] of Object.entries(bodies)) {
    const path = `${PATHS.sensors}/${id}`;
    tree[path] = { '@odata.id': path, '@odata.type': '#Sensor.v1_7_0.Sensor', Id: id, Name: id, ...body };
  }
  return tree;
}

async function sensorsOf(tree: Tree): Promise<string[]> {
  poller = await startPoller({ tree });
  await poller.poll(0);
  const { sensors } = await poller.poll(1);
  return sensors.map(({ name, kind, value, unit }) => `${name} ${kind} ${value} ${unit}`);
}

test('watts are a power, whatever type is said', async () => {
  const sensors = await sensorsOf(
    withSensors({
      Out: { Reading: 215, ReadingType: 'Current', ReadingUnits: 'Watts' },
      In: { Reading: 1.4, ReadingType: 'Current', ReadingUnits: 'A' },
      Left: { Reading: 80, ReadingType: 'Percent', ReadingUnits: '%' },
    }),
  );
  expect(sensors).toEqual(expect.arrayContaining(['Out power 215 W', 'In current 1.4 A', 'Left percent 80 %']));
});

test('a state is not measured in watts', async () => {
  const limits = { Thresholds: { UpperCritical: { Reading: 90 } } };
  const sensors = await sensorsOf(
    withSensors({
      Failure: { Reading: 0, ReadingType: 'Power', ReadingUnits: '' },
      Limited: { Reading: 30, ReadingType: 'Temperature', ReadingUnits: '', ...limits },
      Silent: { Reading: 40, ReadingType: 'Temperature' },
    }),
  );
  expect(sensors).toEqual(
    expect.arrayContaining(['Failure other null ', 'Limited temperature 30 Cel', 'Silent temperature 40 Cel']),
  );
});

test('a voltage that stands in Power too is one sensor; what stands there alone is read there', async () => {
  const power = {
    ...smallTree()[PATHS.power],
    Voltages: [
      { Name: 'CPU1 VR', ReadingVolts: 1.78 },
      { Name: 'Battery', ReadingVolts: 3.1 },
    ],
  };
  const tree = withSensors(
    {
      CPU1VR: { Reading: 1.77, ReadingType: 'Voltage', ReadingUnits: 'V' },
      Inlet: { Reading: 21, ReadingType: 'Temperature', ReadingUnits: 'Cel' },
    },
    { [PATHS.power]: power },
  );
  const sensors = await sensorsOf(tree);
  expect(sensors.filter((text) => text.includes('voltage'))).toEqual([
    'CPU1VR voltage 1.77 V',
    'Battery voltage 3.1 V',
  ]);
});

test('a fan that is listed again under the same address and name is one fan', async () => {
  const thermal = {
    '@odata.id': PATHS.thermal,
    Fans: ['FAN1', 'FAN2', 'FAN1'].map((Name, nth) => ({
      ...{ '@odata.id': `${PATHS.thermal}#/Fans/${Name}`, MemberId: String(nth + 1), Name },
      ...{ Reading: 12_000, ReadingUnits: 'RPM' },
    })),
  };
  const tree = withSensors({}, { [PATHS.thermal]: thermal });
  tree[PATHS.chassis] = { ...tree[PATHS.chassis], Thermal: { '@odata.id': PATHS.thermal } };
  const sensors = await sensorsOf(tree);
  expect(sensors.filter((text) => text.includes('fan'))).toEqual(['FAN1 fan 12000 RPM', 'FAN2 fan 12000 RPM']);
});

test('a list of several pages takes as many requests, and leaves less room for other places', async () => {
  const second = `${PATHS.chassis}/SensorsFrom2`;
  const warm = { '@odata.type': '#Sensor.v1_7_0.Sensor', Reading: 30, ReadingType: 'Temperature', ReadingUnits: 'Cel' };
  const page = (...ids: string[]): Body => ({
    Members: ids.map((id) => ({ '@odata.id': `${PATHS.sensors}/${id}`, Id: id, Name: id, ...warm })),
    'Members@odata.count': 4,
  });
  const tree: Tree = { ...smallTree() };
  tree[PATHS.sensors] = { ...page('A', 'B'), 'Members@odata.nextLink': second };
  tree[second] = page('C', 'D');
  poller = await startPoller({ tree });
  const survey = await poller.poll(0);
  expect(survey.turns.map(({ place }) => place)).toEqual([PATHS.sensors, PATHS.power]);
  const polls = [await poller.poll(1), await poller.poll(1)];
  const asked = polls.map((one) => one.asked.filter((path) => path !== PATHS.system));
  expect(asked.toSorted()).toEqual([[PATHS.power], [PATHS.sensors, second]]);
  expect(polls.flatMap(({ sensors }) => sensors)).toHaveLength(survey.sensors.length);
});
