import { ArchiveFault, shown } from './archive-fault.ts';
import { leaveOut, type Unpacking } from './unpacking.ts';

/**
 * The path of a member under the one of its archive. Nothing is ever written to disk under it, but paths are shown, exported and kept:
 * one that means to leave its folder is refused, under the rules of Unix and of Windows.
 */
export function memberPath(run: Unpacking, archive: string, name: string): string {
  const path = joined(archive, cleanName(archive, name));
  if (path.length > run.limits.pathLength)
    throw new ArchiveFault('too-large', `${shown(path)} has a path of more than ${run.limits.pathLength} characters`);
  return path;
}

export function joined(folder: string, name: string): string {
  if (folder === '') return name;
  return name === '' ? folder : `${folder}/${name}`;
}

function cleanName(archive: string, name: string): string {
  const refuse = (why: string): ArchiveFault =>
    new ArchiveFault(
      'malformed',
      `${shown(joined(archive, name))} ${why}; pack the files with names relative to their folder and send it again`,
    );
  if (name.includes('\0')) throw refuse('has a NUL in its name');
  if (/^[/\\]/.test(name)) throw refuse('has an absolute name');
  if (/^[a-z]:/i.test(name)) throw refuse('has a name with a drive letter');
  // systemd writes `dev-sd\x2da.device`: outside of Windows a backslash is a letter, and stays one
  if (name.split(/[/\\]/).includes('..')) throw refuse('leaves its folder');
  const steps = name.split('/').filter((step) => step !== '' && step !== '.');
  return steps.join('/').replaceAll(/\p{Cc}/gu, '\uFFFD');
}

/** Nothing is lost where an archive has a name twice (as tar has after `--append`): the later one gets a number. */
export function uniquePath(run: Unpacking, path: string): string {
  let unique = path;
  // From where the last one of this name got: a hostile archive has twenty thousand of one name.
  let last = run.paths.get(path) ?? 1;
  while (run.paths.has(unique)) {
    last += 1;
    unique = `${path} (${last})`;
  }
  run.paths.set(path, last);
  if (unique !== path) run.paths.set(unique, 1);
  if (unique !== path) run.warn(`${shown(path)} is there more than once; the later one is shown as ${shown(unique)}`);
  return unique;
}

export function leaveOutLink(run: Unpacking, path: string): void {
  leaveOut(run, 'links are not followed', path);
}
