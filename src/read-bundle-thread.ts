import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveFault } from './archives/archive-fault.ts';
import { bundleFormats } from './bundle-formats.ts';
import { type BundleReport, readBundle } from './bundles/read-bundle.ts';
import type { ArchiveSource } from './archives/unpack.ts';

export type ThreadAnswer =
  | { report: BundleReport }
  | { fault: { kind: ArchiveFault['kind']; message: string } }
  | { error: string };

/** One bundle is read here, apart from the loop that serves everybody else. */
async function main(): Promise<void> {
  let answer: ThreadAnswer;
  try {
    answer = { report: await readBundle(workerData as ArchiveSource, bundleFormats) };
  } catch (error) {
    answer =
      error instanceof ArchiveFault
        ? { fault: { kind: error.kind, message: error.message } }
        : { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(answer);
}

await main();
