import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { LogsSince } from '../../../src/ports/bmc-health.ts';
import type { Bmc } from '../client.ts';
import { fold } from '../own-origin.ts';
import { findLogs } from './find-logs.ts';
import { advance, LogState } from './log-state.ts';
import { readLog } from './read-log.ts';

const Cursor = z.object({ version: z.literal(1), logs: z.record(z.string(), LogState) });

/** So many entries at a time; the rest comes with the next call. */
const MOST = 1_000;
/** States of logs that are listed no longer stay: a BMC that starts up lists fewer. */
const MAX_STATES = 80;

/** @throws AdapterError only what ends the whole read: one log that cannot be read is a warning, and its place in it stays */
export async function readLogs(
  bmc: Bmc,
  cursor: string | null,
  now: Date = new Date(),
): Promise<Omit<LogsSince, 'requests'>> {
  const result: Omit<LogsSince, 'requests' | 'cursor'> = { entries: [], gaps: [], more: false, warnings: [] };
  const states = new Map(Object.entries(parse(cursor, result.gaps)));
  const found = await findLogs(bmc, now);
  result.warnings.push(...found.warnings);
  for (const log of found.logs) {
    const name = fold(log);
    const before = states.get(name) ?? null;
    const most = MOST - result.entries.length;
    if (most <= 0) {
      result.more = true;
      continue;
    }
    try {
      const read = await readLog(bmc, log, before);
      const advanced = advance(before, read.lines, { complete: read.complete, most });
      states.set(name, { ...advanced.state, count: read.count, newestFirst: read.newestFirst });
      result.entries.push(...advanced.entries);
      result.more ||= advanced.more;
      if (advanced.gap !== null) result.gaps.push(`${log} ${advanced.gap}`);
    } catch (error) {
      const fatal = bmc.fatal();
      if (fatal) throw fatal;
      if (!(error instanceof AdapterError)) throw error;
      result.warnings.push(`${log}: ${error.message}`);
    }
  }
  const logs = Object.fromEntries([...states].slice(-MAX_STATES));
  return { ...result, cursor: JSON.stringify({ version: 1, logs } satisfies z.infer<typeof Cursor>) };
}

function parse(cursor: string | null, gaps: string[]): Record<string, LogState> {
  if (cursor === null) return {};
  try {
    return Cursor.parse(JSON.parse(cursor)).logs;
  } catch {
    gaps.push(
      'what was known of the logs cannot be read (another version wrote it): they are read from their newest entries',
    );
    return {};
  }
}
