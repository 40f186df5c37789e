import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isMissing, syncFolder, writeDurably } from './durable-file.ts';

const SHA256 = /^[0-9a-f]{64}$/;
const DAY_MS = 86_400_000;

/** What is known of a file in the spool, as it stands in `<sha256>.json` beside the content. */
const Note = z.object({
  name: z.string(),
  addedAt: z.string(),
  state: z.enum(['waiting', 'refused', 'sent']),
  /** Why the hub refused it. */
  reason: z.string().nullable(),
  /** When it came to this state. */
  at: z.string(),
});
export type Note = z.infer<typeof Note>;

export interface Entry extends Note {
  sha256: string;
  bytes: number;
  /** The content. */
  file: string;
}

export interface Spool {
  folder: string;
  files: string;
  temp: string;
}

/** Opens the spool's folder and makes it where it is not there. Its content may be a customer's: nobody else reads it. */
export async function openSpool(folder: string): Promise<Spool> {
  const spool = { folder, files: path.join(folder, 'files'), temp: path.join(folder, 'tmp') };
  for (const one of [spool.files, spool.temp]) {
    const made = await mkdir(one, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncFolder(path.dirname(one));
  }
  return spool;
}

export const contentOf = (spool: Spool, sha256: string): string => path.join(spool.files, sha256);
const noteOf = (spool: Spool, sha256: string): string => path.join(spool.files, `${sha256}.json`);

/** Everything in the spool, oldest first. */
export async function readEntries(spool: Spool): Promise<Entry[]> {
  const hashes = (await readdir(spool.files)).filter((name) => SHA256.test(name));
  const entries: Entry[] = [];
  for (const sha256 of hashes) {
    const entry = await readEntry(spool, sha256);
    if (entry !== undefined) entries.push(entry);
  }
  return entries.toSorted((a, b) => compare(a.addedAt, b.addedAt) || compare(a.sha256, b.sha256));
}

/**
 * Undefined where there is no content. Content without a note (whoever added it was killed in between, or the note is damaged) is whole all
 * the same, since it got its name when it was: it waits under its hash.
 */
export async function readEntry(spool: Spool, sha256: string): Promise<Entry | undefined> {
  const file = contentOf(spool, sha256);
  try {
    const { size, mtime } = await stat(file);
    const known = parseNote(await readNote(spool, sha256));
    const addedAt = mtime.toISOString();
    const note = known ?? { name: sha256, addedAt, state: 'waiting' as const, reason: null, at: addedAt };
    return { ...note, sha256, bytes: size, file };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function readNote(spool: Spool, sha256: string): Promise<string> {
  try {
    return await readFile(noteOf(spool, sha256), 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

function parseNote(text: string): Note | undefined {
  try {
    const parsed = Note.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // not JSON: as if there was none
  }
}

export async function writeNote(spool: Spool, sha256: string, note: Note): Promise<void> {
  const { name, addedAt, state, reason, at } = note;
  const text = `${JSON.stringify({ name, addedAt, state, reason, at }, null, 2)}\n`;
  await writeDurably(noteOf(spool, sha256), spool.temp, (handle) => handle.writeFile(text));
}

/** The note goes last: killed in between, nothing is left but a note without content, which is no entry. */
export async function removeEntry(spool: Spool, sha256: string): Promise<void> {
  await rm(contentOf(spool, sha256), { force: true });
  await syncFolder(spool.files);
  await rm(noteOf(spool, sha256), { force: true });
}

/** Removes what a kill left: copies that were broken off more than a day ago, and notes without content as old. */
export async function sweepSpool(spool: Spool, now: Date): Promise<number> {
  const before = now.getTime() - DAY_MS;
  const orphans = (await readdir(spool.files)).filter((name) => name.endsWith('.json'));
  const candidates = (await readdir(spool.temp)).map((name) => path.join(spool.temp, name));
  for (const name of orphans)
    if ((await readEntry(spool, name.slice(0, -'.json'.length))) === undefined)
      candidates.push(path.join(spool.files, name));
  let swept = 0;
  for (const file of candidates) {
    try {
      if ((await stat(file)).mtimeMs >= before) continue;
      await rm(file);
      swept += 1;
    } catch (error) {
      if (!isMissing(error)) throw error; // its writer was quicker
    }
  }
  return swept;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
