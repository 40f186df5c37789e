import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { ArchiveFault } from './archives/archive-fault.ts';
import type { ArchiveSource } from './archives/unpack.ts';
import { bundleFormats } from './bundle-formats.ts';
import { type BundleReport, readBundle } from './bundles/read-bundle.ts';
import type { ThreadAnswer } from './read-bundle-thread.ts';

/** @throws ArchiveFault for what is hostile, damaged, or takes too long */
export type ReadAnyBundle = (source: ArchiveSource, signal: AbortSignal) => Promise<BundleReport>;

/** A text of this size is read between two requests; what is larger, or packed, is read in a thread of its own. */
const SMALL_BYTES = 256 * 1024;
const THREADS = 2;
const TIME_LIMIT_MS = 600_000;
const MEMORY_MB = 1536;

export function createBundleReader(): ReadAnyBundle {
  const turns = pLimit(THREADS);
  return async (source, signal) => {
    if ('bytes' in source && source.bytes.length <= SMALL_BYTES && isText(source.bytes)) {
      return readBundle(source, bundleFormats, undefined, signal);
    }
    return turns(() => readInThread(source, signal));
  };
}

/** No archive begins like this. */
function isText(bytes: Buffer): boolean {
  const first = bytes.subarray(0, 512);
  return (
    !first.includes(0) &&
    /^\s*[[{<#A-Za-z0-9]/.test(first.toString('latin1')) &&
    !/^(PK|BZh|Rar)/.test(first.toString('latin1'))
  );
}

function readInThread(source: ArchiveSource, signal: AbortSignal): Promise<BundleReport> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./read-bundle-thread.ts', import.meta.url), {
      workerData: source,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const end = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      void thread.terminate();
      act();
    };
    const timer = setTimeout(
      () => end(() => reject(new ArchiveFault('too-large', `reading it takes longer than ${TIME_LIMIT_MS / 1000} s`))),
      TIME_LIMIT_MS,
    );
    // After an answer this comes too late to be heard.
    thread.once('exit', (code) =>
      end(() => reject(new Error(`reading a bundle ended without an answer (exit ${code})`))),
    );
    const abort = (): void => end(() => reject(signal.reason as Error));
    signal.addEventListener('abort', abort);
    thread.once('message', (answer: ThreadAnswer) =>
      end(() => {
        if ('report' in answer) resolve(answer.report);
        else if ('fault' in answer) reject(new ArchiveFault(answer.fault.kind, answer.fault.message));
        else reject(new Error(`reading a bundle failed: ${answer.error}`));
      }),
    );
    thread.once('error', (error: Error & { code?: string }) =>
      end(() =>
        reject(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? new ArchiveFault('too-large', `reading it needs more than ${MEMORY_MB} MB of memory`)
            : error,
        ),
      ),
    );
  });
}
