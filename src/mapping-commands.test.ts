import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DEVICE, SITE } from './mapping/mapping-for-tests.ts';
import { addMappingCommands, checkMappingFiles, type MappingCheckers } from './mapping-commands.ts';

const checkers: MappingCheckers = {
  'rules.yaml': (text) => (text.includes('bad') ? [{ line: 2, message: 'is bad' }] : []),
};

function folderOf(files: Record<string, string>): (name: string) => string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mapping-commands-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return (name) => path.join(folder, name);
}

const sound = folderOf({
  'netbox-device.yaml': DEVICE,
  'netbox-site.yaml': SITE,
  'rules.yaml': 'a: 1\n',
  'vendors.yaml': 'b: 1\n',
  'notes.txt': 'object: [',
});

describe('checking', () => {
  test('a folder: its mappings together, the others by who knows them', () => {
    const rows = checkMappingFiles([], checkers, sound(''));
    expect(rows.map(({ file, ...row }) => ({ file: path.basename(file), ...row }))).toEqual([
      { file: 'netbox-device.yaml', fields: 8, tests: 2, note: null, faults: [] },
      { file: 'netbox-site.yaml', fields: 1, tests: 1, note: null, faults: [] },
      { file: 'rules.yaml', fields: null, tests: null, note: null, faults: [] },
      { file: 'vendors.yaml', fields: null, tests: null, note: 'has no `object`, and is not checked here', faults: [] },
    ]);
  });

  test('one file, with those beside it', () => {
    expect(checkMappingFiles([sound('netbox-device.yaml')], checkers)).toMatchObject([{ fields: 8, faults: [] }]);
    const alone = folderOf({ 'netbox-device.yaml': DEVICE });
    expect(checkMappingFiles([alone('netbox-device.yaml')], checkers)).toMatchObject([
      { faults: [{ line: 25, message: expect.stringContaining('no file maps site') }] },
    ]);
  });

  test('all files of a system by one who knows them', () => {
    const at = folderOf({ 'jira-default.yaml': 'a: 1\n', 'jira-of-a-project.yaml': 'bad\n' });
    const rows = checkMappingFiles([], { 'jira-*.yaml': checkers['rules.yaml'] ?? (() => []) }, at(''));
    expect(rows.map(({ note, faults }) => [note, faults.length])).toEqual([
      [null, 0],
      [null, 1],
    ]);
  });

  test('a file that is named has to be one that somebody knows', () => {
    const [row] = checkMappingFiles([sound('vendors.yaml')], checkers);
    expect(row?.faults).toEqual([{ line: 1, message: expect.stringContaining('it is no mapping') }]);
    const [missing] = checkMappingFiles([sound('netbox-rack.yaml')], checkers);
    expect(missing?.faults).toEqual([{ line: 1, message: 'there is no such file' }]);
  });
});

describe('on the command line', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  async function run(...words: string[]): Promise<{ said: string; code: number }> {
    let said = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    const program = new Command('reanimator');
    addMappingCommands(program, checkers, undefined, { tickets: () => ({ title: 'of tickets' }) });
    await program.parseAsync(['mappings', ...words], { from: 'user' });
    return { said, code: Number(process.exitCode ?? 0) };
  }

  test('what is sound, with its counts', async () => {
    const { said, code } = await run('check', sound('netbox-device.yaml'), sound('rules.yaml'));
    expect(said).toMatch(/netbox-device\.yaml +8 +2$/m);
    expect(code).toBe(0);
  });

  test('faults as file:line: message, and exit code 1', async () => {
    const at = folderOf({ 'netbox-site.yaml': SITE.replace('ours: name', 'our: name'), 'rules.yaml': 'bad\n' });
    const { said, code } = await run('check', at('netbox-site.yaml'), at('rules.yaml'));
    expect(said).toContain('netbox-site.yaml:8: fields.0: Unrecognized key: "our"\n');
    expect(said).toContain('rules.yaml:2: is bad\n');
    expect(code).toBe(1);
  });

  test('as JSON', async () => {
    const { said } = await run('check', '-o', 'json', sound('netbox-site.yaml'));
    expect(JSON.parse(said)).toEqual([
      { file: expect.stringContaining('netbox-site.yaml'), fields: 1, tests: 1, note: null, faults: [] },
    ]);
  });

  test('the schema for editors', async () => {
    const { said } = await run('schema');
    expect(JSON.parse(said)).toMatchObject({ type: 'object', required: expect.arrayContaining(['fields', 'tests']) });
    vi.restoreAllMocks();
    expect(JSON.parse((await run('schema', 'tickets')).said)).toEqual({ title: 'of tickets' });
  });
});
