import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '#src/ports/adapter.ts';
import { webhookDoor } from './webhook.ts';
import { corpusPath } from '#test/kit/corpus.ts';

const secret = 'a-webhook-secret';
const now = new Date('2026-11-20T10:00:05Z');
const door = webhookDoor({ webhookSecret: secret, maxDeliveryAgeMs: 86_400_000 });

function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}.json`, import.meta.url));
}
function deliver(body: Buffer | string, headers: Record<string, string> = {}, receivedAt = now): Delivery {
  return { headers, body: Buffer.from(body), receivedAt };
}
function signed(body: Buffer | string, with_ = secret, receivedAt = now): Delivery {
  return deliver(body, { 'x-hook-signature': createHmac('sha512', with_).update(body).digest('hex') }, receivedAt);
}
function reason(delivery: Delivery): string {
  const verdict = door.verify(delivery);
  return verdict.ok ? 'accepted' : verdict.reason;
}

describe('verify', () => {
  const body = fixture('4.7/device-updated');

  test('takes what was signed with the secret, in either case of hex', () => {
    expect(door.verify(signed(body))).toEqual({ ok: true });
    const upper = signed(body).headers['x-hook-signature']?.toUpperCase() ?? '';
    expect(door.verify(deliver(body, { 'x-hook-signature': upper }))).toEqual({ ok: true });
  });

  test('refuses another secret, another body, and a signature of the wrong kind', () => {
    const good = signed(body).headers['x-hook-signature'] ?? '';
    expect(reason(signed(body, 'another-secret'))).toBe('signature does not match');
    expect(reason(deliver(Buffer.concat([body, Buffer.from(' ')]), { 'x-hook-signature': good }))).toBe(
      'signature does not match',
    );
    for (const bad of [
      good.slice(0, 126),
      `${good.slice(0, 127)}g`,
      good.slice(0, 127),
      `${good}00`,
      `sha512=${good}`,
    ]) {
      expect(reason(deliver(body, { 'x-hook-signature': bad }))).toBe('X-Hook-Signature is not a hex SHA-512');
    }
    expect(reason(deliver(body))).toContain('no X-Hook-Signature');
    expect(reason(deliver(body, { 'x-hook-signature': '' }))).toContain('no X-Hook-Signature');
  });

  test('refuses everything where no secret is set', () => {
    const open = webhookDoor({ webhookSecret: undefined, maxDeliveryAgeMs: 1000 });
    const empty = deliver(body, { 'x-hook-signature': createHmac('sha512', '').update(body).digest('hex') });
    expect(open.verify(empty)).toEqual({ ok: false, reason: 'webhookSecret is not set' });
  });

  test('refuses what is too old, too far ahead, or has no time', () => {
    expect(reason(signed(body, secret, new Date('2026-11-21T09:59:00Z')))).toBe('accepted');
    expect(reason(signed(body, secret, new Date('2026-11-21T10:00:05Z')))).toContain('s old');
    expect(reason(signed(body, secret, new Date('2026-11-20T09:40:00Z')))).toContain('ahead');
    expect(reason(signed('{"event":"updated"}'))).toContain('no timestamp');
    expect(reason(signed('{"timestamp":"yesterday"}'))).toContain('no timestamp');
    expect(reason(signed('not json'))).toContain('no timestamp');
  });

  test('no reason repeats the secret or the signature', () => {
    const wrong = signed(body, 'another-secret');
    const said = reason(wrong);
    expect(said).not.toContain(secret);
    expect(said).not.toContain(wrong.headers['x-hook-signature']);
  });
});

describe('translate', () => {
  const requestId = '0f0e6f4a-5a0b-4b7e-9d6c-7f1f8d6a0001';
  for (const version of ['4.4', '4.5', '4.6', '4.7']) {
    test.each([
      ['device-updated', 'dcim.device', '231', 'updated'],
      ['interface-created', 'dcim.interface', '77', 'created'],
      ['ipaddress-updated', 'ipam.ipaddress', '9001', 'updated'],
      ['macaddress-deleted', 'dcim.macaddress', '991', 'deleted'],
    ])(`NetBox ${version}: %s is about device 231`, (name, objectType, objectId, change) => {
      expect(door.translate(deliver(fixture(`${version}/${name}`)))).toEqual({
        result: 'observed',
        observations: [
          {
            kind: 'record-changed',
            objectType,
            objectId,
            change,
            deviceId: '231',
            deviceIds: [],
            requestId,
            observedAt: '2026-11-20T10:00:00.123Z',
          },
        ],
      });
    });
  }

  describe('a cable', () => {
    const at = (type: string, id: number | null) => ({
      ...{ object_type: `dcim.${type}`, object_id: 5 },
      object: { id: 5, name: 'x', ...(id === null ? {} : { device: { id, name: `d${id}` } }) },
    });
    const ends = (a: number[], b: number[]) => ({ label: 'C1', a_terminations: a, b_terminations: b });
    const told = (event: string, before: object | null, after: object | null) => {
      const data = {
        id: 9,
        a_terminations: [at('powerport', 231)],
        b_terminations: [at('poweroutlet', 40), at('powerfeed', null)],
      };
      const payload = { event, object_type: 'dcim.cable', timestamp: '2026-11-20T10:00:00Z', data };
      const body = JSON.stringify({ ...payload, snapshots: { prechange: before, postchange: after } });
      const result = door.translate(deliver(body));
      return result.result === 'observed' ? result.observations[0] : result;
    };

    test.each([
      ['created', null, ends([1], [2, 3])],
      ['deleted', ends([1], [2, 3]), null],
      ['updated', ends([1], [4]), ends([1], [2, 3])],
      // A snapshot that does not say what it was.
      ['updated', null, ends([1], [2, 3])],
    ])('that was %s names the devices at its ends', (event, before, after) => {
      expect(told(event, before, after)).toMatchObject({
        objectType: 'dcim.cable',
        deviceId: null,
        deviceIds: ['231', '40'],
      });
    });

    test('that only got another label connects what it did before', () => {
      const found = told('updated', { ...ends([1], [2]), label: '' }, ends([1], [2]));
      expect(found).toMatchObject({ objectId: '9', deviceIds: [] });
    });
  });

  test('before 4.4 the model alone names the type', () => {
    const result = door.translate(deliver(fixture('4.3/device-updated')));
    expect(result).toMatchObject({
      result: 'observed',
      observations: [{ objectType: 'dcim.device', objectId: '231' }],
    });
  });

  test('what is on a virtual machine has no device', () => {
    const result = door.translate(deliver(fixture('4.7/ipaddress-of-vm')));
    expect(result).toMatchObject({
      result: 'observed',
      observations: [{ objectType: 'ipam.ipaddress', objectId: '9002', deviceId: null }],
    });
  });

  test('a change inside a branch is ignored, and so is a job', () => {
    const body = JSON.parse(fixture('4.7/device-updated').toString('utf8')) as Record<string, unknown>;
    expect(door.translate(deliver(JSON.stringify({ ...body, active_branch: { id: 3, name: 'try-out' } }))).result).toBe(
      'ignored',
    );
    expect(door.translate(deliver(JSON.stringify({ ...body, active_branch: null }))).result).toBe('observed');
    expect(door.translate(deliver(JSON.stringify({ ...body, event: 'job_started' }))).result).toBe('ignored');
  });

  test.each([
    '',
    'garbage',
    '[]',
    'null',
    '{}',
    '{"event":"updated"}',
    '{"event":"updated","timestamp":"2026-11-20T10:00:00Z","object_type":"dcim.device","data":{"id":"231"}}',
  ])('foreign input %j is unsupported, not an exception', (body) =>
    expect(door.translate(deliver(body)).result).toBe('unsupported'),
  );

  test('an event or a model that nobody knows is unsupported', () => {
    const body = JSON.parse(fixture('4.7/device-updated').toString('utf8')) as Record<string, unknown>;
    expect(door.translate(deliver(JSON.stringify({ ...body, event: 'exploded' })))).toMatchObject({
      result: 'unsupported',
      reason: 'unknown event "exploded"',
    });
    expect(
      door.translate(deliver(JSON.stringify({ ...body, object_type: undefined, model: 'frobnicator' }))).result,
    ).toBe('unsupported');
  });

  test('the same delivery gives the same observations', () => {
    const delivery = deliver(fixture('4.6/device-updated'));
    expect(door.translate(delivery)).toEqual(door.translate(delivery));
  });
});

const recorded = corpusPath('netbox', 'recorded-4.7.3');
const absent = !existsSync(recorded);
if (absent)
  process.stderr.write(`skipped: recorded deliveries of NetBox 4.7.3 are not at ${recorded} (REANIMATOR_CORPUS)\n`);

describe.skipIf(absent)('deliveries recorded from NetBox 4.7.3', () => {
  const files = absent ? [] : readdirSync(recorded).filter((file) => file.endsWith('.http'));
  test('there are some', () => expect(files.length).toBeGreaterThan(0));
  test.each(files)('%s', (file) => {
    const text = readFileSync(path.join(recorded, file));
    const body = text.subarray(
      text.indexOf('\r\n\r\n') === -1 ? text.indexOf('\n\n') + 2 : text.indexOf('\r\n\r\n') + 4,
    );
    const [, objectType, change] = /^\d+-(.+)-(\w+)\.http$/.exec(file) ?? [];
    const result = door.translate(deliver(body));
    expect(result).toMatchObject({
      result: 'observed',
      observations: [{ objectType, change, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    });
  });
});
