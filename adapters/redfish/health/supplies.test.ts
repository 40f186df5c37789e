import { afterEach, expect, test } from 'vitest';
import type { HealthReport, SensorReading } from '../../../src/ports/bmc-health.ts';
import type { Body, Tree } from '../simulator/tree.ts';
import { type Poller, startPoller } from './poller-for-tests.ts';
import { list, PATHS, smallTree } from './tree-for-tests.ts';

let poller: Poller | undefined;
afterEach(async () => {
  await poller?.close();
  poller = undefined;
});

const subsystem = `${PATHS.chassis}/PowerSubsystem`;
const supplies = `${subsystem}/PowerSupplies`;
const metrics = (id: string): string => `${supplies}/${id}/Metrics`;
const sensorOf = (id: string): string => `${PATHS.sensors}/${id}`;
const at = (path: string) => ({ '@odata.id': path });

/** The small machine without Power, whose supplies say in metrics of their own what they give and take. */
function withSupplies(all: Record<string, { name?: string; absent?: boolean; said: Body }>): Tree {
  const { [PATHS.power]: _, ...tree }: Tree = smallTree();
  const { Power: __, ...chassis } = tree[PATHS.chassis] as Body;
  tree[PATHS.chassis] = { ...chassis, PowerSubsystem: at(subsystem) };
  tree[subsystem] = { ...at(subsystem), Id: 'PowerSubsystem', PowerSupplies: at(supplies) };
  tree[supplies] = list(supplies, Object.keys(all));
  for (const [id, { name = 'PSU', absent = false, said }] of Object.entries(all)) {
    const one = { ...at(`${supplies}/${id}`), '@odata.type': '#PowerSupply.v1_6_0.PowerSupply', Id: id, Name: name };
    tree[`${supplies}/${id}`] = {
      ...one,
      Status: { State: absent ? 'Absent' : 'Enabled' },
      Metrics: at(metrics(id)),
    };
    tree[metrics(id)] = { ...at(metrics(id)), Id: 'Metrics', Name: `Metrics ${id}`, ...said };
  }
  return tree;
}

const watts = (output: number, input: number): Body => ({
  OutputPowerWatts: { Reading: output },
  InputPowerWatts: { Reading: String(input) },
  InputVoltage: { Reading: 230 },
  InputCurrentAmps: { Reading: null },
});
const ofSupplies = ({ sensors }: HealthReport): SensorReading[] =>
  sensors.filter(({ name }) => /(?:in|out)put$/.test(name));
const valuesOf = (report: HealthReport): string[] =>
  ofSupplies(report).map(({ name, kind, value, unit }) => `${name} ${kind} ${value} ${unit}`);

test('each supply is a place of its own, read in its turn, named as Power names it', async () => {
  const tree = withSupplies({ '1': { said: watts(200, 220) }, '2': { said: watts(180, 201) } });
  const { poll } = (poller = await startPoller({ tree }));
  const survey = await poll(0);
  expect(valuesOf(survey)).toEqual([
    'PSU 1 output power 200 W',
    'PSU 1 input power 220 W',
    'PSU 1 input voltage 230 V',
    'PSU 1 input current null A',
    'PSU 2 output power 180 W',
    'PSU 2 input power 201 W',
    'PSU 2 input voltage 230 V',
    'PSU 2 input current null A',
  ]);
  expect(survey.turns.map(({ place }) => place)).toEqual([PATHS.sensors, metrics('1'), metrics('2')]);
  const polls = [await poll(1), await poll(1), await poll(1)];
  for (const one of polls) expect(one.asked).toHaveLength(3);
  const read = polls.flatMap(({ turns }) => turns.filter(({ readAt }) => readAt !== null).map(({ place }) => place));
  expect(new Set(read)).toEqual(new Set([PATHS.sensors, metrics('1'), metrics('2')]));
  expect(new Set(polls.flatMap(valuesOf))).toEqual(new Set(valuesOf(survey)));
});

test('a supply that is called after its bay is still named as a supply, and apart from the others', async () => {
  const tree = withSupplies({ Left: { name: 'Bay', said: watts(2, 10) }, Right: { name: 'Bay', said: watts(4, 8) } });
  const { poll } = (poller = await startPoller({ tree }));
  const names = ofSupplies(await poll(0)).map(({ name }) => name);
  expect(new Set(names)).toEqual(
    new Set(['PSU Bay Left output', 'PSU Bay Left input', 'PSU Bay Right output', 'PSU Bay Right input']),
  );
});

test('what a sensor of the list says is read there, and a supply of which nothing is left is no place', async () => {
  const excerpt = (id: string, reading: number) => ({ Reading: reading, DataSourceUri: sensorOf(id) });
  const tree = withSupplies({
    '1': { said: { OutputPowerWatts: excerpt('Out1', 200) } },
    '2': { said: { OutputPowerWatts: excerpt('Out2', 180), InputPowerWatts: { Reading: 199 } } },
  });
  tree[PATHS.sensors] = list(PATHS.sensors, ['Inlet', 'Out1', 'Out2']);
  for (const [id, Reading] of Object.entries({ Out1: 200, Out2: 180 }))
    tree[sensorOf(id)] = {
      ...{ ...at(sensorOf(id)), '@odata.type': '#Sensor.v1_7_0.Sensor', Id: id, Name: id },
      ...{ Reading, ReadingType: 'Power', ReadingUnits: 'W' },
    };
  const { poll } = (poller = await startPoller({ tree }));
  const survey = await poll(0);
  expect(valuesOf(survey)).toEqual(['PSU 2 input power 199 W']);
  const later = await poll(1);
  expect(later.asked).toEqual([PATHS.system, PATHS.sensors, metrics('2')]);
  expect(valuesOf(later)).toEqual(valuesOf(survey));
});

test('an empty bay is not asked, and what Power says is not asked for again', async () => {
  const tree = withSupplies({ '1': { said: watts(200, 220) }, '2': { absent: true, said: watts(0, 0) } });
  const power = smallTree()[PATHS.power] as Body;
  const { poll, bmc } = (poller = await startPoller({ tree }));
  expect((await poll(0)).asked.filter((path) => path.endsWith('/Metrics'))).toEqual([metrics('1')]);
  await poller.close();

  const both = { ...tree, [PATHS.power]: power, [PATHS.chassis]: { ...tree[PATHS.chassis], Power: at(PATHS.power) } };
  poller = await startPoller({ tree: both });
  const survey = await poller.poll(0);
  expect(survey.asked).not.toContain(subsystem);
  expect(valuesOf(survey)).toContain('PSU 0 input power 160 W');
  expect(bmc.counters().refusedLogins).toBe(0);
});

test('where no supply has metrics they are looked for once, and a supply that is gone leads to a new look', async () => {
  const none = withSupplies({});
  poller = await startPoller({ tree: none });
  const day = 24 * 60 + 1;
  expect((await poller.poll(0)).asked).toContain(subsystem);
  expect((await poller.poll(day)).asked).not.toContain(subsystem);
  await poller.close();

  const { poll, bmc } = (poller = await startPoller({ tree: withSupplies({ '1': { said: watts(200, 220) } }) }));
  expect((await poll(0)).complete).toBe(true);
  bmc.addFault({ match: metrics('1'), kind: 'status', status: 404 });
  const gone = await poll(1);
  expect([gone.complete, ofSupplies(gone)]).toEqual([false, []]);
  expect((await poll(1)).asked).toContain(supplies);
});
