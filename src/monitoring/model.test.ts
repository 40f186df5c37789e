import { describe, expect, test } from 'vitest';
import { type AlertSymptom, judgeAlert, type KnownAlert, toMicros } from './model.ts';

const told: AlertSymptom = {
  ...{ symptom: 'SMART_FAIL', subject: { servers: ['ABC1234'] }, component: 'sda', componentKind: null, serial: null },
  ...{ value: null, severity: null, message: null, source: 'alertmanager', episode: 'ab/1' },
};
const at = (minute: number): string => `2026-11-21T12:${String(minute).padStart(2, '0')}:00.000000Z`;
const seen = (startsAt: number, endsAt: number | null, observedAt: number) => ({
  startsAt: at(startsAt),
  endsAt: endsAt === null ? null : at(endsAt),
  observedAt: at(observedAt),
});
/** Holds since minute 10, told at minute 11. */
const holds: KnownAlert = { ...{ startsAt: at(10), endsAt: null, heardAt: at(11), told }, raisedFor: at(10) };
const ended: KnownAlert = { ...holds, endsAt: at(20), heardAt: at(21), told: null };
const stepsOf = (known: KnownAlert | undefined, alert: ReturnType<typeof seen>): string[] | null =>
  judgeAlert(known, alert)?.steps.map((step) => `${step.does} ${step.at.slice(14, 16)}`) ?? null;

describe('an alert', () => {
  test.each<[string, KnownAlert | undefined, ReturnType<typeof seen>, string[] | null]>([
    ['that nobody heard of begins when it says', undefined, seen(10, null, 11), ['raise 10']],
    ['that had ended before anybody heard of it is nothing', undefined, seen(10, 20, 21), []],
    ['that is told again is a reminder', holds, seen(10, null, 30), []],
    ['ends when it says', holds, seen(10, 20, 21), ['clear 20']],
    ['whose end is told twice ended once', ended, seen(10, 20, 22), []],
    [
      'with a new start ends the episode before and begins another',
      holds,
      seen(40, null, 41),
      ['clear 40', 'raise 40'],
    ],
    ['with a new start after its end only begins', ended, seen(40, null, 41), ['raise 40']],
    ['with the same start after its end holds again, from when that was told', ended, seen(10, null, 30), ['raise 30']],
    ['whose start moved back is the same episode', holds, seen(8, null, 12), []],
    ['whose start moved back ends as well', holds, seen(8, 20, 21), ['clear 20']],
    ['whose end of a newer episode comes first ends the one that was told', holds, seen(40, 45, 46), ['clear 40']],
    [
      'that was not understood is tried again',
      { ...holds, told: null, raisedFor: null },
      seen(10, null, 30),
      ['raise 10'],
    ],
    ['that was not understood and ends is nothing', { ...holds, told: null, raisedFor: null }, seen(10, 20, 21), []],
  ])('%s', (_what, known, alert, steps) => {
    expect(stepsOf(known, alert)).toEqual(steps);
  });
});

describe('told out of order', () => {
  test('a beginning after its own end is told with it', () => {
    const neverRaised = { ...ended, raisedFor: null };
    expect(stepsOf(neverRaised, seen(10, null, 11))).toEqual(['raise 10', 'clear 20']);
    expect(judgeAlert(neverRaised, seen(10, null, 11))?.isLatest).toBe(false);
  });

  test.each<[string, KnownAlert, ReturnType<typeof seen>]>([
    ['a beginning that was told', ended, seen(10, null, 11)],
    ['an end from before it held again', { ...holds, heardAt: at(30) }, seen(10, 20, 21)],
    ['an older episode', { ...holds, startsAt: at(40), heardAt: at(41) }, seen(10, null, 11)],
  ])('%s changes nothing', (_what, known, alert) => {
    expect(judgeAlert(known, alert)).toBeNull();
  });
});

test('which is earlier does not depend on how many digits there are', () => {
  expect(toMicros('2026-11-21T12:00:00.1Z') < toMicros('2026-11-21T12:00:00.100001Z')).toBe(true);
  expect(toMicros('2026-11-21T12:00:00Z')).toBe('2026-11-21T12:00:00.000000Z');
});
