import { describe, expect, test } from 'vitest';
import { compileTransforms, inverseOf } from './compile-transforms.ts';
import { Transform } from './mapping-file.ts';
import { SOME_LINKS } from './mapping-for-tests.ts';
import { rawOf } from './plain-value.ts';

function run(transforms: unknown[], raw: unknown): unknown {
  return compileTransforms(Transform.array().parse(transforms), 'in')(rawOf(raw), SOME_LINKS);
}

function back(transforms: unknown[], value: unknown): unknown {
  const inverse = inverseOf(Transform.array().parse(transforms));
  return 'fault' in inverse ? inverse : inverse.step(rawOf(value), SOME_LINKS);
}

describe('one word', () => {
  test.each([
    ['trim', '  a b ', 'a b'],
    ['trim', '   ', ''],
    ['trim', 5, 5],
    ['upper', 'aé', 'AÉ'],
    ['lower', 'AÉ', 'aé'],
    ['text', 5, '5'],
    ['text', true, 'true'],
    ['number', '12.0', 12],
    ['number', ' -1.5e3 ', -1500],
    ['number', 7, 7],
    ['number', '', null],
    ['boolean', 'Yes', true],
    ['boolean', 0, false],
    ['boolean', 'off', false],
    ['boolean', ' ', null],
    ['mac', 'AA-BB-CC-DD-EE-FF', 'aa:bb:cc:dd:ee:ff'],
    ['mac', 'aabb.ccdd.eeff', 'aa:bb:cc:dd:ee:ff'],
    ['mac', '', null],
    ['serial', ' ab  12 ', 'AB 12'],
    ['serial', 12346, '12346'],
    ['serial', 12345, undefined],
    ['serial', 'None', undefined],
    ['serial', 'System Serial Number', undefined],
    ['serial', 'To be filled by O.E.M.', undefined],
    ['serial', '0000000', undefined],
    ['serial', '-', undefined],
    ['serial', 'n/a', undefined],
    ['serial', ' ', null],
    ['vendor', 'Dell Inc.', 'dell'],
    ['vendor', 'Samsung Electronics', 'samsung'],
    ['vendor', '', null],
    ['date', '2026-11-21', '2026-11-21'],
    ['date', '2026-11-21T23:59:00+03:00', '2026-11-21'],
    ['date', '2026-11-21 10:00:00.123Z', '2026-11-21'],
    ['date', '2028-02-29', '2028-02-29'],
    ['date', '', null],
    ['host', '10.0.0.5/24', '10.0.0.5'],
    ['host', '10.0.0.5', '10.0.0.5'],
    ['host', '2001:0DB8:0:0::1/64', '2001:db8::1'],
    ['host', '::', '::'],
    ['host', '', null],
    ['sort', ['b', 'a', 'b'], ['a', 'b']],
    ['sort', [2, 10], ['10', '2']],
    ['sort', [], []],
    ['first', ['b', 'a'], 'b'],
    ['first', [], null],
    ['first', 'a', 'a'],
  ])('%s of %j', (word, raw, value) => expect(run([word], raw)).toEqual(value));

  test.each([
    ['number', 'abc', '"abc" is no number'],
    ['number', '0x10', 'is no number'],
    ['number', 'Infinity', 'is no number'],
    ['number', '1 2', 'is no number'],
    ['number', true, 'is no number'],
    ['number', '12345678901234567890', 'too large'],
    ['number', '1e999', 'too large'],
    ['boolean', 'maybe', 'neither true nor false'],
    ['boolean', 2, 'neither true nor false'],
    ['mac', 'aa:bb:cc', 'no MAC'],
    ['mac', 5, 'no MAC'],
    ['serial', 'x1'.repeat(100), '200 characters'],
    ['date', '21.11.2026', 'no ISO 8601 date'],
    ['date', '2026-02-30', 'no ISO 8601 date'],
    ['date', '2026-13-01', 'no ISO 8601 date'],
    ['date', 20261121, 'no ISO 8601 date'],
    ['host', '10.0.0.256', 'no IP address'],
    ['host', '10.0.0.5/33', 'no IP address'],
    ['host', 'fe80::1%eth0', 'no IP address'],
    ['host', 'host.example', 'no IP address'],
    ['host', '010.0.0.1', 'no IP address'],
    ['sort', 'a', 'no list'],
  ])('%s of %j is a fault', (word, raw, says) => {
    expect(run([word], raw)).toEqual({ fault: expect.stringContaining(says) });
  });
});

