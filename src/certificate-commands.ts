import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { Argument, type Command, Option } from 'commander';
import { CommonName } from './bmc-access/certificate-routes.ts';
import { requestCertificate, requestSigning } from './bmc-access/commands/replace-certificate.ts';
import { findCertificateState } from './bmc-access/reads.ts';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { tx } from './core/tx.ts';
import { followJob, jobRow, serverNamed } from './follow-job.ts';
import { type Format, print } from './print.ts';

type WithHub = (act: (hub: { ctx: Ctx }) => Promise<void>) => Promise<void>;

interface Options {
  output: Format;
  reason: string;
  wait: boolean;
}

/** A BMC takes minutes to make a key, and to come back with a new certificate. */
const PATIENCE_MS = 30 * 60_000;

/** `reanimator bmc certificate | csr | install-certificate`: a signing request out of the BMC, the signed certificate into it. */
export function addCertificateCommands(bmc: Command, withHub: WithHub): void {
  const server = new Argument('<server>', 'its id, serial, name or asset tag');
  const output = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
  const asking = (command: Command): Command =>
    command
      .option('-r, --reason <text>', 'why; stands on the timeline', 'asked for on the command line')
      .option('--no-wait', 'do not wait for its end')
      .addOption(output);

  bmc
    .command('certificate')
    .description('the certificate of a BMC: expected, asked to be signed, being installed')
    .addArgument(server)
    .addOption(output)
    .action((name: string, options: { output: Format }) =>
      withHub(async ({ ctx }) => {
        const { id, bmcFingerprint256 } = await serverNamed(ctx, name);
        const state = await findCertificateState(ctx, id);
        const row = {
          expected: bmcFingerprint256 ?? 'none is known yet',
          signing_request_at: state?.signingRequestAt ?? null,
          pending: state?.pendingFingerprint256 ?? null,
          installed_at: state?.installedAt ?? null,
          failure: state?.failure ?? null,
        };
        print(options.output, [row], '');
      }),
    );

  asking(
    bmc
      .command('csr')
      .description(
        'have the BMC make a key pair; prints the signing request in PEM. With --last: the one that is there',
      )
      .addArgument(server)
      .option('-n, --name <name>', 'the common name: what the BMC is reached as')
      .option('-a, --also <names...>', 'alternative names, addresses too')
      .option('--last', 'print the last one, ask for none'),
  ).action((name: string, options: Options & { name?: string; also?: string[]; last?: true }) =>
    withHub(async ({ ctx }) => {
      const { id: assetId } = await serverNamed(ctx, name);
      if (options.last !== true) {
        const wish = { assetId, ...namesOf(options), reason: options.reason };
        const { eventId } = await tx(ctx, (inside) => requestSigning(inside, wish));
        if (!(await isMade(ctx, { eventId, name: 'request-bmc-certificate', options }))) return;
      }
      const state = await findCertificateState(ctx, assetId);
      const pem = state?.signingRequest ?? null;
      if (pem === null) throw new HubError('not-found', 'There is no signing request: ask for one with --name');
      if (options.output === 'json') print('json', [{ pem, made_at: state?.signingRequestAt ?? null }], '');
      else process.stdout.write(pem.endsWith('\n') ? pem : `${pem}\n`);
    }),
  );

  asking(
    bmc
      .command('install-certificate')
      .description('install a signed certificate, and expect it from then on')
      .addArgument(server)
      .argument('<file>', "PEM: the BMC's own first, then its issuers; - for standard input"),
  ).action((name: string, file: string, options: Options) =>
    withHub(async ({ ctx }) => {
      const pem = await readPem(file);
      const { id: assetId } = await serverNamed(ctx, name);
      const wish = { assetId, pem, reason: options.reason };
      const { eventId } = await tx(ctx, (inside) => requestCertificate(inside, wish));
      const job = options.wait && (await follow(ctx, eventId, 'install-bmc-certificate'));
      print(options.output, [job ? jobRow(job) : { jobs: `/v1/jobs?cause=${eventId}` }], '');
      if (job && job.state !== 'done') process.exitCode = 1;
    }),
  );
}

const follow = (ctx: Ctx, eventId: string, name: string) => followJob(ctx, { eventId, name, patienceMs: PATIENCE_MS });

/** Says how it went where there is no request to print afterwards. */
async function isMade(
  ctx: Ctx,
  { eventId, name, options }: { eventId: string; name: string; options: Options },
): Promise<boolean> {
  if (!options.wait) {
    print(options.output, [{ jobs: `/v1/jobs?cause=${eventId}` }], '');
    return false;
  }
  const job = await follow(ctx, eventId, name);
  if (job.state === 'done' && job.result?.['outcome'] === 'made') return true;
  print(options.output, [jobRow(job)], '');
  process.exitCode = 1;
  return false;
}

/** @throws HubError invalid */
function namesOf(options: { name?: string; also?: string[] }): { commonName: string; alternativeNames: string[] } {
  const { name, also = [] } = options;
  if (name === undefined) throw new HubError('invalid', '--name: say what the BMC is reached as');
  const wrong = [name, ...also].find((one) => !CommonName.safeParse(one).success);
  if (wrong !== undefined) throw new HubError('invalid', `${wrong} is neither a host name nor an address`);
  return { commonName: name, alternativeNames: also };
}

/** @throws HubError invalid */
async function readPem(file: string): Promise<string> {
  try {
    return file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new HubError('invalid', `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
