import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMPONENT_KINDS } from '#src/ports/hardware-inventory.ts';
import { assetOf, distinctName, slotId, slotName } from './slot-name.ts';

test.each([
  ['cpu', '0', 'CPU 0'],
  ['cpu', 'CPU.Socket.1', 'CPU.Socket.1'],
  ['dimm', 'A1', 'DIMM A1'],
  ['dimm', 'P1-DIMMA1', 'P1-DIMMA1'],
  ['drive', 'Disk.Bay.3', 'Disk.Bay.3'],
  ['drive', '252:4', 'Drive 252:4'],
  ['psu', 'PS1', 'PS1'],
  ['psu', 'Bay 1', 'PSU Bay 1'],
  ['nic', 'PCIe Slot 1', 'NIC PCIe Slot 1'],
  ['storage-controller', 'PCIe Slot 1', 'Storage controller PCIe Slot 1'],
  ['fan', '1', 'fan 1'],
] as const)('%s in %s is %s', (kind, slot, name) => expect(slotName(kind, slot)).toBe(name));

describe('names and ids of any slot', () => {
  const kind = fc.constantFrom(...COMPONENT_KINDS);
  const slot = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 255 });
  const asset = '0703f7a9-8cfa-8db7-ba57-d038bf0483ca';

  test('have room where they are kept, and are the same each time', () => {
    fc.assert(
      fc.property(kind, slot, (one, text) => {
        expect(slotName(one, text).length).toBeLessThanOrEqual(64);
        // The port of a card is written behind it.
        expect(slotId(asset, one, text).length).toBeLessThanOrEqual(180);
        expect(assetOf(slotId(asset, one, text))).toBe(asset);
        expect(slotName(one, text)).toBe(slotName(one, text));
      }),
    );
  });

  test('differ where the slots do, also behind what is cut off', () => {
    fc.assert(
      fc.property(kind, slot, slot, (one, a, b) => {
        fc.pre(a !== b);
        expect(slotId(asset, one, `${'x'.repeat(120)}${a}`)).not.toBe(slotId(asset, one, `${'x'.repeat(120)}${b}`));
        expect(slotId(asset, one, a)).not.toBe(slotId(asset, one, b));
      }),
    );
  });

  test('that are taken get a number', () => {
    const taken = new Set<string>();
    const long = 'x'.repeat(64);
    expect(['Bay 1', 'BAY 1', 'Bay 1', long, long].map((name) => distinctName(name, taken))).toEqual([
      ...['Bay 1', 'BAY 1 #2', 'Bay 1 #3', long, `${'x'.repeat(59)} #2`],
    ]);
  });
});
