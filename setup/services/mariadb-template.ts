import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { withName } from '../name-lock.mjs';
import type { RunAs } from './run-as.ts';

const run = promisify(execFile);

type CopyTemplate = {
  found: { installer: string; version: string };
  varFolder: string;
  data: string;
  runAs: RunAs | undefined;
};

/** The system tables take a second to make and are always the same: made once per version, then copied. */
async function ensureTemplate({ found, varFolder }: CopyTemplate): Promise<string> {
  const template = path.join(varFolder, `template-mariadb-${found.version}`);
  if (existsSync(template)) return template;
  return await withName(`template:${template}`, () => makeTemplate(template, found.installer));
}

async function makeTemplate(template: string, installer: string): Promise<string> {
  if (existsSync(template)) return template;
  const varFolder = path.dirname(template);
  mkdirSync(varFolder, { recursive: true });
  // We hold the name: whatever is there is from a run that was killed.
  for (const name of readdirSync(varFolder)) {
    if (name.startsWith('template-making-')) rmSync(path.join(varFolder, name), { recursive: true, force: true });
  }
  const making = mkdtempSync(path.join(varFolder, 'template-making-'));
  const data = path.join(making, 'data');
  const temporaryTables = path.join(making, 'tmp');
  mkdirSync(data, { mode: 0o700 });
  mkdirSync(temporaryTables);
  try {
    await run(installer, [
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${temporaryTables}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      '--innodb-log-file-size=64M',
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    ]);
    renameSync(data, template);
  } catch (error) {
    throw new Error('mariadb-install-db failed', { cause: error });
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return template;
}

/** Puts a pristine data folder in place, if there is none yet. */
export async function copyTemplate(options: CopyTemplate): Promise<void> {
  if (existsSync(options.data)) return;
  const template = await ensureTemplate(options);
  const copying = `${options.data}.copying`;
  rmSync(copying, { recursive: true, force: true });
  await run('cp', ['-a', '--reflink=auto', '--sparse=always', template, copying]);
  const { runAs } = options;
  if (runAs !== undefined) await run('chown', ['-R', `${runAs.uid}:${runAs.gid}`, copying]);
  renameSync(copying, options.data);
}
