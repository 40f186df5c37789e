import { Argument, type Command, Option } from 'commander';
import { requestControl } from './control/commands/request-control.ts';
import type { Wanted } from './control/model.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { tx } from './core/tx.ts';
import { followJob, jobRow, serverNamed } from './follow-job.ts';
import { BOOT_TARGETS, type BootTarget, POWER_ACTIONS, type PowerAction } from './ports/bmc-control.ts';
import { type Format, print } from './print.ts';

type WithHub = (act: (hub: { ctx: Ctx }) => Promise<void>) => Promise<void>;

interface Options {
  output: Format;
  reason: string;
  wait: boolean;
}

/** As long as a request is good, and a little. */
const PATIENCE_MS = 16 * 60_000;

/** `power`, `boot`, `media` and `identify` on the command line: the same requests as over the API, followed to their end. */
export function addControlCommands(program: Command, withHub: WithHub): void {
  const server = new Argument('<server>', 'its id, serial, name or asset tag');
  const ask = (name: string, options: Options, wanted: Wanted): Promise<void> =>
    withHub(async ({ ctx }) => {
      const { id: assetId } = await serverNamed(ctx, name);
      const want = { assetId, wanted, reason: options.reason };
      const { eventId } = await tx(ctx, (inside) => requestControl(inside, want));
      if (!options.wait) return print(options.output, [{ jobs: `/v1/jobs?cause=${eventId}` }], '');
      const job = await followJob(ctx, { eventId, name: 'tell-bmc', patienceMs: PATIENCE_MS });
      print(options.output, [jobRow(job)], '');
      if (job.state !== 'done') process.exitCode = 1;
    });
  const command = (name: string, says: string): Command =>
    program
      .command(name)
      .description(says)
      .addArgument(server)
      .option('-r, --reason <text>', 'why; stands on the timeline', 'asked for on the command line')
      .option('--no-wait', 'do not wait for its end')
      .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'));

  command('power', 'switch a server on or off, or restart it; without an action: how it stands')
    .addArgument(new Argument('[action]', 'what to do').choices(POWER_ACTIONS))
    .action((name: string, action: PowerAction | undefined, options: Options) =>
      ask(name, options, action === undefined ? { what: 'look' } : { what: 'power', action }),
    );
  command('boot', 'choose where a server boots from, once, the next time it starts')
    .addArgument(new Argument('<target>', 'where from').choices(BOOT_TARGETS))
    .addOption(new Option('-m, --mode <mode>', 'of the firmware').choices(['UEFI', 'Legacy']))
    .option('-u, --uri <address>', 'for the target uefi-http')
    .action((name: string, target: BootTarget, options: Options & { mode?: 'UEFI' | 'Legacy'; uri?: string }) => {
      if (options.uri !== undefined && target !== 'uefi-http')
        throw new HubError('invalid', '--uri: goes with the target uefi-http only');
      return ask(name, options, { what: 'boot', target, mode: options.mode ?? null, httpUri: options.uri ?? null });
    });
  command('media', "put an image into a server's virtual drive, or take all of them out")
    .addArgument(new Argument('<do>', 'what to do').choices(['insert', 'eject']))
    .argument('[image]', 'address of the image, reachable from the BMC')
    .addOption(new Option('-t, --type <type>', 'what the drive stands for').choices(['CD', 'USBStick']).default('CD'))
    .action(
      (
        name: string,
        act: 'insert' | 'eject',
        image: string | undefined,
        options: Options & { type: 'CD' | 'USBStick' },
      ) => {
        if (act === 'eject') return ask(name, options, { what: 'eject' });
        if (image === undefined || !URL.canParse(image))
          throw new HubError('invalid', 'insert: name the address of an image');
        const { username, password } = new URL(image);
        if (username !== '' || password !== '')
          throw new HubError('invalid', 'insert: the address must not carry a user name or password');
        return ask(name, options, { what: 'insert', image, type: options.type });
      },
    );
  command('identify', "switch a server's identify light on or off")
    .addArgument(new Argument('<light>', 'how it shall be').choices(['on', 'off']))
    .action((name: string, light: 'on' | 'off', options: Options) =>
      ask(name, options, { what: 'light', lit: light === 'on' }),
    );
}
