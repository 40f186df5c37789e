import { afterEach, expect, test } from 'vitest';
import { link, list } from '../small-machine-for-tests.ts';
import { reportOf } from './report-values.ts';
import { startPoller, type Poller } from './poller-for-tests.ts';

const at = (path: string): string => `/redfish/v1/${path}`;
const GPUS = [0, 1, 2, 3];
const REPORT = at('TelemetryService/MetricReports/PlatformEnvironmentMetrics_0');

const sensorOf = (gpu: number): string => at(`Chassis/GPU_${gpu}/Sensors/GPU_${gpu}_Temp_0`);

/** As the report would say it: strings, each with its own time. */
function report(celsius: readonly (number | string)[], when: Date, more: object = {}): Record<string, unknown> {
  return {
    '@odata.id': REPORT,
    MetricValues: celsius.map((value, gpu) => ({
      ...{ MetricProperty: sensorOf(gpu), MetricValue: String(value), Timestamp: when.toISOString() },
      ...more,
    })),
  };
}

/** A baseboard with a chassis for each of four GPUs, which have a sensor each. */
function baseboard(without: number[] = []): Record<string, object> {
  const told = [50, 51, 52, 53].filter((_, gpu) => !without.includes(gpu));
  const tree: Record<string, object> = {
    '/redfish/v1': {
      ...{ '@odata.type': '#ServiceRoot.v1_15_0.ServiceRoot', RedfishVersion: '1.15.0' },
      ...{ Systems: link(at('Systems')), Chassis: link(at('Chassis')), TelemetryService: link(at('TelemetryService')) },
      Links: { Sessions: link(at('SessionService/Sessions')) },
    },
    [at('Systems')]: list(at('Systems/HGX')),
    [at('Systems/HGX')]: { Id: 'HGX', PowerState: 'On', Status: { State: 'Enabled', Health: 'OK' } },
    [at('Chassis')]: list(...GPUS.map((gpu) => at(`Chassis/GPU_${gpu}`))),
    [at('TelemetryService')]: { MetricReports: link(at('TelemetryService/MetricReports')) },
    [at('TelemetryService/MetricReports')]: list(REPORT),
    [REPORT]: report(told, new Date()),
  };
  for (const gpu of GPUS) {
    const chassis = at(`Chassis/GPU_${gpu}`);
    tree[chassis] = { Id: `GPU_${gpu}`, Sensors: link(`${chassis}/Sensors`) };
    tree[`${chassis}/Sensors`] = list(sensorOf(gpu));
    tree[sensorOf(gpu)] = {
      ...{ Id: `GPU_${gpu}_Temp_0`, Name: `GPU ${gpu} Temp`, ReadingType: 'Temperature', ReadingUnits: 'Cel' },
      ...{ Reading: 40 + gpu, Thresholds: { UpperCritical: { Reading: 88 } } },
    };
  }
  return Object.fromEntries(Object.entries(tree).map(([path, body]) => [path, { '@odata.id': path, ...body }]));
}

let poller: Poller | undefined;
afterEach(async () => {
  await poller?.close();
  poller = undefined;
});

test('one report is read in the place of many lists; names, units and limits stay', async () => {
  const { poll, bmc } = (poller = await startPoller({ tree: baseboard() }));
  const first = await poll(0);
  expect(first.sensors.map(({ value }) => value)).toEqual([50, 51, 52, 53]);
  const again = await poll(1);
  expect(again.asked).toEqual([at('Systems/HGX'), REPORT]);
  expect(again.sensors[2]).toEqual({
    ...{ chassis: 'GPU_2', name: 'GPU 2 Temp', kind: 'temperature', unit: 'Cel', value: 52, health: null },
    ...{ upperCaution: null, upperCritical: 88, lowerCaution: null, lowerCritical: null },
  });
  expect(again.complete).toBe(true);
  bmc.change(REPORT, report([90, 51, 'nan', 53], new Date()));
  const hot = await poll(1);
  expect(hot.sensors.map(({ value }) => value)).toEqual([90, 51, null, 53]);
});

test('a report that counts some sensors in thousandths is read so; one of which that cannot be told keeps its list', async () => {
  const tree = baseboard();
  tree[REPORT] = report([40_250, 41, 42_400, 0], new Date());
  const { poll, bmc } = (poller = await startPoller({ tree }));
  const valuesOf = ({ sensors }: { sensors: { value: number | null }[] }) =>
    sensors.map(({ value }) => value).toSorted();
  expect(valuesOf(await poll(0))).toEqual([40.25, 41, 42.4, 43]);
  bmc.change(REPORT, report([61_500, 62, 63_000, 0], new Date()));
  const later = await poll(1);
  expect(valuesOf(later)).toEqual([43, 61.5, 62, 63]);
  expect(later.asked.toSorted()).toEqual(
    [at('Systems/HGX'), REPORT, at('Chassis/GPU_3/Sensors'), sensorOf(3)].toSorted(),
  );
});

test('a report that stands still says nothing of now', async () => {
  const { poll } = (poller = await startPoller({ tree: baseboard() }));
  await poll(0);
  expect((await poll(9)).complete).toBe(true);
  const still = await poll(5);
  expect(still.sensors.map(({ value }) => value)).toEqual([null, null, null, null]);
  expect(still.complete).toBe(false);
  expect(still.warnings.join(' ')).toContain('14 minutes older than it should be');
});

test('a sensor that no report tells of keeps its list', async () => {
  const { poll } = (poller = await startPoller({ tree: baseboard([3]) }));
  await poll(0);
  const { asked, sensors } = await poll(1);
  expect(asked.toSorted()).toEqual([at('Systems/HGX'), REPORT, at('Chassis/GPU_3/Sensors'), sensorOf(3)].toSorted());
  expect(sensors.map(({ name, value }) => `${name} ${value}`).toSorted()).toEqual([
    'GPU 0 Temp 50',
    'GPU 1 Temp 51',
    'GPU 2 Temp 52',
    'GPU 3 Temp 43',
  ]);
});

test('a report that is gone is found out, and the lists are read again', async () => {
  const { poll, bmc } = (poller = await startPoller({ tree: baseboard() }));
  await poll(0);
  bmc.addFault({ match: 'MetricReports/Platform', kind: 'status', status: 404 });
  expect((await poll(1)).complete).toBe(false);
  const { sensors } = await poll(1);
  expect(sensors.map(({ value }) => value)).toEqual([40, 41, 42, 43]);
});

test('values by the sensor that they are of; other things, stale values and words are none', () => {
  const value = (MetricProperty: string, MetricValue: unknown, more: object = {}) => ({
    MetricProperty,
    MetricValue,
    ...more,
  });
  const { values } = reportOf('/r', {
    MetricValues: [
      value('/redfish/v1/Chassis/A/Sensors/T1', '38.5'),
      value('/redfish/v1/Chassis/A/Sensors/T2#/Reading', 39),
      value('/redfish/v1/Chassis/A/Sensors/T3', 'OK'),
      value('/redfish/v1/Chassis/A/Sensors/T4', '1', { Oem: { Nvidia: { MetricValueStale: true } } }),
      value('/redfish/v1/Systems/1/Processors/GPU_0#/Oem/Nvidia/Throttled', 'false'),
      value('', 1),
    ],
  });
  expect([...values].map(([path, number]) => [path.toLowerCase().split('/').at(-1), number])).toEqual([
    ['t1', 38.5],
    ['t2', 39],
    ['t3', null],
    ['t4', null],
  ]);
});
