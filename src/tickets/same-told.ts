import type { Ctx } from '../core/ctx.ts';
import { fedBy, type Feeder, feederName, sameFeeder } from '../feeds/reads.ts';
import { type Cause, feedLevelOf } from './cause.ts';
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
    /** It is told of PDUs or switches. */
    isFeeder: boolean;
  },
): Promise<Ticket | undefined> {
  const { told, type, standing, feeder, isFeeder } = want;
  const placeId = told.subject.id;
  const open =
    feeder === null
      ? await openOfPlaces(ctx.db, [placeId], [type])
      : await openWithin(ctx, scopeOf(standing) ?? placeId, [type]);
  const name = feederName(told.component);
  const isNamed = ({ component }: Ticket): boolean =>
    isFeeder && name !== '' && component !== '' && sameFeeder(feederName(component), name);
  return (
    open.find(({ component, locationId }) => component === told.component && locationId === placeId) ??
    open.find(isNamed) ??
    open.find(({ component, locationId }) => component === '' && locationId === placeId)
  );
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
