import { parentPort } from 'node:worker_threads';
import { ArchiveFault } from './archives/archive-fault.ts';
import { bundleFormats } from './bundle-formats.ts';
import { type BundleReport, readBundle } from './bundles/read-bundle.ts';
import type { ArchiveSource } from './archives/unpack.ts';

export type ThreadAnswer =
  | { report: BundleReport }
  | { fault: { kind: ArchiveFault['kind']; message: string } }
  | { error: string };

/** Bundles are read here one after the other, apart from the loop that serves everybody else. */
async function answer(source: ArchiveSource): Promise<ThreadAnswer> {
  try {
    return { report: await readBundle(asBuffer(source), bundleFormats) };
  } catch (error) {
    if (error instanceof ArchiveFault) return { fault: { kind: error.kind, message: error.message } };
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** A Buffer arrives from another thread as the plain array that it is made of. */
function asBuffer(source: ArchiveSource): ArchiveSource {
  if (!('bytes' in source)) return source;
  const { buffer, byteOffset, byteLength } = source.bytes;
  return { ...source, bytes: Buffer.from(buffer, byteOffset, byteLength) };
}

parentPort?.on('message', (source: ArchiveSource) => {
  void answer(source).then((told) => parentPort?.postMessage(told));
});
