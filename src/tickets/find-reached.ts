import type { Ctx } from '../core/ctx.ts';
import { fedBy, type Feeder, feedersOf } from '../feeds/reads.ts';
import { findStandings } from '../locations/reads.ts';
import { type Cause, feedLevelOf, PLACE_OF } from './cause.ts';
import type { Reach } from './commands/gather.ts';
import type { CorrelationRules } from './correlation-rules.ts';
import { knownDown } from './explaining-ticket.ts';
import { type ShownAlert, shownAt } from './held-store.ts';
import type { Complaint } from './model.ts';
import { type Reached, reachedAround, reachedCause, type Shown } from './reached-cause.ts';
import { serversIn } from './reads.ts';
import { feederKeys, scopeOf, type Standing } from './standing.ts';

interface Wanted {
  /** Those around it. */
  causes: readonly Cause[];
  rules: CorrelationRules;
  complaint: Complaint;
  standing: Standing;
}

/** Something bigger that enough servers show. */
interface Found {
  cause: Cause;
  /** Where its ticket is. */
  placeId: string;
  /** The PDU or switch; empty: the place, or nobody knows which. */
  component: string;
  reason: string;
  reach: Reach;
}

/** The widest cause around an alert that enough servers show, if any. */
export async function findReached(ctx: Ctx, want: Wanted): Promise<Found | undefined> {
  const { causes, complaint } = want;
  const longest = Math.max(0, ...causes.map(({ within_s: seconds, hold_s: held }) => (seconds + held) * 1000));
  const since = new Date(Math.min(Date.parse(complaint.occurredAt), ctx.now().getTime()) - longest).toISOString();
  return (await ofSite(ctx, want, since)) ?? (await ofRack(ctx, want, since));
}

async function ofSite(ctx: Ctx, want: Wanted, since: string): Promise<Found | undefined> {
  const { siteId: placeId } = want.standing;
  const causes = want.causes.filter(({ level }) => PLACE_OF[level] === 'site');
  if (placeId === null || causes.length === 0) return undefined;
  const told = await shownAt(ctx.db, [placeId], since);
  const rackOf = await racksOf(ctx, told);
  const shown = told.map((one) => ({ ...one, rackId: rackOf(one), feeders: [] }));
  const reached = reachedCause(causes, 'site', shown, await totalIn(ctx, want, placeId, told));
  if (reached === undefined) return undefined;
  const { cause } = reached;
  const reach = { placeId, feeder: null, scopeId: scopeOf(want.standing) };
  return { cause, placeId, component: '', reason: reasonOf(reached, shown), reach };
}

async function ofRack(ctx: Ctx, want: Wanted, since: string): Promise<Found | undefined> {
  const { rackId, feeders: own } = want.standing;
  const scopeId = scopeOf(want.standing);
  const causes = want.causes.filter(({ level }) => PLACE_OF[level] === 'rack');
  if (scopeId === null || causes.length === 0) return undefined;
  const keys = own.flatMap((feeder) => feederKeys(scopeId, feeder));
  const here = rackId === null ? [] : await shownAt(ctx.db, [rackId], since);
  const known = new Set(here.map(({ alertId }) => alertId));
  const elsewhere = (await shownAt(ctx.db, keys, since)).filter(({ alertId }) => !known.has(alertId));
  const withFeeders = await feedersAdded(ctx, [...here, ...elsewhere]);
  const rack = here.map(withFeeders);
  const alert: Shown = {
    ...{ assetId: want.complaint.subject.id, rackId, symptom: want.complaint.symptom, type: want.complaint.type },
    ...{ component: want.complaint.component, at: Date.parse(want.complaint.occurredAt), feeders: own },
  };
  const fed = elsewhere.map(withFeeders);
  const reached = reachedAround(causes, alert, {
    ...{ causes: want.rules.causes, rack, fed, total: rackId === null ? 0 : await totalIn(ctx, want, rackId, here) },
    totalOn: await totalsOn(ctx, want, scopeId, [...rack, ...fed]),
    isDown: [alert, ...rack].some(({ feeders }) => feeders.length > 0)
      ? await knownDown(ctx, want.rules.causes, scopeId)
      : () => false,
  });
  if (reached === undefined) return undefined;
  const { cause, feeder } = reached;
  const rackOf = feeder === null ? rackId : rackOfMost(reached, rackId);
  const placeId = rackOf ?? want.standing.siteId;
  if (placeId === null) return undefined;
  const reach = { placeId: rackOf, feeder, scopeId };
  const reason = reasonOf(reached, feeder === null ? rack : reached.shown);
  return { cause, placeId, component: (feeder?.said ?? '').slice(0, LONGEST_COMPONENT), reason, reach };
}

