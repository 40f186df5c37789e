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
  const idle: Worker[] = [];
  return async (source, signal) => {
    if ('bytes' in source && source.bytes.length <= SMALL_BYTES && isText(source.bytes)) {
      return readBundle(source, bundleFormats, undefined, signal);
    }
    return turns(() => readInThread(source, signal, idle));
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

/** To begin a thread costs more than most bundles: one that answered waits for the next, one that did not is ended. */
async function readInThread(source: ArchiveSource, signal: AbortSignal, idle: Worker[]): Promise<BundleReport> {
  signal.throwIfAborted();
  const thread = idle.pop() ?? startThread(idle);
  thread.ref();
  let answer: ThreadAnswer;
  try {
    answer = await ask(thread, source, signal);
  } catch (error) {
    void thread.terminate();
    throw error;
  }
  thread.unref();
  idle.push(thread);
  if ('report' in answer) return answer.report;
  if ('fault' in answer) throw new ArchiveFault(answer.fault.kind, answer.fault.message);
  throw new Error(`reading a bundle failed: ${answer.error}`);
}

function startThread(idle: Worker[]): Worker {
  const thread = new Worker(new URL('./read-bundle-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  // Whoever asks it hears of it too; without anybody it would end the hub.
  thread.on('error', () => {});
  thread.once('exit', () => {
    const at = idle.indexOf(thread);
    if (at >= 0) idle.splice(at, 1);
  });
  return thread;
}

function ask(thread: Worker, source: ArchiveSource, signal: AbortSignal): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const end = (act: () => void): void => {
      over.abort();
      clearTimeout(timer);
      thread.off('message', answered).off('error', failed).off('exit', ended);
      act();
    };
    const answered = (answer: ThreadAnswer): void => end(() => resolve(answer));
    const failed = (error: Error & { code?: string }): void =>
      end(() =>
        reject(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? new ArchiveFault('too-large', `reading it needs more than ${MEMORY_MB} MB of memory`)
            : error,
        ),
      );
    const ended = (code: number): void =>
      end(() => reject(new Error(`reading a bundle ended without an answer (exit ${code})`)));
    const timer = setTimeout(
      () => failed(new ArchiveFault('too-large', `reading it takes longer than ${TIME_LIMIT_MS / 1000} s`)),
      TIME_LIMIT_MS,
    );
    thread.once('message', answered).once('error', failed).once('exit', ended);
    signal.addEventListener('abort', () => failed(signal.reason as Error), { signal: over.signal });
    thread.postMessage(source);
  });
}
