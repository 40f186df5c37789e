import { describe, expect, test } from 'vitest';
import { fact } from './screens/facts.js';
import { age, bytes, duration, localTime, utc, words } from './screens/format.js';

const NOW = Date.parse('2026-08-01T12:00:00.000Z');

describe('ages', () => {
  test.each([
    ['2026-08-01T12:00:00.400Z', 'now'],
    ['2026-08-01T11:59:01.000Z', '59 s ago'],
    ['2026-08-01T11:57:00.000Z', '3 min ago'],
    ['2026-08-01T07:00:00.000Z', '5 h ago'],
    ['2026-07-20T12:00:00.000Z', '12 d ago'],
    ['2026-08-01T14:00:00.000Z', 'in 2 h'],
    ['garbage', '–'],
  ])('%s is %s', (iso, said) => {
    expect(age(iso, NOW)).toBe(said);
  });

  test('never count below zero', () => {
    expect(duration(-5)).toBe('0 s');
  });
});

test('UTC is said to be UTC, and what is no time stays as it is', () => {
  expect(utc('2026-08-01T12:34:56.789Z')).toBe('2026-08-01 12:34:56 UTC');
  expect(utc('soon')).toBe('soon');
});

test('a local time says as much of the date as is needed', () => {
  const at = (year: number, month: number, day: number) => new Date(year, month, day, 9, 5, 7);
  const now = at(2026, 7, 1).getTime();
  expect(localTime(at(2026, 7, 1).toISOString(), now)).toBe('09:05:07');
  expect(localTime(at(2026, 2, 4).toISOString(), now)).toBe('04 Mar 09:05');
  expect(localTime(at(2024, 2, 4).toISOString(), now)).toBe('2024-03-04');
});

describe('sizes', () => {
  test.each([
    [17_179_869_184, 1024, '16 GiB'],
    [1_920_383_410_176, 1000, '1.92 TB'],
    [7_681_501_126_656, 1000, '7.68 TB'],
    [999, 1000, '999 B'],
    [999_999, 1000, '1 MB'],
    [0, 1024, '0 B'],
  ] as const)('%d in %ds is %s', (count, base, said) => {
    expect(bytes(count, base)).toBe(said);
  });
});

describe('facts', () => {
  test('memory counts in 1024s and disks in 1000s', () => {
    expect(fact('dimm', 'capacityBytes', 34_359_738_368)).toMatchObject({
      name: 'capacity',
      value: '32 GiB',
      isPlain: true,
    });
    expect(fact('drive', 'capacityBytes', 1_600_321_314_816)).toMatchObject({ name: 'capacity', value: '1.6 TB' });
    expect(fact('system', 'totalMemoryBytes', 137_438_953_472)).toMatchObject({
      name: 'total memory',
      value: '128 GiB',
    });
  });

  test.each([
    ['maxSpeedMhz', 4000, 'max speed', '4 GHz'],
    ['speedMts', 3200, 'speed', '3200 MT/s'],
    ['powerWatts', 1400, 'power', '1400 W'],
    ['lifeLeftPercent', 97, 'life left', '97 %'],
    ['failurePredicted', false, 'failure predicted', 'no'],
    ['macAddresses', ['02:00', '02:01'], 'mac addresses', '02:00, 02:01'],
    ['cores', 18, 'cores', '18'],
    ['bytesWritten', 123_456_789_012_345, 'written', '123 TB'],
    ['percentUsed', 3, 'used', '3 %'],
    ['odd', { a: 1 }, 'odd', '{"a":1}'],
  ])('%s %j', (name, value, title, said) => {
    expect(fact('cpu', name, value)).toMatchObject({ name: title, value: said });
  });
});

test('names become words', () => {
  expect(words('asset.bmc_moved')).toBe('asset bmc moved');
});
