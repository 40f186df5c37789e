import { describe, expect, test } from 'vitest';
import { serialsInBarcode } from './read-barcode.ts';

describe('the serials in a barcode', () => {
  test.each([
    ['the text itself', 'ZC1A2B3C', ['ZC1A2B3C']],
    ['spaces around it', '  ZC1A2B3C\r\n', ['ZC1A2B3C']],
    ['the asterisks of a Code 39', '*ZC1A2B3C*', ['ZC1A2B3C']],
    ['a label', 'S/N: ZC1A2B3C', ['ZC1A2B3C']],
    ['a label without a colon', 'S/N ZC1A2B3C', ['ZC1A2B3C']],
    ['another label', 'SN:ZC1A2B3C', ['ZC1A2B3C']],
    ['a label in words', 'Serial No.: ZC1A2B3C', ['ZC1A2B3C']],
    ['maybe a data identifier in front', 'S5XYNG0R1234', ['S5XYNG0R1234', '5XYNG0R1234']],
    ['one of several fields', 'P/N: MZ7LH960;S/N: S45NNC0R;WWN: 5002538e', ['S45NNC0R']],
    ['ISO 15434', '[)>\u001e06\u001dPMZ7LH960\u001dSS45NNC0R\u001e\u0004', ['S45NNC0R']],
    ['a part number', 'P/N: MZ7LH960', []],
    ['a MAC', 'MAC: 00:11:22:33:44:55', []],
    ['several things without a label', 'AAAA;BBBB', []],
    ['nothing', ' ', []],
  ])('%s', (_what, code, serials) => {
    expect(serialsInBarcode(code)).toEqual(serials);
  });

  test('a hostile code costs no time', () => {
    const started = performance.now();
    for (const part of ['S/N ', 'S', ';', ' ', '*', 'SERIAL NUMBER ']) serialsInBarcode(part.repeat(200_000));
    expect(performance.now() - started).toBeLessThan(200);
  });
});
