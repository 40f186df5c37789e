import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { HealthReport, SensorReading } from '../ports/bmc-health.ts';
import { healthReport } from './health-report-for-tests.ts';
import { judgeLogs } from './judge-logs.ts';
import { judgeReport, judgeSilence } from './judge-report.ts';
import { HealthRules } from './poll-rules.ts';
import { nextPoll } from './poll-times.ts';
import { parseWatch, type Watch } from './watch.ts';

const file = parse(readFileSync(new URL('../../mappings/health-rules.yaml', import.meta.url), 'utf8')) as {
  tests: object[];
};
const rules = HealthRules.parse(file);
const EMPTY = parseWatch(null);

const limits = { upperCaution: null, upperCritical: null, lowerCaution: null, lowerCritical: null, health: null };
function temperature(value: number | null): SensorReading {
  return {
    ...limits,
    ...{ chassis: '1', name: 'CPU1', kind: 'temperature', value, unit: 'Cel', upperCaution: 80, upperCritical: 100 },
  };
}
function fan(value: number | null): SensorReading {
  return { ...limits, chassis: '1', name: 'Fan 3', kind: 'fan', value, unit: 'RPM', lowerCritical: 500 };
}
/** Which symptoms each of these answers gives, one after the other. */
function follow(...answers: Partial<HealthReport>[]): string[][] {
  let watch: Watch = EMPTY;
  return answers.map((one) => {
    const { after, found } = judgeReport(rules, watch, healthReport(one));
    watch = parseWatch(JSON.stringify(after));
    return found.map(({ type, component }) => `${type} ${component}`);
  });
}
const at = (...values: (number | null)[]) => values.map((value) => ({ sensors: [temperature(value)] }));
const [hot, over] = [['OVERHEAT CPU1'], ['TEMPERATURE_NORMAL CPU1']];

describe('the file of rules', () => {
  test('whose sample is another symptom than it says is refused, naming the sample', () => {
    const wrong = { log: { severity: 'Critical', message: 'halted' }, type: 'OVERHEAT' };
    const faults = HealthRules.safeParse({ ...file, tests: [...file.tests, wrong] }).error?.issues ?? [];
    expect(faults.map(({ path, message }) => [...path, message])).toEqual([
      ['tests', file.tests.length, 'is CRITICAL_LOGGED, not OVERHEAT'],
    ]);
  });
});

describe('a value beyond its limit', () => {
  test('is reported once, after two polls in a row, and once more when it came back', () => {
    expect(follow(...at(101, 102, 103, 104))).toEqual([[], hot, [], []]);
    expect(follow(...at(101, 60, 101, 60))).toEqual([[], [], [], []]);
    expect(follow(...at(101, 101, 60, 60, 60, 101, 101))).toEqual([[], hot, [], over, [], [], hot]);
  });

  test('that hovers about the limit is one crossing', () => {
    expect(follow(...at(100, 100, 99, 98, 100, 99, 98, 97.5, 98, 100))).toEqual([[], hot, ...Array(8).fill([])]);
  });

  test('is neither begun nor ended by what is not known', () => {
    expect(follow(...at(101, null, 101))).toEqual([[], [], hot]);
    expect(follow(...at(101, 101), ...at(null, null, null), { complete: false }, { complete: false })).toEqual([
      ...[[], hot],
      ...Array(5).fill([]),
    ]);
  });

  test('of a weaker kind is not reported beside the stronger one', () => {
    const warm = ['TEMPERATURE_HIGH CPU1'];
    expect(follow(...at(85, 85, 101, 101, 90, 90, 90))).toEqual([[], warm, [], hot, [], over, []]);
  });

  test('below is none while the server is off, or is not known to be on', () => {
    const still = { sensors: [fan(0)] };
    expect(follow(still, still)).toEqual([[], ['FAN_FAIL Fan 3']]);
    expect(follow({ ...still, power: 'Off' }, { ...still, power: null }, { ...still, power: 'Off' })).toEqual([
      ...Array(3).fill([]),
    ]);
  });
});

