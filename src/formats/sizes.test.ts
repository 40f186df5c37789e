import { expect, test } from 'vitest';
import { parseSize } from './sizes.ts';

test.each<[string, number | null]>([
  ['500,107,862,016 bytes [500 GB]', 500_107_862_016],
  ['128 035 676 160 bytes', 128_035_676_160],
  ['1.000.204.886.016 bytes', 1_000_204_886_016],
  ["1'000'204'886'016 bytes", 1_000_204_886_016],
  ['512,110,190,592 [512 GB]', 512_110_190_592],
  ['931.5 GiB', 1_000_190_509_056],
  ['1.0TB', 1_000_000_000_000],
  ['512 B', 512],
  ['4 KiB', 4096],
  ['512', 512],
  ['931,5 GB', 931_500_000_000],
  ['7,757,100,351,738,617,888 bytes', null], // more than a number holds exactly
  ['2048 sectors', null],
  ['7200 rpm', null],
  ['1.2.3 GB', null],
  ['No Module Installed', null],
  ['', null],
  ['-5 GB', null],
])('%s is %s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test('where G is GiB', () => {
  expect(parseSize('20G', { binary: true })).toBe(21_474_836_480);
  expect(parseSize('16 GB', { binary: true })).toBe(17_179_869_184);
  expect(parseSize('1.4M', { binary: true })).toBe(1_468_006);
  expect(parseSize('4096', { binary: true })).toBe(4096);
});
