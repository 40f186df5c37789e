import { describe, expect, test } from 'vitest';
import { normaliseMac } from './schema.ts';
import { CLOCK_TOLERANCE_MS, dhcpDoor, signLease } from './webhook.ts';

const secret = 'correct horse battery';
const now = new Date('2026-11-21T06:30:00Z');
const door = dhcpDoor({ secret, maxAgeMs: 3_600_000 });
const lease = {
  source: 'kea',
  event: 'commit',
  ip: '192.0.2.7',
  mac: '0c:42:a1:00:00:07',
  at: '2026-11-21T06:29:59.250Z',
};

function delivery(body: unknown, headers: Record<string, string> = {}) {
  return { headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), receivedAt: now };
}

function signed(body: string, at = now, key = secret) {
  return { 'x-reanimator-signature': signLease(body, key, at) };
}

function reasonFor(headers: Record<string, string>, body = '{}'): string {
  const verdict = door.verify(delivery(body, headers));
  return verdict.ok ? 'accepted' : verdict.reason;
}

describe('verify', () => {
  test('takes the secret itself and a signature', () => {
    expect(reasonFor({ authorization: `Bearer ${secret}` })).toBe('accepted');
    expect(reasonFor({ authorization: `bearer  ${secret}` })).toBe('accepted');
    expect(reasonFor(signed('{"a":1}'), '{"a":1}')).toBe('accepted');
  });

  test('refuses what is wrong, says why, and never repeats a secret', () => {
    const wrong = 'wrong-secret-of-somebody';
    const reasons = {
      nothing: reasonFor({}),
      basic: reasonFor({ authorization: 'Basic d3Jvbmc6d3Jvbmc=' }),
      bearer: reasonFor({ authorization: `Bearer ${wrong}` }),
      prefix: reasonFor({ authorization: `Bearer ${secret.slice(0, -1)}` }),
      key: reasonFor(signed('{}', now, wrong)),
      body: reasonFor(signed('{"a":1}'), '{"a":2}'),
      shape: reasonFor({ 'x-reanimator-signature': 'sha256=abcdef' }),
      time: reasonFor({ 'x-reanimator-signature': signed('{}')['x-reanimator-signature'].replace(/t=\d/, 't=9') }),
    };
    expect(reasons).toMatchInlineSnapshot(`
      {
        "basic": "Authorization is not "Bearer <secret>"",
        "bearer": "wrong secret",
        "body": "wrong signature: another secret, or the body was changed on the way",
        "key": "wrong signature: another secret, or the body was changed on the way",
        "nothing": "neither X-Reanimator-Signature nor Authorization is there",
        "prefix": "wrong secret",
        "shape": "X-Reanimator-Signature is not "t=<unix seconds>,v1=<hex>"",
        "time": "wrong signature: another secret, or the body was changed on the way",
      }
    `);
    expect(JSON.stringify(reasons)).not.toContain(wrong);
    expect(JSON.stringify(reasons)).not.toContain(secret);
  });

  test('refuses a signature made too long ago or ahead, whatever the age of the lease', () => {
    const at = (offMs: number) => reasonFor(signed('{}', new Date(now.getTime() + offMs)));
    expect(at(-CLOCK_TOLERANCE_MS)).toBe('accepted');
    expect(at(CLOCK_TOLERANCE_MS)).toBe('accepted');
    expect(at(-CLOCK_TOLERANCE_MS - 1000)).toBe('signed 301 s ago: check the clocks of both machines');
    expect(at(CLOCK_TOLERANCE_MS + 1000)).toBe('signed 301 s ahead: check the clocks of both machines');
  });

  test('the bearer is no way round a stale signature', () => {
    const stale = signed('{}', new Date(now.getTime() - 3_600_000));
    expect(reasonFor({ ...stale, authorization: `Bearer ${secret}` })).toContain('ago');
  });
});

