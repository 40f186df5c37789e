import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEVICE, NO_LINKS, oneField, SOME_LINKS } from './mapping-for-tests.ts';
import type { Value, Values } from './mapping.ts';
import { parseMapping } from './parse-mapping.ts';

const device = parseMapping(DEVICE, 'netbox-device.yaml');

describe('what a mapping says of itself', () => {
  test('names, fields, brakes', () => {
    expect(device).toMatchObject({
      system: 'netbox',
      object: 'device',
      hub: 'server',
      parent: null,
      create: { there: 'review', here: 'never' },
      remove: { there: false },
      lookups: ['site'],
      theirNames: ['custom_fields', 'interfaces', 'name', 'serial', 'site', 'status', 'tags'],
    });
    expect(device.brakes.change).toEqual({ share: 0.5, atLeast: 20 });
    expect(device.brakes.blank).toEqual({ share: 0.02, atLeast: 5 });
    expect(device.fields[1]).toEqual({ name: 'name', authority: 'theirs', direction: 'both', compare: 'fold' });
  });

  test('the hash is of all that decides, and of nothing else', () => {
    const hash = (text: string): string => parseMapping(text, 'x.yaml').hash;
    expect(device.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hash(DEVICE.replace('share: 0.5', 'share: 0.6'))).not.toBe(device.hash);
    expect(hash(DEVICE.replace('[trim, serial]', '[serial, trim]'))).not.toBe(device.hash);
    expect(hash(DEVICE.replace('unknown: [name, memory]', 'unknown: [name]'))).toBe(device.hash);
    expect(hash(`# said\n${DEVICE.replace('here: never', 'here:   never')}`)).toBe(device.hash);
    expect(hash(DEVICE.replace('compare: fold', 'compare: fold, transforms: [vendor]'))).not.toBe(
      hash(DEVICE.replace('compare: fold', 'compare: fold, transforms: [trim]')),
    );
  });
});

describe('reading', () => {
  test('theirs, with what cannot be read', () => {
    const read = device.readTheirs(
      {
        serial: 'N/A',
        name: null,
        site: { id: 5 },
        status: { value: 'odd' },
        interfaces: [{ mgmt_only: true, mac: 'x' }],
      },
      NO_LINKS,
    );
    expect(read.values).toEqual({ name: null });
    expect(read.faults).toEqual([
      { field: 'site', reason: 'site 5 is not known here yet' },
      { field: 'state', reason: '"odd" is none of the known words: staged, active' },
      { field: 'bmc', reason: '"x" is no MAC address' },
    ]);
    expect(Object.keys(read.values)).toEqual(
      device.fields.map(({ name }) => name).filter((name) => name in read.values),
    );
  });

  test('ours: what is no plain value is unknown and said', () => {
    const read = device.readOurs({ serial: 'n/a', name: new Date(), siteId: 'loc-1', tags: [] }, NO_LINKS);
    expect(read.values).toEqual({ site: 'loc-1', tags: [] });
    expect(read.faults).toEqual([{ field: 'name', reason: expect.stringContaining('is an object') }]);
  });

  test.each([
    ['', null],
    ['  ', null],
    [0, 0],
    [false, false],
    [[''], []],
    [
      ['a', null, 5],
      ['a', '5'],
    ],
    [Number.NaN, undefined],
    [1n, undefined],
    [() => 1, undefined],
  ])('a raw %s is read as %j', (raw, value) => {
    expect(oneField('theirs: a, ours: b, authority: ours').readTheirs({ a: raw }, NO_LINKS).values['it']).toEqual(
      value,
    );
  });

  test.each([
    ['', undefined],
    [' N/A ', undefined],
    [0, undefined],
    [null, undefined],
    ['0', '0'],
  ])('of values that say nothing, %j is %j', (raw, value) => {
    const mapping = oneField("theirs: a, ours: b, authority: ours, unknown: ['', N/A, 0, null]");
    expect(mapping.readTheirs({ a: raw }, NO_LINKS).values['it']).toBe(value);
    expect(mapping.readOurs({ b: 'N/A' }, NO_LINKS).values['it']).toBe('N/A');
  });

  test('hostile data is never in the way', () => {
    const hostile = JSON.parse(
      '{"__proto__": {"name": "x"}, "constructor": 1, "site": {"__proto__": {"id": 5}}, "status": "constructor", "tags": {"length": 2}}',
    ) as Record<string, unknown>;
    const { values, faults } = device.readTheirs(hostile, SOME_LINKS);
    expect({ values, faults }).toEqual({ values: {}, faults: [] });
    expect(device.unmapped(hostile)).toEqual(['__proto__.name', 'constructor', 'tags.length']);
    expect(device.same('constructor', 'a', 'a')).toBe(true);
    expect(device.toTheirs('__proto__', 'x', SOME_LINKS)).toEqual({ fault: 'there is no field __proto__' });
    expect(({} as Values)['name']).toBeUndefined();
  });
});

