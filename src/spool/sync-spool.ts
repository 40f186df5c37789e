import { setTimeout as sleep } from 'node:timers/promises';
import { type HubLine, noAnswer } from './hub-line.ts';
import { type Sent, sendFile } from './send-file.ts';
import { type Entry, readEntries, removeEntry, type Spool, writeNote } from './spool.ts';

export interface SyncRow {
  name: string;
  sha256: string;
  bytes: number;
  /** 'left': still in the spool, to be sent by the next sync. */
  did: 'sent' | 'was there' | 'refused' | 'left';
  reason: string;
}

export interface SyncProgress {
  begin(files: number, bytes: number): void;
  /** The hub has so many bytes more. */
  moved(bytes: number): void;
  /** Why something takes longer, in a sentence. */
  wait(sentence: string): void;
  row(row: SyncRow): void;
}

export interface SyncOptions {
  line: HubLine;
  /** Files at a time. */
  parallel: number;
  /** Tries of one file in a row without any progress. */
  attempts: number;
  /** Keep what arrived in the spool. */
  keep: boolean;
  /** First pause between two tries; it doubles. */
  pauseMs: number;
  now(): Date;
  signal: AbortSignal;
  progress: SyncProgress;
}

const LONGEST_PAUSE_MS = 30_000;
/** A hub that goes on saying 429 is obeyed so often, per file. */
const MOST_THROTTLED = 50;

/** Sends what waits. A file leaves the spool only on the hub's word that it has it; every state is on the disk before the next step. */
export async function syncSpool(spool: Spool, options: SyncOptions): Promise<SyncRow[]> {
  const entries = await readEntries(spool);
  if (!options.keep) for (const { sha256, state } of entries) if (state === 'sent') await removeEntry(spool, sha256);
  const waiting = entries.filter(({ state }) => state === 'waiting');
  options.progress.begin(
    waiting.length,
    waiting.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  const rows: SyncRow[] = [];
  let stopped: string | undefined;
  const queue = [...waiting];

  async function sendNext(): Promise<void> {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      const sent: Sent = stopped === undefined ? await trySending(entry, options) : { did: 'later', reason: stopped };
      if (sent.did === 'stop' || (sent.did === 'later' && sent.noAnswer)) stopped ??= sent.reason;
      const row = await settle(spool, entry, sent, options);
      rows.push(row);
      options.progress.row(row);
    }
  }
  const ends = await Promise.allSettled(
    Array.from({ length: options.parallel }, () =>
      sendNext().catch((error: unknown) => {
        stopped ??= (error as Error).message;
        throw error;
      }),
    ),
  );
  // The spool's own disk failed. Told only when nobody sends any more, since the lock is released then.
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return rows;
}

async function trySending(entry: Entry, options: SyncOptions): Promise<Sent> {
  const { line, signal, progress, attempts, pauseMs } = options;
  let failed = 0;
  let throttled = 0;
  let furthest = 0;
  for (;;) {
    let progressed = false;
    const moved = (bytes: number, offset: number): void => {
      // Only what was never reached before is progress: a hub that drops uploads again and again is not fed for ever.
      progressed ||= offset > furthest;
      furthest = Math.max(furthest, offset);
      progress.moved(bytes);
    };
    let sent: Sent;
    try {
      sent = await sendFile(entry, { line, signal, moved });
    } catch (error) {
      if (signal.aborted) return { did: 'stop', reason: 'interrupted' };
      // What the file system says is no silence of the hub: this file is left, the others go on.
      if ((error as NodeJS.ErrnoException).syscall !== undefined)
        return { did: 'later', reason: (error as Error).message };
      sent = noAnswer(error);
    }
    if (sent.did !== 'later') return sent;
    if (progressed) failed = 0;
    const told = sent.retryAfterMs;
    if (told === undefined) failed += 1;
    else throttled += 1;
    if (failed >= attempts || throttled > MOST_THROTTLED) return sent;
    const pause = told ?? Math.min(pauseMs * 2 ** (failed - 1), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
    progress.wait(`${entry.name}: ${sent.reason}; again in ${(pause / 1000).toFixed(1)} s`);
    await sleep(pause, undefined, { signal }).catch(() => {}); // interrupted: the next try says so
  }
}

async function settle(spool: Spool, entry: Entry, sent: Sent, { keep, now }: SyncOptions): Promise<SyncRow> {
  const { name, sha256, bytes } = entry;
  const at = now().toISOString();
  if (sent.did === 'sent' || sent.did === 'was there') {
    await writeNote(spool, sha256, { ...entry, state: 'sent', reason: null, at });
    if (!keep) await removeEntry(spool, sha256);
    return { name, sha256, bytes, did: sent.did, reason: '' };
  }
  if (sent.did === 'refused') await writeNote(spool, sha256, { ...entry, state: 'refused', reason: sent.reason, at });
  return { name, sha256, bytes, did: sent.did === 'refused' ? 'refused' : 'left', reason: sent.reason };
}
