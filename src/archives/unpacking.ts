import { ArchiveFault, shown } from './archive-fault.ts';
import type { ArchiveLimits } from './archive-limits.ts';

/** One unpacking: what was used up of the limits, and what there is to say. */
export interface Unpacking {
  limits: ArchiveLimits;
  signal: AbortSignal;
  warn(sentence: string): void;
  entries: number;
  unpacked: number;
  /** Bytes of the bundle as it was sent. */
  packed: number;
  /** Bytes of archives that had to be taken into memory, because a zip is read from its end. */
  held: number;
  /** Bytes of packed members that are kept until it is known that they are whole. */
  kept: number;
  /** That were handed out, and the last number that one of the same name got. */
  paths: Map<string, number>;
  /** What was left out, by reason: how many and the first. */
  leftOut: Map<string, { count: number; first: string }>;
}

export function startUnpacking(
  limits: ArchiveLimits,
  signal: AbortSignal,
  warn: (sentence: string) => void,
): Unpacking {
  return {
    limits,
    signal,
    warn,
    entries: 0,
    unpacked: 0,
    packed: 0,
    held: 0,
    kept: 0,
    paths: new Map(),
    leftOut: new Map(),
  };
}

export function countEntry(run: Unpacking, archive: string): void {
  run.entries += 1;
  if (run.entries > run.limits.entries) throw tooManyEntries(run, archive);
}

export function tooManyEntries({ limits }: Unpacking, archive: string): ArchiveFault {
  return new ArchiveFault('too-large', `${shown(archive)} brings the bundle over ${limits.entries} entries`);
}

/** To be called for every piece that a decoder gives; `read` and `given` are of the one compressed file that it came from. */
export function countUnpacked(run: Unpacking, member: string, piece: number, read: number, given: number): void {
  const { limits } = run;
  run.unpacked += piece;
  if (run.unpacked > limits.unpackedBytes)
    throw new ArchiveFault(
      'too-large',
      `${shown(member)} brings the bundle over ${limits.unpackedBytes} bytes unpacked`,
    );
  const explodes = given > limits.ratioFromBytes && given > limits.ratio * read;
  const bundleExplodes = run.unpacked > limits.ratioFromBytes && run.unpacked > limits.ratio * run.packed;
  if (explodes || bundleExplodes)
    throw new ArchiveFault(
      'too-large',
      `${shown(member)} unpacks to more than ${limits.ratio} times its size; that is no collection but a bomb`,
    );
}

/** Said once per reason at the end: a collection of `/etc` holds thousands of links. */
export function leaveOut(run: Unpacking, reason: string, member: string): void {
  const before = run.leftOut.get(reason);
  if (before === undefined) run.leftOut.set(reason, { count: 1, first: shown(member) });
  else before.count += 1;
}

export function sayLeftOut(run: Unpacking): void {
  for (const [reason, { count, first }] of run.leftOut)
    run.warn(
      count === 1
        ? `${first} was left out: ${reason}`
        : `${count} entries were left out: ${reason}; the first is ${first}`,
    );
}
