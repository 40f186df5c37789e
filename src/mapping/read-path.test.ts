import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePath, isPlainPath, parsePath } from './read-path.ts';

function read(text: string, data: Record<string, unknown>): unknown {
  return compilePath(parsePath(text))(data);
}

const DEVICE = {
  serial: 'A1',
  empty: null,
  site: { id: 5, region: { name: 'eu' } },
  rack: null,
  tags: [{ slug: 'a' }, { slug: 'b' }],
  interfaces: [
    { name: 'eth0', mgmt_only: false, mac: 'aa', ips: [{ ip: 1 }, { ip: 2 }] },
    { name: 'BMC 1.0', mgmt_only: true, mac: null, ips: [{ ip: 3 }] },
  ],
};

test.each([
  ['serial', 'A1'],
  ['site.id', 5],
  ['site.region.name', 'eu'],
  ['site', DEVICE.site],
  ['empty', null],
  ['rack.id', null],
  ['rack.a.b.c', null],
  ['nothing', undefined],
  ['site.nothing', undefined],
  ['site.nothing.name', undefined],
  ['serial.length', undefined],
  ['tags.length', undefined],
  ['tags.0', undefined],
  ['tags[*].slug', ['a', 'b']],
  ['tags[*]', DEVICE.tags],
  ['rack[*].id', null],
  ['nothing[*].id', undefined],
  ['serial[*]', undefined],
  ['site[*].id', undefined],
  ['tags[*].nothing', undefined],
  ['interfaces[mgmt_only=true].mac', [null]],
  ['interfaces[mgmt_only=false].mac', ['aa']],
  ['interfaces[name="BMC 1.0"].mgmt_only', [true]],
  ["interfaces[name='eth0'].mgmt_only", [false]],
  ['interfaces[name=none].mac', []],
  ['interfaces[mac=null].name', ['BMC 1.0']],
  ['interfaces[nothing=1].mac', undefined],
  ['interfaces[*].ips[*].ip', [1, 2, 3]],
  ['interfaces[mgmt_only=true].ips[ip=3].ip', [3]],
])('%s', (path, value) => {
  expect(read(path, DEVICE)).toEqual(value);
});

test('one item without the name makes the list unknown', () => {
  expect(read('tags[*].slug', { tags: [{ slug: 'a' }, {}] })).toBeUndefined();
  expect(read('tags[on=true].slug', { tags: [{ slug: 'a', on: true }, { slug: 'b' }] })).toBeUndefined();
  expect(read('tags[*].slug', { tags: [{ slug: 'a' }, 'b', 5] })).toBeUndefined();
});

test.each([
  '',
  '.',
  'a.',
  '.a',
  'a..b',
  'a b',
  'a[',
  'a[]',
  'a[0]',
  'a[*',
  'a[*]b',
  '[*].a',
  'a[b]',
  'a[=x]',
  'a[*][*]',
  'a[b="x]',
  'a.*',
  'a()',
  '$.a',
  'a[?(@.b)]',
])('"%s" is no path', (text) => expect(() => parsePath(text)).toThrow('is no path'));

test('only names with dots can be written', () => {
  expect(isPlainPath(parsePath('custom_fields.a'))).toBe(true);
  expect(isPlainPath(parsePath('tags[*].slug'))).toBe(false);
});

describe('hostile names', () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'valueOf'];

  test.each(names)('%s is not there where nobody wrote it', (name) => {
    expect(read(name, {})).toBeUndefined();
    expect(read(`${name}.name`, {})).toBeUndefined();
    expect(read(`a.${name}`, { a: {} })).toBeUndefined();
    expect(read(`a.${name}.${name}`, { a: {} })).toBeUndefined();
    expect(read(`a[*].${name}`, { a: [{}] })).toBeUndefined();
    expect(read(`a[${name}=x]`, { a: [{}] })).toBeUndefined();
  });

  test('__proto__ is no value even where JSON has it', () => {
    const data = JSON.parse('{"__proto__": {"a": 1}, "b": {"__proto__": 2}}') as Record<string, unknown>;
    expect(read('__proto__', data)).toBeUndefined();
    expect(read('__proto__.a', data)).toBeUndefined();
    expect(read('b.__proto__', data)).toBeUndefined();
  });

  test('nothing throws, whatever the data', () => {
    const paths = ['a', 'a.b', 'a.b.c', 'a[*].b', 'a[b=1].c', 'a[*].b[*].c', 'constructor.b'].map((path) =>
      compilePath(parsePath(path)),
    );
    const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
    const { data } = fc.letrec<{ data: unknown }>((tie) => ({
      data: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, 1, '1', true, ''),
        fc.array(tie('data'), { maxLength: 3 }),
        fc.array(fc.tuple(name, tie('data')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
      ),
    }));
    fc.assert(
      fc.property(data, (a) => {
        for (const path of paths) expect(() => path({ a })).not.toThrow();
      }),
    );
  });
});
