import { Argument, type Command, Option } from 'commander';
import { readFirmwarePolicy } from './compose-firmware.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { tx } from './core/tx.ts';
import { cancelUpdate } from './firmware/commands/cancel-update.ts';
import { requestUpdate } from './firmware/commands/request-update.ts';
import { judgeInstalled } from './firmware/judge-installed.ts';
import { WantedComponent } from './firmware/model.ts';
import { planUpdate } from './firmware/plan-update.ts';
import { findUpdate, type FirmwareUpdate, type Hop, hopsOf, listUpdates, readInstalled } from './firmware/reads.ts';
import { followJob, followThing, jobRow, serverNamed } from './follow-job.ts';
import { type Format, print } from './print.ts';

type WithHub = (act: (hub: { ctx: Ctx }) => Promise<void>) => Promise<void>;

/** So long a BMC may take to say whether it lets go of what it has queued. */
const LET_GO_MS = 120_000;

interface ImageOptions {
  image?: string;
  sha256?: string;
  size?: string;
}

/** `reanimator firmware …`: what is installed, what an update would do, and the update itself, followed to its end. */
export function addFirmwareCommands(program: Command, withHub: WithHub): void {
  const firmware = program.command('firmware').description('firmware of servers: installed, planned, updated');
  const server = new Argument('<server>', 'its id, serial, name or asset tag');
  const wanted = new Argument(
    '[wanted...]',
    'component=version, as the firmware inventory names it; none: the baseline',
  );
  const output = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
  const withImage = (command: Command): Command =>
    command
      .addArgument(server)
      .addArgument(wanted)
      .option('-i, --image <address>', 'the image, for one component; left out: the images of the firmware policy')
      .option('--sha256 <digest>', 'of the image')
      .option('--size <bytes>', 'of the image')
      .addOption(output);

  firmware
    .command('installed')
    .description('what the BMC last showed, against the firmware policy')
    .addArgument(server)
    .addOption(output)
    .action((name: string, options: { output: Format }) =>
      withHub(async ({ ctx }) => {
        const { policy, vendor, model, rows } = await known(ctx, name);
        print(options.output, judgeInstalled(policy, { vendor, model, rows }).components, 'the BMC lists no firmware');
      }),
    );

  withImage(
    firmware.command('plan').description('the steps that an update would take from what was last read; sends nothing'),
  ).action((name: string, list: string[], options: ImageOptions & { output: Format }) =>
    withHub(async ({ ctx }) => {
      const { policy, vendor, model, rows } = await known(ctx, name);
      const wish = wantedOf(list, options);
      const planned = planUpdate(policy, { vendor, model, rows }, wish.length === 0 ? 'baseline' : wish);
      if ('why' in planned) throw new HubError('conflict', planned.why);
      const steps = planned.steps.map(({ image, ...step }) => ({ ...step, image: image.uri }));
      print(options.output, steps, 'nothing to do: it is all there');
    }),
  );

  withImage(firmware.command('update').description('bring components, or all of a server, to these versions'))
    .option('--may-reset', 'the server, or its BMC, may be restarted where an image waits for that')
    .requiredOption('-r, --reason <text>', 'why; stands on the timeline')
    .option('--no-wait', 'do not wait for its end')
    .action(
      (
        name: string,
        list: string[],
        options: ImageOptions & { output: Format; mayReset?: boolean; reason: string; wait: boolean },
      ) =>
        withHub(async ({ ctx }) => {
          const { id: assetId } = await serverNamed(ctx, name);
          const want = { assetId, wanted: wantedOf(list, options), mayReset: options.mayReset === true };
          const { updateId } = await tx(ctx, (inside) => requestUpdate(inside, { ...want, reason: options.reason }));
          if (!options.wait) return print(options.output, [{ id: updateId, state: 'requested' }], '');
          await follow(ctx, updateId, options.output);
        }),
    );

  firmware
    .command('list')
    .description('updates of a server, latest first')
    .addArgument(server)
    .option('-n, --limit <n>', 'how many', '20')
    .addOption(output)
    .action((name: string, options: { output: Format; limit: string }) =>
      withHub(async ({ ctx }) => {
        const { id: assetId } = await serverNamed(ctx, name);
        const updates = await listUpdates(ctx, {
          assetId,
          before: undefined,
          limit: numberOf('--limit', options.limit),
        });
        print(options.output, updates.map(updateRow), 'no firmware updates');
      }),
    );

  firmware
    .command('follow')
    .description('tell how far an update is, to its end; stopping this does not stop the update')
    .argument('<update>', 'its id')
    .addOption(output)
    .action((id: string, options: { output: Format }) => withHub(({ ctx }) => follow(ctx, id, options.output)));

  firmware
    .command('cancel')
    .description(
      'send nothing more of an update; a step that the BMC has taken, not only queued, goes to its end first',
    )
    .argument('<update>', 'its id')
    .requiredOption('-r, --reason <text>', 'why; stands on the timeline')
    .addOption(output)
    .action((id: string, options: { output: Format; reason: string }) =>
      withHub(async ({ ctx }) => {
        const eventId = await tx(ctx, (inside) => cancelUpdate(inside, { updateId: id, reason: options.reason }));
        if (eventId !== null) await tellCancel(ctx, eventId);
        print(options.output, [updateRow(await mustFind(ctx, id))], '');
      }),
    );
}

