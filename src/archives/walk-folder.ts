import { opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import { joined, leaveOutLink } from './member-path.ts';
import { countEntry, leaveOut, type Unpacking } from './unpacking.ts';

interface FolderFile {
  absolute: string;
  /** Under the folder, `/` between names. */
  path: string;
  modifiedAt: string | null;
}

/** The files below a folder, sorted; links are not followed. */
export async function* walkFolder(run: Unpacking, folder: string, under = ''): AsyncGenerator<FolderFile> {
  const entries = [];
  for await (const entry of await opendir(folder)) {
    countEntry(run, joined(under, entry.name));
    entries.push(entry);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    run.signal.throwIfAborted();
    const absolute = path.join(folder, entry.name);
    const inside = joined(under, entry.name);
    if (entry.isSymbolicLink()) leaveOutLink(run, inside);
    else if (entry.isDirectory()) yield* walkFolder(run, absolute, inside);
    else if (!entry.isFile()) leaveOut(run, 'devices are not read', inside);
    else yield { absolute, path: inside, modifiedAt: (await stat(absolute)).mtime.toISOString() };
  }
}
