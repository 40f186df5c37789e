import type { Reconciled } from '#src/drift/reconciled.ts';
import { compareSystemJob, followChangesJob } from '../catalogue.ts';
import type { Schedule } from '../schedules.ts';

/** What comes again by itself for each compared system. Another mapping is another schedule, so that it is looked at as a whole at once. */
export function reconcileSchedules(
  { mappings, mappingHash }: Reconciled,
  settings: { RECONCILE_FOLLOW_MS: number; RECONCILE_AT: string },
): Schedule[] {
  const { RECONCILE_FOLLOW_MS: ms, RECONCILE_AT: dailyAt } = settings;
  return [...mappings.keys()].flatMap((system): Schedule[] => [
    ...(ms === 0 ? [] : [{ name: `follow/${system}`, job: followChangesJob, input: { system }, every: { ms } }]),
    ...(dailyAt === 'off'
      ? []
      : [
          {
            name: `compare/${system}/${mappingHash(system).slice(0, 12)}`,
            job: compareSystemJob,
            input: { system },
            every: { dailyAt },
          },
        ]),
  ]);
}
