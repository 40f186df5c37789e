import { type Command, Option } from 'commander';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { tx } from './core/tx.ts';
import { type Format, print } from './print.ts';
import { approveCount } from './stock/commands/approve-count.ts';
import { countItems } from './stock/commands/count-items.ts';
import { cancelCount, openCount } from './stock/commands/open-count.ts';
import { linesOf } from './stock/count-store.ts';
import { FoundInput } from './stock/model.ts';

type WithHub = (act: (hub: { ctx: Ctx }) => Promise<void>) => Promise<void>;
interface Output {
  output: Format;
}
const isolation = 'read committed' as const;

/** `reanimator stock count …`: begin, say what was found, look at the variance, approve. */
export function addCountCommands(stock: Command, withHub: WithHub): void {
  const count = stock.command('count').description('count a warehouse or bin; nothing is booked before it is approved');
  const output = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');

  count
    .command('open')
    .argument('<place>', 'path of the warehouse or bin')
    .addOption(output)
    .action((place: string, options: Output) =>
      withHub(async ({ ctx }) => {
        const { id } = await tx(ctx, (inside) => openCount(inside, { location: place }), { isolation });
        process.stderr.write(`count ${id}\n`);
        await show(ctx, id, options.output);
      }),
    );
  count
    .command('found')
    .description('what lies there: serials or barcodes, or LOT=quantity; LOT=0 or !SERIAL: not there')
    .argument('<count>', 'its id')
    .argument('<things...>')
    .option('--at <path>', 'which bin of what is counted')
    .addOption(output)
    .action((id: string, things: string[], options: Output & { at?: string }) =>
      withHub(async ({ ctx }) => {
        const found = things.map((thing) => foundIn(thing, options.at));
        await tx(ctx, (inside) => countItems(inside, { countId: id, found }), { isolation });
        await show(ctx, id, options.output);
      }),
    );
  count
    .command('show')
    .argument('<count>', 'its id')
    .addOption(output)
    .action((id: string, options: Output) => withHub(({ ctx }) => show(ctx, id, options.output)));
  count
    .command('approve')
    .argument('<count>', 'its id')
    .requiredOption('-r, --reason <text>', 'stands in the ledger')
    .option('--missing', 'what nobody looked at is missing; otherwise it stays')
    .action((id: string, options: { reason: string; missing?: boolean }) =>
      withHub(async ({ ctx }) => {
        const want = { countId: id, reason: options.reason, uncounted: options.missing ? 'missing' : 'leave' } as const;
        const { adjusted } = await tx(ctx, (inside) => approveCount(inside, want), { isolation });
        print('table', [{ adjusted }], '');
      }),
    );
  count
    .command('cancel')
    .argument('<count>', 'its id')
    .requiredOption('-r, --reason <text>')
    .action((id: string, options: { reason: string }) =>
      withHub(async ({ ctx }) => {
        await tx(ctx, (inside) => cancelCount(inside, { countId: id, reason: options.reason }));
      }),
    );
}

function foundIn(thing: string, location: string | undefined): FoundInput {
  const [, lot, quantity] = /^(.+)=(\d{1,7})$/.exec(thing) ?? [];
  const where = location === undefined ? {} : { location };
  if (lot !== undefined) return FoundInput.parse({ lot, counted: Number(quantity), ...where });
  const isMissing = thing.startsWith('!');
  const serial = isMissing ? thing.slice(1) : thing;
  if (serial === '') throw new HubError('invalid', 'a serial, a barcode, or LOT=quantity');
  return FoundInput.parse({ serial, counted: isMissing ? 0 : 1, ...where });
}

async function show(ctx: Ctx, id: string, format: Format): Promise<void> {
  const lines = await linesOf(ctx.db, id);
  const rows = lines.map((line) => ({
    kind: line.kind,
    serial: line.serial,
    barcode: line.barcode,
    condition: line.condition,
    expected: line.expected,
    counted: line.counted,
    variance: line.counted === null ? null : line.counted - line.expected,
    item: line.itemId ?? 'not known',
  }));
  print(format, rows, 'nothing is expected there');
}
