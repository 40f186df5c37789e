import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { HubError } from '../../core/error.ts';

/** An upload that has come in whole. Small ones are held in memory, larger ones in a file of their own. */
export interface Upload {
  sha256: string;
  bytes: number;
  content: Buffer | { path: string };
  /** As the sender says, in a form part; null: not said. */
  fileName: string | null;
  /** Takes the file away. */
  drop(): Promise<void>;
}

export interface Incoming {
  /** That came so far. */
  readonly bytes: number;
  /** @throws HubError unavailable where the disk fails */
  add(chunk: Buffer): Promise<void>;
  end(fileName: string | null): Promise<Upload>;
  drop(): Promise<void>;
}

const IN_MEMORY = 1024 ** 2;

export function keepIncoming(folder: string): Incoming {
  const hash = createHash('sha256');
  const at = path.join(folder, `${randomUUID()}.upload`);
  let bytes = 0;
  let held: Buffer[] = [];
  let file: FileHandle | undefined;

  async function toDisk(): Promise<void> {
    if (file === undefined) {
      await mkdir(folder, { recursive: true });
      file = await open(at, 'wx', 0o600);
    }
    const chunks = held;
    held = [];
    for (const chunk of chunks) await file.writeFile(chunk);
  }

  async function drop(): Promise<void> {
    await file?.close();
    if (file !== undefined) await rm(at, { force: true });
    file = undefined;
  }

  return {
    get bytes() {
      return bytes;
    },
    async add(chunk) {
      bytes += chunk.length;
      hash.update(chunk);
      held.push(chunk);
      if (bytes > IN_MEMORY) await onDisk(toDisk);
    },
    async end(fileName) {
      const sha256 = hash.digest('hex');
      if (file === undefined) return { sha256, bytes, content: Buffer.concat(held), fileName, drop };
      const whole = file;
      await onDisk(() => whole.close());
      return { sha256, bytes, content: { path: at }, fileName, drop: () => rm(at, { force: true }) };
    },
    drop,
  };
}

/** A full disk is no fault of the sender's: the same upload may succeed later. */
export async function onDisk<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const { code = 'error' } = cause as NodeJS.ErrnoException;
    throw new HubError('unavailable', `The hub cannot keep uploads now (${code}); nothing of it was kept`, { cause });
  }
}
