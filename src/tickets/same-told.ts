import type { Ctx } from '../core/ctx.ts';
import { fedBy, type Feeder, type FeedLevel, feederName, feedersOf, sameFeeder } from '../feeds/reads.ts';
import { openedUnnamed } from './alert-store.ts';
import { type Cause, feederIs, feedLevelOf } from './cause.ts';
import { linksOf } from './link-store.ts';
import type { Complaint } from './model.ts';
import { openWithin } from './reads.ts';
import { scopeOf, type Standing, standingOf } from './standing.ts';
import { openOfPlaces, type Ticket } from './store.ts';

/** The PDU or switch that is named, by the names that servers know it by; null: none is, or nobody knows what hangs on it. */
export async function feederTold(
  ctx: Ctx,
  cause: Cause,
  { component }: Pick<Complaint, 'component'>,
  standing: Standing,
): Promise<Pick<Feeder, 'level' | 'names'> | null> {
  const [level, placeId] = [feedLevelOf(cause), scopeOf(standing)];
  if (level === undefined || placeId === null) return null;
  const fed = await fedBy(ctx, { level, name: component, placeId });
  return fed.length === 0 ? null : { level, names: [...new Set(fed.map(({ name }) => name))] };
}

/**
 * The open ticket that something told of a place is about: of a PDU or switch that servers hang on wherever in the site its ticket is, else
 * here; or the one that servers' symptoms opened before anybody named one.
 */
export async function sameTold(
  ctx: Ctx,
  want: {
    told: Complaint;
    type: string;
    standing: Standing;
    feeder: Pick<Feeder, 'level' | 'names'> | null;
    /** Undefined: it is told of the place itself. */
    level: FeedLevel | undefined;
  },
): Promise<Ticket | undefined> {
  const { told, type, standing, feeder, level } = want;
  const placeId = told.subject.id;
  const open =
    feeder === null
      ? await openOfPlaces(ctx.db, [placeId], [type])
      : await openWithin(ctx, scopeOf(standing) ?? placeId, [type]);
  const name = feederName(told.component);
  const isNamed = ({ component }: Ticket): boolean =>
    level !== undefined && name !== '' && component !== '' && sameFeeder(feederName(component), name);
  const here = open.filter(({ locationId }) => locationId === placeId);
  const same = here.find(({ component }) => component === told.component) ?? open.find(isNamed);
  if (same !== undefined || level === undefined) return same ?? here.find(({ component }) => component === '');
  return name === '' ? openedWithoutName(ctx, here) : unnamedOf(ctx, here, { level, name });
}

/** The one that did not know which PDU or switch it is about, and may know it by now. */
export async function openedWithoutName(ctx: Ctx, here: readonly Ticket[]): Promise<Ticket | undefined> {
  const unnamed = await openedUnnamed(
    ctx.db,
    here.map(({ id }) => id),
  );
  return here.find(({ id }) => unnamed.has(id));
}

/** The one without a name that this may be the name of: every server that it explains, and of which is known what it hangs on, hangs on it. */
async function unnamedOf(
  ctx: Ctx,
  here: readonly Ticket[],
  { level, name }: { level: FeedLevel; name: string },
): Promise<Ticket | undefined> {
  const unnamed = here.find(({ component }) => component === '');
  if (unnamed === undefined) return undefined;
  const links = (await linksOf(ctx.db, unnamed.id)).filter(({ subject }) => subject.type === 'asset');
  const feeders = await feedersOf(
    ctx,
    links.map(({ subject }) => subject.id),
  );
  const isAnother = [...feeders.values()].some((own) => {
    const such = own.filter((feeder) => feeder.level === level);
    return such.length > 0 && !such.some((feeder) => feederIs(feeder, [name]));
  });
  return isAnother ? undefined : unnamed;
}

/** The open ticket of a PDU or switch that servers hang on, wherever in the site it is and however it is written there. */
export async function openOfFeeder(
  ctx: Ctx,
  { placeId, type, component }: { placeId: string; type: string; component: string },
): Promise<Ticket | undefined> {
  const scopeId = scopeOf(await standingOf(ctx, { type: 'location', id: placeId }));
  if (scopeId === null) return undefined;
  const fed = [];
  for (const level of ['pdu', 'switch'] as const)
    fed.push(...(await fedBy(ctx, { level, name: component, placeId: scopeId })));
  if (fed.length === 0) return undefined;
  const name = feederName(component);
  const open = await openWithin(ctx, scopeId, [type]);
  return open.find((ticket) => ticket.component !== '' && sameFeeder(feederName(ticket.component), name));
}
