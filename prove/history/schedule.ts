import type { CaseBundle, FleetCase } from './fleet-case.ts';

/** What each worker takes, one batch after the other, and again whatever went wrong. */
export type Schedule = CaseBundle[][][];

/** Every bundle at least once, in any order, in any company. */
export function drawSchedule(fleet: FleetCase, random: () => number, workers: number): Schedule {
  const upTo = (limit: number) => Math.floor(random() * limit);
  const all = [...fleet.bundles, ...fleet.bundles.filter(() => random() < 0.2)];
  // How far one may be before its time: by everything, by a little, not at all.
  const disorder = [all.length, 3, 0][upTo(3)] ?? 0;
  for (let index = all.length - 1; index > 0 && disorder > 0; index -= 1) {
    const other = Math.max(0, index - upTo(disorder + 1));
    [all[index], all[other]] = [all[other] as CaseBundle, all[index] as CaseBundle];
  }
  const most = 1 + upTo(6);
  const schedule: Schedule = Array.from({ length: workers }, () => []);
  while (all.length > 0) schedule[upTo(workers)]?.push(all.splice(0, 1 + upTo(most)));
  return schedule;
}
