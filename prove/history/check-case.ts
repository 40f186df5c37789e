import { toMoment } from '#src/history/moment.ts';
import { seeded } from '#test/kit/seeded.ts';
import { type Beliefs, beliefsAt, readBeliefs, type Row } from './beliefs.ts';
import { differences, linesThatDiffer } from './compare.ts';
import type { FleetCase } from './fleet-case.ts';
import { type Attack, play } from './play.ts';
import { prepareCase } from './prepare-case.ts';
import { recordFailures } from './record-failures.ts';
import { referenceOf } from './reference.ts';
import type { Schedule } from './schedule.ts';
import type { Stage } from './stage.ts';

/**
 * Lets the workers take a case and says what is wrong afterwards; nothing: it holds. In the middle all of them pause once, and what is
 * believed then has to be what `known_at` tells of that moment in the end.
 */
export async function checkCase(stage: Stage, fleet: FleetCase, schedule: Schedule, attack: Attack): Promise<string[]> {
  const random = seeded(fleet.seed + 7);
  await prepareCase(stage.db, fleet);
  const early = schedule.map((batches) => batches.slice(0, Math.floor(random() * (batches.length + 1))));
  const late = schedule.map((batches, index) => batches.slice(early[index]?.length ?? 0));
  await play(stage, early, attack, random);
  await pause();
  const midway = { at: toMoment(new Date()), rows: currentRows(await readBeliefs(stage.db, fleet)) };
  await pause();
  const failures = await recordFailures(stage.db, fleet);
  await play(stage, late, attack, random);
  await pause();
  const beliefs = await readBeliefs(stage.db, fleet);
  return [
    ...differences(beliefs, referenceOf({ ...fleet, failures })),
    ...brokenRows(beliefs),
    ...linesThatDiffer(midway.rows, rowsAt(beliefs, midway.at)).map((line) => `known_at ${midway.at}: ${line}`),
    ...linesThatDiffer(currentRows(beliefs), rowsAt(beliefs, toMoment(new Date()))).map(
      (line) => `known_at now: ${line}`,
    ),
  ];
}

/** Longer than a millisecond: the microseconds of what was recorded are chance. */
async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 3));
}

function currentRows({ installations, timeline }: Beliefs): string[] {
  return [...installations, ...timeline.filter((row) => row['retracted_at'] === null)].map(rowText);
}

function rowsAt(beliefs: Beliefs, at: string): string[] {
  const { installations, timeline } = beliefsAt(beliefs, at);
  return [...installations, ...timeline].map(rowText);
}

function rowText(row: Row): string {
  return JSON.stringify({ ...row, retracted_at: null });
}

function brokenRows({ retracted, timeline }: Beliefs): string[] {
  const broken: string[] = [];
  const current = new Set<string>();
  for (const row of timeline.filter((one) => one['retracted_at'] === null)) {
    const key = `${row['subject_id']} ${row['id']}`;
    if (current.has(key)) broken.push(`believed twice: ${JSON.stringify(row)}`);
    current.add(key);
  }
  for (const row of [...retracted, ...timeline]) {
    const retractedAt = row['retracted_at'] ?? null;
    if (retractedAt !== null && retractedAt <= (row['recorded_at'] ?? ''))
      broken.push(`retracted before it was recorded: ${JSON.stringify(row)}`);
  }
  return broken;
}
