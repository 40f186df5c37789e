import { describe, expect, test } from 'vitest';
import { isPlaceholder } from './placeholder.ts';

const nothing = [
  null, '', '   ', 'NA', 'N/A', 'n/a', 'None', 'NULL', 'Unknown', 'UNKNOWN', 'Not Specified', '  Not Specified ', 'Not Available',
  'To be filled by O.E.M.', 'To Be Filled By O.E.M', 'To Be Filled By OEM', 'Default string', 'Default String.', 'System Serial Number',
  'Chassis Serial Number', 'Base Board Serial Number', 'Not Provided', '<OUT OF SPEC>', '<BAD INDEX>', '[Empty]', '(none)',
  '0', '00000000', '0x00000000', '0000-0000', 'FFFFFFFF', 'xxxxxxxx', '...............', '-', '--', '*', '????????', '11111111',
  '0123456789', '123456789', '1234567890', '12345678', '0123456789ABCDEF', '01234567890123456789', '123456789012', '987654321',
  'SerNum0', 'SerNum03', 'A1_SerNum1', 'A1_AssetTagNum0', 'AssetTagNum3', 'DIMM_A1_AssetTag', 'PartNum00', 'Manufacturer00',
  'P1-DIMMA1_AssetTag', 'MB-1234567890', 'SSN12345678901234567', 'Asset-1234567890', 'NO DIMM', 'No Asset Tag',
  '00000000-0000-0000-0000-000000000000', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', '03000200-0400-0500-0006-000700080009',
  '00020003-0004-0005-0006-000700080009', '03000200040005000006000700080009', 'fefefefe-fefe-fefe-fefe-fefefefefefe',
  '12345678-1234-5678-90ab-cddeefaabbcc', '4C4C4544-0000-2010-8020-80C04F202020', 'Ｎ／Ａ', 'abcdefgh',
  'REDACTED', '[REMOVED]', '<hidden>', '9RK1XXXX', 'Z1Z5DWJK0000XXXXXXXX', 'S4NU****', '***1234',
]; // prettier-ignore

// synthetic, in the manner of many vendors
const real = [
  'S4NUNX0M501234', 'WD-WCC4N0123456', 'ZC10ABCD', '2J4QXYZ', 'CN7016345600AB', '.2J4QXYZ.CN70163456.', '0x4E12F3A1', '1A2B3C4D', '38D5C0FA',
  '10000001', '00000001', '0000A1B2', 'BTLJ1234567A1P0FGN', '12345679', '0123456788', 'NA123456', 'NONE1', 'TEST001', 'SN123',
  '00000000-0000-0000-0000-AC1F6B123456', '4C4C4544-0051-3010-8058-B2C04F4A3432', '30373237-3132-4D32-3235-303930395347', 'DefaultString1',
  'A1', 'x'.repeat(300), 'Serial12345', 'PHYF0123456789', 'NA0NA1NA2', 'REDACTED1', 'AXXX1234',
]; // prettier-ignore

describe('isPlaceholder', () => {
  test.each(nothing)('%j identifies nothing', (value) => {
    expect(isPlaceholder(value)).toBe(true);
  });

  test.each(real)('%j identifies a part', (value) => {
    expect(isPlaceholder(value)).toBe(false);
  });

  test('a hostile value costs nothing', () => {
    const before = performance.now();
    for (const value of ['0'.repeat(1e7), `${'a1_'.repeat(60)}!`, ' '.repeat(190), '<'.repeat(199)])
      isPlaceholder(value);
    expect(performance.now() - before).toBeLessThan(200);
  });
});
