import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync, statSync } from 'node:fs';

export type RunAs = { uid: number; gid: number };

/**
 * MariaDB should not run as root. If we are root: the numbers of that user, provided it exists and can write to the
 * folder, which is given to it. `undefined`: it has to run as ourselves (a checkout below /root, say, which nobody
 * else can enter; or a container where ownership cannot change).
 */
export function runAsFor(user: string, folder: string): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) return undefined;
  const runAs = { uid: Number(uid), gid: Number(gid) };
  const before = statSync(folder);
  try {
    chownSync(folder, runAs.uid, runAs.gid);
    if (spawnSync('test', ['-w', folder], { ...runAs, cwd: '/' }).status === 0) return runAs;
    chownSync(folder, before.uid, before.gid);
  } catch {
    // not allowed here
  }
  return undefined;
}
