import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';

export interface Folders {
  /** Makes the folder and all above it, such that a power cut does not take it away again. */
  ensure(folder: string): Promise<void>;
  /** What was renamed into the folder or removed from it stays so. */
  sync(folder: string): Promise<void>;
  /** Somebody took folders away under us. */
  forget(): void;
}

/**
 * Folders below `root`. Each is synced once per process even where it was there already: another process may have made it and died
 * before its own sync.
 */
export function createFolders(root: string): Folders {
  const top = path.resolve(root);
  const known = new Map<string, Promise<void>>();

  async function make(folder: string): Promise<void> {
    const above = path.dirname(folder);
    if (folder !== top) await ensure(above);
    await mkdir(folder, { recursive: true });
    await sync(above);
  }

  async function sync(folder: string): Promise<void> {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  function ensure(folder: string): Promise<void> {
    const absolute = path.resolve(folder);
    const begun = known.get(absolute);
    if (begun !== undefined) return begun;
    const making = make(absolute);
    known.set(absolute, making);
    making.catch(() => known.delete(absolute)); // the caller is told; the next one tries again
    return making;
  }

  return { ensure, sync, forget: () => known.clear() };
}
