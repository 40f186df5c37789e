import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A folder in the layout of DMTF's Mockup Creator: `redfish/v1/…/index.json`. */
export interface TreeFolder {
  root: string;
  /** Whether the resource can have a place: names come from the BMC, and must not lead anywhere else. */
  fits(uri: string): boolean;
  write(uri: string, body: unknown): Promise<void>;
  /** Undefined: it was not written yet. */
  read(uri: string): Promise<Record<string, unknown> | undefined>;
}

export function treeFolder(root: string): TreeFolder {
  const fileOf = (uri: string): string =>
    path.join(root, ...uri.split('/').filter((step) => step !== ''), 'index.json');
  return {
    root,
    fits(uri) {
      const steps = uri.split('/').filter((step) => step !== '');
      return steps[0] === 'redfish' && steps.length < 40 && steps.every(isPlain);
    },
    async write(uri, body) {
      const file = fileOf(uri);
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await writeWhole(file, `${JSON.stringify(body, null, 2)}\n`);
    },
    async read(uri) {
      const text = await readFile(fileOf(uri), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
        throw error;
      });
      return text === null ? undefined : (JSON.parse(text) as Record<string, unknown>);
    },
  };
}

/** There whole or not at all. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const temp = `${file}.new`;
  await writeFile(temp, text, { mode: 0o600 });
  await rename(temp, file);
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

export async function openToReaders(file: string): Promise<void> {
  await chmod(file, 0o644);
}

// oxlint-disable-next-line no-control-regex -- what no name of a file may have
const ODD = /^\.{1,2}$|^index\.json(?:\.new)?$|[\u0000-\u001f\\]/i;
const isPlain = (step: string): boolean => step.length <= 200 && !ODD.test(step);