describe('what a BMC calls critical', () => {
  const fault = (path: string, name: string) => ({
    ...({ path, name, health: 'Critical', state: 'Enabled', message: null, seenAt: '' } as const),
  });
  test('is a symptom of its part, once; parts of one name are told apart', () => {
    const faults = [
      fault('/redfish/v1/Systems/1/Storage/1/Drives/7', 'Drive'),
      fault('/redfish/v1/x/Drives/8', 'Drive'),
    ];
    const both = ['DRIVE_FAIL Drive (7)', 'DRIVE_FAIL Drive (8)'];
    expect(follow({ faults }, { faults }, { faults })).toEqual([[], both, []]);
    expect(follow({ faults: faults.slice(0, 1) }, { faults: faults.slice(0, 1) })).toEqual([[], ['DRIVE_FAIL Drive']]);
  });

  test('as a whole is a symptom only where no part explains it', () => {
    const bad = { system: 'Critical' } as const;
    expect(follow(bad, bad)).toEqual([[], ['HARDWARE_CRITICAL null']]);
    const explained = { ...bad, sensors: [temperature(101)] };
    expect(follow(explained, explained)).toEqual([[], hot]);
  });
});

describe('a BMC that does not answer', () => {
  const silent = (watch: Watch, kind: 'unreachable' | 'unauthorized' | 'throttled' = 'unreachable') =>
    judgeSilence(rules, watch, { kind, why: 'no answer', at: '2026-01-01T00:00:00.000Z' });

  test('is reported once, after five polls, and once when it is back; what it said stays', () => {
    let watch: Watch = judgeReport(rules, EMPTY, healthReport({ sensors: [temperature(101)] })).after;
    const types: string[][] = [];
    for (let poll = 0; poll < 8; poll += 1) {
      const { after, found } = silent(watch);
      watch = after;
      types.push(found.map(({ type, value }) => `${type} ${value}`));
    }
    expect(types).toEqual([[], [], [], [], ['BMC_UNREACHABLE 5'], [], [], []]);
    const back = judgeReport(rules, watch, healthReport({ sensors: [temperature(101)] }));
    expect(back.found.map(({ type }) => type)).toEqual(['BMC_REACHABLE', 'OVERHEAT']);
  });

  test('for a moment, or because the hub itself is busy with it, is none', () => {
    const once = silent(EMPTY).after;
    expect(judgeReport(rules, once, healthReport({})).found).toEqual([]);
    expect(silent(EMPTY, 'throttled')).toEqual({ after: EMPTY, found: [] });
  });

  test('whose login is refused is reported at once', () => {
    expect(silent(EMPTY, 'unauthorized').found.map(({ type }) => type)).toEqual(['BMC_LOGIN_REFUSED']);
  });
});

test('critical log entries are symptoms of their moment, or of now where it cannot be theirs', () => {
  const entry = {
    ...{ key: '', log: '/log', id: '1', messageId: null, messageArgs: [], severity: 'Critical' as const },
    ...{ message: 'Uncorrectable ECC error', origin: '/redfish/v1/Systems/1/Memory/A1' },
  };
  const now = new Date('2026-03-01T00:00:00.000Z');
  const times = [
    '2026-02-28T12:00:00+02:00',
    '2026-02-28T12:00:00',
    '2031-01-01T00:00:00Z',
    '1999-01-01T00:00:00Z',
    null,
  ];
  const found = judgeLogs(
    rules,
    [{ ...entry, at: null, severity: 'Warning' }, ...times.map((at) => ({ ...entry, at }))],
    now,
  );
  expect(found.map(({ occurredAt }) => occurredAt)).toEqual([
    '2026-02-28T10:00:00.000Z',
    '2026-02-28T12:00:00.000Z',
    ...Array(3).fill(now.toISOString()),
  ]);
  expect(found[0]).toMatchObject({ type: 'ECC_UNCORRECTABLE', component: 'A1' });
});

test('polls of a fleet are spread over the interval, and each comes at its own place in it', () => {
  const now = new Date('2026-01-01T00:00:00.000Z');
  const times = Array.from({ length: 1000 }, (_, nth) => nextPoll(`server ${nth}`, 'health', 60_000, now).getTime());
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const within = times.filter((time) => Math.floor((time % 60_000) / 6_000) === tenth).length;
    expect([tenth, within > 60 && within < 140]).toEqual([tenth, true]);
  }
  const first = nextPoll('one', 'health', 60_000, now);
  const late = new Date(first.getTime() + 5_000);
  expect(nextPoll('one', 'health', 60_000, late).getTime()).toBe(first.getTime() + 60_000);
  expect(nextPoll('one', 'health', 60_000, new Date(first.getTime() + 50_000)).getTime()).toBe(
    first.getTime() + 120_000,
  );
});
