import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { OBJECT_KEY, type StoredObject } from '#src/ports/object-store.ts';
import { isMissing } from './errors.ts';

const PAGE = 1000;

/** The next page of objects below `root`, in the order of their keys, which is not the order of the folders' names: `a-b` < `a/b`. */
export async function listObjects(root: string, afterKey: string | null, signal: AbortSignal): Promise<StoredObject[]> {
  const page: StoredObject[] = [];
  for await (const { key, files } of walk(root, '', afterKey ?? '')) {
    signal.throwIfAborted();
    const object = await look(root, key, files);
    if (object !== undefined) page.push(object);
    if (page.length === PAGE) break;
  }
  return page;
}

interface Found {
  key: string;
  /** `key`, `key.zst` or both, where two put it under different settings. */
  files: string[];
}

/** What is not named like an object (our own `.tmp`, `lost+found`) is passed over. */
async function* walk(root: string, prefix: string, after: string): AsyncGenerator<Found> {
  const entries = new Map<string, { isFolder: boolean; files: string[] }>();
  for (const entry of await read(path.join(root, prefix))) {
    const isFolder = entry.isDirectory();
    const name = isFolder ? `${entry.name}/` : entry.name.replace(/\.zst$/, '');
    if (!OBJECT_KEY.test(prefix + (isFolder ? entry.name : name))) continue;
    const same = entries.get(name);
    if (same) same.files.push(prefix + entry.name);
    else entries.set(name, { isFolder, files: [prefix + entry.name] });
  }
  // Keys are ASCII: the order of code units is the order of bytes.
  for (const name of [...entries.keys()].toSorted((a, b) => (a < b ? -1 : 1))) {
    const { isFolder, files } = entries.get(name) ?? { isFolder: false, files: [] };
    const key = prefix + name;
    if (!isFolder && key > after) yield { key, files };
    // A folder is entered unless all keys in it come before.
    if (isFolder && (key > after || after.startsWith(key))) yield* walk(root, key, after);
  }
}

async function read(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return []; // nothing was ever put
    throw error;
  }
}

async function look(root: string, key: string, files: string[]): Promise<StoredObject | undefined> {
  for (const file of files) {
    try {
      const { size, mtime } = await stat(path.join(root, file));
      return { key, storedBytes: size, storedAt: mtime };
    } catch (error) {
      if (!isMissing(error)) throw error; // removed since the folder was read
    }
  }
  return undefined;
}
