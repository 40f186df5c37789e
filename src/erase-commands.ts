import { Argument, type Command, Option } from 'commander';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { tx } from './core/tx.ts';
import { cancelErase } from './erasure/commands/cancel-erase.ts';
import { requestErase } from './erasure/commands/request-erase.ts';
import { ERASE_METHODS, type NamedDrive } from './erasure/model.ts';
import { type Erasure, erasuresOf, listErasures } from './erasure/reads.ts';
import { followThing, serverNamed } from './follow-job.ts';
import { latestInventory } from './history/reads.ts';
import type { EraseMethod } from './ports/drive-erase.ts';
import { type Format, print } from './print.ts';

type WithHub = (act: (hub: { ctx: Ctx }) => Promise<void>) => Promise<void>;

const MOST = 1000;

/** `reanimator erase …`: drives by their serials, erased, followed and proven. */
export function addEraseCommands(program: Command, withHub: WithHub): void {
  const erase = program.command('erase').description('erase drives of servers, and show what proves it');
  const server = new Argument('<server>', 'its id, serial, name or asset tag');
  const output = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');

  erase
    .command('drives')
    .description('the drives of a server with their serials, and how the last erasure of each ended')
    .addArgument(server)
    .addOption(output)
    .action((name: string, options: { output: Format }) =>
      withHub(async ({ ctx }) => {
        const { id } = await serverNamed(ctx, name);
        const erasures = await listErasures(ctx, { assetId: id, before: undefined, limit: MOST });
        const rows = (await drivesOf(ctx, id)).map(({ slot, serial, model }) => {
          const last = erasures.find((one) => one.serial === serial);
          return {
            slot,
            serial: serial ?? 'not known',
            model,
            erased: last?.state ?? 'never asked',
            ended: last?.endedAt,
          };
        });
        print(options.output, rows, 'no drives are known');
      }),
    );

  erase
    .command('start')
    .description('erase drives; what was on them is lost. Each is named by its serial')
    .addArgument(server)
    .argument('<serials...>', 'of the drives, to the letter; there is no word for all of them')
    .requiredOption('-r, --reason <text>', 'why; stands on the timeline')
    .addOption(
      new Option(
        '-m, --method <method>',
        'all but the first erase every drive, and each has to be named; the last restarts the server',
      )
        .choices(ERASE_METHODS)
        .default('drive-secure-erase'),
    )
    .option('--no-wait', 'do not wait for its end')
    .addOption(output)
    .action(
      (
        name: string,
        serials: string[],
        options: { output: Format; reason: string; method: EraseMethod; wait: boolean },
      ) =>
        withHub(async ({ ctx }) => {
          const { id: assetId } = await serverNamed(ctx, name);
          const drives = named(await drivesOf(ctx, assetId), serials);
          const want = { assetId, drives, method: options.method, reason: options.reason };
          const { requestId } = await tx(ctx, (inside) => requestErase(inside, want));
          if (!options.wait) return print(options.output, [{ request: requestId }], '');
          await follow(ctx, requestId, options.output);
        }),
    );

  erase
    .command('list')
    .description('erasures of a server, latest first')
    .addArgument(server)
    .addOption(output)
    .action((name: string, options: { output: Format }) =>
      withHub(async ({ ctx }) => {
        const { id: assetId } = await serverNamed(ctx, name);
        const erasures = await listErasures(ctx, { assetId, before: undefined, limit: MOST });
        print(options.output, erasures.map(erasureRow), 'no drive was asked to be erased');
      }),
    );

  erase
    .command('follow')
    .description('tell how far a request is, to its end; stopping this does not stop it')
    .argument('<request>', 'its id')
    .addOption(output)
    .action((id: string, options: { output: Format }) => withHub(({ ctx }) => follow(ctx, id, options.output)));

  erase
    .command('cancel')
    .description('erase no drive of a request of which nothing was sent yet; what was sent cannot be called back')
    .argument('<request>', 'its id')
    .argument('[serials...]', 'of some of its drives; none: all of which nothing was sent')
    .requiredOption('-r, --reason <text>', 'why; stands on the timeline')
    .addOption(output)
    .action((requestId: string, serials: string[], options: { output: Format; reason: string }) =>
      withHub(async ({ ctx }) => {
        const some = serials.length === 0 ? null : serials;
        await tx(ctx, (inside) => cancelErase(inside, { requestId, serials: some, reason: options.reason }));
        print(options.output, (await erasuresOf(ctx, requestId)).map(erasureRow), '');
      }),
    );

  erase
    .command('proof')
    .description('what the BMC showed when a drive was erased, as it was read')
    .addArgument(server)
    .argument('<serial>', 'of the drive')
    .addOption(output)
    .action((name: string, serial: string, options: { output: Format }) =>
      withHub(async ({ ctx }) => {
        const { id: assetId } = await serverNamed(ctx, name);
        const erasures = await listErasures(ctx, { assetId, before: undefined, limit: MOST });
        const ofDrive = erasures.filter((one) => one.serial === serial);
        const erasure = ofDrive.find(({ state }) => state === 'done');
        const [last] = ofDrive;
        if (last === undefined) throw new HubError('not-found', `Drive ${serial} was not asked to be erased`);
        if (erasure === undefined)
          throw new HubError('conflict', `Nothing proves that drive ${serial} was erased: ${last.why ?? last.state}`);
        process.stderr.write(`${serial} in ${erasure.slot}: erased by ${erasure.method}, ${erasure.endedAt}\n`);
        process.stderr.write(`document: /v1/bundles/${erasure.document}\n`);
        const rows = Object.entries(erasure.evidence).map(([read, value]) => ({ read, value }));
        print(options.output, options.output === 'json' ? [{ ...erasureRow(erasure), evidence: rows }] : rows, '');
      }),
    );
}

