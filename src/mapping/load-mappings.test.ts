import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isMappingFile, loadMappings, MAPPINGS_FOLDER, readMappings } from './load-mappings.ts';
import { DEVICE, SITE } from './mapping-for-tests.ts';

const MODULE = `version: 1
system: netbox
object: module
hub: part
parent: device
match: [{ fields: [slot] }]
fields:
  - { name: slot, theirs: module_bay.name, ours: slot, authority: ours, to: module_bay }
tests:
  - { theirs: { module_bay: { name: A1 } }, values: { slot: A1 } }
`;

function all(...texts: string[]): { file: string; text: string }[] {
  return texts.map((text) => ({ file: `netbox-${/object: (.*)/.exec(text)?.[1] ?? ''}.yaml`, text }));
}

describe('together', () => {
  test('parents and what is looked up come first', () => {
    const { mappings, faults } = readMappings(all(MODULE, DEVICE, SITE));
    expect(faults).toEqual([]);
    expect(mappings.map(({ object }) => object)).toEqual(['site', 'device', 'module']);
  });

  test('a type may look up its own', () => {
    const tree = SITE.replace(
      'authority: theirs }',
      'authority: theirs }\n  - { name: in, theirs: parent.id, ours: in, authority: theirs, transforms: [{ lookup: site }] }',
    );
    expect(readMappings(all(tree)).faults).toEqual([]);
  });

  test('what the hub does not have is told with what it has', () => {
    const has = (hub: string) => (hub === 'part' ? ['bay', 'serial'] : undefined);
    expect(readMappings(all(MODULE, DEVICE, SITE), [], has).faults).toEqual([
      { file: 'netbox-device.yaml', line: 4, message: 'the hub has no "server" to compare' },
      { file: 'netbox-module.yaml', line: 8, message: 'slot: a part has no value "slot" here; it has bay, serial' },
      { file: 'netbox-site.yaml', line: 4, message: 'the hub has no "site" to compare' },
    ]);
    const alone = MODULE.replace('parent: device\n', '').replace(
      '{ fields: [slot] }',
      '{ fields: [slot], find: slot }',
    );
    expect(readMappings(all(alone.replace('ours: slot', 'ours: bay.name')), [], has).faults).toEqual([]);
  });

  test('those that are not wanted are left aside', () => {
    expect(readMappings(all(MODULE, DEVICE, SITE), ['module']).mappings.map(({ object }) => object)).toEqual([
      'site',
      'device',
    ]);
    expect(readMappings(all(MODULE, DEVICE, SITE), ['device']).faults).toEqual([
      { file: 'netbox-module.yaml', line: 5, message: 'no file maps the parent device' },
    ]);
  });

  test.each([
    ['no parent', all(MODULE), [['netbox-module.yaml', 5, 'no file maps the parent device']]],
    [
      'nothing to look up',
      all(DEVICE),
      [['netbox-device.yaml', 25, 'site: no file maps site, so it cannot be looked up']],
    ],
    [
      'a type twice',
      [...all(SITE), { file: 'netbox-site-2.yaml', text: SITE }],
      [['netbox-site.yaml', 3, 'netbox-site-2.yaml maps site already']],
    ],
    [
      'a name by which it is never read',
      [{ file: 'site.yaml', text: SITE }],
      [['site.yaml', 2, 'the name of the file has to begin with netbox-, or it is never read']],
    ],
    [
      'two that need each other',
      all(
        DEVICE,
        SITE.replace(
          'authority: theirs }',
          'authority: theirs }\n  - { name: of, theirs: of.id, ours: of, authority: theirs, transforms: [{ lookup: device }] }',
        ),
      ),
      [['netbox-device.yaml', 3, 'device, site need each other first: one parent or lookup has to go']],
    ],
    ['a fault of one', [...all(SITE), { file: 'netbox-a.yaml', text: 'object: [' }], [['netbox-a.yaml', 1, '']]],
  ])('%s', (_name, files, expected) => {
    const { mappings, faults } = readMappings(files);
    expect(mappings).toEqual([]);
    expect(faults.map(({ file, line }) => [file, line])).toEqual(expected.map(([file, line]) => [file, line]));
    expect(faults[0]?.message).toContain(expected[0]?.[2]);
  });
});

describe('from a folder', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mappings-'));
  for (const { file, text } of all(MODULE, DEVICE, SITE)) writeFileSync(path.join(folder, file), text);
  writeFileSync(path.join(folder, 'netbox-words.yaml'), 'states: {}\n');
  writeFileSync(path.join(folder, 'other-site.yaml'), 'object: site\nthis is: nothing\n');

  test('those of one system; other files of the folder are left to others', () => {
    expect(loadMappings('netbox', folder).map(({ file }) => file)).toEqual([
      'netbox-site.yaml',
      'netbox-device.yaml',
      'netbox-module.yaml',
    ]);
    expect(loadMappings('jira', folder)).toEqual([]);
    expect(() => loadMappings('netbox', folder, ['site'])).toThrow('netbox-device.yaml:25: site: no file maps site');
    expect(() => loadMappings('other', folder)).toThrow('other-site.yaml:');
  });

  test('one that cannot be read is no file of others', () => {
    expect(isMappingFile('a: [')).toBe(true);
    expect(isMappingFile('a: 1')).toBe(false);
    expect(isMappingFile('- a')).toBe(false);
    expect(isMappingFile('')).toBe(false);
  });
});

test('the mappings of the hub hold what they promise', () => {
  const mappings = loadMappings('netbox', MAPPINGS_FOLDER);
  expect(new Set(mappings.map(({ object }) => object)).size).toBe(mappings.length);
});
