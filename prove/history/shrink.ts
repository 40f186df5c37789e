import type { FleetCase } from './fleet-case.ts';
import type { Schedule } from './schedule.ts';

/** Bundles by their number within the case, in the batches in which one worker takes them. */
export type Plan = number[][];

/** What is shortest within this time is told; a run has to end. */
const PATIENCE_MS = 60_000;

/** The ways for one worker to take what several took: as they would have come one after the other, and as they were told. */
export function plansOf(fleet: FleetCase, schedule: Schedule): Plan[] {
  const numberOf = new Map(fleet.bundles.map(({ name }, index) => [name, index]));
  const batches = schedule.flat().map((batch) => batch.map(({ name }) => numberOf.get(name) ?? 0));
  return [batches, batches.flat().map((one) => [one]), fleet.bundles.map((_, index) => [index])];
}

/** Leaves out what can be left out while it still fails. */
export async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let best = plan;
  const end = Date.now() + PATIENCE_MS;
  for (let shrunk = true; shrunk && Date.now() < end;) {
    shrunk = false;
    for (const smaller of smallerPlans(best)) {
      if (Date.now() > end) break;
      if (!(await fails(smaller))) continue;
      best = smaller;
      shrunk = true;
      break;
    }
  }
  return best;
}

function* smallerPlans(plan: Plan): Generator<Plan> {
  if (plan.length > 4) for (const half of [plan.slice(plan.length / 2), plan.slice(0, plan.length / 2)]) yield half;
  for (const index of plan.keys()) yield plan.filter((_, at) => at !== index);
  for (const [index, batch] of plan.entries()) {
    if (batch.length < 2) continue;
    yield plan.toSpliced(index, 1, batch.slice(0, 1), batch.slice(1));
    for (const inner of batch.keys())
      yield plan.with(
        index,
        batch.filter((_, at) => at !== inner),
      );
  }
}
