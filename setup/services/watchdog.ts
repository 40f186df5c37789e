// Outlives the process that started it by a moment, to end the servers that this process left running. It learns of the
// death from the end of its standard input, which the kernel closes whatever the cause. As a module it starts the
// watchdog; as a program it is the watchdog.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

import { endProcess, parseRecord, type PidRecord } from './pid-record.ts';

export type Watchdog = {
  /** This process must not outlive us. Records of processes that have ended by then do no harm. */
  guard(record: PidRecord): void;
  /** This temporary folder must not outlive us. */
  guardFolder(folder: string): void;
  /** Lets it go; it still ends whatever is alive of what it guards. */
  release(): void;
};

export function startWatchdog(): Watchdog {
  const child = spawn(process.execPath, [import.meta.filename], {
    stdio: ['pipe', 'ignore', 'inherit'],
    // A session of its own: Ctrl-C in the terminal must not take it along.
    detached: true,
  });
  child.unref();
  const input = child.stdin as unknown as Socket;
  input.unref();
  // It was killed by somebody: then nobody guards, which is no reason to fail.
  input.on('error', () => {});
  return {
    guard: (record) => input.write(`process ${record.pid} ${record.startedAt}\n`),
    guardFolder: (folder) => input.write(`folder ${folder}\n`),
    release: () => input.end(),
  };
}

async function watch(): Promise<void> {
  const records: PidRecord[] = [];
  const folders: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const [kind, rest] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    const record = kind === 'process' ? parseRecord(rest) : undefined;
    if (record !== undefined) records.push(record);
    if (kind === 'folder') folders.push(rest);
  }
  await Promise.all(records.map((record) => endProcess(record, 10_000)));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

if (import.meta.main) await watch();