describe('conditions', () => {
  test('a field whose condition does not hold is unknown, and its faults are nobody’s', () => {
    const read = (managed: unknown): Value | undefined =>
      device.readTheirs({ custom_fields: { managed, memory_gib: 1 } }, NO_LINKS).values['memory'];
    expect(read(true)).toBe(2 ** 30);
    expect(read(false)).toBeUndefined();
    expect(read(null)).toBeUndefined();
    expect(device.readTheirs({ custom_fields: { memory_gib: 'much' } }, NO_LINKS).faults).toEqual([]);
  });

  test('of a pair it is left alone where it holds on one side only', () => {
    const pair = (theirs: Values, ours: Values): string[] => [...device.leftAlone(theirs, ours)];
    expect(pair({ managed: true }, { managed: true })).toEqual([]);
    expect(pair({ managed: true }, { managed: false })).toEqual(['memory']);
    expect(pair({ managed: false }, { managed: true })).toEqual(['memory']);
    expect(pair({ managed: true }, {})).toEqual(['memory']);
  });

  test('a condition is asked where its field is read, and passed on', () => {
    const mapping = parseMapping(
      `version: 1
system: s
object: o
hub: h
match: [{ fields: [a], find: a }]
fields:
  - { name: c, theirs: c, ours: c, authority: ours, when: [{ field: b, in: [x, null] }] }
  - { name: a, theirs: a, ours: a, authority: ours }
  - { name: b, theirs: b, ours: b, authority: ours, when: [{ field: kinds, in: [dimm] }] }
  - { name: kinds, ours: kinds, to: kinds, authority: ours, direction: out }
tests: [{ ours: { kinds: [cpu, dimm], b: x, c: 1 }, values: { c: 1 } }, { ours: { kinds: [cpu], b: x, c: 1 }, unknown: [b, c] }]
`,
      's-o.yaml',
    );
    // `kinds` is no field of theirs, so it is not asked there
    expect(mapping.readTheirs({ b: null, c: 2 }, NO_LINKS).values).toEqual({ b: null, c: 2 });
    expect([...mapping.leftAlone({ b: 'x' }, { kinds: 'dimm', b: 'x' })]).toEqual([]);
    expect([...mapping.leftAlone({ b: 'x' }, { kinds: 'cpu', b: undefined })]).toEqual(['b', 'c']);
  });
});

test('a field that only conditions ask for is never compared, and those that ask for it are', () => {
  const mapping = parseMapping(
    `version: 1
system: s
object: o
hub: h
match: [{ fields: [a], find: a }]
fields:
  - { name: a, theirs: a, ours: a, authority: ours, when: [{ field: role, in: [server] }] }
  - { name: role, theirs: role, authority: theirs, direction: in }
tests: [{ theirs: { a: x, role: server }, values: { a: x, role: server } }]
`,
    's-o.yaml',
  );
  expect([...mapping.leftAlone({ a: 'x', role: 'server' }, { a: 'y' })]).toEqual(['role']);
  expect([...mapping.leftAlone({ role: 'switch' }, { a: 'y' })]).toEqual(['a', 'role']);
});

describe('writing', () => {
  test.each<[string, Value, unknown]>([
    ['serial', 'ABC', { set: { serial: 'ABC' } }],
    ['serial', null, { set: { serial: '' } }],
    ['site', 'loc-5', { set: { site: { id: '5' } } }],
    ['site', null, { set: { site: null } }],
    ['site', 'other', { fault: 'site other is not known there yet' }],
    ['state', 'RACKED', { set: { status: 'staged' } }],
    ['state', 'LOST', { fault: '"LOST" is none of the known words: RACKED, IN_SERVICE' }],
    ['memory', 2 ** 31, { set: { 'custom_fields.memory_gib': 2 } }],
    ['tags', ['a'], { set: { add_tags: ['a'] } }],
    ['bmc', 'aa', { fault: 'bmc is never written there' }],
    ['nothing', 'aa', { fault: 'there is no field nothing' }],
  ])('%s %j', (field, value, result) => expect(device.toTheirs(field, value, SOME_LINKS)).toEqual(result));

  test('`reverse` goes from ours to theirs, lookups too', () => {
    const mapping = oneField(
      "theirs: 'sites[*].name', to: sites, ours: b, authority: ours, reverse: [sort, { lookup: site }]",
    );
    expect(mapping.lookups).toEqual(['site']);
    expect(mapping.toTheirs('it', ['loc-2', 'loc-1'], SOME_LINKS)).toEqual({
      set: { sites: [{ id: '1' }, { id: '2' }] },
    });
  });

  test('what `reverse` makes unknown is not written', () => {
    const mapping = oneField('theirs: a, ours: b, authority: ours, reverse: [serial]');
    expect(mapping.toTheirs('it', 'N/A', NO_LINKS)).toEqual({ fault: 'nothing comes of it that could be written' });
  });
});

