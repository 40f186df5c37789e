import { expect, test } from 'vitest';
import { type Feed, feederName, feedersIn, sameFeeder } from './model.ts';

test.each([
  [' PDU-A-12 ', 'pdu-a-12'],
  ['pdu-a-12.ams1.example.com:161', 'pdu-a-12.ams1.example.com'],
  ['[fd00::7]:9100', 'fd00::7'],
  ['fd00::7', 'fd00::7'],
  ['sw1.', 'sw1'],
  ['  ', ''],
])('%j is compared as %j', (said, name) => {
  expect(feederName(said)).toBe(name);
});

test('a domain behind it is the same one; two that share a beginning are not', () => {
  expect(sameFeeder('sw1', 'sw1.ams1.example.com')).toBe(true);
  expect(sameFeeder('sw1.ams1.example.com', 'sw1')).toBe(true);
  expect(sameFeeder('sw1', 'sw11')).toBe(false);
  expect(sameFeeder('r12.a', 'r12.b')).toBe(false);
});

test('what two sources say of one switch is one feeder, known by both names', () => {
  const feed = (source: string, said: string): Feed => ({
    ...{ assetId: 'a', source, level: 'switch', port: 'eth0', name: feederName(said), said, outlet: null },
    ...{ management: false, seenAt: '2026-11-22T00:00:00.000Z' },
  });
  const found = feedersIn([feed('lldp', 'sw1.example.com'), feed('netbox', 'SW1'), feed('netbox', 'sw2')]);
  expect(found.map(({ name, said, names }) => ({ name, said, names }))).toEqual([
    { name: 'sw1', said: 'SW1', names: ['sw1', 'sw1.example.com'] },
    { name: 'sw2', said: 'sw2', names: ['sw2'] },
  ]);
});
