import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, told apart from a later one that got the same number by its start time (ticks since boot). */
export type PidRecord = { pid: number; startedAt: string };

/** `undefined` if there is no such process, or if it is dead and only waits to be reaped. */
export function recordOf(pid: number): PidRecord | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may itself contain blanks and brackets.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startedAt = fields[18];
    if (startedAt === undefined || state === 'X') return undefined;
    // Its first thread is gone, but as long as another one is still ending, so do its sockets and file locks live on.
    if (state === 'Z' && readdirSync(`/proc/${pid}/task`).length <= 1) return undefined;
    return { pid, startedAt };
  } catch {
    return undefined;
  }
}

export function isAlive(record: PidRecord): boolean {
  return recordOf(record.pid)?.startedAt === record.startedAt;
}

export function sendSignal(record: PidRecord, signal: NodeJS.Signals): void {
  if (!isAlive(record)) return;
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    if (isAlive(record)) throw error;
  }
}

export async function waitForEnd(record: PidRecord, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(record)) {
    if (Date.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

/** SIGTERM, and SIGKILL if that has not helped after a while. A frozen process is thawed first. */
export async function endProcess(record: PidRecord, graceMs = 20_000): Promise<void> {
  sendSignal(record, 'SIGTERM');
  sendSignal(record, 'SIGCONT');
  if (await waitForEnd(record, graceMs)) return;
  sendSignal(record, 'SIGKILL');
  await waitForEnd(record, 10_000);
}

export function writeRecord(file: string, record: PidRecord): void {
  writeFileSync(file, `${record.pid} ${record.startedAt}\n`);
}

export function parseRecord(text: string): PidRecord | undefined {
  const match = /^(\d+) (\d+)$/.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { pid: Number(match[1]), startedAt: match[2] };
}

/** Stops what a crashed run left behind in this folder. */
export async function stopRecorded(folder: string): Promise<void> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.pid'));
  await Promise.all(
    files.map(async (name) => {
      const file = path.join(folder, name);
      const record = parseRecord(readFileSync(file, 'utf8'));
      if (record !== undefined) await endProcess(record);
      rmSync(file, { force: true });
    }),
  );
}