describe('with settings', () => {
  const words = { enum: { staged: 'RACKED', active: 'IN_SERVICE', '1': true, '': 'NOTHING' } };

  test.each([
    [{ unit: { from: 'GiB', to: 'bytes' } }, 2, 2_147_483_648],
    [{ unit: { from: 'TB', to: 'B' } }, '1.92', 1_920_000_000_000],
    [{ unit: { from: 'MB', to: 'GB' } }, 0.3, 0.0003],
    [{ unit: { from: 'Mbps', to: 'Gbps' } }, 25_000, 25],
    [{ unit: { from: 'MHz', to: 'GHz' } }, 2400, 2.4],
    [{ unit: { from: 'W', to: 'W' } }, 750, 750],
    [{ unit: { from: 'KB', to: 'KiB' } }, '', null],
    [words, 'staged', 'RACKED'],
    [words, 1, true],
    [words, '', 'NOTHING'],
    [{ enum: { a: 'A' } }, '', null],
    [{ enum: { a: null } }, 'a', null],
    [{ enum: { a: 'A' }, else: 'X' }, 'b', 'X'],
    [{ enum: { a: 'A' }, else: null }, 'b', null],
    [{ enum: { a: 'A' } }, ['a', 'a'], ['A', 'A']],
    [{ lookup: 'site' }, 5, 'loc-5'],
    [{ lookup: 'site' }, [5, 6], ['loc-5', 'loc-6']],
    [{ lookup: 'site' }, '', null],
    [{ join: ', ' }, ['a', 'b', 3], 'a, b, 3'],
    [{ join: ', ' }, [], ''],
    [{ join: ', ' }, 'a', 'a'],
    [{ default: 5 }, null, 5],
    [{ default: 5 }, undefined, 5],
    [{ default: 5 }, 0, 0],
    [{ default: 'x' }, '', ''],
    [{ default: ['a'] }, null, ['a']],
    [{ regex: '^R([0-9]{1,4})$', take: 1 }, 'R12', '12'],
    [{ regex: '[0-9]{1,4}', take: 0 }, 'Rack 12', '12'],
    [{ regex: '^(?<a>A)?(B)$', take: 1 }, 'B', null],
    [{ regex: '^R([0-9]{1,4})$', take: 1 }, '', null],
  ])('%j of %j', (transform, raw, value) => expect(run([transform], raw)).toEqual(value));

  test.each([
    [{ unit: { from: 'GB', to: 'B' } }, 'much', 'no number'],
    [words, 'broken', '"broken" is none of the known words: 1, staged, active'],
    [{ enum: { a: 'A' } }, 'constructor', 'none of the known words'],
    [{ enum: { a: 'A' } }, '__proto__', 'none of the known words'],
    [{ lookup: 'rack' }, 5, 'rack 5 is not known here yet'],
    [{ regex: '^R([0-9]{1,4})$', take: 1 }, 'S12', '"S12" does not match'],
    [{ regex: 'R[0-9]', take: 0 }, 'R'.repeat(5000), '5000 characters'],
  ])('%j of %j is a fault', (transform, raw, says) => {
    expect(run([transform], raw)).toEqual({ fault: expect.stringContaining(says) });
  });
});

