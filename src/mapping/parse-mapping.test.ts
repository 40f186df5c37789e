import { describe, expect, test } from 'vitest';
import { DEVICE, oneFieldText } from './mapping-for-tests.ts';
import { MappingError, parseMapping, readMapping } from './parse-mapping.ts';

const FILE = 'netbox-device.yaml';

function faultsOf(text: string): { file: string; line: number; message: string }[] {
  const read = readMapping(text, FILE);
  return 'faults' in read ? read.faults : [];
}

/** Of the first line that has this in it. */
function lineOf(text: string, part: string): number {
  if (!text.includes(part)) throw new Error(`${part} is not in it`);
  return text.slice(0, text.indexOf(part)).split('\n').length;
}

test('none where there is none', () => expect(faultsOf(DEVICE)).toEqual([]));

describe('a fault is said with its line', () => {
  // What is put in for what, where the fault then stands, and what is said of it.
  test.each([
    ['a key that nobody knows', 'compare: fold', 'compares: fold', 'compares', 'Unrecognized key: "compares"'],
    ['a key that is missing', 'hub: server\n', '', 'version', 'hub: '],
    ['a type that is none', 'object: device', 'object: Device', 'object:', 'lower case'],
    ['another version', 'version: 1', 'version: 2', 'version', 'version: '],
    ['no YAML', 'leave: [', 'leave: [[', 'fields:\n  - name: serial', 'end with a ]'],
    ['a transform that is none', '[trim, serial]', '[trim, serials]', 'serials', 'no transform: one of trim, '],
    ['a unit that is none', 'from: GiB', 'from: Gib', 'from: Gib', 'unit.from'],
    ['units of two kinds', 'from: GiB', 'from: GHz', 'from: GHz', 'measure different things'],
    ['a path that is none', "'tags[*].slug'", "'tags[0].slug'", 'tags[0]', 'is no path'],
    ['a path that cannot be written', 'to: add_tags', "to: 'a[*]'", "to: 'a[*]'", 'cannot be written'],
    ['a place that must not be written', 'to: add_tags', 'to: __proto__', 'to: __proto__', 'never written'],
    ['a name that everything has', 'name: bmc', 'name: constructor', 'name: constructor', 'choose another'],
    ['a field twice', 'name: bmc', 'name: tags', "tags, theirs: 'interfaces", 'there is a field of this name already'],
    ['neither side', 'theirs: name, ours: name, ', '', 'name: name', 'a path on neither side'],
    ['no path of theirs', 'theirs: name, ', '', 'name: name', 'can only be `direction: out`'],
    ['no path of ours', 'ours: name, ', '', 'name: name', 'can only be `direction: in`'],
    ['a field that is written nowhere', 'to: add_tags', 'when: []', 'tags[*]', 'give `to`, or `direction: in`'],
    [
      'ours, and never written',
      'authority: theirs, direction: in',
      'authority: ours, direction: in',
      'name: bmc',
      'ours decides',
    ],
    ['a place to write what is never written', 'direction: in', 'direction: in, to: x', 'name: bmc', 'leave `to` out'],
    ['a way back for it', 'direction: in', 'direction: in, reverse: []', 'name: bmc', 'leave `reverse` out'],
    [
      'words of which two are one',
      'active: IN_SERVICE',
      'active: RACKED',
      'status.value',
      'both "staged" and "active" are "RACKED": give `reverse`',
    ],
    [
      'a pattern without a way back',
      'compare: fold',
      "transforms: [{ regex: '^(a)', take: 1 }]",
      'regex',
      'leaves out a part',
    ],
    ['a pattern without a limit', 'compare: fold', "transforms: [{ regex: '^a+', take: 0 }]", 'regex', 'needs a limit'],
    [
      'a look-up of what is ours',
      'oursTransforms: [serial]',
      'oursTransforms: [{ lookup: site }]',
      'oursTransforms',
      'our own id already',
    ],
    [
      'two fields that write one place',
      'to: add_tags',
      'to: status',
      'name: tags',
      'writes status, and state writes status',
    ],
    [
      'one that writes into the other',
      'to: add_tags',
      'to: status.x',
      'to: status.x',
      'writes status.x, and state writes status',
    ],
    [
      'constants that are written into a field',
      'role: { name: server }',
      'custom_fields: { a: 1 }',
      'custom_fields: { a',
      'name the whole path',
    ],
    ['a match of no field', 'fields: [name, site]', 'fields: [name, place]', 'place', 'there is no field place'],
    [
      'a match of what is read on one side',
      'ours: name, authority: theirs',
      'authority: theirs, direction: in',
      '[name, site], find',
      'is not read on both sides',
    ],
    ['a match without a key', ', find: name', '', '[name, site]', 'say by which key'],
    ['a child that is to be found', 'hub: server', 'hub: server\nparent: rack', 'find: serial', 'leave `find` out'],
    ['a need that is no field', 'needs: [name, site]', 'needs: [name, place]', 'needs', 'there is no field place'],
    ['a need that is never written', 'needs: [name, site]', 'needs: [bmc]', 'needs', 'bmc is `direction: in`'],
    [
      'policies of which none is for all',
      '{ policy: review }]',
      '{ policy: review, when: [{ field: name, in: [a] }] }]',
      'there:',
      'the last policy is for all others',
    ],
    [
      'a policy that is never asked',
      'policy: always, when: [{ field: managed, in: [true] }]',
      'policy: always',
      'there:',
      'never asked',
    ],
    [
      'a policy on no field',
      'when: [{ field: managed, in: [true] }] }',
      'when: [{ field: other, in: [true] }] }',
      'there:',
      'create.there: there is no field other',
    ],
    ['a policy that is none', 'here: never', 'here: perhaps', 'here: perhaps', 'always, never, review'],
    ['a share beyond all', 'share: 0.5', 'share: 5', 'share: 5', 'brakes.change.share'],
    ['a star in the middle', "'custom_fields.old_*'", "'custom_fields.*_old'", 'leave', '* at the end only'],
    [
      'a test of no field',
      'values: { serial: ABC }',
      'values: { serials: ABC }',
      'serials',
      'tests: there is no field serials',
    ],
    [
      'a test of another value',
      'values: { serial: ABC }',
      'values: { serial: ABD }',
      'serial: ABD',
      'serial is "ABC", not "ABD"',
    ],
    [
      'a test of what is unknown',
      'unknown: [name, memory]',
      'unknown: [name, serial]',
      'unknown: [name',
      'serial is "ABC", and not unknown',
    ],
    [
      'a test of what cannot be read',
      "site: { '5': loc-1 } }\n    values",
      "site: { '6': loc-1 } }\n    values",
      'values: { serial: ABC, site',
      'site is unknown (site 5 is not known here yet), not "loc-1"',
    ],
    [
      'a test of other writing',
      'status: staged }',
      'status: active }',
      'set:',
      'status is "staged", and should be "active"',
    ],
    ['a test of too little writing', ', status: staged }', ' }', 'set:', 'status is "staged", and should be left out'],
    [
      'a test of too much writing',
      'status: staged }',
      'status: staged, x: 1 }',
      'set:',
      'x is not written, and should be 1',
    ],
    [
      'a test that says nothing',
      "    values: { serial: ABC }\n    set: { serial: ABC, site: { id: '5' }, status: staged }\n",
      '',
      '- ours',
      'says nothing',
    ],
    ['a test of both sides', '- ours: {', '- theirs: {}\n    ours: {', '- theirs: {}', 'says either theirs or ours'],
    ['no tests', DEVICE.slice(DEVICE.indexOf('tests:\n')), 'tests: []\n', 'tests: []', 'tests: '],
  ])('%s', (_name, from, to, at, says) => {
    expect(DEVICE).toContain(from);
    const text = DEVICE.replace(from, () => to);
    const [fault] = faultsOf(text);
    expect(fault?.message).toContain(says);
    expect(fault?.line).toBe(lineOf(text, at));
    expect(() => parseMapping(text, FILE)).toThrow(`${FILE}:${fault?.line}: `);
  });

  test('a condition on no field, on the line of the condition', () => {
    const text = DEVICE.replace(
      '    when: [{ field: managed, in: [true] }]\n',
      '    when:\n      - field: managed\n        in: [true]\n      - field: other\n        in: [1]\n',
    );
    expect(faultsOf(text)).toEqual([
      { file: FILE, line: lineOf(text, 'field: other'), message: 'memory: there is no field other' },
    ]);
  });

  test('conditions that wait for each other', () => {
    const text = DEVICE.replace(
      'transforms: [boolean] }',
      'transforms: [boolean], when: [{ field: memory, in: [1] }] }',
    );
    expect(faultsOf(text)[0]).toMatchObject({ message: 'managed, memory: their conditions wait for each other' });
    expect(faultsOf(oneFieldText('theirs: a, ours: b, authority: ours, when: [{ field: it, in: [1] }]'))).toHaveLength(
      1,
    );
  });

  test('all of them at once, each on a line of the message', () => {
    const text = DEVICE.replace('from: GiB', 'from: G').replace('compare: fold', 'compare: odd');
    let thrown: unknown;
    try {
      parseMapping(text, FILE);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MappingError);
    const { message, faults } = thrown as MappingError;
    expect(faults).toHaveLength(2);
    expect(message.split('\n').map((line) => line.slice(0, line.indexOf(': ')))).toEqual([
      `${FILE}:${lineOf(text, 'compare: odd')}`,
      `${FILE}:${lineOf(text, 'from: G,')}`,
    ]);
  });
});

describe('what may be said', () => {
  test.each([
    [
      'no way back, and none is needed',
      "theirs: a, ours: b, authority: theirs, direction: in, transforms: [{ regex: '^(a)', take: 1 }]",
    ],
    ['the value as it is', 'theirs: a, ours: b, authority: ours, transforms: [{ enum: { a: A, b: A } }], reverse: []'],
    ['only written', 'to: a, ours: b, authority: ours, direction: out'],
    ['only read', 'theirs: a, authority: theirs, direction: in'],
  ])('%s', (_name, line) => expect(faultsOf(oneFieldText(line))).toEqual([]));
});

test.each(['', '[]', 'null', '5', 'a: b', '{{{', '&a [*a]', '\u0000', '- - -', 'version: 1\n__proto__: 5'])(
  'of %j there is a fault, and nothing is thrown',
  (text) => {
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.every(({ line }) => line >= 1)).toBe(true);
  },
);
