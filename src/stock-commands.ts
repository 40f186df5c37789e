import { readFileSync } from 'node:fs';
import { Argument, type Command, Option } from 'commander';
import { BulkAnswer, runBulk } from './core/bulk.ts';
import { orderOf } from './core/sorted-list.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { toFaults } from './core/to-faults.ts';
import { tx } from './core/tx.ts';
import { COMPONENT_KINDS } from './ports/hardware-inventory.ts';
import { type Format, print } from './print.ts';
import { moveStock } from './stock/commands/move-stock.ts';
import { receiveStock } from './stock/commands/receive-stock.ts';
import {
  findByLabel,
  ledgerFaults,
  listItems,
  listMovements,
  showItem,
  type ShownItem,
  STOCK_ORDER,
} from './stock/item-reads.ts';
import { CONDITIONS, Condition, ReceiptInput } from './stock/model.ts';
import { addCountCommands } from './stock-count-commands.ts';
import { addSpareCommands } from './stock-spare-commands.ts';

type WithHub = (act: (hub: { ctx: Ctx }) => Promise<void>) => Promise<void>;
interface Output {
  output: Format;
}

/** `reanimator stock …`: what lies on shelves, what comes and goes, and who counts it. */
export function addStockCommands(program: Command, withHub: WithHub): void {
  const stock = program.command('stock').description('parts on shelves: pieces and counted bins, kept for tickets');
  const output = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
  const label = new Argument('<item>', 'its id, serial or barcode');
  const condition = new Option('-c, --condition <condition>').choices([...CONDITIONS]);

  stock
    .command('list')
    .description('what lies there, the newest first')
    .option('--site <name>', 'datacenter')
    .option('--lot <lot>', 'id or code')
    .addOption(new Option('--kind <kind>').choices([...COMPONENT_KINDS]))
    .addOption(condition)
    .option('--gone', 'also what was taken or sent away')
    .option('-n, --limit <n>', 'how many', '100')
    .addOption(output)
    .action(
      (
        options: Output & {
          site?: string;
          lot?: string;
          kind?: string;
          condition?: string;
          gone?: boolean;
          limit: string;
        },
      ) =>
        withHub(async ({ ctx }) => {
          const items = await listItems(ctx, {
            ...{ site: options.site, lot: options.lot, kind: options.kind, gone: options.gone === true },
            ...(options.condition === undefined ? {} : { condition: Condition.parse(options.condition) }),
            order: orderOf(STOCK_ORDER, '-received_at', undefined),
            limit: wholeNumber('--limit', options.limit),
          });
          print(options.output, items.map(rowOf), 'nothing');
        }),
    );

  stock
    .command('show')
    .description('one item and its ledger, latest first')
    .addArgument(label)
    .addOption(output)
    .action((text: string, options: Output) =>
      withHub(async ({ ctx }) => {
        const item = await itemLabelled(ctx, text);
        const lines = await listMovements(ctx, { itemId: item.id, before: undefined, limit: 200 });
        const ledger = lines.map(({ at, did, quantity, reserved, ticketId, reason, reference, actor }) => {
          return { at, did, quantity, reserved, ticket: ticketId, reason, reference, by: actor };
        });
        if (options.output === 'json') return print('json', [{ ...rowOf(item), ledger }], '');
        print('table', [rowOf(item)], '');
        print('table', ledger, 'nothing ever happened to it');
      }),
    );

  stock
    .command('receive')
    .description('put a piece, or so many of a lot, on a shelf; or many, from a CSV')
    .option('--serial <serial>')
    .option('--barcode <barcode>')
    .option('--lot <lot>', 'id or code; a known serial says it by itself')
    .option('--kind <kind>', 'where neither lot nor serial say it')
    .option('-q, --quantity <n>', 'of a lot', '1')
    .option('--at <path>', 'warehouse or bin, e.g. "ams1 / store / A3"')
    .addOption(condition)
    .option('--warranty <day>', 'until when')
    .option('--supplier <name>')
    .option('--po <number>', 'purchase order')
    .option('--csv <file>', 'a line each, with the columns of POST /v1/stock/receipts/bulk')
    .addOption(output)
    .action((options: Output & Record<string, string | undefined> & { csv?: string }) =>
      withHub(async ({ ctx }) => {
        if (options.csv !== undefined) return receiveFile(ctx, options.csv, options.output);
        const input = receiptOf(options);
        const { item } = await tx(ctx, (inside) => receiveStock(inside, input), { isolation: 'read committed' });
        print(options.output, [rowOf(await itemLabelled(ctx, item.id))], '');
      }),
    );

  stock
    .command('move')
    .description('to another place, into another condition, or both')
    .addArgument(label)
    .option('--to <path>', 'warehouse or bin')
    .addOption(condition)
    .option('-q, --quantity <n>', 'of a counted bin; left out: all that is free')
    .option('-r, --reason <text>')
    .addOption(output)
    .action((text: string, options: Output & { to?: string; condition?: string; quantity?: string; reason?: string }) =>
      withHub(async ({ ctx }) => {
        const { id } = await itemLabelled(ctx, text);
        if (options.to === undefined && options.condition === undefined)
          throw new HubError('invalid', 'say --to, --condition, or both');
        const want = {
          ...{ itemId: id, location: options.to, reason: options.reason ?? null },
          ...(options.condition === undefined ? {} : { condition: Condition.parse(options.condition) }),
          ...(options.quantity === undefined ? {} : { quantity: wholeNumber('--quantity', options.quantity) }),
        };
        const moved = await tx(ctx, (inside) => moveStock(inside, want), { isolation: 'read committed' });
        print(options.output, [rowOf(await itemLabelled(ctx, moved.id))], '');
      }),
    );

  stock
    .command('audit')
    .description(
      'items that are not the sum of their ledger, or of their reservations; exit code 1 where there are any',
    )
    .addOption(output)
    .action((options: Output) =>
      withHub(async ({ ctx }) => {
        const faults = await ledgerFaults(ctx);
        print(options.output, faults, 'the ledger adds up');
        if (faults.length > 0) process.exitCode = 1;
      }),
    );

  addCountCommands(stock, withHub);
  addSpareCommands(stock, withHub);
}

