import { z } from 'zod';
import type { Bmc } from '../client.ts';
import { loadPieces, savePieces } from './pieces.ts';
import { Source } from './source.ts';

const Fault = z.object({
  path: z.string(),
  name: z.string(),
  health: z.enum(['Warning', 'Critical']),
  state: z.string().nullable(),
  message: z.string().nullable(),
  seenAt: z.string(),
});

/** What was found to be worth asking at each poll, and what is remembered in between. */
export const Plan = z.object({
  /** Milliseconds since the epoch. */
  madeAt: z.number(),
  power: z.string().nullable(),
  /** What the whole said when it was made. */
  mark: z.string(),
  /** The first is the server itself. */
  systems: z.array(z.string()).min(1),
  managers: z.array(z.string()),
  sources: z.array(Source),
  /** Some place had sensors and no values: they may come. */
  waiting: z.boolean(),
  /** What could not be read when it was made, so that no poll is complete. */
  blind: z.array(z.string()),
  /** In parts that are not read at each poll. */
  faults: z.array(Fault),
  warnings: z.array(z.string()),
});
export type Plan = z.infer<typeof Plan>;

/** Of the managers, which are not read at each poll. */
const ManagerNote = z.object({
  readAt: z.number(),
  health: z.enum(['OK', 'Warning', 'Critical']).nullable(),
  bootMark: z.string().nullable(),
  faults: z.array(Fault),
});
export type ManagerNote = z.infer<typeof ManagerNote>;

export const AGES = {
  /** The plan of a BMC that is well. */
  planMs: 24 * 3_600_000,
  /** Of one where something is not OK (its parts are looked at again), or where sensors say nothing yet. */
  shortPlanMs: 3_600_000,
  /** However much changes, not more often than so. */
  leastMs: 5 * 60_000,
  managerMs: 5 * 60_000,
} as const;

const CAPS = { faults: 25, lines: 10, sources: 200 };

export function loadPlan(bmc: Bmc): Plan | null {
  const parsed = Plan.safeParse(loadPieces(bmc, 'health.plan'));
  return parsed.success ? parsed.data : null;
}

export function savePlan(bmc: Bmc, plan: Plan): void {
  savePieces(bmc, 'health.plan', {
    ...plan,
    sources: plan.sources.slice(0, CAPS.sources),
    faults: plan.faults.slice(0, CAPS.faults),
    blind: firstOf(plan.blind),
    warnings: firstOf(plan.warnings),
  });
}

export function forgetPlan(bmc: Bmc): void {
  bmc.learn('health.plan.0', '');
}

export function loadManager(bmc: Bmc): ManagerNote | null {
  const parsed = ManagerNote.safeParse(loadPieces(bmc, 'health.manager'));
  return parsed.success ? parsed.data : null;
}

export function saveManager(bmc: Bmc, note: ManagerNote): void {
  savePieces(bmc, 'health.manager', { ...note, faults: note.faults.slice(0, 5) });
}

/** Ten lines tell a person what is wrong; two hundred do not tell more. */
export function firstOf(lines: readonly string[]): string[] {
  const cut = lines.slice(0, CAPS.lines).map((line) => line.slice(0, 300));
  return lines.length <= CAPS.lines ? cut : [...cut, `and ${lines.length - CAPS.lines} more like these`];
}
