import { expect, test } from 'vitest';
import { findInSlot, kindOfWork, onlyNewcomer, type PlacedPart, slotKey } from './find-in-slot.ts';

test.each([
  ['Disk.Bay.3', '3'],
  ['Bay 3', '3'],
  ['3', '3'],
  ['Drive Bay 03', '3'],
  ['Disk.Bay.3:Enclosure.Internal.0-1:RAID.SL.3-1', '3'],
  ['DIMM.Socket.A1', 'a 1'],
  ['DIMM A1', 'a 1'],
  ['PSU.Slot.2', '2'],
  ['Power Supply 2', '2'],
  ['Rear Bay 3', 'rear 3'],
  ['/dev/sdc', 'sdc'],
  ['sdc', 'sdc'],
  ['Bay', ''],
])('%s is %j', (name, key) => {
  expect(slotKey(name)).toBe(key);
});

const part = (serial: string, slot: string | null, more: Partial<PlacedPart> = {}): PlacedPart => ({
  ...{ componentId: `c-${serial}`, kind: 'drive', serial, slot, slots: slot === null ? [] : [slot] },
  ...more,
});
const BMC = [part('A', 'Disk.Bay.2', { slots: ['Disk.Bay.2', '/dev/sdb'] }), part('B', 'Disk.Bay.3')];
const find = (parts: PlacedPart[], component: string, known: string | null = null, kind: string | null = 'drive') =>
  findInSlot(parts, { component, known, kind }).map(({ serial }) => serial);

test('as it is written, as another source writes it, and by what the names have in common', () => {
  expect(find(BMC, 'Disk.Bay.3')).toEqual(['B']);
  expect(find(BMC, '/dev/sdb')).toEqual(['A']);
  expect(find(BMC, 'sdb')).toEqual(['A']);
  expect(find(BMC, 'Bay 3')).toEqual(['B']);
  expect(find(BMC, '/dev/sdc')).toEqual([]);
});

test('where the part was goes before what the kernel called it then', () => {
  expect(find(BMC, '/dev/sdb', 'Disk.Bay.3')).toEqual(['B']);
  expect(find([part('A', 'Disk.Bay.2', { slots: ['Disk.Bay.2', '/dev/sdc'] })], '/dev/sdc', 'Disk.Bay.3')).toEqual([]);
  // A name that stays is asked for where nothing is seen under the other one.
  expect(find(BMC, 'Bay 3', '/dev/sdc')).toEqual(['B']);
});

test('a name that may mean several slots means none, and a number alone means a slot of its kind', () => {
  const twice = [part('A', 'Disk.Bay.3:Enclosure.1'), part('B', 'Disk.Bay.3:Enclosure.2')];
  expect(find(twice, 'Bay 3')).toEqual([]);
  expect(find(twice, 'Disk.Bay.3:Enclosure.2')).toEqual(['B']);
  const mixed = [part('A', '3'), part('P', 'PSU 3', { kind: 'psu' })];
  expect(find(mixed, 'Bay 3')).toEqual(['A']);
  expect(find(mixed, 'Bay 3', null, null)).toEqual([]);
  expect(find(mixed, '3', null, kindOfWork('REPLACE_PSU'))).toEqual(['P']);
});

test('two parts that are said to be in one slot are both there', () => {
  expect(find([part('A', 'Disk.Bay.3'), part('B', 'Disk.Bay.3')], 'Bay 3')).toEqual(['A', 'B']);
});

test.each([
  ['came in its place, by another letter', {}, [], ['NEW']],
  ['the old one is there still', { gone: 'c-A' }, [], []],
  ['two came', {}, [{ ...part('NEW2', '/dev/sde'), installedAt: '2026-11-22' }], []],
  ['the slot is known by a name that stays', { known: 'Disk.Bay.3' }, [], []],
  ['the alert named the bay', { component: 'Disk.Bay.3' }, [], []],
  ['another kind came', { kind: 'psu' }, [], []],
  ['nobody knows which part it was', { gone: null }, [], []],
])('of parts that only the kernel names: %s', (_what, more, others, found) => {
  const parts = [
    { ...part('A', '/dev/sda'), installedAt: '2026-01-01' },
    { ...part('NEW', '/dev/sdd'), installedAt: '2026-11-22' },
    ...others,
  ];
  const want = { component: '/dev/sdc', kind: 'drive', known: '/dev/sdc', gone: 'c-OLD', since: '2026-11-21', ...more };
  expect(onlyNewcomer(parts, want).map(({ serial }) => serial)).toEqual(found);
});
