import type { HealthTurn } from '../../../src/ports/bmc-health.ts';
import type { Bmc } from '../client.ts';
import type { Plan } from './plan.ts';
import type { Source, SourceRead } from './source.ts';

/** What is asked at one poll. */
interface Turn {
  sources: Source[];
  /** The whole plan does not fit into one poll: what is said of each place is said with its name. */
  inTurns: boolean;
}

/**
 * As many places as fit beside the server itself, and after them the ones that follow. Reports of metrics have the values of many
 * lists and are read each time, as long as something else is read too.
 */
export function takeTurn(bmc: Bmc, plan: Plan, pollRequests: number): Turn {
  const { sources, systems } = plan;
  const places = Math.max(1, pollRequests - (bmc.expand === null ? systems.length : 1));
  if (sources.length <= places) return { sources, inTurns: false };
  const reports = sources.filter(({ kind }) => kind === 'report');
  const always = reports.length < places ? reports : [];
  const lists = sources.filter((source) => !always.includes(source));
  const count = Math.min(places - always.length, lists.length);
  const from = Number(bmc.learnt(NEXT) ?? 0) % lists.length;
  bmc.learn(NEXT, String((from + count) % lists.length));
  return { sources: [...always, ...[...lists, ...lists].slice(from, from + count)], inTurns: true };
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
