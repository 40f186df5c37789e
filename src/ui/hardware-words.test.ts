import { describe, expect, test } from 'vitest';
import { ERASE_METHODS, ERASURE_STATES } from '../erasure/model.ts';
import { INSTALLED_VERDICTS } from '../firmware/judge-installed.ts';
import { HOP_STATES, UPDATE_STATES } from '../firmware/model.ts';
import type { SensorReading } from '../ports/bmc-health.ts';
import {
  driveRows,
  ERASURE_WORDS,
  isErasing,
  METHOD_CHOICES,
  typedDrives,
  whyNoCancel as whyNoCancelOfErasure,
  whyNotThis,
} from './screens/erasure-words.js';
import {
  componentText,
  isOpen,
  policyText,
  STEP_WORDS,
  UPDATE_WORDS,
  updateBody,
  VERDICT_WORDS,
  whyNoBaseline,
  whyNoCancel,
} from './screens/firmware-words.js';
import { countText, healthOf, limitsText, readingText, SENSOR_KINDS, worstFirst } from './screens/health-words.js';

const names = (words: object) => Object.keys(words).toSorted();

describe('health', () => {
  const kinds: Record<SensorReading['kind'], true> = {
    ...{ temperature: true, fan: true, power: true, voltage: true, current: true },
    ...{ energy: true, humidity: true, percent: true, other: true },
  };
  const sensor = {
    ...{ chassis: '1', name: 'Inlet', kind: 'temperature', value: 21.04 as number | null, unit: 'Cel' },
    ...{
      upper_caution: 42,
      upper_critical: 47,
      lower_caution: null,
      lower_critical: -7,
      health: null as string | null,
    },
  };

  test('a word for each kind of sensor', () => expect(names(SENSOR_KINDS)).toEqual(names(kinds)));

  test('no value is unknown, never 0 and never well', () => {
    expect(readingText(sensor)).toBe('21.04 °C');
    expect(readingText({ ...sensor, value: 0, unit: 'RPM' })).toBe('0 rpm');
    expect(readingText({ ...sensor, value: null })).toBe('unknown');
    expect(healthOf({ ...sensor, value: null })).toBeNull();
    const none = { upper_caution: null, upper_critical: null, lower_caution: null, lower_critical: null };
    expect(healthOf({ ...sensor, ...none })).toBeNull();
    expect(countText([sensor, { ...sensor, value: null }], false)).toBe(
      '2 sensors, 1 of them unknown, more that could not be read, which are unknown',
    );
    expect(countText([sensor], true)).toBe('1 sensor');
  });

  test('what the BMC says of a sensor, else its limits; worst first', () => {
    expect(limitsText(sensor)).toBe('from -7 to 47');
    expect(healthOf(sensor)).toBe('OK');
    expect(healthOf({ ...sensor, value: 43 })).toBe('Warning');
    expect(healthOf({ ...sensor, value: -8 })).toBe('Critical');
    expect(healthOf({ ...sensor, value: 99, health: 'OK' })).toBe('OK');
    const hot = { ...sensor, name: 'CPU', value: 50 };
    const silent = { ...sensor, name: 'PSU', value: null };
    expect(worstFirst([sensor, silent, hot]).map(({ name }) => name)).toEqual(['CPU', 'PSU', 'Inlet']);
  });
});

