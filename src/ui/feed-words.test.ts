import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { FEEDER_TICKETS, feedRows, unknownFeeds } from './screens/feed-words.js';

const port = (name: string, source: string, management = false) => ({
  ...{ port: name, outlet: null, management, source, seen_at: '2026-11-22T08:00:00.000Z' },
});

test('power stands first, then data, then management, each port as each source says it', () => {
  const rows = feedRows([
    { level: 'switch', name: 'mgmt-1', ports: [port('bmc', 'netbox', true)] },
    { level: 'switch', name: 'leaf1', ports: [port('eth10', 'lldp'), port('eth2', 'netbox')] },
    { level: 'pdu', name: 'b', ports: [port('PSU2', 'netbox')] },
    { level: 'pdu', name: 'a', ports: [port('PSU1', 'netbox')] },
  ]);
  expect(rows.map(({ what, name, port: own, source }) => [what, own, name, source].join(' '))).toEqual([
    'Power PSU1 a netbox',
    'Power PSU2 b netbox',
    'Network eth2 leaf1 netbox',
    'Network eth10 leaf1 lldp',
    'Management bmc mgmt-1 netbox',
  ]);
});

test('what nobody says is unknown, power and network by themselves', () => {
  expect(unknownFeeds([])).toHaveLength(2);
  expect(unknownFeeds([{ level: 'pdu', name: 'a', ports: [port('PSU1', 'netbox')] }])).toEqual([
    'Its switches are unknown: no source says where its network cables go.',
  ]);
  expect(unknownFeeds([{ level: 'switch', name: 'leaf1', ports: [port('eth0', 'lldp')] }])).toEqual([
    'Its PDUs are unknown: no source says where its power cables go.',
  ]);
});

test('the kinds of tickets that are about a PDU or a switch are those of the file of causes', () => {
  const file = path.join(import.meta.dirname, '../../mappings/correlation-rules.yaml');
  const { causes } = parse(readFileSync(file, 'utf8')) as { causes: { level: string; ticket: string }[] };
  const kinds = causes.filter(({ level }) => level === 'pdu' || level === 'switch').map(({ ticket }) => ticket);
  expect(Object.keys(FEEDER_TICKETS).toSorted()).toEqual([...new Set(kinds)].toSorted());
});
