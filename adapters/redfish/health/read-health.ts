import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { HealthReport } from '../../../src/ports/bmc-health.ts';
import type { WantedServer } from '../../../src/ports/hardware-inventory.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asText } from '../decode.ts';
import { fold } from '../own-origin.ts';
import { distinct, faultsOf } from './faults.ts';
import { AGES, firstOf, forgetPlan, loadManager, loadPlan, savePlan, type ManagerNote, type Plan } from './plan.ts';
import { powerOf, type Resource } from './said.ts';
import { named } from './sensors.ts';
import { readSource, type SourceRead } from './source.ts';
import { survey } from './survey.ts';
import { fitsOnce, takeTurn, turnsOf } from './turns.ts';
import { isWell, markOf, orWarning, Raw, readManagers, systemHealth, type Whole } from './whole.ts';

type Health = Omit<HealthReport, 'requests' | 'fingerprint256'>;

export interface Poll {
  now: Date;
  wanted: WantedServer | undefined;
  /** How many a poll should be at most, without the survey of each day and the managers of each five minutes. */
  pollRequests: number;
}

/** One poll, by the plan where there is a fresh one. @throws AdapterError where the system cannot be read */
export async function readHealth(bmc: Bmc, poll: Poll): Promise<Health> {
  const { now, pollRequests } = poll;
  const plan = loadPlan(bmc);
  if (plan === null || isStale(plan, now)) return surveyed(bmc, poll);
  const warnings: string[] = [];
  let systems: Resource[];
  try {
    systems = await readSystemsOf(bmc, plan, warnings);
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind !== 'not-found') throw error;
    return surveyed(bmc, poll); // it got another address (renamed by a firmware update)
  }
  const whole: Whole = { systems, manager: loadManager(bmc) };
  const mark = markOf(whole);
  const turned = mark !== plan.mark && !isWell(mark);
  const [powerThen, powerNow] = [powerOf(plan.power), powerOf(systems[0]?.['PowerState'])];
  // Sensors come and go with the host's power.
  const switched = powerThen !== null && powerNow !== null && powerThen !== powerNow;
  if ((turned || switched) && now.getTime() - plan.madeAt > AGES.leastMs) return surveyed(bmc, poll);

  whole.manager = await managersOf(bmc, plan, now, warnings);
  const seenAt = now.toISOString();
  const before = JSON.stringify(plan.sources);
  const inTurns = !fitsOnce(bmc, plan, pollRequests);
  const asked = takeTurn(bmc, plan, pollRequests);
  const sources = await Promise.all(asked.map((source) => readSource(bmc, source, seenAt)));
  const mended = isWell(mark) && !isWell(plan.mark);
  if (mended) Object.assign(plan, { mark, faults: [] } satisfies Partial<Plan>);
  if (sources.some(({ gone }) => gone)) forgetPlan(bmc);
  else if (mended || JSON.stringify(plan.sources) !== before) savePlan(bmc, plan);
  return report({ whole, plan, sources, warnings, now, inTurns });
}

async function surveyed(bmc: Bmc, { now, wanted, pollRequests }: Poll): Promise<Health> {
  const { plan, whole, sources } = await survey(bmc, now, wanted);
  const fatal = bmc.fatal();
  if (fatal) throw fatal;
  savePlan(bmc, plan);
  return report({ whole, plan, sources, warnings: [], now, inTurns: !fitsOnce(bmc, plan, pollRequests) });
}

function isStale(plan: Plan, now: Date): boolean {
  const long = isWell(plan.mark) && plan.sources.length > 0 && !plan.waiting;
  const age = now.getTime() - plan.madeAt;
  return age < 0 || age > (long ? AGES.planMs : AGES.shortPlanMs);
}

/** @throws AdapterError of the server itself; of what belongs to it (an HGX baseboard) it is a warning */
async function readSystemsOf(bmc: Bmc, plan: Plan, warnings: string[]): Promise<Resource[]> {
  const [primary = '', ...others] = plan.systems;
  const bodies = new Map<string, Resource>();
  if (others.length > 0 && bmc.expand !== null && bmc.root.Systems !== null) {
    const { members } = await readCollection(bmc, bmc.root.Systems, Raw);
    for (const one of members) bodies.set(fold(asLink(one) ?? ''), one);
  }
  const first = bodies.get(fold(primary)) ?? (await bmc.get(primary));
  const rest = await Promise.all(
    others.map(async (link) => bodies.get(fold(link)) ?? (await orWarning(bmc, bmc.get(link), link, warnings))),
  );
  return [first, ...rest.filter((one) => one !== null)];
}

async function managersOf(bmc: Bmc, plan: Plan, now: Date, warnings: string[]): Promise<ManagerNote | null> {
  const known = loadManager(bmc);
  const age = now.getTime() - (known?.readAt ?? 0);
  if (plan.managers.length === 0 || (known !== null && age >= 0 && age < AGES.managerMs)) return known;
  const bodies = await Promise.all(plan.managers.map((link) => orWarning(bmc, bmc.get(link), link, warnings)));
  const read = bodies.filter((one) => one !== null);
  return read.length === 0 ? null : readManagers(bmc, read, now);
}

interface Gathered {
  whole: Whole;
  plan: Plan;
  sources: SourceRead[];
  warnings: string[];
  now: Date;
  inTurns: boolean;
}

function report({ whole, plan, sources, warnings, now, inTurns }: Gathered): Health {
  const collectedAt = now.toISOString();
  const failures = sources.flatMap((one) => one.failures);
  const fresh = whole.systems.flatMap((one) => faultsOf(one, asText(one['@odata.id']) ?? 'system', collectedAt));
  return {
    collectedAt,
    power: powerOf(whole.systems[0]?.['PowerState']),
    system: systemHealth(whole),
    manager: whole.manager?.health ?? null,
    faults: distinct([
      ...fresh,
      ...(whole.manager?.faults ?? []),
      ...sources.flatMap(({ source, faults }) => (inTurns ? faults.map((one) => at(source, one)) : faults)),
      ...plan.faults,
    ]),
    sensors: sources.flatMap(({ source, found }) => {
      const sensors = named(found, source.before);
      return inTurns ? sensors.map((one) => at(source, one)) : sensors;
    }),
    turns: inTurns ? turnsOf(plan, sources, collectedAt) : [],
    complete: failures.length === 0 && plan.blind.length === 0,
    bootMark: whole.manager?.bootMark ?? null,
    warnings: firstOf([...new Set([...failures, ...warnings, ...plan.blind, ...plan.warnings])]),
  };
}

function at<T extends object>({ link: place }: SourceRead['source'], said: T): T & { place: string } {
  return { ...said, place };
}