describe('all of them', () => {
  const all: unknown[] = [
    ...[
      'trim',
      'upper',
      'lower',
      'text',
      'number',
      'boolean',
      'mac',
      'serial',
      'vendor',
      'date',
      'host',
      'sort',
      'first',
    ],
    { unit: { from: 'GB', to: 'B' } },
    { enum: { a: 'A' } },
    { lookup: 'site' },
    { join: ',' },
    { regex: 'a', take: 0 },
  ];

  test.each(all)('%j leaves unknown unknown and null null', (transform) => {
    expect(run([transform], undefined)).toBeUndefined();
    expect(run([transform], null)).toBeNull();
    expect(run([transform], { a: 1 })).toEqual({ fault: expect.stringContaining('is an object') });
    expect(run([transform], [{ a: 1 }])).toEqual({ fault: expect.stringContaining('a list of objects') });
  });

  test('a fault ends the way: a default does not hide it', () => {
    expect(run(['mac', { default: 'x' }], 'no mac')).toEqual({ fault: expect.stringContaining('no MAC') });
    expect(run(['serial', { default: 'x' }], 'N/A')).toBe('x');
  });

  test('on a list one item that cannot be read is enough, and null items say nothing', () => {
    expect(run(['number'], ['1', 'x'])).toEqual({ fault: expect.stringContaining('"x" is no number') });
    expect(run(['serial'], ['A1', 'N/A'])).toBeUndefined();
    expect(run(['number'], ['1', null, ''])).toEqual([1]);
  });

  test('long foreign text is cut in a fault', () => {
    expect((run(['number'], 'x'.repeat(10_000)) as { fault: string }).fault.length).toBeLessThan(100);
  });
});

describe('back', () => {
  test.each([
    [['trim', 'upper'], 'A', 'A'],
    [[{ enum: { staged: 'RACKED' } }], 'RACKED', 'staged'],
    [[{ enum: { '1': true, '0': false } }], false, '0'],
    [[{ enum: { '': null, front: 'front' } }], null, ''],
    [[{ enum: { front: 'front' } }], null, null],
    [['number', { unit: { from: 'GiB', to: 'bytes' } }], 2 ** 31, 2],
    [[{ lookup: 'site' }], 'loc-7', '7'],
    [[{ join: ', ' }], 'a, b', ['a', 'b']],
    [[{ join: ', ' }], null, []],
    [['first'], 'a', ['a']],
    [['mac', 'first'], null, []],
    [['sort'], ['a'], ['a']],
    [[{ default: 'x' }], null, null],
    [
      [{ enum: { a: 'A', b: 'B' } }, 'sort'],
      ['A', 'B'],
      ['a', 'b'],
    ],
  ])('%j of %j', (transforms, value, raw) => expect(back(transforms, value)).toEqual(raw));

  test.each([
    [[{ enum: { a: 'A' } }], 'B', '"B" is none of the known words: A'],
    [[{ lookup: 'site' }], 'rack-1', 'site rack-1 is not known there yet'],
    [[{ enum: { a: 'A', b: 'A' } }], 'A', 'both "a" and "b" are "A"'],
    [[{ enum: { a: null, b: null } }], null, 'both "a" and "b" are null'],
    [[{ regex: 'a', take: 0 }], 'a', 'leaves out a part'],
  ])('%j of %j is a fault', (transforms, value, says) => {
    expect(back(transforms, value)).toEqual({ fault: expect.stringContaining(says) });
  });
});

describe('what is no transform', () => {
  test.each([
    ['trimm'],
    [{ trim: true }],
    [{}],
    [{ enum: { a: 'A' }, els: 'B' }],
    [{ lookup: 'site', join: ',' }],
    [{ unit: { from: 'GB', to: 'W' } }],
    [{ unit: { from: 'gb', to: 'B' } }],
    [{ regex: '^A+$', take: 0 }],
    [{ regex: '(a)', take: 2 }],
    [{ regex: '(a)' }],
    [{ default: null }],
    [{ join: '' }],
    [5],
    [null],
  ])('%j', (transform) => expect(Transform.safeParse(transform).success).toBe(false));
});
