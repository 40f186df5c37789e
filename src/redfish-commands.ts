import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { recordBmc } from '#adapters/redfish/record/record.ts';
import type { RecordingSummary } from '#adapters/redfish/record/summary.ts';
import { Settings } from '#adapters/redfish/settings.ts';
import { HubError } from './core/error.ts';
import { createHttp } from './kit/http.ts';
import type { Kit, Log } from './kit/kit.ts';
import { sharedInProcess } from './kit/shared-in-process.ts';
import { AdapterError } from './ports/adapter-error.ts';
import type { Format } from './print.ts';

interface RecordChoice {
  username?: string;
  passwordFile?: string;
  out?: string;
  maxRequests: string;
  logEntries: string;
  pseudonyms?: boolean;
  tls: 'first-use' | 'verify';
  caFile?: string;
  fingerprint?: string;
  timeout: string;
  output: Format;
}

export interface RedfishCommands {
  env: Record<string, string | undefined>;
  print(format: Format, rows: readonly object[], empty: string): void;
  tell(text: string): void;
}

/** `reanimator redfish record`: needs no database and no settings of the hub, so that anybody can make a recording for a bug report. */
export function addRedfishCommands(program: Command, { env, print, tell }: RedfishCommands): void {
  const redfish = program.command('redfish').description('BMCs, without the hub');
  redfish
    .command('record')
    .description(
      'walk a BMC with GET requests only and write what it says, without secrets, for a bug report or the simulator',
    )
    .argument('<host>', 'host name, address, or URL of the BMC')
    .option('-u, --username <name>', 'user name (REANIMATOR_BMC_USERNAME)')
    .option('--password-file <file>', 'file with the password; else REANIMATOR_BMC_PASSWORD')
    .option('--out <path>', 'a folder, or a file that ends in .tar.gz; default: the host with .tar.gz')
    .option('--max-requests <n>', 'stop after so many', '10000')
    .option('--log-entries <n>', 'entries of each log', '20')
    .option('--pseudonyms', 'put other serials, addresses and names in the place of the real ones')
    .addOption(
      new Option('--tls <how>', 'what to do with its certificate')
        .choices(['first-use', 'verify'])
        .default('first-use'),
    )
    .option('--ca-file <file>', 'CA that signed it, for --tls verify')
    .option('--fingerprint <sha256>', 'the only certificate to accept')
    .option('--timeout <ms>', 'for one request', '60000')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .action(async (host: string, options: RecordChoice) => {
      const url = addressOf(host);
      const stop = new AbortController();
      const end = (): void => stop.abort(new Error('stopped'));
      process.once('SIGINT', end);
      process.once('SIGTERM', end);
      const out = options.out ?? `${new URL(url).hostname.replaceAll(/[^\w.-]/g, '_')}.tar.gz`;
      let toldAt = 0;
      try {
        const summary = await recordBmc(targetOf(url, options, env), settingsOf(options), ownKit(tell), {
          out,
          limits: {
            maxRequests: whole('--max-requests', options.maxRequests),
            logEntries: whole('--log-entries', options.logEntries),
          },
          pseudonyms: options.pseudonyms === true,
          signal: stop.signal,
          progress({ requests, saved, waiting }) {
            if (Date.now() - toldAt < 2_000) return;
            toldAt = Date.now();
            tell(`${saved} saved, ${waiting} waiting, ${requests} requests`);
          },
        });
        print(options.output, [shown(out, summary)], '');
      } catch (error) {
        if (!(error instanceof AdapterError) && !stop.signal.aborted) throw error;
        const why = error instanceof AdapterError ? error.message : 'stopped';
        throw new HubError(
          'unavailable',
          `${why}. What was read is in ${out}.part; the same command goes on from there`,
        );
      } finally {
        process.removeListener('SIGINT', end);
        process.removeListener('SIGTERM', end);
      }
    });
}

function shown(out: string, summary: RecordingSummary): object {
  const secrets = Object.values(summary.redacted).reduce((sum, count) => sum + count, 0);
  const { resources, requests, whole: isWhole, failures } = summary;
  return {
    out,
    resources,
    requests,
    whole: isWhole,
    'could not be read': failures.length,
    'secrets taken out': secrets,
  };
}

function addressOf(host: string): string {
  const text = host.includes('://') ? host : `https://${host}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new HubError('invalid', `${host}: name a host, an address (IPv6 in brackets), or an http(s) URL`);
  const { origin, username, password } = new URL(text);
  if (username !== '' || password !== '')
    throw new HubError('invalid', '<host>: name the user with --username, not in the address');
  return origin;
}

function targetOf(url: string, options: RecordChoice, env: RedfishCommands['env']) {
  const username = options.username ?? env['REANIMATOR_BMC_USERNAME'] ?? '';
  const password =
    options.passwordFile === undefined ? env['REANIMATOR_BMC_PASSWORD'] : readPassword(options.passwordFile);
  if (username === '') throw new HubError('invalid', '--username: name the user to log in as');
  if (password === undefined || password === '')
    throw new HubError('invalid', '--password-file: name a file with the password, or set REANIMATOR_BMC_PASSWORD');
  return { url, username, password, fingerprint256: options.fingerprint?.toUpperCase() ?? null };
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new HubError('invalid', `--password-file: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function settingsOf({ tls, caFile, timeout }: RecordChoice): Settings {
  return Settings.parse({ tls, caFile, timeoutMs: whole('--timeout', timeout) });
}

function whole(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new HubError('invalid', `${name}: a whole number from 1`);
  return number;
}

/** What the hub lends to an adapter, of one process alone. A refused password ends the command, so nobody has to remember it. */
function ownKit(tell: (text: string) => void): Kit {
  const quiet = (): void => undefined;
  const say = (fields: object, message: string): void => tell(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: quiet, info: quiet, warn: say, error: say, child: () => log };
  return {
    system: 'redfish',
    log,
    now: () => new Date(),
    http: (options) => createHttp('redfish', options),
    lockouts: { check: async () => undefined, report: async () => undefined },
    shared: sharedInProcess(),
  };
}