describe('translate', () => {
  test('one lease; what was not said is null', () => {
    const translated = door.translate(
      delivery({ ...lease, hostname: 'idrac-7ABC123', clientId: '', subnetId: 4, relay: '0.0.0.0', more: 1 }),
    );
    expect(translated).toEqual({
      result: 'observed',
      observations: [
        {
          kind: 'lease',
          source: 'kea',
          event: 'commit',
          ip: '192.0.2.7',
          mac: '0c:42:a1:00:00:07',
          hostname: 'idrac-7ABC123',
          vendorClass: null,
          clientId: null,
          subnetId: '4',
          relay: null,
          observedAt: '2026-11-21T06:29:59.250Z',
        },
      ],
    });
  });

  test('is pure: the same delivery gives the same', () => {
    expect(door.translate(delivery(lease))).toEqual(door.translate(delivery(lease)));
  });

  test('a list, in its order', () => {
    const translated = door.translate(delivery([lease, { ...lease, event: 'release', ip: '192.0.2.8' }]));
    expect(translated).toMatchObject({
      observations: [
        { ip: '192.0.2.7', event: 'commit' },
        { ip: '192.0.2.8', event: 'release' },
      ],
    });
  });

  test.each([
    ['add', 'commit'],
    ['old', 'commit'],
    ['renew', 'commit'],
    ['decline', 'release'],
    ['expiry', 'expire'],
  ])('%s is a %s', (event, ours) => {
    expect(door.translate(delivery({ ...lease, event }))).toMatchObject({ observations: [{ event: ours }] });
  });

  test('times become UTC, and none is later than its delivery', () => {
    const at = (text: string) => door.translate(delivery({ ...lease, at: text }));
    expect(at('2026-11-21T08:29:00+02:00')).toMatchObject({
      observations: [{ observedAt: '2026-11-21T06:29:00.000Z' }],
    });
    expect(at('2026-11-21T09:00:00Z')).toMatchObject({ observations: [{ observedAt: now.toISOString() }] });
  });

  test('ignores what is too old, and an end without a MAC', () => {
    expect(door.translate(delivery({ ...lease, at: '2026-11-21T05:29:59Z' }))).toEqual({
      result: 'ignored',
      reason: 'older than 3600000 ms: 2026-11-21T05:29:59.000Z',
    });
    expect(door.translate(delivery({ ...lease, event: 'release', mac: null }))).toEqual({
      result: 'ignored',
      reason: 'release of 192.0.2.7 without a MAC address',
    });
    expect(door.translate(delivery([]))).toEqual({ result: 'ignored', reason: 'an empty list' });
  });

  test.each([
    ['the body', 'not json at all'],
    ['the body', ''],
    ['body:', 'null'],
    ['body:', '"commit"'],
    ['event: is none of', { ...lease, event: 'toString' }],
    ['event:', { ...lease, event: undefined }],
    ['ip: is not an IPv4', { ...lease, ip: '2001:db8::1' }],
    ['ip: is not an IPv4', { ...lease, ip: '0.0.0.0' }],
    ['ip: is not an IPv4', { ...lease, ip: '192.0.2.256' }],
    ['mac: is not an Ethernet', { ...lease, mac: '06-01:23:45:67:89:ab' }],
    ['mac: a commit needs it', { ...lease, mac: null }],
    ['relay:', { ...lease, relay: 'router' }],
    ['at:', { ...lease, at: 'yesterday' }],
    ['source:', { ...lease, source: '' }],
    ['hostname:', { ...lease, hostname: 'x'.repeat(2000) }],
    ['[1].ip: is not', [lease, { ...lease, ip: 'x' }]],
  ])('names what it cannot understand: %s', (reason, body) => {
    expect(door.translate(delivery(body))).toEqual({ result: 'unsupported', reason: expect.stringContaining(reason) });
  });
});

test.each([
  ['5C:F9:DD:FC:A6:F4', '5c:f9:dd:fc:a6:f4'],
  ['5c-f9-dd-fc-a6-f4', '5c:f9:dd:fc:a6:f4'],
  ['5cf9.ddfc.a6f4', '5c:f9:dd:fc:a6:f4'],
  ['5cf9ddfca6f4', '5c:f9:dd:fc:a6:f4'],
  [' 0:c:29:1:2:3 ', '00:0c:29:01:02:03'],
  ['00:00:00:00:00:00', undefined],
  ['ff:ff:ff:ff:ff:ff', undefined],
  ['5c:f9:dd:fc:a6', undefined],
  ['5c:f9:dd:fc:a6:f4:00', undefined],
  ['5c::dd:fc:a6:f4', undefined],
  ['5c:f9:dd:fc:a6:g4', undefined],
  ['', undefined],
])('normaliseMac(%j) is %j', (text, mac) => {
  expect(normaliseMac(text)).toBe(mac);
});
