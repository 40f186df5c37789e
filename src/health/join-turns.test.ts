import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { HealthFault, HealthReport, SensorReading } from '../ports/bmc-health.ts';
import { healthReport } from './health-report-for-tests.ts';
import { joinTurns } from './join-turns.ts';
import { judgeReport } from './judge-report.ts';
import { HealthRules } from './poll-rules.ts';
import { parseWatch } from './watch.ts';

const file: unknown = parse(readFileSync(new URL('../../mappings/health-rules.yaml', import.meta.url), 'utf8'));
const rules = HealthRules.parse(file);

const PLACES = ['/redfish/v1/Chassis/A/Sensors', '/redfish/v1/Chassis/B/Sensors'] as const;
type Values = readonly [a: number | null, b: number | null];

/** An answer in which one of the two places was read. */
function answer(minute: number, read: 0 | 1, values: Values, faults: HealthFault[] = []): HealthReport {
  const collectedAt = new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
  const [chassis, place] = [read === 0 ? 'A' : 'B', PLACES[read]];
  const limits = { upperCaution: 80, upperCritical: 100, lowerCaution: null, lowerCritical: null };
  const sensor: SensorReading = {
    ...{ chassis, name: `Temp ${chassis}`, kind: 'temperature', value: values[read], unit: 'Cel', health: null },
    ...{ ...limits, place },
  };
  const turns = PLACES.map((one, at) => ({
    place: one,
    readAt: at === read ? collectedAt : null,
    complete: at === read,
  }));
  return healthReport({ collectedAt, sensors: [sensor], turns, faults });
}

/** What is found in each of these answers, one after the other, as the hub keeps them. */
function follow(answers: readonly HealthReport[]): string[][] {
  let before: HealthReport | null = null;
  let watch = parseWatch(null);
  return answers.map((one) => {
    const reading = { assetId: 'a', askedAt: '', failure: null, answeredAt: null, failures: 0, report: before };
    before = joinTurns(reading, one);
    const { after, found } = judgeReport(rules, watch, before);
    watch = parseWatch(JSON.stringify(after));
    return found.map(({ type, component }) => `${type} ${component}`);
  });
}

test('a value is seen as often as it is read: what is repeated of it counts for nothing, and ends nothing', () => {
  const hot: Values = [101, 20];
  const cold: Values = [50, 20];
  const polls = [0, 1, 0, 1, 0, 1, 0, 1, 0] as const;
  const values = [hot, hot, hot, hot, hot, cold, cold, cold, cold];
  expect(follow(polls.map((read, at) => answer(at, read, values[at] ?? cold)))).toEqual([
    ...[[], [], ['OVERHEAT Temp A'], [], []],
    ...[[], [], [], ['TEMPERATURE_NORMAL Temp A']],
  ]);
});

test('a fault in a place is kept while other places are read, and explains why the whole is critical', () => {
  const fault: HealthFault = {
    ...{
      path: '/redfish/v1/Chassis/A/Sensors/1',
      name: 'Sensor 1',
      health: 'Critical',
      state: 'Enabled',
      message: null,
    },
    ...{ seenAt: '2026-01-01T00:00:00.000Z', place: PLACES[0] },
  };
  const polls = [0, 1, 0, 1, 1, 1] as const;
  const answers = polls.map((read, at) => ({
    ...answer(at, read, [20, 20], read === 0 ? [fault] : []),
    system: 'Critical' as const,
  }));
  const found = follow(answers);
  expect(found.flat()).toHaveLength(1);
  expect(found.flat()[0]).toContain('Sensor 1');
});

test('an answer that was read as a whole is what it is', () => {
  const whole = healthReport({ sensors: [] });
  expect(joinTurns(null, whole)).toBe(whole);
});

test('what was said before a silence is not repeated: it is unknown until it is read again', () => {
  const reading = { assetId: 'a', askedAt: '', failure: null, answeredAt: null };
  const first = joinTurns({ ...reading, failures: 0, report: null }, answer(0, 0, [20, 20]));
  expect([first.complete, first.sensors.length]).toEqual([false, 1]);
  const second = joinTurns({ ...reading, failures: 0, report: first }, answer(1, 1, [20, 20]));
  expect([second.complete, second.sensors.length]).toEqual([true, 2]);
  const third = joinTurns({ ...reading, failures: 3, report: second }, answer(9, 0, [20, 20]));
  expect([third.complete, third.sensors.length]).toEqual([false, 1]);
});
