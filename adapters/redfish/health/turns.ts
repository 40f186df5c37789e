import type { HealthTurn } from '../../../src/ports/bmc-health.ts';
import type { Bmc } from '../client.ts';
import type { Plan } from './plan.ts';
import type { Source, SourceRead } from './source.ts';

/** Whether a poll asks all of the plan; where it does not, what is said of each place is said with its name. */
export function fitsOnce(bmc: Bmc, { sources, systems }: Plan, pollRequests: number): boolean {
  return sources.length === 1 || costOf(sources) <= roomIn(bmc, systems, pollRequests);
}

/**
 * As many places as fit beside the server itself, and after them the ones that follow; one in any case. Reports of metrics have the values
 * of many lists and are read each time, as long as something else fits in too.
 */
export function takeTurn(bmc: Bmc, plan: Plan, pollRequests: number): Source[] {
  const { sources, systems } = plan;
  if (fitsOnce(bmc, plan, pollRequests)) return sources;
  const room = roomIn(bmc, systems, pollRequests);
  const reports = sources.filter(({ kind }) => kind === 'report');
  const lists = sources.filter((source) => costOf(reports) >= room || !reports.includes(source));
  const from = Number(bmc.learnt(NEXT) ?? 0) % lists.length;
  const inOrder = [...lists.slice(from), ...lists.slice(0, from)];
  const always = costOf(reports) + costOf(inOrder.slice(0, 1)) <= room ? reports : [];
  const taken = inOrder.slice(0, 1);
  for (const next of inOrder.slice(1)) {
    if (costOf([...always, ...taken, next]) > room) break;
    taken.push(next);
  }
  bmc.learn(NEXT, String((from + taken.length) % lists.length));
  return [...always.filter((one) => !taken.includes(one)), ...taken];
}

/** Beside the server itself. */
function roomIn(bmc: Bmc, systems: Plan['systems'], pollRequests: number): number {
  return Math.max(1, pollRequests - (bmc.expand === null ? systems.length : 1));
}

function costOf(sources: readonly Source[]): number {
  return sources.reduce((sum, { pages }) => sum + pages, 0);
}

/** Where the next poll goes on, whichever process makes it. */
const NEXT = 'health.turn';

/** Of all places of the plan, in its order. */
export function turnsOf(plan: Plan, read: readonly SourceRead[], readAt: string): HealthTurn[] {
  const states = new Map(read.map(({ source, failures }) => [source.link, failures.length === 0]));
  return plan.sources.map(({ link: place }) => ({
    place,
    readAt: states.has(place) ? readAt : null,
    complete: states.get(place) === true,
  }));
}
