import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { addStockCommands } from '#src/stock-commands.ts';
import { reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { type StockWorld, stockWorld } from './stock-world.ts';

let on: StockWorld;
let folder: string;
beforeAll(async () => {
  on = await stockWorld();
  folder = await mkdtemp(path.join(tmpdir(), 'reanimator-stock-'));
});
afterAll(async () => {
  await on?.database.close();
  await rm(folder, { recursive: true });
});

const at = 'eu / ams1 / store / A1';
const lot = 'SSD_NVME_01.92TB_GEN4';

async function run(...args: string[]): Promise<{ rows: Record<string, unknown>[]; told: string }> {
  const program = new Command('reanimator').exitOverride();
  addStockCommands(program, (act) => act({ ctx: on.ctx }));
  let [out, told] = ['', ''];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  const tell = vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((told += String(text)), true));
  try {
    await program.parseAsync(['stock', ...args], { from: 'user' });
  } finally {
    write.mockRestore();
    tell.mockRestore();
  }
  return { rows: out.startsWith('[') ? (JSON.parse(out) as Record<string, unknown>[]) : [], told: told + out };
}

test('receives, shows, moves and lists', async () => {
  const { rows } = await run('receive', '--serial', 'cli-1', '--barcode', 'B1', '--lot', lot, '--at', at, '-o', 'json');
  expect(rows).toMatchObject([{ serial: 'CLI-1', lot, place: at, condition: 'NEW' }]);
  const moved = await run('move', 'B1', '--to', 'eu / ams1 / store', '-c', 'TESTED', '-r', 'tested', '-o', 'json');
  expect(moved.rows).toMatchObject([{ place: 'eu / ams1 / store', condition: 'TESTED' }]);
  const shown = await run('show', 'cli-1', '-o', 'json');
  expect(shown.rows[0]?.['ledger']).toMatchObject([
    { did: 'move', reason: 'tested' },
    { did: 'receive', quantity: 1 },
  ]);
  expect((await run('list', '--site', 'ams1', '--lot', lot, '-c', 'TESTED', '-o', 'json')).rows).toHaveLength(1);
  await expect(run('show', 'NOWHERE')).rejects.toThrow('Nothing in stock has the label NOWHERE');
  await expect(run('receive', '--serial', 'cli-2', '--lot', lot)).rejects.toThrow('/location: say where it is put');
  await expect(run('move', 'B1')).rejects.toThrow('say --to');
});

test('receives a CSV, with a result for each line', async () => {
  const file = path.join(folder, 'parts.csv');
  await writeFile(file, `serial,lot,location,quantity\nCSV-1,${lot},${at},\n,${lot},${at},5\nCSV-2,NONE,${at},\n`);
  const { rows } = await run('receive', '--csv', file, '-o', 'json');
  expect(rows.map(({ line, did }) => [line, did])).toEqual([
    [2, 'created'],
    [3, 'created'],
    [4, 'refused'],
  ]);
  expect(process.exitCode).toBe(1);
  process.exitCode = 0;
});

test('counts', async () => {
  const opened = await run('count', 'open', at, '-o', 'json');
  const id = /count ([\w-]+)/.exec(opened.told)?.[1] ?? '';
  const found = await run('count', 'found', id, 'CSV-1', `${lot}=4`, '-o', 'json');
  expect(found.rows).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ serial: 'CSV-1', variance: 0 }),
      expect.objectContaining({ variance: -1 }),
    ]),
  );
  expect((await run('count', 'approve', id, '-r', 'counted')).told).toContain('1');
  await run('count', 'cancel', /count ([\w-]+)/.exec((await run('count', 'open', at)).told)?.[1] ?? '', '-r', 'no');
  expect((await run('audit')).told).toContain('the ledger adds up');
});

test('finds spares, shows what is kept and sets it free, sums and plans', async () => {
  await run('level', lot, 'ams1', '50', '60');
  expect((await run('summary', '--site', 'ams1', '--below', '-o', 'json')).rows).toMatchObject([
    { lot, min: 50, target: 60 },
  ]);
  const spares = await run('spares', 'srv-1', '--lot', lot, '-o', 'json');
  expect(spares.rows[0]).toMatchObject({ is: 'takeable', match: 'same-lot' });
  expect((await run('spares', 'srv-1', '--kind', 'psu')).told).toContain(
    'nothing to take: no usable psu is in stock in ams1',
  );
  const want = {
    ticketId: newId(),
    assetId: on.assetId,
    componentId: null,
    lotId: on.lots.nvme2.id,
    kind: null,
    site: null,
  };
  await tx(on.ctx, (inside) => reserveSpare(inside, want));
  const { rows } = await run('reservations', '-o', 'json');
  expect(rows).toMatchObject([{ ticket: want.ticketId, match: 'same-lot' }]);
  await run('release', String(rows[0]?.['id']), '-r', 'not needed');
  expect((await run('reservations', '--state', 'released', '-o', 'json')).rows).toMatchObject([{ why: 'not needed' }]);
  await on.audit();
});
