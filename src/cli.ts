import { Command, Option } from 'commander';
import { createApiKey } from './access/commands/create-api-key.ts';
import { clearLockouts, listApiKeys, listLockouts, revokeApiKey } from './access/store.ts';
import { netboxPermissions, permissionBodies } from '#adapters/netbox/bootstrap-permissions.ts';
import { adapterDefinitions, composeHub, createLog, type Hub } from './compose.ts';
import { ConfigError, type Configuration, readConfig } from './config.ts';
import { addBmcCommands } from './bmc-commands.ts';
import { addCaseCommands } from './case-commands.ts';
import { addControlCommands } from './control-commands.ts';
import { addDriftCommands } from './drift-commands.ts';
import { addEraseCommands } from './erase-commands.ts';
import { addFirmwareCommands } from './firmware-commands.ts';
import { HubError, PROBLEMS } from './core/error.ts';
import { connectDatabase } from './database.ts';
import { diagnose } from './diagnose.ts';
import { listJobs } from './journal/reads.ts';
import { hurryUnauthorized, reviveJob } from './journal/store.ts';
import { migrate } from './migrate.ts';
import { bootstrapRecords } from './bootstrap-records.ts';
import { addHistoryCommands } from './history-commands.ts';
import { sideValues } from '#jobs/reconcile/sides/side-values.ts';
import { addMappingCommands } from './mapping-commands.ts';
import { mappingCheckers, mappingSchemas } from './mapping-checkers.ts';
import { print, type Format } from './print.ts';
import { addRedfishCommands } from './redfish-commands.ts';
import { addRuleCommands } from './rule-commands.ts';
import { addSpoolCommands } from './spool/commands.ts';
import { start } from './start.ts';
import { addStockCommands } from './stock-commands.ts';
import { addMaintenanceCommands, addTicketCommands } from './ticket-commands.ts';

