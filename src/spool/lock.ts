import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isMissing } from './durable-file.ts';

const Holder = z.object({
  pid: z.number().int(),
  /** When the process began, in the kernel's ticks: another process may get the same pid later. Empty where the system does not tell. */
  began: z.string(),
  host: z.string(),
  token: z.string(),
});
type Holder = z.infer<typeof Holder>;

export type Taken = { ok: true; release(): Promise<void> } | { ok: false; why: string };

/** Longer than anybody needs between the two steps of taking over. */
const TAKE_OVER_MS = 60_000;

/**
 * One holder at a time. The lock of a process that is gone is taken over; of several that see it, one wins, since only one can make the
 * file that is named after the dead holder's token, and the lock of that token is replaced by nobody else.
 */
export async function takeLock(folder: string, host: string, takeOverMs = TAKE_OVER_MS): Promise<Taken> {
  const lock = path.join(folder, 'lock');
  const mine: Holder = { pid: process.pid, began: await beganAt(process.pid), host, token: randomUUID() };
  const own = `${lock}.${mine.token}`;
  await writeFile(own, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (let tries = 0; tries < 10; tries += 1) {
      if (await made(() => nameAlso(own, lock))) return { ok: true, release: () => release(lock, mine.token) };
      const text = await readIfThere(lock);
      if (text === undefined) continue; // released since
      const holder = parseHolder(text);
      if (text === '') await sleep(20); // being written
      else if (holder === undefined) return { ok: false, why: `${lock} is not one of ours: remove it if no sync runs` };
      if (holder === undefined) continue;
      if (holder.host !== host)
        return { ok: false, why: `${holder.host}, process ${holder.pid}; remove ${lock} if that is gone` };
      if (await isAlive(holder)) return { ok: false, why: `process ${holder.pid}` };
      await takeOver({ lock, own, dead: holder.token, takeOverMs });
      if (parseHolder((await readIfThere(lock)) ?? '')?.token === mine.token)
        return { ok: true, release: () => release(lock, mine.token) };
    }
    return { ok: false, why: 'others that took it first' };
  } finally {
    await rm(own, { force: true });
  }
}

interface TakeOver {
  lock: string;
  own: string;
  /** The token of the holder that is gone. */
  dead: string;
  takeOverMs: number;
}

async function takeOver({ lock, own, dead, takeOverMs }: TakeOver): Promise<void> {
  const claim = `${lock}.over.${dead}`;
  if (!(await made(() => nameAlso(own, claim)))) return dropOldClaim(claim, takeOverMs);
  try {
    const now = parseHolder((await readIfThere(lock)) ?? '');
    // A second name of our file: renaming moves that one, and `own` stays for the next try.
    if (now?.token === dead) await rename(claim, lock);
  } finally {
    await rm(claim, { force: true });
  }
}

/** Its maker was killed between two system calls, or is at it. */
async function dropOldClaim(claim: string, takeOverMs: number): Promise<void> {
  await sleep(5);
  try {
    if (Date.now() - (await stat(claim)).ctimeMs > takeOverMs) await rm(claim, { force: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function release(lock: string, token: string): Promise<void> {
  if (parseHolder((await readIfThere(lock)) ?? '')?.token === token) await rm(lock, { force: true });
}

/** Whole at once, or EEXIST. Memory sticks have no second names: there a copy does, which a reader may see half and then tries again. */
async function nameAlso(own: string, name: string): Promise<void> {
  try {
    await link(own, name);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    await copyFile(own, name, constants.COPYFILE_EXCL);
  }
}

async function made(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const parsed = Holder.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // not JSON: the caller says so
  }
}

async function isAlive({ pid, began }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await beganAt(pid);
  return began === '' || now === '' || now === began;
}

/** Field 22 of /proc/<pid>/stat; the name before it is in brackets and may hold anything. */
async function beganAt(pid: number): Promise<string> {
  const text = await readIfThere(`/proc/${pid}/stat`).catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
