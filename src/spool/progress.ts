import type { SyncProgress, SyncRow } from './sync-spool.ts';

export interface ProgressOutput {
  write(text: string): void;
  /** Whether a line may be written over. */
  isTerminal: boolean;
  /** Milliseconds. */
  clock(): number;
}

const LINE_EVERY_MS = { terminal: 200, plain: 5_000 };

/** Files, bytes and rate: one line that is written over on a terminal, else a plain line now and then and one for each trouble. */
export function createProgress(output: ProgressOutput): SyncProgress & { end(): void } {
  const began = output.clock();
  let [files, allBytes, done, movedBytes] = [0, 0, 0, 0];
  let lastAt = began;
  let isOpen = false;

  function status(): string {
    const seconds = Math.max((output.clock() - began) / 1000, 0.001);
    return `${done} of ${files} files, ${size(movedBytes)} of ${size(allBytes)} sent, ${size(movedBytes / seconds)}/s`;
  }

  function show(always: boolean): void {
    const every = output.isTerminal ? LINE_EVERY_MS.terminal : LINE_EVERY_MS.plain;
    if (!always && output.clock() - lastAt < every) return;
    lastAt = output.clock();
    isOpen = output.isTerminal;
    output.write(output.isTerminal ? `\r\u001B[K${status()}` : `${status()}\n`);
  }

  function say(line: string): void {
    output.write(`${isOpen ? '\r\u001B[K' : ''}${line}\n`);
    isOpen = false;
  }

  return {
    begin(count, bytes) {
      [files, allBytes] = [count, bytes];
      if (count > 0) say(`${count} file${count === 1 ? '' : 's'} to send, ${size(bytes)}`);
    },
    moved(bytes) {
      movedBytes += bytes;
      show(false);
    },
    wait: say,
    row(row: SyncRow) {
      if (row.did !== 'left') done += 1;
      if (row.did === 'refused') say(`${row.name}: refused: ${row.reason}`);
      show(false);
    },
    end() {
      if (files > 0) show(true);
      if (isOpen) output.write('\n');
      isOpen = false;
    },
  };
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes.toFixed(0)} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}
