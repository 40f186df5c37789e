import { Argument, type Command, Option } from 'commander';
import { requestRotation } from './bmc-access/commands/request-rotation.ts';
import { revealPassword } from './bmc-access/commands/reveal-password.ts';
import { findBmcAccess } from './bmc-access/reads.ts';
import { AccountName } from './bmc-access/routes.ts';
import { viewAccess } from './bmc-access/views.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import type { Seal } from './core/seal.ts';
import { tx } from './core/tx.ts';
import { addCertificateCommands } from './certificate-commands.ts';
import { followJob, jobRow, serverNamed } from './follow-job.ts';
import { type Format, print } from './print.ts';

type WithHub = (act: (hub: { ctx: Ctx; seal: Seal }) => Promise<void>) => Promise<void>;

/** Longer than a BMC takes; a login that must wait for an hour is followed on the list of jobs. */
const PATIENCE_MS = 10 * 60_000;

/** `reanimator bmc …`: how the hub logs in at BMCs. */
export function addBmcCommands(program: Command, withHub: WithHub): void {
  const bmc = program.command('bmc').description('how the hub logs in at BMCs');
  const server = new Argument('<server>', 'its id, serial, name or asset tag');
  const output = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');

  bmc
    .command('access')
    .description('which account, since when; not the password')
    .addArgument(server)
    .addOption(output)
    .action((name: string, options: { output: Format }) =>
      withHub(async ({ ctx }) => {
        const asset = await serverNamed(ctx, name);
        print(options.output, [viewAccess(asset, await findBmcAccess(ctx, asset.id))], '');
      }),
    );

  bmc
    .command('rotate')
    .description('give the BMC of a server a new password, or an account of the hub’s own')
    .addArgument(server)
    .option('-r, --reason <text>', 'why; stands on the timeline', 'asked for on the command line')
    .option('-a, --account <name>', 'the account to log in as from then on, made where it is not there')
    .option('--disable-old', 'switch the account used before off, once the new one works')
    .option('--no-wait', 'do not wait for its end')
    .addOption(output)
    .action(
      (
        name: string,
        options: { output: Format; reason: string; account?: string; disableOld?: boolean; wait: boolean },
      ) =>
        withHub(async ({ ctx }) => {
          const userName = options.account ?? null;
          const fault = userName === null ? undefined : AccountName.safeParse(userName).error?.issues[0]?.message;
          if (fault !== undefined) throw new HubError('invalid', `--account: ${fault}`);
          const { id: assetId } = await serverNamed(ctx, name);
          const wish = { assetId, userName, disableOld: options.disableOld === true, reason: options.reason };
          const { eventId } = await tx(ctx, (inside) => requestRotation(inside, wish));
          if (!options.wait) return print(options.output, [{ jobs: `/v1/jobs?cause=${eventId}` }], '');
          const job = await followJob(ctx, { eventId, name: 'rotate-bmc-password', patienceMs: PATIENCE_MS });
          print(options.output, [jobRow(job)], '');
          if (job.state !== 'done') process.exitCode = 1;
        }),
    );

  bmc
    .command('password')
    .description('show the password of the BMC of a server; that it was shown stands on the timeline')
    .addArgument(server)
    .requiredOption('-r, --reason <text>', 'why; stands on the timeline')
    .addOption(output)
    .action((name: string, options: { output: Format; reason: string }) =>
      withHub(async ({ ctx, seal }) => {
        const { id: assetId } = await serverNamed(ctx, name);
        const revealed = await tx(ctx, (inside) => revealPassword(inside, seal, { assetId, reason: options.reason }));
        const { current, pending } = revealed;
        const rows = current === null ? [] : [{ ...current, holds: 'yes, as far as is known' }];
        if (pending !== null) rows.push({ ...pending, holds: 'perhaps: a rotation is under way' });
        print(options.output, rows, 'no credentials of its own any more: it is asked with those of the settings');
      }),
    );

  addCertificateCommands(bmc, withHub);
}
