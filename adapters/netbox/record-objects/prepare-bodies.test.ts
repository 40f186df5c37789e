import { describe, expect, test } from 'vitest';
import { canonicalHost } from './canonical-host.ts';
import { nestValues } from './nest-values.ts';
import { itemOf, resolveItems } from './prepare-bodies.ts';
import { typeNamed } from './record-types.ts';
import { KINDS, readReference } from './reference-kinds.ts';
import type { Resolver, Wanted } from './resolve-references.ts';
import { refused } from './writing.ts';

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('paths become objects within objects, whichever way they are given', () => {
  expect(json(nestValues({ 'custom_fields.a': 1, 'custom_fields.b': null, status: 'x', left: undefined }))).toEqual({
    custom_fields: { a: 1, b: null },
    status: 'x',
  });
  const both = { device_type: { manufacturer: { name: 'Dell' } }, 'device_type.model': 'R650' };
  expect(json(nestValues(both))).toEqual({ device_type: { manufacturer: { name: 'Dell' }, model: 'R650' } });
  const reversed = Object.fromEntries(Object.entries(both).toReversed());
  expect(json(nestValues(reversed))).toEqual({ device_type: { model: 'R650', manufacturer: { name: 'Dell' } } });
  expect(json(nestValues({ serial: null, asset_tag: null }))).toEqual({ serial: '', asset_tag: null });
});

test('a path with a prototype name is a name like others', () => {
  const body = nestValues({ '__proto__.polluted': 1, 'constructor.prototype.polluted': 1, toString: 2 });
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.keys(body).toSorted()).toEqual(['__proto__', 'constructor', 'toString']);
});

describe('references', () => {
  test('a number is an id, a text is a name', () => {
    const read = (value: unknown) => readReference(value, KINDS.rack);
    expect(read({ id: '5' })).toEqual({ is: 'id', id: 5 });
    expect(read(5)).toEqual({ is: 'id', id: 5 });
    expect(read(null)).toEqual({ is: 'id', id: null });
    expect(read('12')).toMatchObject({ is: 'named', name: '12' });
    expect(read({ slug: 'a' })).toMatchObject({ is: 'named', name: null, slug: 'a' });
    for (const odd of ['', ' ', {}, [], { id: 'x' }, { name: 3 }, true])
      expect(read(odd)).toEqual({ is: 'unreadable' });
  });

  test('the maker is looked for before the model, and a refusal names the field', async () => {
    const asked: Wanted[] = [];
    const resolver: Resolver = {
      async resolve(kind, wanted) {
        asked.push(...wanted);
        return wanted.map(({ name }) => (name === 'Nobody' ? refused(`NetBox has no ${kind}`) : asked.length));
      },
    };
    const of = (place: number, maker: string) =>
      itemOf(place, null, { device_type: { manufacturer: maker, model: 'R650' }, rack: { id: 3 } });
    const items = [of(0, 'Dell'), of(1, 'Nobody'), itemOf(2, null, { rack: [] })];
    await resolveItems(resolver, typeNamed('netbox', 'device'), items);
    expect(asked.map(({ kind, name, scope }) => [kind, name, scope])).toEqual([
      ['manufacturer', 'Dell', null],
      ['manufacturer', 'Nobody', null],
      ['deviceType', 'R650', 2],
    ]);
    expect(json(items[0]?.body)).toEqual({ device_type: 3, rack: 3 });
    expect(items[1]?.refused?.reason).toBe('device_type.manufacturer: NetBox has no manufacturer');
    expect(items[2]?.refused?.reason).toContain('rack: [] names no rack');
  });
});

test('an address is written as NetBox writes it', () => {
  expect(canonicalHost('10.0.0.5/24')).toBe('10.0.0.5');
  expect(canonicalHost('2001:DB8:0:0::1/64')).toBe('2001:db8::1');
  expect(canonicalHost('not:an:address')).toBe('not:an:address');
});