describe('a draft', () => {
  test('has constants, over them the fields, and nothing that is empty or unknown', () => {
    const draft = device.draft(
      { name: 'a', site: 'loc-5', serial: null, state: 'RACKED', tags: [], bmc: 'aa', memory: undefined },
      SOME_LINKS,
    );
    expect(draft).toEqual({
      set: { status: 'staged', role: { name: 'server' }, name: 'a', site: { id: '5' } },
      missing: [],
      faults: [],
    });
  });

  test('says what is missing: unknown, empty, or not to be written', () => {
    expect(device.draft({ name: null, site: 'other' }, SOME_LINKS)).toEqual({
      set: { status: 'planned', role: { name: 'server' } },
      missing: ['name', 'site'],
      faults: [{ field: 'site', reason: 'site other is not known there yet' }],
    });
  });

  test('the first policy that holds decides', () => {
    expect(device.createThere({ managed: true })).toBe('always');
    expect(device.createThere({ managed: false })).toBe('review');
    expect(device.createThere({})).toBe('review');
    expect(device.createHere({})).toBe('never');
  });
});

describe('what is the same', () => {
  const of = { equal: 'serial', fold: 'name', contains: 'tags' } as const;

  test.each<[keyof typeof of, Value, Value, boolean]>([
    ['equal', 'a', 'a', true],
    ['equal', 'a', 'A', false],
    ['equal', 5, '5', true],
    ['equal', 5, '05', false],
    ['equal', true, 'true', false],
    ['equal', 1, true, false],
    ['equal', null, null, true],
    ['equal', null, [], true],
    ['equal', null, 0, false],
    ['equal', null, false, false],
    ['equal', ['a'], 'a', false],
    ['equal', ['a', 'b'], ['a', 'b'], true],
    ['equal', ['a', 'b'], ['b', 'a'], false],
    ['equal', ['a'], ['a', 'b'], false],
    ['fold', 'Dell  R650 ', 'dell r650', true],
    ['fold', ['A'], ['a'], true],
    ['fold', 'a', 'b', false],
    ['contains', ['a', 'b'], ['a'], true],
    ['contains', ['a'], ['a', 'b'], false],
    ['contains', ['a'], null, true],
    ['contains', null, ['a'], false],
    ['contains', null, [], true],
    ['contains', ['5'], 5, true],
  ])('%s %j %j: %s', (compare, theirs, ours, same) => expect(device.same(of[compare], theirs, ours)).toBe(same));
});

test('names that nobody reads, writes or leaves', () => {
  const data = {
    id: 1,
    url: 'x',
    serial: '',
    site: { id: 5, name: 'a' },
    status: { value: 'a', label: 'A' },
    tags: [],
    comments: '',
    tenant: { id: 5 },
    custom_fields: { managed: true, old_a: 1, rack_key: null, ref: { id: 5 } },
    local: { a: 1, b: { c: 1 } },
    empty: {},
    nothing: null,
  };
  const found = [
    'id',
    'comments',
    'tenant',
    'custom_fields.rack_key',
    'custom_fields.ref',
    'local.a',
    'local.b',
    'nothing',
  ];
  expect(device.unmapped(data)).toEqual(found);
  expect(
    oneField('theirs: custom_fields, ours: b, authority: ours').unmapped({ custom_fields: { a: 1 }, key: 1 }),
  ).toEqual([]);
});

