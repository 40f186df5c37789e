import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addCaseCommands } from '#src/case-commands.ts';
import { caseRoutes } from '#src/cases/routes.ts';
import { type HistoryWeb, historyWeb } from './history-web.ts';

let on: HistoryWeb;
let folder: string;
let server: string;
beforeAll(async () => {
  on = await historyWeb(caseRoutes);
  folder = await mkdtemp(path.join(tmpdir(), 'reanimator-cases-'));
});
afterAll(async () => {
  await on?.close();
  await rm(folder, { recursive: true });
});

type Item = Record<string, unknown>;

async function run(args: string[], ticketSystem?: string): Promise<{ rows: Item[]; told: string }> {
  const program = new Command('reanimator').exitOverride();
  const adapters = {
    has: () => ticketSystem !== undefined,
    providerOf: () => String(ticketSystem),
  };
  addCaseCommands(program, (act) => act({ ctx: on.ctx, adapters }));
  let told = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((told += String(text)), true));
  try {
    await program.parseAsync(['case', ...args], { from: 'user' });
  } finally {
    write.mockRestore();
  }
  return { rows: told.startsWith('[') ? (JSON.parse(told) as Item[]) : [], told };
}

async function write(name: string, content: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

const aboutOf = (one: Item | undefined): unknown[][] =>
  ((one?.['links'] ?? []) as Item[]).map((link) => [link['subject_name'], link['verdict']]);

test('imports a table, lists, shows, links and unlinks', async () => {
  server = await on.addAsset('cmd-srv-1');
  await on.addAsset('cmd-srv-2');
  const csv = 'Number;Title;Opened\nA-1;cmd-srv-1 is slow;2026-05-01\nA-2;Coffee is out;2026-05-02\n;No number;\n';
  const columns = ['-c', 'id=Number', '-c', 'summary=Title', '-c', 'created_at=Opened'];
  const file = await write('cases.csv', csv);
  const { rows } = await run(['import', file, '-s', 'desk', ...columns, '-o', 'json']);
  expect(rows.map(({ line, did, field, links }) => [line, did, field, links])).toEqual([
    [1, 'created', null, 1],
    [2, 'created', null, 0],
    [3, 'refused', 'Number', 0],
  ]);
  expect(process.exitCode).toBe(1); // a line was refused
  process.exitCode = 0;
  const table = await run(['import', file, '-s', 'desk', ...columns]);
  process.exitCode = 0;
  expect(table.told).toMatch(/created +updated +unchanged +refused\n0 +0 +2 +1/);
  expect(table.told).toMatch(/3 +Number +is missing/);
  const listed = async (...args: string[]): Promise<unknown[]> =>
    (await run(['list', ...args, '-o', 'json'])).rows.map(({ key }) => key);
  expect(await listed('--linked', 'no')).toEqual(['A-2']);
  expect(await listed('--confidence', 'likely')).toEqual(['A-1']);
  expect(await listed('--confidence', 'sure')).toEqual([]);
  expect(await listed('-q', 'coffee', '--source', 'desk')).toEqual(['A-2']);
  expect((await run(['show', 'A-1'])).told).toMatch(/asset +cmd-srv-1 +0\.6 +found/);

  const linked = await run(['link', 'desk:A-1', 'asset', 'cmd-srv-2', '-o', 'json']);
  expect(aboutOf(linked.rows[0])).toEqual([
    ['cmd-srv-2', 'right'],
    ['cmd-srv-1', 'found'],
  ]);
  const unlinked = await run(['unlink', 'A-1', 'asset', 'cmd-srv-1', '-o', 'json']);
  expect(aboutOf(unlinked.rows[0])).toEqual([
    ['cmd-srv-2', 'right'],
    ['cmd-srv-1', 'wrong'],
  ]);
  expect(await listed('--server', 'cmd-srv-2')).toEqual(['A-1']);
  expect(await listed('--server', 'cmd-srv-1')).toEqual([]);
  expect(await listed('--confidence', 'said')).toEqual(['A-1']);
  await expect(run(['link', 'A-1', 'asset', 'nobody'])).rejects.toThrow('there is no server nobody');
  await expect(run(['show', 'A-9'])).rejects.toThrow('There is no case A-9');
});

test('a long table is taken in parts, and its lines keep their numbers', async () => {
  const cases = Array.from({ length: 1_201 }, (_, at) => ({ id: `L${at}`, summary: at === 1_200 ? '' : `Long ${at}` }));
  const { rows } = await run(['import', await write('long.json', JSON.stringify(cases)), '-s', 'long', '-o', 'json']);
  process.exitCode = 0;
  expect(rows).toHaveLength(1_201);
  expect(rows.filter(({ did }) => did === 'created')).toHaveLength(1_200);
  expect(rows.at(-1)).toMatchObject({ line: 1_201, did: 'refused', field: 'summary' });
});

test('one key in two sources is told apart, and wrong usage says what is right', async () => {
  const file = await write('one.json', JSON.stringify([{ id: '7', key: 'SAME-7', summary: 'Two of a name' }]));
  for (const system of ['left', 'right']) await run(['import', file, '-s', system]);
  await expect(run(['show', 'SAME-7'])).rejects.toThrow('several cases have the key SAME-7: say source:key');
  expect((await run(['show', 'left:SAME-7', '-o', 'json'])).rows).toMatchObject([{ source: 'left' }]);
  await expect(run(['import', file, '-s', 'Not Good'])).rejects.toThrow('--system: lower-case letters');
  await expect(run(['import', file, '-s', 'ok', '-c', 'nothing=X'])).rejects.toThrow('--column: say ours=theirs');
  await expect(run(['import', path.join(folder, 'none.csv'), '-s', 'ok'])).rejects.toThrow('cannot be read');
  const noList = await write('object.json', '{"id": 1}');
  await expect(run(['import', noList, '-s', 'ok'])).rejects.toThrow('a list of objects is needed');
});

test('a query is handed to a worker, where a ticket system is connected', async () => {
  await expect(run(['sync', 'project = HW'])).rejects.toThrow('no ticket system is connected');
  const { rows } = await run(['sync', 'project = HW', '--no-wait', '-o', 'json'], 'jira');
  const [sync] = await on.ctx.db('case_syncs').where({ id: rows[0]?.['sync'] }).select('source', 'query', 'asked_by');
  expect(sync).toMatchObject({ source: 'jira', query: 'project = HW' });
});

test('the list is sorted, comes as CSV, and a link may be said by name', async () => {
  const keys = async (query: string): Promise<unknown[]> =>
    ((await on.ask(`/v1/cases?${query}`)).json['items'] as Item[]).map(({ key }) => key);
  expect(await keys('source=desk&sort=key')).toEqual(['A-1', 'A-2']);
  expect(await keys('source=desk&sort=-opened_at')).toEqual(['A-2', 'A-1']);
  const csv = (await on.ask('/v1/cases?source=desk&sort=key&format=csv')).text.split('\r\n');
  expect(csv[0]).toMatch(/^id,source,key,url,summary,status.*,about$/);
  expect(csv[1]).toContain(',asset cmd-srv-2 right');
  const [one] = (await on.ask('/v1/cases?source=desk&q=A-2')).json['items'] as Item[];
  const say = (body: object) => on.ask(`/v1/cases/${String(one?.['id'])}/links`, { body });
  expect(aboutOf((await say({ subject_type: 'asset', subject_name: 'cmd-srv-1' })).json)).toEqual([
    ['cmd-srv-1', 'right'],
  ]);
  expect((await say({ subject_type: 'asset' })).text).toContain('say either subject_name or subject_id');
  expect(await keys(`asset_id=${server}`)).toEqual(['A-2']);
});
