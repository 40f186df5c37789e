import { expect, test } from 'vitest';
import type { Feeder } from '../feeds/reads.ts';
import { narrowed } from './narrow-feeders.ts';

function fed(level: Feeder['level'], ports: Record<string, string>): Feeder[] {
  return Object.entries(ports).map(([port, name]) => ({
    ...{ level, name, names: [name], said: name },
    feeds: [
      { assetId: 'a', source: 'test', level, port, name, said: name, outlet: null, management: false, seenAt: '' },
    ],
  }));
}

test.each([
  ['its own name', 'pdu', { 'PSU.Slot.1': 'a', 'PSU.Slot.2': 'b' }, 'psu slot 2', ['b']],
  ['its number', 'pdu', { PSU1: 'a', PSU2: 'b' }, 'PSU.Slot.1', ['a']],
  ['a number alone, which may be counted from 0', 'pdu', { PSU1: 'a', PSU2: 'b' }, '1', ['a', 'b']],
  ['sockets that are counted from 0', 'pdu', { PSU0: 'a', PSU1: 'b' }, 'PSU.Slot.1', ['a', 'b']],
  ['a number that no socket has', 'pdu', { PSU1: 'a', PSU2: 'b' }, 'PSU.Slot.3', ['a', 'b']],
  ['sockets without numbers', 'pdu', { left: 'a', right: 'b' }, 'PSU.Slot.1', ['a', 'b']],
  ['nothing', 'pdu', { PSU1: 'a', PSU2: 'b' }, '', ['a', 'b']],
  ['the name of a port', 'switch', { eth0: 'leaf1', eth1: 'leaf2' }, 'eth1', ['leaf2']],
  [
    'the number of a port, which is not that of a card',
    'switch',
    { eth1: 'leaf1', eth2: 'leaf2' },
    'NIC.1',
    ['leaf1', 'leaf2'],
  ],
] as const)('what a part hangs on, by %s', (_what, level, ports, component, names) => {
  expect(narrowed(fed(level, ports), component).map(({ name }) => name)).toEqual(names);
});
