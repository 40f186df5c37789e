import type { UpdateProgress } from '../ports/bmc-firmware.ts';
import { isVersion } from './model.ts';
import type { Hop } from './store.ts';

/** What to do about a step, after a look at its task and at the version that the BMC shows. */
export type Verdict =
  | { do: 'finish' }
  | { do: 'fail'; why: string }
  | { do: 'start' }
  | { do: 'reset'; what: 'host-reset' | 'bmc-reset' }
  | { do: 'wait'; quietSince: string | null };

export interface Patience {
  /** For the whole step, in milliseconds. */
  deadlineMs: number;
  /** So long the wanted version may still appear once the BMC says no more of the update. */
  quietMs: number;
}

/**
 * The version that is shown decides; a task only tells when to look. A task may vanish, be stuck, or say that all went well where
 * nothing changed.
 */
export function judgeHop(seen: {
  hop: Pick<Hop, 'to' | 'from' | 'announcedAt' | 'resetAnnouncedAt' | 'quietSince' | 'handle'>;
  /** Null: the BMC did not answer. */
  progress: UpdateProgress | null;
  /** Undefined: the component could not be read. */
  version: string | null | undefined;
  mayReset: boolean;
  now: Date;
  patience: Patience;
}): Verdict {
  const { hop, progress, version, mayReset, now, patience } = seen;
  const isThere = version !== undefined && isVersion(version, hop.to);
  const sinceStart = now.getTime() - Date.parse(hop.announcedAt ?? now.toISOString());
  const isLate = sinceStart > patience.deadlineMs;
  const isOpen = progress === null || progress.state === 'waiting' || progress.state === 'running';
  // What waits for a start of the server writes nothing just now. iLO 7 leaves what UEFI has done waiting for ever.
  const isIdle = progress?.state === 'waiting' && progress.needs === 'host-reset';
  if (isThere && progress !== null && (!isOpen || isIdle || isLate)) return { do: 'finish' };
  if (progress?.state === 'failed') return { do: 'fail', why: progress.said };
  // One that was announced is not sent again: what became of it is looked for.
  if (progress?.needs === 'start' && !isLate) {
    return isThere && hop.handle?.startAnnouncedAt === undefined ? { do: 'finish' } : { do: 'start' };
  }
  // It still waits long after it was told to reset: then that was never sent, or not taken, and nothing is being written yet.
  const resetFor = hop.resetAnnouncedAt === null ? Infinity : now.getTime() - Date.parse(hop.resetAnnouncedAt);
  const reset = progress?.needs === 'start' ? null : (progress?.needs ?? null);
  if (reset !== null && resetFor > patience.quietMs && !isThere && !isLate) {
    if (mayReset) return { do: 'reset', what: reset };
    return { do: 'wait', quietSince: null };
  }
  if (isLate && progress !== null && reset !== null && hop.resetAnnouncedAt === null)
    return { do: 'fail', why: waitsForReset(progress, mayReset) };
  if (isLate) return { do: 'fail', why: late(hop.to, version, progress, patience.deadlineMs) };
  if (isOpen) return { do: 'wait', quietSince: null };
  const quietSince = hop.quietSince ?? now.toISOString();
  if (now.getTime() - Date.parse(quietSince) <= patience.quietMs) return { do: 'wait', quietSince };
  return { do: 'fail', why: quiet(hop, version, progress) };
}

function waitsForReset({ said, needs }: UpdateProgress, mayReset: boolean): string {
  const what = needs === 'bmc-reset' ? 'the BMC' : 'the server';
  const why = mayReset ? 'and something else on that server was in its way' : 'which was not allowed';
  return `the image waits for a reset of ${what}, ${why}: ${said}`;
}

function late(to: string, version: string | null | undefined, progress: UpdateProgress | null, ms: number): string {
  const last = progress === null ? 'the BMC does not answer' : progress.said;
  return `not done within ${Math.round(ms / 60_000)} minutes: ${shows(version)}, not ${to}; ${last}`;
}

function quiet(
  hop: Pick<Hop, 'to' | 'from' | 'handle'>,
  version: string | null | undefined,
  progress: UpdateProgress | null,
): string {
  const said = progress?.said ?? 'the BMC does not answer';
  if (progress?.state === 'done')
    return `the BMC says that it went well (${said}), but ${shows(version)}, not ${hop.to}`;
  const unheard = hop.handle?.task === null && hop.handle.job === null;
  const start = unheard ? 'whether the BMC took the update is not known, and nothing shows that it did' : said;
  return `${start}: ${shows(version)}, not ${hop.to}`;
}

function shows(version: string | null | undefined): string {
  if (version === undefined) return 'its version cannot be read';
  return version === null ? 'no version is shown' : `it shows ${version}`;
}
