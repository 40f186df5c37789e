import { expect, test } from 'vitest';
import type { PlacedReading } from './poll-store.ts';
import { families, headOf, renderReadings } from './render-readings.ts';

const sensor = { upperCaution: null, upperCritical: null, lowerCaution: null, lowerCritical: null, health: null };
const reading: PlacedReading = {
  ...{ assetId: 'a1', name: 'node "1"', serial: 'S1', site: 'ams1', rack: null },
  ...{ askedAt: '2026-01-01T00:00:00.000Z', failures: 0, failure: null, answeredAt: '2026-01-01T00:00:00.000Z' },
  report: {
    collectedAt: '2026-01-01T00:00:00.000Z',
    ...{ power: null, system: 'Warning', manager: null, faults: [], complete: false, bootMark: null, turns: [] },
    ...{ warnings: [], requests: 3, fingerprint256: null },
    sensors: [
      { ...sensor, chassis: '1', name: 'Inlet', kind: 'temperature', value: 21.5, unit: 'Cel' },
      { ...sensor, chassis: '1', name: 'Gone', kind: 'temperature', value: null, unit: 'Cel' },
    ],
  },
};
const all = (one: PlacedReading): string[] =>
  families
    .map((family) => renderReadings(family, [one]))
    .join('')
    .trim()
    .split('\n');

test('says what is known, and has no sample for what is not', () => {
  const asset = 'asset="a1",name="node \\"1\\"",site="ams1"';
  expect(all(reading)).toEqual([
    `reanimator_bmc_up{${asset}} 1`,
    `reanimator_bmc_answered_seconds{${asset}} 1767225600`,
    `reanimator_bmc_health{${asset},of="system"} 1`,
    `reanimator_bmc_faults{${asset}} 0`,
    `reanimator_bmc_complete{${asset}} 0`,
    `reanimator_bmc_sensor{${asset},chassis="1",sensor="Inlet",kind="temperature",unit="Cel"} 21.5`,
  ]);
  expect(headOf('reanimator_bmc_up')).toContain('# TYPE reanimator_bmc_up gauge\n');
});

test('of a BMC that fell silent only that it did, and since when', () => {
  expect(all({ ...reading, failures: 2, failure: 'no answer' }).map((line) => line.split('{')[0])).toEqual([
    'reanimator_bmc_up',
    'reanimator_bmc_answered_seconds',
  ]);
});