/** Exit codes: 0 well, 1 it did not work, 2 wrong usage or settings. */
export async function runCli(argv: string[]): Promise<void> {
  const program = new Command('reanimator')
    .description('Integration hub for the whole life of bare-metal servers')
    .showHelpAfterError();
  const format = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');

  program
    .command('start')
    .description('run the hub: web, worker, or both')
    .argument('[parts...]', 'web, worker (both when none is named)')
    .action((parts: string[]) => start(configuration(), parts));

  program
    .command('migrate')
    .description('bring the database schema up to date')
    .addOption(format)
    .action(async (options: { output: Format }) => {
      const config = configuration();
      const db = connectDatabase(config.DATABASE_URL, 4);
      try {
        const applied = await migrate(db);
        print(
          options.output,
          applied.map((migration) => ({ migration })),
          'the schema was up to date',
        );
      } finally {
        await db.destroy();
      }
    });

  program
    .command('doctor')
    .description(
      'ask MariaDB, Redis and every configured system: reachable, authorised, right version, right permissions',
    )
    .addOption(format)
    .action((options: { output: Format }) =>
      withHub(async (hub) => {
        const rows = await diagnose(hub);
        print(options.output, rows, 'nothing to look at');
        if (rows.some((row) => !row.ok)) process.exitCode = 1;
      }),
    );

  const netbox = program.command('netbox').description('NetBox');
  netbox
    .command('bootstrap')
    .description(
      'make in NetBox what the hub needs: tag, custom fields, links, webhook, event rule. Again changes nothing',
    )
    .option('--dry-run', 'only tell what would be done')
    .addOption(format)
    .action((options: { output: Format; dryRun?: boolean }) =>
      withHub(async (hub) => print(options.output, await bootstrapRecords(hub, options.dryRun === true), 'nothing')),
    );
  netbox
    .command('permissions')
    .description("which permissions the hub's user needs in NetBox, for what, and what does not work without")
    .option('--bodies', 'as bodies for POST /api/users/permissions/, in JSON')
    .option('--user <id>', "with --bodies: the user's id in NetBox")
    .addOption(format)
    .action((options: { output: Format; bodies?: boolean; user?: string }) => {
      const user = options.user === undefined ? undefined : Number(options.user);
      if (user !== undefined && !Number.isInteger(user))
        throw new HubError('invalid', '--user: the id of a user in NetBox is a number');
      if (options.bodies) process.stdout.write(`${JSON.stringify(permissionBodies(user), null, 2)}\n`);
      else print(options.output, netboxPermissions(), 'none');
    });

  const letters = program.command('dead-letters').description('jobs that gave up, with their reason');
  letters
    .command('list', { isDefault: true })
    .option('-n, --limit <n>', 'how many', '50')
    .addOption(format)
    .action((options: { output: Format; limit: string }) =>
      withHub(async (hub) => {
        const jobs = await listJobs(hub.ctx, { state: 'dead', limit: Number(options.limit) });
        const rows = jobs.map((job) => ({
          id: job.id,
          job: job.name,
          subject: job.subject?.id ?? '',
          reason: String(job.error?.['message'] ?? ''),
          remedy: String(job.error?.['remedy'] ?? ''),
        }));
        print(options.output, rows, 'no dead letters');
      }),
    );
  letters
    .command('replay')
    .argument('<ids...>', 'ids, or "all"')
    .addOption(format)
    .action((ids: string[], options: { output: Format }) =>
      withHub(async (hub) => {
        const wanted = ids.includes('all')
          ? (await listJobs(hub.ctx, { state: 'dead', limit: 10_000 })).map((job) => job.id)
          : ids;
        const rows = [];
        for (const id of wanted)
          rows.push({
            id,
            did: (await reviveJob(hub.ctx.db, id, hub.ctx.now()))
              ? 'waits to run'
              : 'left as it is: not dead, or an equal job waits',
          });
        hub.ctx.wake('jobs');
        print(options.output, rows, 'no dead letters');
      }),
    );

  const keys = program.command('api-keys').description('API keys');
  keys
    .command('create')
    .argument('<name>')
    .option('-s, --scopes <scopes>', 'separated by commas; * for all', '*')
    .option('-e, --expires <time>', 'ISO 8601')
    .addOption(format)
    .action((name: string, options: { output: Format; scopes: string; expires?: string }) =>
      withHub(async (hub) => {
        const { text } = await createApiKey(hub.ctx, hub.config.SECRET_KEY, {
          name,
          scopes: options.scopes.split(','),
          expiresAt: options.expires ?? null,
        });
        print(options.output, [{ name, key: text }], '');
      }),
    );
  keys
    .command('list', { isDefault: true })
    .addOption(format)
    .action((options: { output: Format }) =>
      withHub(async (hub) => {
        const rows = (await listApiKeys(hub.ctx.db)).map((key) => ({
          name: key.name,
          prefix: key.prefix,
          scopes: key.scopes.join(','),
          expires: key.expiresAt ?? 'never',
          revoked: key.revokedAt ?? '',
        }));
        print(options.output, rows, 'no API keys');
      }),
    );
  keys
    .command('revoke')
    .argument('<name>')
    .action((name: string) =>
      withHub(async (hub) => {
        if (!(await revokeApiKey(hub.ctx.db, name, hub.ctx.now())))
          throw new HubError('not-found', `There is no API key ${name} that is not revoked yet`);
      }),
    );

  const lockouts = program
    .command('lockouts')
    .description('credentials that another system refused and nobody tries any more');
  lockouts
    .command('list', { isDefault: true })
    .addOption(format)
    .action((options: { output: Format }) =>
      withHub(async (hub) => print(options.output, await listLockouts(hub.ctx.db), 'no lockouts')),
    );
  lockouts
    .command('clear')
    .argument('<adapter>')
    .argument('[target]')
    .action((adapter: string, target?: string) =>
      withHub(async (hub) => {
        const cleared = await clearLockouts(hub.ctx.db, { adapter, target });
        const hurried = await hurryUnauthorized(hub.ctx.db, hub.ctx.now());
        print('table', [{ cleared, 'jobs that go on': hurried }], '');
      }),
    );

  addBmcCommands(program, withHub);
  addControlCommands(program, withHub);
  addFirmwareCommands(program, withHub);
  addTicketCommands(program, withHub);
  addMaintenanceCommands(program, withHub);
  addCaseCommands(program, withHub);
  addEraseCommands(program, withHub);
  addHistoryCommands(program, withHub);
  addStockCommands(program, withHub);
  addDriftCommands(program, withHub);
  addMappingCommands(program, mappingCheckers, sideValues, mappingSchemas);
  addRuleCommands(program, withHub);
  addRedfishCommands(program, { env: process.env, print, tell: (text) => void process.stderr.write(`${text}\n`) });
  addSpoolCommands(program, { env: process.env, print });

  try {
    await program.parseAsync(argv);
  } catch (error) {
    fail(error);
  }
}

function configuration(): Configuration {
  return readConfig(process.env, adapterDefinitions);
}

async function withHub(act: (hub: Hub) => Promise<void>): Promise<void> {
  const config = configuration();
  const hub = await composeHub(config, createLog('error'));
  try {
    await act({ ...hub, ctx: { ...hub.ctx, actor: 'cli' } });
  } finally {
    await hub.close();
  }
}

function fail(error: unknown): void {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else if (error instanceof HubError) {
    process.stderr.write(`${PROBLEMS[error.kind].title}: ${error.message}\n`);
    process.exitCode = 1;
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}
