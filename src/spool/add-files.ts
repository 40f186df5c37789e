import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from './durable-file.ts';
import { contentOf, readEntry, type Spool, writeNote } from './spool.ts';

export interface Added {
  file: string;
  sha256: string;
  bytes: number;
  /** 'failed' has a reason; all others are in the spool now. */
  did: 'added' | 'was there' | 'was sent before' | 'was refused before' | 'failed';
  reason: string;
}

const WAS = { waiting: 'was there', sent: 'was sent before', refused: 'was refused before' } as const;

/** Copies files into the spool, each durable when its row is returned. One that cannot be read does not keep the others out. */
export async function addFiles(
  spool: Spool,
  files: readonly string[],
  options: { now(): Date; each(added: Added): void },
): Promise<Added[]> {
  const rows: Added[] = [];
  for (const file of files) {
    const row = await addFile(spool, file, options.now());
    options.each(row);
    rows.push(row);
  }
  return rows;
}

async function addFile(spool: Spool, file: string, now: Date): Promise<Added> {
  const temp = path.join(spool.temp, randomUUID());
  try {
    if (!(await stat(file)).isFile()) throw new Error('is not a file');
    const { sha256, bytes } = await copy(file, temp);
    const known = await readEntry(spool, sha256);
    if (known !== undefined) return { file, sha256, bytes, did: WAS[known.state], reason: known.reason ?? '' };
    await rename(temp, contentOf(spool, sha256));
    await syncFolder(spool.files);
    const at = now.toISOString();
    await writeNote(spool, sha256, { name: path.basename(file), addedAt: at, state: 'waiting', reason: null, at });
    return { file, sha256, bytes, did: 'added', reason: '' };
  } catch (error) {
    return { file, sha256: '', bytes: 0, did: 'failed', reason: (error as Error).message };
  } finally {
    await rm(temp, { force: true });
  }
}

/** The hash is of what was written, not of what may be read a second time from a log that grows. */
async function copy(from: string, to: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(to, 'wx', 0o600);
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: 1024 * 1024 })) {
      const read = chunk as Buffer;
      hash.update(read);
      bytes += read.length;
      await handle.writeFile(read);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}