describe('fingerprint', () => {
  const mapping = oneField("theirs: 'c[*].d', ours: b, authority: theirs, direction: in");
  const scalar = fc.oneof(
    fc.constantFrom(null, undefined, '', 'null', '5', 5, 'true', true, '\n', "'", '"', "'a\n'b", 'a', 'b'),
    fc.string(),
    fc.integer(),
  );
  const plain = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.record({ a: scalar }));
  const kept = (value: unknown): string => JSON.stringify([value === undefined ? 'missing' : { value }]);

  test('differs if a mapped raw value differs, and only then', () => {
    const texts = [
      '{ name: x, theirs: x, ours: x, authority: ours }',
      '{ name: y, theirs: y.z, ours: y, authority: ours }',
    ];
    const two = parseMapping(
      `version: 1\nsystem: s\nobject: o\nhub: h\nmatch: [{ fields: [x], find: x }]\nfields:\n${texts.map((text) => `  - ${text}\n`).join('')}tests: [{ theirs: { x: a }, values: { x: a } }]\n`,
      's-o.yaml',
    );
    fc.assert(
      fc.property(plain, plain, plain, plain, scalar, (x, z, x2, z2, other) => {
        const one = two.fingerprint({ x, y: { z }, other });
        const two2 = two.fingerprint({ x: x2, y: { z: z2, other }, unread: other });
        expect(one === two2).toBe(kept(x) === kept(x2) && kept(z) === kept(z2));
      }),
      { numRuns: 2000 },
    );
  });

  test('sees lists, and what is not there', () => {
    const of = (data: Record<string, unknown>): string => mapping.fingerprint(data);
    const texts = [{}, { c: null }, { c: [] }, { c: [{ d: 1 }] }, { c: [{ d: '1' }] }, { c: [{ d: 1 }, { d: 2 }] }].map(
      of,
    );
    expect(new Set(texts).size).toBe(texts.length);
    expect(of({ c: [{ d: 1, e: 2 }] })).toBe(of({ c: [{ d: 1, e: 3 }], f: 1 }));
  });

  test('of data that is nested beyond any sense does not throw', () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown;
    expect(() => oneField('theirs: a, ours: b, authority: ours').fingerprint({ a: deep })).not.toThrow();
  });
});

describe('there and back', () => {
  const words = fc.constantFrom('staged', 'active');
  const text = fc.string().filter((value) => value.trim() !== '');
  test.each<[string, fc.Arbitrary<unknown>]>([
    ['transforms: [trim]', text],
    ['transforms: [lower, trim]', text],
    ['transforms: [trim, serial]', fc.stringMatching(/^[A-Za-z0-9]{5,20}$/)],
    ['transforms: [number]', fc.oneof(fc.integer(), fc.integer().map(String))],
    ['transforms: [boolean]', fc.boolean()],
    ['transforms: [{ enum: { staged: RACKED, active: IN_SERVICE } }]', words],
    ['transforms: [{ unit: { from: GiB, to: bytes } }]', fc.integer({ min: 0, max: 8_000_000 })],
    ['transforms: [{ unit: { from: TB, to: bytes } }]', fc.integer({ min: 0, max: 99_999 }).map((n) => n / 100)],
    ['transforms: [{ lookup: site }]', fc.integer({ min: 1 })],
    ['transforms: [mac]', fc.stringMatching(/^([0-9A-F]{2}-){5}[0-9A-F]{2}$/)],
    ['transforms: [host]', fc.oneof(fc.ipV4(), fc.ipV6())],
    [
      'transforms: [date]',
      fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString()),
    ],
    ["transforms: [{ join: ', ' }]", fc.array(fc.stringMatching(/^[a-z]{1,5}$/))],
    ['transforms: [{ enum: { staged: RACKED, active: IN_SERVICE } }, sort]', fc.array(words)],
    ['transforms: [upper, first]', fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 1 })],
    ['transforms: [vendor]', fc.constantFrom('Dell Inc.', 'Samsung', 'Hewlett Packard Enterprise', 'nobody else')],
  ])('%s', (line, raws) => {
    const reference = line.includes('lookup');
    const mapping = oneField(`theirs: ${reference ? 'a.id' : 'a'}, ours: b, authority: ours, ${line}`);
    fc.assert(
      fc.property(raws, (raw) => {
        const read = mapping.readTheirs({ a: reference ? { id: raw } : raw }, SOME_LINKS);
        expect(read.faults).toEqual([]);
        const value = read.values['it'];
        fc.pre(value !== undefined);
        if (value === undefined) return;
        const written = mapping.toTheirs('it', value, SOME_LINKS);
        if ('fault' in written) throw new Error(written.fault);
        const again = mapping.readTheirs(written.set, SOME_LINKS);
        expect(again.faults).toEqual([]);
        expect(again.values['it']).toEqual(value);
        expect(mapping.same('it', again.values['it'] ?? null, value)).toBe(true);
      }),
    );
  });
});