/** What the BMC has queued is taken out by a job, which says how that went. */
async function tellCancel(ctx: Ctx, eventId: string): Promise<void> {
  const { outcome, why, remedy } = jobRow(
    await followJob(ctx, { eventId, name: 'cancel-update', patienceMs: LET_GO_MS }),
  );
  if (outcome !== 'ended') process.exitCode = 1;
  const words = [outcome, why, remedy].filter((one) => typeof one === 'string' && one !== '');
  process.stderr.write(`${words.join(': ')}\n`);
}

/** @throws HubError not-found, also where nobody has looked into the server yet */
async function known(ctx: Ctx, name: string) {
  const { id, manufacturer: vendor, model } = await serverNamed(ctx, name);
  const { readAt, rows } = await readInstalled(ctx, id);
  if (readAt === null)
    throw new HubError('not-found', 'Nobody has looked into this server yet: have it inspected first');
  process.stderr.write(`as its BMC showed it at ${readAt}\n`);
  return { policy: readFirmwarePolicy(), vendor, model, rows };
}

/** @throws HubError invalid */
function wantedOf(list: readonly string[], { image, sha256, size }: ImageOptions): WantedComponent[] {
  const isImage = image !== undefined || sha256 !== undefined || size !== undefined;
  if (isImage && list.length !== 1)
    throw new HubError('invalid', '--image, --sha256 and --size go with exactly one component=version');
  const given = isImage ? { image: { uri: image, sha256, size_bytes: numberOf('--size', size) } } : {};
  const wanted = list.map((text) => {
    const at = text.indexOf('=');
    const read = WantedComponent.safeParse({ component: text.slice(0, at), version: text.slice(at + 1), ...given });
    if (at > 0 && read.success) return read.data;
    const issue = read.error?.issues[0];
    const fault = at > 0 && issue ? `${issue.path.join('.')}: ${issue.message}` : 'say component=version';
    throw new HubError('invalid', `${text}: ${fault}`);
  });
  const names = wanted.map(({ component }) => component);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) throw new HubError('invalid', `${twice} is named twice`);
  return wanted;
}

/** @throws HubError invalid */
function numberOf(option: string, text: string | undefined): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new HubError('invalid', `${option}: a whole number above 0 is needed`);
}

async function follow(ctx: Ctx, id: string, output: Format): Promise<void> {
  const first = await mustFind(ctx, id);
  const end = await followThing(ctx, {
    async look() {
      const update = await mustFind(ctx, id);
      const hops = await hopsOf(ctx, id);
      return { now: { update, hops }, over: update.finishedAt !== null, lines: hops.flatMap(stepLine) };
    },
    job: { name: 'update-firmware', subject: first.assetId, isIts: (input) => input['updateId'] === id },
  });
  const steps = end.hops.map(({ component, name, from, to, state, why }) => ({
    component,
    name,
    from,
    to,
    state,
    why,
  }));
  print(output, output === 'json' ? [{ ...updateRow(end.update), steps }] : steps, 'nothing was to be done');
  if (end.update.error !== null) process.stderr.write(`failed: ${end.update.error}\n`);
  if (end.update.state !== 'done') process.exitCode = 1;
}

async function mustFind(ctx: Ctx, id: string): Promise<FirmwareUpdate> {
  const update = await findUpdate(ctx, id);
  if (update === undefined) throw new HubError('not-found', `There is no firmware update ${id}`);
  return update;
}

function stepLine({ name, from, to, state, percent, said }: Hop): string[] {
  if (state === 'planned') return [];
  const far = percent === null ? '' : ` ${percent} %`;
  return [`${name} ${from ?? '?'} → ${to}: ${state}${far}${said === null ? '' : `, ${said}`}`];
}

function updateRow({ id, state, wanted, reason, requestedBy, requestedAt, finishedAt, error }: FirmwareUpdate) {
  const what = wanted.map(({ component, version }) => `${component}=${version}`).join(' ') || 'baseline';
  return { id, state, what, asked: requestedAt, by: requestedBy, ended: finishedAt, reason, error };
}
