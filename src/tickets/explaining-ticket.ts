import type { Ctx } from '../core/ctx.ts';
import { fedBy, type Feeder, feederName, type FeedLevel } from '../feeds/reads.ts';
import { type Cause, type Explained, explainedAs, feederIs, feedersFor, feedLevelOf, PLACE_OF } from './cause.ts';
import type { Complaint } from './model.ts';
import { openWithin } from './reads.ts';
import { scopeOf, type Standing } from './standing.ts';
import { openOfPlaces, type Ticket } from './store.ts';

/** Those of a place that the server stands in, or of something that it hangs on. */
export function causesAround(causes: readonly Cause[], complaint: Complaint, standing: Standing): Cause[] {
  return causes.filter((cause) => {
    const word = explainedAs(cause, complaint);
    if (word === undefined) return false;
    if (isFed(cause, word, standing)) return true;
    return word.by_rack && placeFor(cause, standing) !== null;
  });
}

function isFed(cause: Cause, word: Explained, standing: Standing): boolean {
  return scopeOf(standing) !== null && feedersFor(cause, word, standing.feeders).length > 0;
}

function placeFor(cause: Cause, { siteId, rackId, placeType, subject }: Standing): string | null {
  const placeId = PLACE_OF[cause.level] === 'site' ? siteId : rackId;
  // What is told of a rack is explained by its site, or by something else in the rack.
  return placeType !== null && placeId === subject.id && cause.level === placeType ? null : placeId;
}

/** The open ticket that explains an alert: the widest. `causes`: those around it, the widest first. */
export async function explainingTicket(
  ctx: Ctx,
  causes: readonly Cause[],
  complaint: Complaint,
  standing: Standing,
): Promise<Ticket | undefined> {
  const places = [...new Set(causes.flatMap((cause) => placeFor(cause, standing) ?? []))];
  const types = causes.map(({ ticket }) => ticket);
  const open = await openOfPlaces(ctx.db, places, types);
  const naming = await openNaming(ctx, causes, complaint, standing);
  for (const cause of causes) {
    const here = open.filter(
      ({ type, locationId }) => type === cause.ticket && locationId === placeFor(cause, standing),
    );
    const word = explainedAs(cause, complaint);
    if (word === undefined) continue;
    const found = isFed(cause, word, standing)
      ? await ofFeeders(ctx, { cause, word, standing, here, naming })
      : here.find(() => word.by_rack);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of the site, those about PDUs and switches that may explain the alert. */
async function openNaming(
  ctx: Ctx,
  causes: readonly Cause[],
  complaint: Complaint,
  standing: Standing,
): Promise<Ticket[]> {
  const fed = causes.filter((cause) => {
    const word = explainedAs(cause, complaint);
    return word !== undefined && isFed(cause, word, standing);
  });
  const scopeId = scopeOf(standing);
  const types = fed.map(({ ticket }) => ticket);
  return scopeId === null ? [] : openWithin(ctx, scopeId, types);
}

/** Of what the server hangs on; or of one in its rack that nobody knows to be another one. */
async function ofFeeders(
  ctx: Ctx,
  {
    cause,
    word,
    standing,
    here,
    naming,
  }: { cause: Cause; word: Explained; standing: Standing; here: readonly Ticket[]; naming: readonly Ticket[] },
): Promise<Ticket | undefined> {
  const [scopeId, level] = [scopeOf(standing), feedLevelOf(cause)];
  if (scopeId === null || level === undefined) return undefined;
  const own = feedersFor(cause, word, standing.feeders);
  const down = own.map((feeder) => naming.find((ticket) => ticket.type === cause.ticket && isOf(ticket, feeder)));
  const [first] = down.filter((ticket) => ticket !== undefined);
  if (first !== undefined && (word.feeds === 'one' || !down.includes(undefined))) return first;
  if (!word.by_rack) return undefined;
  for (const ticket of here) if (!(await isKnown(ctx, { level, name: ticket.component, scopeId }))) return ticket;
  return undefined;
}

function isOf({ component }: Pick<Ticket, 'component'>, feeder: Feeder): boolean {
  return component !== '' && feederIs(feeder, [feederName(component)]);
}

/** Whether anything is known to hang on a PDU or switch of this name. */
async function isKnown(ctx: Ctx, want: { level: FeedLevel; name: string; scopeId: string }): Promise<boolean> {
  return want.name !== '' && (await fedBy(ctx, { ...want, placeId: want.scopeId })).length > 0;
}

/** Tells of PDUs and switches whether they are known to be down: by an open ticket of the cause that names them. */
export async function knownDown(
  ctx: Ctx,
  causes: readonly Cause[],
  scopeId: string,
): Promise<(cause: Cause, feeder: Feeder) => boolean> {
  const types = causes.filter((cause) => feedLevelOf(cause) !== undefined).map(({ ticket }) => ticket);
  const open = await openWithin(ctx, scopeId, types);
  return (cause, feeder) => open.some((ticket) => ticket.type === cause.ticket && isOf(ticket, feeder));
}