interface KnownDrive {
  slot: string | null;
  serial: string | null;
  model: string | null;
}

/** @throws HubError not-found where nobody has looked */
async function drivesOf(ctx: Ctx, assetId: string): Promise<KnownDrive[]> {
  const inventory = await latestInventory(ctx, assetId);
  if (inventory === undefined)
    throw new HubError('not-found', 'Nobody has looked into this server yet: have it inspected first');
  const drives = inventory.components.filter(({ kind }) => kind === 'drive');
  return drives.map(({ slot, serial, model }) => ({ slot, serial, model }));
}

/** @throws HubError not-found */
function named(drives: readonly KnownDrive[], serials: readonly string[]): NamedDrive[] {
  return [...new Set(serials)].map((serial) => {
    const drive = drives.find((one) => one.serial === serial);
    if (drive?.slot) return { slot: drive.slot, serial };
    const list = drives.map((one) => one.serial ?? `one without a serial in ${one.slot}`).join(', ') || 'none';
    throw new HubError('not-found', `No drive ${serial} is known in this server. Its drives: ${list}`);
  });
}

async function follow(ctx: Ctx, requestId: string, output: Format): Promise<void> {
  const [first] = await erasuresOf(ctx, requestId);
  if (first === undefined) throw new HubError('not-found', `There is no request ${requestId}`);
  const all = await followThing(ctx, {
    async look() {
      const now = await erasuresOf(ctx, requestId);
      return { now, over: now.every(({ endedAt }) => endedAt !== null), lines: now.flatMap(lineOf) };
    },
    job: { name: 'erase-drives', subject: first.assetId, isIts: (input) => input['requestId'] === requestId },
  });
  print(output, all.map(erasureRow), '');
  if (all.some(({ state }) => state !== 'done')) process.exitCode = 1;
}

function lineOf({ serial, slot, state, percent, said }: Erasure): string[] {
  if (state === 'requested') return [];
  const far = percent === null ? '' : ` ${percent} %`;
  return [`${serial} in ${slot}: ${state}${far}${said === null ? '' : `, ${said}`}`];
}

function erasureRow({ requestId, slot, serial, method, state, why, document, requestedAt, endedAt }: Erasure) {
  const proven = state === 'unknown' ? 'unknown: take it for not erased' : state;
  return { slot, serial, state: proven, method, why, document, asked: requestedAt, ended: endedAt, request: requestId };
}
