import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Kit } from '#src/kit/kit.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { OBJECT_KEY, type ObjectFile, type ObjectStore } from '#src/ports/object-store.ts';
import { directoryError, isMissing } from './errors.ts';
import { createFolders } from './folders.ts';
import { listObjects } from './list-objects.ts';
import { readContent } from './read-content.ts';
import { createTempFiles } from './temp-files.ts';
import { type Stored, writeContent } from './write-content.ts';

export interface DirectoryStore {
  objectStore: ObjectStore;
  close(): Promise<void>;
}

const SUFFIX = { plain: '', zstd: '.zst' } as const satisfies Record<Stored, string>;

export function createDirectoryStore(
  { root, compress }: { root: string; compress: boolean },
  kit: Pick<Kit, 'system' | 'log' | 'now'>,
): DirectoryStore {
  const { system } = kit;
  const folders = createFolders(root);
  const temps = createTempFiles(root, folders, kit);

  function fileOf(key: string): string {
    if (!OBJECT_KEY.test(key)) throw new AdapterError('rejected', `${system}: not an object's key: ${key}`, { system });
    return path.join(root, key);
  }

  /** Every way out of the file system's errors, so that callers see AdapterError only. */
  async function guarded<T>(what: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      throw directoryError(system, what, error, signal);
    }
  }

  async function write(file: string, content: Buffer | ObjectFile, signal: AbortSignal): Promise<void> {
    const temp = await temps.open();
    try {
      const stored = await writeContent(temp.handle, content, { compress, system, signal });
      await temp.handle.close();
      await moveIntoPlace(temp.file, `${file}${SUFFIX[stored]}`);
    } catch (error) {
      await temp.handle.close();
      await rm(temp.file, { force: true });
      throw error;
    }
  }

  async function moveIntoPlace(temp: string, file: string): Promise<void> {
    const folder = path.dirname(file);
    await folders.ensure(folder);
    try {
      await rename(temp, file);
    } catch (error) {
      if (!isMissing(error)) throw error;
      folders.forget();
      await folders.ensure(folder);
      await rename(temp, file);
    }
  }

  const objectStore: ObjectStore = {
    async put(key, content, signal) {
      const file = fileOf(key);
      await guarded(`putting ${key}`, signal, async () => {
        if (!(await isKept(file, Buffer.isBuffer(content) ? content.length : content.bytes)))
          await write(file, content, signal);
        // Also where it was there already: another process may have renamed it a moment ago and not synced yet.
        await folders.sync(path.dirname(file));
      });
    },
    async get(key, signal) {
      const file = fileOf(key);
      const content = await guarded(`reading ${key}`, signal, () => readContent(file, { system, key, signal }));
      if (content === undefined)
        throw new AdapterError('not-found', `${system}: there is no object ${key}`, { system });
      return content;
    },
    async has(key, signal) {
      const file = fileOf(key);
      return guarded(`looking for ${key}`, signal, async () => {
        return (await sizeOf(file)) !== undefined || (await sizeOf(`${file}.zst`)) !== undefined;
      });
    },
    list: (afterKey, signal) => guarded('listing', signal, () => listObjects(root, afterKey, signal)),
    async remove(key, signal) {
      const file = fileOf(key);
      await guarded(`removing ${key}`, signal, async () => {
        for (const suffix of Object.values(SUFFIX)) await rm(`${file}${suffix}`, { force: true });
        await folders.sync(path.dirname(file)).catch((error: unknown) => {
          if (!isMissing(error)) throw error; // nothing was ever put there
        });
      });
    },
  };
  return { objectStore, close: temps.close };
}

/** A plain file of another length is a damaged one, and is written again. */
async function isKept(file: string, bytes: number): Promise<boolean> {
  return (await sizeOf(`${file}.zst`)) !== undefined || (await sizeOf(file)) === bytes;
}

/** Undefined where there is no such file; a folder of that name is none. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
