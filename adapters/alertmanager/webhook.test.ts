import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import type { Translated } from '#src/ports/adapter.ts';
import type { AlertObserved } from '#src/ports/observation.ts';
import { corpusPath } from '#test/kit/corpus.ts';
import { watchAlertMapping } from './mapping.ts';
import { fingerprintOf } from './simulator/fingerprint.ts';
import { alertmanagerDoor } from './webhook.ts';

const TOKEN = 'token-of-this-test-0123456789';
const mapping = watchAlertMapping(kitForTests('alertmanager').log).value;
const door = alertmanagerDoor({ tokens: [TOKEN, 'the-one-before-0123456789'], mapping });
const receivedAt = new Date('2026-11-21T12:00:00.5Z');
const deliver = (body: unknown, authorization?: string) => ({
  headers: authorization === undefined ? {} : { authorization },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  receivedAt,
});
const alert = (more: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'DiskFail', serial: 'ABC1234', disk: 'sda' },
  annotations: { summary: 'sda fails' },
  startsAt: '2026-11-21T11:00:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: '5fb1240fe0a970b9',
  ...more,
});
const message = (alerts: unknown[], more: object = {}) => ({
  ...{ version: '4', groupKey: '{}', truncatedAlerts: 0, receiver: 'hub', status: 'firing', alerts },
  ...more,
});
const seen = (translated: Translated): AlertObserved[] =>
  translated.result === 'observed' ? (translated.observations as AlertObserved[]) : [];

describe('the token', () => {
  test.each([
    ['the token', `Bearer ${TOKEN}`, true],
    ['the one before', 'bearer the-one-before-0123456789', true],
    ['another', 'Bearer nonsense', false],
    ['none', undefined, false],
    ['a bare token', TOKEN, false],
    ['basic authentication', `Basic ${Buffer.from(`a:${TOKEN}`).toString('base64')}`, false],
  ])('%s', (_what, authorization, ok) => {
    expect(door.verify(deliver(message([]), authorization)).ok).toBe(ok);
  });

  test('none is configured: nobody enters', () => {
    const closed = alertmanagerDoor({ tokens: [], mapping });
    expect(closed.verify(deliver(message([]), 'Bearer ')).ok).toBe(false);
  });
});

describe('a message', () => {
  test('is taken alert by alert: one that ended in a group that fires has ended', () => {
    const ended = alert({ status: 'resolved', endsAt: '2026-11-21T11:30:00Z', fingerprint: '314f70197ce90bbe' });
    expect(seen(door.translate(deliver(message([alert(), ended]))))).toMatchObject([
      { fingerprint: '5fb1240fe0a970b9', startsAt: '2026-11-21T11:00:00.123456Z', endsAt: null },
      { fingerprint: '314f70197ce90bbe', endsAt: '2026-11-21T11:30:00.000000Z' },
    ]);
  });

  test('what fires has not ended, whatever its end says; what ended without a time ended by now', () => {
    const until = alert({ endsAt: '2026-11-21T13:00:00Z' });
    expect(seen(door.translate(deliver(message([until]))))).toMatchObject([{ endsAt: null }]);
    const ended = alert({ status: 'resolved' });
    expect(seen(door.translate(deliver(message([ended]))))).toMatchObject([{ endsAt: '2026-11-21T12:00:00.500Z' }]);
  });

  test('with one alert that cannot be read costs only that one, and says so', () => {
    const translated = door.translate(deliver(message([alert(), { status: 'melting' }, alert({ fingerprint: 'ab' })])));
    expect(seen(translated)).toHaveLength(2);
    expect(translated).toMatchObject({ note: expect.stringContaining('alerts[1].status') });
  });

  test('that was cut says how many alerts are missing', () => {
    const translated = door.translate(deliver(message([alert()], { truncatedAlerts: 7 })));
    expect(translated).toMatchObject({ result: 'observed', note: expect.stringMatching(/^7 more .*max_alerts/) });
    expect(door.translate(deliver(message([], { truncatedAlerts: 7 })))).toMatchObject({
      result: 'ignored',
      reason: expect.stringMatching(/^7 more/),
    });
  });

  test.each([
    ['no JSON', '{'],
    ['version 3', message([], { version: '3' })],
    ['only what cannot be read', message([{}])],
  ])('%s is not understood', (_what, body) => {
    expect(door.translate(deliver(body)).result).toBe('unsupported');
  });

  test('of a symptom, of none, and of one that nobody knows', () => {
    const of = (labels: object) => seen(door.translate(deliver(message([alert({ labels })]))))[0]?.meaning;
    expect(of({ alertname: 'DiskFail', serial: 'ABC1234', disk: 'sda' })).toMatchObject({
      ...{ outcome: 'symptom', symptom: 'SMART_FAIL', subject: { servers: ['ABC1234'] }, component: 'sda' },
    });
    expect(of({ alertname: 'Watchdog' })).toMatchObject({ outcome: 'ignored' });
    expect(of({ alertname: 'constructor', toString: 'x' })).toMatchObject({ outcome: 'unmapped' });
    expect(of({})).toMatchObject({ outcome: 'unmapped', why: expect.stringContaining('without a name') });
  });
});

const folder = corpusPath('monitoring', 'alertmanager-webhook-recordings');
const recordings = listOf(folder);
if (recordings.length === 0)
  console.info('skipped: recorded messages of a real Alertmanager, because no corpus is present (REANIMATOR_CORPUS)');

describe.skipIf(recordings.length === 0)('recorded from Alertmanager 0.25', () => {
  test.each(recordings)('%s is read whole', (file) => {
    const { body, headers } = read(file);
    const translated = door.translate({ ...deliver(body), headers });
    expect(translated).not.toHaveProperty('note');
    const alerts = seen(translated);
    expect(alerts).toHaveLength((body['alerts'] as unknown[]).length);
    for (const [at, one] of alerts.entries()) {
      const raw = (body['alerts'] as { status: string; fingerprint: string }[])[at];
      expect(one.endsAt === null).toBe(raw?.status === 'firing');
      expect(one.meaning.outcome).toBe('symptom');
      // The simulator makes the fingerprints that a real one makes.
      expect(fingerprintOf(one.labels)).toBe(raw?.fingerprint);
    }
  });

  test('the retry after a 500 has the same bytes; the reminder too; what fires again has another start', () => {
    const bytes = (file: string): string => JSON.stringify(read(file).body);
    expect(bytes(nameOf('02'))).toBe(bytes(nameOf('03')));
    expect(bytes(nameOf('01'))).toBe(bytes(nameOf('06')));
    const [before, after] = [nameOf('04'), nameOf('05')].map(
      (file) => seen(door.translate(deliver(read(file).body)))[0],
    );
    expect(after?.fingerprint).toBe(before?.fingerprint);
    expect((after?.startsAt ?? '') > (before?.startsAt ?? '')).toBe(true);
  });
});

function listOf(where: string): string[] {
  try {
    return readdirSync(where).filter((name) => /^\d\d-/.test(name));
  } catch {
    return [];
  }
}

function nameOf(number: string): string {
  return recordings.find((name) => name.startsWith(number)) ?? '';
}

function read(file: string): { body: Record<string, unknown>; headers: Record<string, string> } {
  return JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as ReturnType<typeof read>;
}