function receiptOf(options: Record<string, string | undefined>): ReceiptInput {
  const { serial, barcode, lot, kind, at, condition, warranty, supplier, po } = options;
  const parsed = ReceiptInput.safeParse({
    ...{ serial, barcode, lot, kind, location: at, warranty_until: warranty, supplier, purchase_order: po },
    ...(condition === undefined ? {} : { condition }),
    quantity: wholeNumber('--quantity', options['quantity'] ?? '1'),
  });
  if (parsed.success) return parsed.data;
  const [fault] = toFaults(parsed.error, '');
  throw new HubError('invalid', `${fault?.field}: ${fault?.message}`);
}

/** Each line by itself: one that is wrong does not stop the others. */
async function receiveFile(ctx: Ctx, file: string, format: Format): Promise<void> {
  const body = readFileSync(file, 'utf8');
  const answer = await tx(
    ctx,
    (inside) =>
      runBulk({
        ...{ body, headers: {}, Item: ReceiptInput, numbers: ['quantity'] },
        keyOf: (input) =>
          JSON.stringify([input.serial, input.barcode, input.component_id, input.lot, input.location, input.condition]),
        save: async (input) => {
          const { item, isNew } = await receiveStock(inside, input);
          return { id: item.id, did: isNew ? 'created' : 'updated' };
        },
      }),
    { isolation: 'read committed' },
  );
  const { results } = BulkAnswer.parse(answer.body);
  const rows = results.map(({ did, id, reason }, index) => ({ line: index + 2, did, id, reason }));
  print(format, rows, 'the file has no lines');
  if (rows.some(({ did }) => did === 'refused')) process.exitCode = 1;
}

/** By id, serial or barcode. @throws HubError not-found */
async function itemLabelled(ctx: Ctx, text: string): Promise<ShownItem> {
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text);
  const byId = isId ? await showItem(ctx, text) : undefined;
  const [found, ...more] = byId ? [byId] : await findByLabel(ctx, text);
  if (found === undefined) throw new HubError('not-found', `Nothing in stock has the label ${text}`);
  if (more.length > 0) throw new HubError('conflict', `${text} is on ${more.length + 1} items: say the id of one`);
  return found;
}

function rowOf(item: ShownItem) {
  return {
    id: item.id,
    lot: item.lotCode ?? item.model ?? item.kind,
    serial: item.serial,
    barcode: item.barcode,
    condition: item.condition,
    quantity: item.quantity,
    reserved: item.reserved,
    place: item.shelf?.path ?? 'not shelved',
    received: item.receivedAt.slice(0, 10),
    warranty: item.warrantyUntil?.slice(0, 10) ?? null,
  };
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new HubError('invalid', `${name}: a whole number from 1 on, not ${text}`);
  return number;
}