describe('firmware', () => {
  test('a word for every state and verdict', () => {
    expect(names(UPDATE_WORDS)).toEqual(UPDATE_STATES.toSorted());
    expect(names(STEP_WORDS)).toEqual(HOP_STATES.toSorted());
    expect(names(VERDICT_WORDS)).toEqual(INSTALLED_VERDICTS.toSorted());
    expect(UPDATE_STATES.filter((state) => isOpen({ state }))).toEqual(['requested', 'running']);
    expect(isOpen(undefined)).toBe(false);
  });

  test('what differs, and what is unknown, is counted by itself', () => {
    const of = (...verdicts: string[]) => policyText(verdicts.map((verdict) => ({ verdict })));
    expect(of('as-wanted', 'differs', 'unknown', 'not-in-policy')).toBe(
      '1 of 3 as the policy wants, 1 differ, 1 unknown',
    );
    expect(of('not-in-policy')).toBe('1 listed; the policy says nothing of them');
    expect(whyNoBaseline({ plan: [], plan_failure: 'no baseline' })).toBe('no baseline');
    expect(whyNoBaseline({ plan: [], plan_failure: null })).toMatch(/as wanted/);
    expect(whyNoBaseline({ plan: [{}], plan_failure: null })).toBeUndefined();
  });

  test('an update is cancelled while nothing of its next step was sent', () => {
    const at = '2026-11-21T12:00:00Z';
    const of = (state: string, sent_at: string | null, withdrawable = false) =>
      whyNoCancel({ steps: [{ name: 'BIOS', from: '1', to: '2', state, sent_at, withdrawable }] });
    expect(whyNoCancel({ steps: [] })).toBeUndefined();
    expect([of('planned', null), of('starting', null), of('done', at)]).toEqual([undefined, undefined, undefined]);
    for (const state of ['starting', 'following', 'going-back'])
      expect(of(state, at)).toBe('BIOS 1 → 2 is under way, and goes to its end first');
    expect(of('following', at, true)).toBeUndefined();
  });

  test('what a BMC does not update itself is said so', () => {
    const of = (updateable: boolean | null) => componentText({ name: 'Drive', version: null, updateable });
    expect([of(false), of(null)]).toEqual([
      'Drive (unknown version), not by the BMC itself',
      'Drive (unknown version)',
    ]);
  });

  test('an image goes whole, or the API says what is missing', () => {
    const form = {
      component: 'BIOS',
      version: '2',
      may_reset: 'no',
      reason: 'x',
      uri: null,
      sha256: null,
      size_bytes: null,
    };
    expect(updateBody(form)).toEqual({
      components: [{ component: 'BIOS', version: '2', image: null }],
      ...{ may_reset: false, reason: 'x' },
    });
    expect(updateBody({ ...form, size_bytes: '7', may_reset: 'yes' })).toMatchObject({
      components: [{ image: { uri: null, sha256: null, size_bytes: 7 } }],
      may_reset: true,
    });
  });
});

describe('erasures', () => {
  const drive = { slot: 'Bay 0', serial: 'S0', model: 'Disk' };
  const erasure = (serial: string, state: string) => ({
    ...{ id: `${serial}-${state}`, slot: 'Bay 0', serial, state, why: null, requested_at: '2026-11-21T12:00:00Z' },
  });

  test('a word for every state and way; no end without a proof reads as erased', () => {
    expect(names(ERASURE_WORDS)).toEqual(ERASURE_STATES.toSorted());
    expect(METHOD_CHOICES.map(([method]) => method).toSorted()).toEqual(ERASE_METHODS.toSorted());
    expect(Object.keys(ERASURE_WORDS).filter((state) => ERASURE_WORDS[state]?.tone === 'good')).toEqual(['done']);
    expect(ERASURE_STATES.filter((state) => isErasing({ state }))).toEqual(['requested', 'starting', 'following']);
  });

  test('one is cancelled while nothing of it was sent', () => {
    expect(whyNoCancelOfErasure({ sent_at: null })).toBeUndefined();
    expect(whyNoCancelOfErasure({ sent_at: '2026-11-21T12:00:00Z' })).toMatch(/was sent/);
  });

  test('only a serial to the letter names a drive', () => {
    expect(whyNotThis('S0', drive)).toBeUndefined();
    for (const typed of ['s0', 'S1', null]) expect(whyNotThis(typed, drive)).toMatch(/not its serial/);
    expect(whyNotThis(null, { ...drive, serial: null })).toMatch(/not its serial/);
    expect(typedDrives(' S0\nS0\n', [drive])).toEqual({ drives: [{ slot: 'Bay 0', serial: 'S0' }] });
    expect(typedDrives('S0 S9', [drive])).toEqual({ fault: 'no drive here has the serial S9' });
    expect(typedDrives(null, [drive])).toHaveProperty('fault');
  });

  test('the last erasure of each drive with the last proof, also where a later one failed or the drive is gone', () => {
    const rows = driveRows(
      [drive, { slot: 'Bay 1', serial: null, model: null }],
      [...[erasure('S0', 'failed'), erasure('GONE', 'unknown'), erasure('S0', 'done'), erasure('GONE', 'failed')]],
    );
    expect(
      rows.map(({ drive: { serial }, isThere, last, proof }) => [serial, isThere, last?.state, proof?.state]),
    ).toEqual([
      ['S0', true, 'failed', 'done'],
      [null, true, undefined, undefined],
      ['GONE', false, 'unknown', undefined],
    ]);
  });
});
