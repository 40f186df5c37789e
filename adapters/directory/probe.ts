import { access, constants, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { isMissing } from './errors.ts';

/** Below this a day's uploads may not fit. */
const LEAST_FREE_BYTES = 1024 ** 3;

/** Looks, and makes nothing: whoever runs the doctor may be another user than the hub, and would own the folder. */
export async function probe(root: string): Promise<ProbeCheck[]> {
  const folder = path.resolve(root);
  const checks: ProbeCheck[] = [];
  try {
    const there = await nearest(folder);
    const found = there === folder ? folder : `${folder} is not there yet; the first object makes it`;
    if (!(await stat(there)).isDirectory())
      return [{ name: 'reachable', ok: false, found: `${there} is a file`, remedy: 'Set path to a folder' }];
    checks.push({ name: 'reachable', ok: true, found });
    checks.push(await permissionsCheck(there));
    checks.push(await roomCheck(there));
  } catch (error) {
    const found = `${folder}: ${(error as Error).message}`;
    checks.push({
      name: 'reachable',
      ok: false,
      found,
      remedy: 'Check path and that its file system is mounted and whole',
    });
  }
  return checks;
}

async function nearest(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      await stat(at);
      return at;
    } catch (error) {
      if (!isMissing(error) || at === path.dirname(at)) throw error;
    }
  }
}

async function permissionsCheck(there: string): Promise<ProbeCheck> {
  try {
    await access(there, constants.R_OK | constants.W_OK | constants.X_OK);
    return { name: 'permissions', ok: true, found: 'may read and write' };
  } catch (error) {
    const remedy = `Give the user that the hub runs as ${there}, e.g. with chown`;
    return { name: 'permissions', ok: false, found: (error as Error).message, remedy };
  }
}

async function roomCheck(there: string): Promise<ProbeCheck> {
  const { bavail, bsize, ffree } = await statfs(there);
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  // File systems without a fixed number of inodes say 0 of 0.
  if (free >= LEAST_FREE_BYTES)
    return { name: 'configuration', ok: true, found: ffree > 0 ? `${found}, ${ffree} inodes` : found };
  return { name: 'configuration', ok: false, found, remedy: 'Make room, or move path to a larger file system' };
}
