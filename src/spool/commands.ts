import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { addFiles } from './add-files.ts';
import { openHubLine } from './hub-line.ts';
import { takeLock } from './lock.ts';
import { createProgress } from './progress.ts';
import { type Entry, openSpool, readEntries, removeEntry, type Spool, sweepSpool, writeNote } from './spool.ts';
import { type SyncOptions, type SyncRow, syncSpool } from './sync-spool.ts';

type Format = 'table' | 'json';

export interface SpoolSetting {
  env: Record<string, string | undefined>;
  /** Rows to standard output, for people or for programs. */
  print(format: Format, rows: readonly object[], empty: string): void;
  /** First pause between two tries. Default 500. */
  pauseMs?: number;
}

interface Common {
  spool: string;
  output: Format;
}

interface SyncChoice extends Common {
  hub?: string;
  keep?: boolean;
  parallel: string;
  attempts: string;
}

/** `reanimator spool …`: for a machine that sees the hub sometimes or never. Needs no database and no settings of the hub. */
export function addSpoolCommands(program: Command, { env, print, pauseMs = 500 }: SpoolSetting): void {
  const home = env['HOME'] ?? os.homedir();
  const folder = env['REANIMATOR_SPOOL'] || path.join(home, '.local/state/reanimator/spool');
  const where = new Option('--spool <dir>', 'the spool (REANIMATOR_SPOOL)').default(folder);
  const format = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
  const spool = program.command('spool').description('keep files here until they have arrived at the hub');
  const name = (text: string, description: string): Command =>
    spool.command(text).description(description).addOption(where).addOption(format);

  name('add', 'copy files into the spool')
    .argument('<files...>')
    .action(async (files: string[], options: Common) => {
      const rows = await addFiles(await openSpool(options.spool), files, { now: () => new Date(), each: () => {} });
      print(options.output, rows, '');
      if (rows.some(({ did }) => did === 'failed')) process.exitCode = 1;
    });

  name('list', 'what is in the spool').action(async (options: Common) => {
    const rows = (await readEntries(await openSpool(options.spool))).map(listed);
    print(options.output, rows, 'the spool is empty');
  });

  name('sync', 'send what waits to the hub')
    .option('--hub <url>', 'address of the hub (REANIMATOR_HUB); the key is in REANIMATOR_API_KEY or _FILE')
    .option('--keep', 'leave in the spool what arrived')
    .option('--parallel <n>', 'files at a time', '4')
    .option('--attempts <n>', 'tries of one file in a row without progress', '8')
    .action(async (options: SyncChoice) => {
      const usage = readUsage(options, env);
      if ('fault' in usage) return program.error(usage.fault, { exitCode: 2 });
      const opened = await openSpool(options.spool);
      const taken = await takeLock(opened.folder, os.hostname());
      if (!taken.ok) return program.error(`another sync runs on this spool: ${taken.why}`, { exitCode: 1 });
      try {
        const rows = await runSync(opened, { ...usage, keep: options.keep === true, pauseMs, now: () => new Date() });
        print(options.output, rows, 'nothing to send');
        if (rows.some(({ did }) => did === 'left' || did === 'refused')) process.exitCode = 1;
      } finally {
        await taken.release();
      }
    });

  name('retry', 'send again what the hub refused')
    .argument('<files...>', 'their names or the beginnings of their SHA-256, or "all"')
    .action((files: string[], options: Common) =>
      change(options, files, async (opened, entry) => {
        const at = new Date().toISOString();
        await writeNote(opened, entry.sha256, { ...entry, state: 'waiting', reason: null, at });
        return 'waiting';
      }),
    );

  name('drop', 'remove from the spool what the hub refused')
    .argument('<files...>', 'their names or the beginnings of their SHA-256, or "all"')
    .action((files: string[], options: Common) =>
      change(options, files, async (opened, entry) => {
        await removeEntry(opened, entry.sha256);
        return 'dropped';
      }),
    );

  async function change(
    options: Common,
    wanted: string[],
    act: (spool: Spool, entry: Entry) => Promise<string>,
  ): Promise<void> {
    const opened = await openSpool(options.spool);
    const refused = (await readEntries(opened)).filter(({ state }) => state === 'refused');
    const isMeant = ({ name: called, sha256 }: Entry, text: string): boolean =>
      text === 'all' || called === text || (text.length >= 6 && sha256.startsWith(text.toLowerCase()));
    const unknown = wanted.filter((text) => text !== 'all' && !refused.some((entry) => isMeant(entry, text)));
    if (unknown.length > 0)
      return program.error(`nothing that was refused is called ${unknown.join(', ')}`, { exitCode: 1 });
    const rows = [];
    for (const entry of refused.filter((one) => wanted.some((text) => isMeant(one, text))))
      rows.push({ name: entry.name, sha256: entry.sha256, did: await act(opened, entry) });
    print(options.output, rows, 'nothing was refused');
  }
}

function listed({ name, sha256, bytes, state, addedAt, reason }: Entry): object {
  return { name, state, bytes, sha256, addedAt, reason: reason ?? '' };
}

type Usage = Pick<SyncOptions, 'line' | 'parallel' | 'attempts'>;

function readUsage(options: SyncChoice, env: SpoolSetting['env']): Usage | { fault: string } {
  const hub = options.hub ?? env['REANIMATOR_HUB'] ?? '';
  if (!URL.canParse(hub) || !/^https?:/.test(hub))
    return { fault: `where is the hub? Set --hub or REANIMATOR_HUB to its address${hub === '' ? '' : `, not ${hub}`}` };
  const [parallel, attempts] = [Number(options.parallel), Number(options.attempts)];
  if (!isBetween(parallel, 1, 32)) return { fault: '--parallel is a number from 1 to 32' };
  if (!isBetween(attempts, 1, 1000)) return { fault: '--attempts is a number from 1 to 1000' };
  try {
    const apiKey = readKey(env);
    // What a header cannot carry would fail with the key in the message.
    if (!/^[\x21-\x7E]+$/.test(apiKey))
      return {
        fault:
          'set REANIMATOR_API_KEY or REANIMATOR_API_KEY_FILE to a key of the hub with bundles:read and bundles:write',
      };
    return { line: openHubLine(hub, apiKey), parallel, attempts };
  } catch (error) {
    return { fault: `REANIMATOR_API_KEY_FILE: ${(error as Error).message}` };
  }
}

function readKey(env: SpoolSetting['env']): string {
  const file = env['REANIMATOR_API_KEY_FILE'] ?? '';
  return (file === '' ? (env['REANIMATOR_API_KEY'] ?? '') : readFileSync(file, 'utf8')).trim();
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

async function runSync(spool: Spool, options: Omit<SyncOptions, 'signal' | 'progress'>): Promise<SyncRow[]> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const output = process.stderr;
  const progress = createProgress({
    write: (text) => void output.write(text),
    isTerminal: output.isTTY,
    clock: () => performance.now(),
  });
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await sweepSpool(spool, options.now());
    return await syncSpool(spool, { ...options, signal: controller.signal, progress });
  } finally {
    progress.end();
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}
