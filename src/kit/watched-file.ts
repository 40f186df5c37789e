import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Log } from './kit.ts';

/** A look at the file's times costs microseconds, and nobody edits faster. */
const LOOK_MS = 1000;

export interface WatchedFile<T> {
  /** As the file says now; as it said before while it has a fault. */
  value(): T;
  /** For people: what is used since when, and what is wrong with the file where something is. */
  state(): { ok: boolean; found: string };
}

export interface FileToWatch<T> {
  file: string;
  read(text: string): { value: T } | { faults: readonly { line: number; message: string }[] };
  /** What there is in it, e.g. `12 rules`. */
  says(value: T): string;
  log: Pick<Log, 'info' | 'warn'>;
  now?: () => number;
}

/**
 * A file that people write, read again when it changes: another time or size. One that has a fault, or is gone, changes nothing but the log.
 * @throws Error with a line for every fault where there is nothing to go on with
 */
export function watchFile<T>({ file, read, says, log, now = Date.now }: FileToWatch<T>): WatchedFile<T> {
  let mark = markOf(file);
  let value = valueOf(file, read);
  let readAt = now();
  let lookedAt = readAt;
  let fault: string | null = null;

  function look(): void {
    if (now() - lookedAt < LOOK_MS) return;
    lookedAt = now();
    const seen = markOf(file);
    if (seen === mark) return;
    mark = seen;
    try {
      value = valueOf(file, read);
      readAt = now();
      fault = null;
      log.info({ file, found: says(value) }, 'a file was read again');
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
      log.warn({ file, fault }, 'a file has a fault: what it said before is used');
    }
  }

  return {
    value() {
      look();
      return value;
    },
    state() {
      look();
      const since = `${says(value)}, read ${new Date(readAt).toISOString()}`;
      return fault === null ? { ok: true, found: since } : { ok: false, found: `${since}; not used: ${fault}` };
    },
  };
}

/** Null: it is not there. */
function markOf(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? null : `${found.mtimeNs}/${found.size}/${found.ino}`;
}

function valueOf<T>(file: string, read: FileToWatch<T>['read']): T {
  const found = read(readFileSync(file, 'utf8'));
  if ('value' in found) return found.value;
  const name = path.basename(file);
  throw new Error(found.faults.map(({ line, message }) => `${name}:${line}: ${message}`).join('\n'));
}
