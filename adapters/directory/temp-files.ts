import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Kit } from '#src/kit/kit.ts';
import type { Folders } from './folders.ts';
import { isMissing } from './errors.ts';

const DAY_MS = 86_400_000;

export interface TempFile {
  file: string;
  handle: FileHandle;
}

export interface TempFiles {
  open(): Promise<TempFile>;
  /** Waits for a sweep under way. */
  close(): Promise<void>;
}

/** Files that are written before they get their name: in the same file system, or a rename would be a copy. */
export function createTempFiles(root: string, folders: Folders, kit: Pick<Kit, 'log' | 'now'>): TempFiles {
  const folder = path.join(root, '.tmp');
  let sweptAt = 0;
  let sweeping = Promise.resolve();

  function sweepDaily(): void {
    const now = kit.now().getTime();
    if (now - sweptAt < DAY_MS) return;
    sweptAt = now;
    sweeping = sweep(folder, now - DAY_MS).then(
      (swept) => {
        if (swept > 0) kit.log.info({ swept, folder }, 'removed what broken off writes left');
      },
      (error: unknown) => kit.log.warn({ err: error, folder }, 'could not remove what broken off writes left'),
    );
  }

  return {
    async open() {
      await folders.ensure(folder);
      sweepDaily();
      const file = path.join(folder, randomUUID());
      return { file, handle: await open(file, 'wx', 0o640) };
    },
    close: () => sweeping,
  };
}

/** A write under way changes its file's time again and again: one that did not for a day is nobody's. */
async function sweep(folder: string, before: number): Promise<number> {
  let swept = 0;
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    try {
      if ((await stat(file)).mtimeMs >= before) continue;
      await rm(file);
      swept += 1;
    } catch (error) {
      if (!isMissing(error)) throw error; // another process sweeps too
    }
  }
  return swept;
}
