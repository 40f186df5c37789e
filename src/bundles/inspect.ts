import { stat } from 'node:fs/promises';
import type { ArchiveSource } from '#src/archives/unpack.ts';
import { describeBundle } from './describe-bundle.ts';
import { readBundle, type Formats } from './read-bundle.ts';

/**
 * What the hub understands of files and folders, without a hub: for people as text, for programs a line of JSON for each. Returns how
 * many could not be read; why is written in their place.
 */
export async function inspectFiles(
  paths: readonly string[],
  formats: Formats,
  output: 'table' | 'jsonl',
  write: (text: string) => void,
): Promise<number> {
  let failed = 0;
  for (const path of paths) {
    try {
      const report = await readBundle(await sourceOf(path), formats);
      if (output === 'jsonl') write(`${JSON.stringify({ bundle: path, ...report })}\n`);
      else write(`${describeBundle(path, report).join('\n')}\n`);
    } catch (error) {
      failed += 1;
      const message = reasonOf(error);
      write(output === 'jsonl' ? `${JSON.stringify({ bundle: path, error: message })}\n` : `${path}: ${message}\n`);
    }
  }
  return failed;
}

async function sourceOf(path: string): Promise<ArchiveSource> {
  return (await stat(path)).isDirectory() ? { directory: path } : { path };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ENOENT' ? `there is no such file (${error.message})` : error.message;
}
