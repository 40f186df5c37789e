import { type Command, Option } from 'commander';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { tx } from './core/tx.ts';
import { serverNamed } from './follow-job.ts';
import { COMPONENT_KINDS } from './ports/hardware-inventory.ts';
import { type Format, print } from './print.ts';
import type { StockCandidate } from './stock/candidate-reads.ts';
import type { Judged } from './stock/choose-spare.ts';
import { releaseById } from './stock/commands/change-reservation.ts';
import { setLevel } from './stock/commands/set-level.ts';
import { findSpares } from './stock/find-spares.ts';
import { findLotNamed } from './stock/lot-reads.ts';
import { RESERVATION_STATES, type ReservationState } from './stock/model.ts';
import { listReservations } from './stock/reservation-reads.ts';
import { stockSummary } from './stock/summary-reads.ts';

type WithHub = (act: (hub: { ctx: Ctx }) => Promise<void>) => Promise<void>;
interface Output {
  output: Format;
}

/** `reanimator stock spares|reservations|release|summary|level`: what a repair may take, and what there shall be. */
export function addSpareCommands(stock: Command, withHub: WithHub): void {
  const output = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
  stock
    .command('spares')
    .description('which spare would be taken for a part of a server, and why (not); keeps nothing')
    .argument('<server>', 'its id, serial, name or asset tag')
    .option('--component <id>', 'the part to replace')
    .option('--lot <lot>', 'its LOT instead: id or code')
    .addOption(new Option('--kind <kind>').choices([...COMPONENT_KINDS]))
    .option('--site <name>', 'another datacenter than the server’s')
    .addOption(output)
    .action((name: string, options: Output & { component?: string; lot?: string; kind?: string; site?: string }) =>
      withHub(async ({ ctx }) => {
        const { id: assetId } = await serverNamed(ctx, name);
        const lot = options.lot === undefined ? undefined : await findLotNamed(ctx, options.lot);
        if (options.lot !== undefined && !lot) throw new HubError('not-found', `There is no lot ${options.lot}`);
        const { component: componentId = null, kind = null, site = null } = options;
        const { choice, reorder } = await findSpares(ctx, { assetId, componentId, lotId: lot?.id ?? null, kind, site });
        const rows = [
          ...choice.takeable.map((one) => spareRow(one, 'takeable')),
          ...choice.elsewhere.map((one) => spareRow(one, 'elsewhere')),
          ...choice.refused.map((one) => spareRow(one, 'refused')),
        ];
        print(options.output, rows, 'nothing of that kind is in stock');
        if (choice.takeable.length === 0) process.stderr.write(`nothing to take: ${choice.why}\n`);
        if (reorder !== null) process.stderr.write(`to order: ${reorder.quantity} × ${reorder.lotCode}\n`);
      }),
    );
  stock
    .command('reservations')
    .description('what is kept for which ticket, latest first')
    .addOption(new Option('--state <state>').choices([...RESERVATION_STATES]).default('held'))
    .option('-n, --limit <n>', 'how many', '100')
    .addOption(output)
    .action((options: Output & { state: ReservationState; limit: string }) =>
      withHub(async ({ ctx }) => {
        const limit = Number(options.limit);
        if (!Number.isInteger(limit) || limit < 1) throw new HubError('invalid', '--limit: a whole number from 1 on');
        const rows = await listReservations(ctx, { state: options.state, before: undefined, limit });
        print(
          options.output,
          rows.map(({ id, itemId, ticketId, state, fit, expiresAt, endReason, why }) => {
            return { id, item: itemId, ticket: ticketId, state, match: fit, until: expiresAt, why: endReason ?? why };
          }),
          `nothing is ${options.state}`,
        );
      }),
    );
  stock
    .command('release')
    .description('set a reserved part free')
    .argument('<reservation>', 'its id')
    .requiredOption('-r, --reason <text>')
    .action((id: string, options: { reason: string }) =>
      withHub(async ({ ctx }) => {
        await tx(ctx, (inside) => releaseById(inside, { id, reason: options.reason }), { isolation: 'read committed' });
      }),
    );
  stock
    .command('summary')
    .description('per datacenter and LOT: on hand, reserved, and what there shall be')
    .option('--site <name>', 'datacenter')
    .option('--below', 'only what is below its minimum')
    .addOption(output)
    .action((options: Output & { site?: string; below?: boolean }) =>
      withHub(async ({ ctx }) => {
        const sums = (await stockSummary(ctx, { site: options.site })).filter(
          ({ reorder }) => options.below !== true || reorder > 0,
        );
        const rows = sums.map(({ site, lot, kind, onHand, reserved, available, unusable, min, target, reorder }) => {
          return {
            site,
            lot: lot ?? `${kind} without a lot`,
            onHand,
            reserved,
            available,
            unusable,
            min,
            target,
            reorder,
          };
        });
        print(options.output, rows, 'nothing');
      }),
    );
  stock
    .command('level')
    .description('how many of a LOT a datacenter shall keep; both 0: none in particular')
    .argument('<lot>', 'id or code')
    .argument('<site>', 'id or name')
    .argument('<min>')
    .argument('<target>', 'up to so many are ordered')
    .action((lot: string, site: string, min: string, target: string) =>
      withHub(async ({ ctx }) => {
        const [least, most] = [Number(min), Number(target)];
        if (![least, most].every((number) => Number.isInteger(number) && number >= 0) || most < least)
          throw new HubError('invalid', 'min and target: whole numbers from 0 on, target not below min');
        const set = await tx(ctx, (inside) => setLevel(inside, { lot, site, min: least, target: most }));
        print('table', [{ lot: set.lot.code, site: set.site, min: set.min, target: set.target }], '');
      }),
    );
}

function spareRow({ candidate, verdict, why }: Judged<StockCandidate>, is: string) {
  return {
    is,
    item: candidate.item.serial ?? candidate.item.barcode ?? candidate.id,
    lot: candidate.lot?.code ?? null,
    match: verdict.match,
    free: candidate.free,
    condition: candidate.condition,
    place: candidate.shelf?.path ?? 'not shelved',
    why,
  };
}
