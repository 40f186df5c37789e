import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Removes what uploads left that nobody will finish: a hub that is killed takes nothing away. */
export async function sweepFolder(folder: string, before: Date, ending: RegExp): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (!ending.test(name)) continue;
    const file = path.join(folder, name);
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined; // somebody else finished it meanwhile
      throw error;
    });
    if (found && found.mtimeMs < before.getTime()) await rm(file, { force: true });
  }
}
