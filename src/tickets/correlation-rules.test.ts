import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { causeOfPlace, causesOf } from './cause.ts';
import { correlationSchema, CorrelationRules, matchesKind } from './correlation-rules.ts';
import type { Feeder } from '../feeds/reads.ts';
import { reachedAround, reachedCause, type Shown } from './reached-cause.ts';

const file = parse(readFileSync(new URL('../../mappings/correlation-rules.yaml', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const { causes } = CorrelationRules.parse(file);

test('the widest place comes first', () => {
  const found = causesOf(causes, { symptom: 'PSU_FAIL', type: 'REPLACE_PSU' });
  expect(found[0]?.level).toBe('site');
  expect(causesOf(causes, { symptom: 'SMART_FAIL', type: 'REPLACE_DISK' })).toEqual([]);
});

test('a kind of work may be explained as well as a symptom', () => {
  expect(causesOf(causes, { symptom: 'WATCHDOG', type: 'REBOOT' }).length).toBeGreaterThan(0);
});

test('what a place tells of itself has a cause where the place is of that level', () => {
  expect(causeOfPlace(causes, 'rack', 'RACK_POWER_LOST')?.ticket).toBe('CHECK_RACK_POWER');
  expect(causeOfPlace(causes, 'site', 'RACK_POWER_LOST')).toBeUndefined();
});

test('enough servers within the time, not over all time; one server often is one', () => {
  const shown = (servers: number, gapMs: number) =>
    Array.from({ length: servers }, (_, n) => ({
      ...{ assetId: `a${n}`, rackId: 'r', symptom: 'POWER_LOST', type: 'REBOOT', at: n * gapMs },
      ...{ component: '', feeders: [] },
    }));
  expect(reachedCause(causes, 'rack', shown(5, 1000), 40)?.servers).toBe(5);
  expect(reachedCause(causes, 'rack', shown(5, 60_000), 40)).toBeUndefined();
  expect(
    reachedCause(
      causes,
      'rack',
      shown(20, 0).map((one) => ({ ...one, assetId: 'a' })),
      40,
    ),
  ).toBeUndefined();
});

test('of a rack that does not answer the switch that all of it hangs on is named as what it may be', () => {
  const leaf: Feeder = { level: 'switch', name: 'leaf1', names: ['leaf1'], said: 'Leaf1', feeds: [] };
  const feeds = [
    {
      ...{ assetId: 'a', source: 'lldp', level: 'switch' as const, port: 'eth0', name: 'leaf1', said: 'Leaf1' },
      ...{ outlet: null, management: false, seenAt: '2026-11-22T00:00:00.000Z' },
    },
  ];
  const shown: Shown[] = Array.from({ length: 10 }, (_, n) => ({
    ...{ assetId: `a${n}`, rackId: 'r', symptom: 'HOST_DOWN', type: 'REBOOT', component: '', at: 0 },
    feeders: [{ ...leaf, feeds }],
  }));
  const around = (on: number) => ({
    ...{ causes, rack: shown, total: 12, fed: [] },
    totalOn: () => on,
    isDown: () => false,
  });
  const [first] = shown as [Shown];
  const said = (on: number) => {
    const found = reachedAround(causes, first, around(on));
    return [found?.cause.ticket, found?.feeder?.said, found?.suspects.map(({ name }) => name)];
  };
  expect(said(12)).toEqual(['CHECK_RACK', undefined, ['leaf1']]);
  expect(said(10)).toEqual(['CHECK_SWITCH', 'Leaf1', []]);
});

test.each([
  ['a test that is wrong', { tests: [{ level: 'rack', of: 9, show: [], opens: 'CHECK_RACK_POWER' }] }, /opens nothing/],
  ['a cause twice', { causes: [causes[0], causes[0]], tests: [] }, /is there twice/],
  [
    'feeds of a place that feeds nothing',
    {
      causes: [{ ...causes[0], shown_by: undefined, explains: [{ symptom: 'HOST_DOWN', feeds: 'all' }] }],
      tests: [],
    },
    /HOST_DOWN: feeds, ports and by_rack are for pdu and switch; a site feeds nothing/,
  ],
  [
    'ports of a PDU',
    { causes: [{ ...causes[2], explains: [{ symptom: 'HOST_DOWN', ports: 'data' }] }], tests: [] },
    /HOST_DOWN: ports are for switch/,
  ],
  [
    'a symptom twice',
    { causes: [{ ...causes[2], explains: ['PSU_LOST', { symptom: 'PSU_LOST', feeds: 'all' }] }], tests: [] },
    /PSU_LOST is there twice/,
  ],
  [
    'what shows a cause that does not explain it',
    { causes: [{ ...causes[0], shown_by: ['SMART_FAIL'] }], tests: [] },
    /SMART_FAIL is in shown_by, and not explained/,
  ],
  [
    'a test that names another one',
    {
      tests: [
        {
          ...{ level: 'rack', of: 40, opens: 'CHECK_PDU', names: 'b' },
          show: [{ symptom: 'PSU_LOST', servers: 4, over_s: 5, pdus: ['a'] }],
        },
      ],
    },
    /opens CHECK_PDU of a, not CHECK_PDU of b/,
  ],
  ['a cause that explains itself', { causes: [{ ...causes[0], explains: causes[0]?.symptoms }], tests: [] }, /itself/],
])('refuses %s', (_what, more, says) => {
  expect(() => CorrelationRules.parse({ ...file, ...more })).toThrow(says);
});

test('the schema for editors is what the code reads', () => {
  const kept = new URL('../../mappings/schema/correlation-rules.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(kept, 'utf8'))).toEqual(JSON.parse(JSON.stringify(correlationSchema())));
});

test('a star stands for any end', () => {
  expect([matchesKind('CHECK_*', 'CHECK_FAN'), matchesKind('CHECK_FAN', 'CHECK_FANS')]).toEqual([true, false]);
});