/** As long as the column is. */
const LONGEST_COMPONENT = 100;

async function feedersAdded(ctx: Ctx, shown: readonly ShownAlert[]): Promise<(one: ShownAlert) => Shown> {
  const feeders = await feedersOf(
    ctx,
    shown.map(({ assetId }) => assetId),
  );
  const rackOf = await racksOf(ctx, shown);
  return (one) => ({ ...one, rackId: rackOf(one), feeders: feeders.get(one.assetId) ?? [] });
}

/** The rack of each; null: its server is in none that is known. */
async function racksOf(ctx: Ctx, shown: readonly ShownAlert[]): Promise<(one: ShownAlert) => string | null> {
  const standings = await findStandings(
    ctx,
    shown.flatMap(({ locationId }) => locationId ?? []),
  );
  return ({ locationId }) => (locationId === null ? null : (standings.get(locationId)?.rackId ?? null));
}

async function totalIn(ctx: Ctx, { rules }: Wanted, placeId: string, shown: readonly ShownAlert[]): Promise<number> {
  const known = await serversIn(ctx, placeId, rules.quiet_states);
  return Math.max(known, new Set(shown.map(({ assetId }) => assetId)).size);
}

/** Servers in use by what they hang on, of what the alert's server does. */
async function totalsOn(
  ctx: Ctx,
  { standing, causes, rules }: Wanted,
  scopeId: string,
  shown: readonly Shown[],
): Promise<(feeder: Feeder) => number> {
  const totals = new Map<Feeder, number>();
  const levels = new Set(causes.map(feedLevelOf));
  for (const feeder of standing.feeders.filter(({ level }) => levels.has(level))) {
    const fed = await fedBy(ctx, { level: feeder.level, name: feeder.name, placeId: scopeId });
    const used = fed.filter(({ lifecycleState }) => !rules.quiet_states.includes(lifecycleState));
    const showing = shown.filter(({ feeders }) =>
      feeders.some((one) => one.level === feeder.level && one.name === feeder.name),
    );
    totals.set(feeder, new Set([...used, ...showing].map(({ assetId }) => assetId)).size);
  }
  return (feeder) => totals.get(feeder) ?? 0;
}

/** A PDU or switch stands where most of what shows it does; its own server's rack where others have no more. */
function rackOfMost({ shown }: Reached, rackId: string | null): string | null {
  const at = new Map(shown.flatMap((one) => (one.rackId === null ? [] : [[one.assetId, one.rackId] as const])));
  const counts = new Map<string, number>();
  for (const rack of at.values()) counts.set(rack, (counts.get(rack) ?? 0) + 1);
  let most = rackId;
  for (const [rack, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    if (most === null || count > (counts.get(most) ?? 0)) most = rack;
  return most;
}

function reasonOf({ cause, servers, total, feeder, suspects }: Reached, shown: readonly Shown[]): string {
  const symptoms = [...new Set(shown.map(({ symptom }) => symptom))].slice(0, 12).join(', ');
  const of = feeder === null ? `${total} servers` : `${total} servers on ${feeder.said}`;
  const either = suspects.map(({ said }) => said).join(' or ');
  return `${cause.says}: ${servers} of ${of} show it (${symptoms})${either === '' ? '' : `; it may be ${either}`}`;
}
