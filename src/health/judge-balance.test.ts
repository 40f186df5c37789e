import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { HealthReport, SensorReading } from '../ports/bmc-health.ts';
import { healthReport } from './health-report-for-tests.ts';
import { judgeReport } from './judge-report.ts';
import { HealthRules } from './poll-rules.ts';
import { parseWatch, type Watch } from './watch.ts';

const file = parse(readFileSync(new URL('../../mappings/health-rules.yaml', import.meta.url), 'utf8')) as object;
const balance = { share: 0.1, watts: 300, polls: 3, type: 'PSU_UNBALANCED', over: 'PSU_BALANCED' };
const rules = HealthRules.parse({ ...file, balance });

function power(name: string, value: number | null, more: Partial<SensorReading> = {}): SensorReading {
  return {
    ...{ chassis: '1', name, kind: 'power', value, unit: 'W', health: 'OK' },
    ...{ upperCaution: null, upperCritical: null, lowerCaution: null, lowerCritical: null },
    ...more,
  };
}
const supplies = (...watts: (number | null)[]): Partial<HealthReport> => ({
  sensors: [power('Power Control', 400), ...watts.map((value, nth) => power(`PSU ${nth + 1} output`, value))],
});
function follow(by: HealthRules, ...answers: Partial<HealthReport>[]): string[][] {
  let watch: Watch = parseWatch(null);
  return answers.map((one) => {
    const { after, found } = judgeReport(by, watch, healthReport(one));
    watch = parseWatch(JSON.stringify(after));
    return found.map(({ type, component, value }) => `${type} ${component} ${value}`);
  });
}
const times = (many: number, one: Partial<HealthReport>): Partial<HealthReport>[] => Array(many).fill(one);
const idle = supplies(400, 8);
const [begins, ends] = [['PSU_UNBALANCED PSU 2 392'], ['PSU_BALANCED PSU 2 null']];

test('as delivered nobody looks: one supply that rests may be meant to', () => {
  expect(HealthRules.parse(file).balance).toBeNull();
  expect(follow(HealthRules.parse(file), ...times(6, idle)).flat()).toEqual([]);
});

test('one that carries almost nothing is told after so many polls in a row, once, and when it shares again', () => {
  expect(follow(rules, ...times(5, idle))).toEqual([[], [], begins, [], []]);
  expect(follow(rules, idle, idle, supplies(200, 200), idle, idle).flat()).toEqual([]);
  const back = supplies(210, 190);
  expect(follow(rules, ...times(3, idle), back, back, back)).toEqual([[], [], begins, [], ends, []]);
});

test.each<[string, Partial<HealthReport>]>([
  ['all share', supplies(120, 130, 125, 115)],
  ['one carries less, but a tenth', supplies(400, 41)],
  ['hardly anything is drawn', supplies(120, 2)],
  ['half of them rest', supplies(250, 250, 0, 0)],
  ['the other bay is empty', supplies(400, null)],
  ['there is only one', supplies(400)],
  ['the server is off', { ...idle, power: 'Off' }],
  ['nobody knows whether it is on', { ...idle, power: null }],
  ['the list is not whole', { ...idle, complete: false }],
  ['it is not well', { sensors: [power('PSU 1 output', 400), power('PSU 2 output', 0, { health: 'Critical' })] }],
  ['other things draw', { sensors: [power('GPU 1 output', 400), power('GPU 2 output', 0)] }],
  [
    'a supply has a fault',
    {
      ...idle,
      faults: [
        { path: '/redfish/v1/Chassis/1/Power#/PowerSupplies/1', name: 'PSU 2', health: 'Warning', state: 'Enabled' },
      ].map((one) => ({ ...one, health: 'Warning', message: null, seenAt: '' }) as const),
    },
  ],
])('nothing is told where %s', (_what, report) => {
  expect(follow(rules, ...times(5, report)).flat()).toEqual([]);
});

test('what cannot be told neither begins nor ends it', () => {
  const unknown = [{ ...idle, power: null }, { ...idle, complete: false }, supplies(100, 1), supplies(400, null)];
  expect(follow(rules, ...times(3, idle), ...unknown, idle).flat()).toEqual(begins);
});

test('by what they take where they do not say what they give; several of one name are told apart, chassis too', () => {
  const taken = [power('HpeServerPowerSupply 1 input', 420), power('HpeServerPowerSupply 2 input', 3)];
  const silent = [power('HpeServerPowerSupply 1 output', null), power('HpeServerPowerSupply 2 output', null)];
  expect(follow(rules, ...times(3, { sensors: [...taken, ...silent] })).flat()).toEqual([
    'PSU_UNBALANCED HpeServerPowerSupply 2 417',
  ]);
  const equal = [
    power('Power supply output', 300),
    power('Power supply output #2', 290),
    power('Power supply output #3', 1),
  ];
  expect(follow(rules, ...times(3, { sensors: equal })).flat()).toEqual(['PSU_UNBALANCED Power supply #3 299']);
  const apart = [power('PSU 1 output', 400), power('PSU 1 output', 5, { chassis: '2' })];
  expect(follow(rules, ...times(3, { sensors: apart })).flat()).toEqual([]);
});

test.each([
  ['PSU 1 DC Out Pwr', 'PSU 2 DC Out Pwr', 'PSU 2'],
  ['PSU1_InputPower', 'PSU2_InputPower', 'PSU2'],
  ['Power Supply #1 Output Power', 'Power Supply #2 Output Power', 'Power Supply #2'],
])('sensors that say the side in other words are supplies too: %s', (one, other, idleOne) => {
  const sensors = [power(one, 400), power(other, 4), power('PSU 1 IN Failure', 0)];
  expect(follow(rules, ...times(3, { sensors })).flat()).toEqual([`PSU_UNBALANCED ${idleOne} 396`]);
});
