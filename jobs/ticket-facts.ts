import { findAsset } from '#src/assets/reads.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import { listFailures } from '#src/history/failure-reads.ts';
import { findComponent, latestInventory } from '#src/history/reads.ts';
import { findPlaces } from '#src/locations/reads.ts';
import type { SpareFacts, TicketFacts } from '#src/tickets/draft.ts';
import { fedServers } from '#src/tickets/fed-servers.ts';
import { findInSlot, kindOfWork } from '#src/tickets/find-in-slot.ts';
import { listLinks } from '#src/tickets/link-reads.ts';
import { type Ticket, ticketsBefore } from '#src/tickets/reads.ts';
import { standingOf } from '#src/tickets/standing.ts';
import { warrantyOf } from './warranty-of-part.ts';

const EARLIER = 5;
/** Named in the ticket of a place; how many more there are is said. */
const SERVERS_NAMED = 60;

/** What the hub knows that helps whoever repairs it, read before anybody outside is called. @throws HubError not-found */
export async function ticketFacts(ctx: Ctx, ticket: Ticket, spare: SpareFacts | undefined): Promise<TicketFacts> {
  const subject = { type: ticket.subjectType, id: ticket.assetId ?? ticket.locationId ?? '' };
  const standing = await standingOf(ctx, subject);
  const rackId = standing.rackId ?? '';
  const rack = (await findPlaces(ctx, [rackId])).get(rackId)?.name ?? null;
  if (ticket.assetId === null) {
    const place = { site: standing.site, rack, path: standing.subject.name };
    const before = { failures: [], tickets: [] };
    const gathered = await serversOf(ctx, ticket.id);
    return { ticket, asset: null, place, part: null, before, spare, gathered, fed: await fedOf(ctx, ticket) };
  }
  const asset = await findAsset(ctx, ticket.assetId);
  if (!asset) throw new HubError('not-found', `there is no asset ${ticket.assetId}`);
  const found = await partOf(ctx, ticket);
  return {
    ...{ ticket, asset, part: found.part, spare, gathered: [], fed: [] },
    place: { site: standing.site, rack: rack ?? asset.rack, path: null },
    before: {
      failures: await failuresOf(ctx, ticket, found.componentId),
      tickets: await earlier(ctx, ticket, found.componentId),
    },
  };
}

/** The part that the ticket is about: the one that it knew when it opened, else what is in the slot now. */
export async function partOf(
  ctx: Ctx,
  ticket: Ticket,
): Promise<{ componentId: string | null; part: TicketFacts['part']; lotId: string | null }> {
  const inventory = ticket.assetId === null ? undefined : await latestInventory(ctx, ticket.assetId);
  const serial = ticket.serial?.trim().toUpperCase() ?? null;
  const isIt = (one: { componentId: string; serial: string | null }): boolean => {
    if (ticket.partId !== null) return one.componentId === ticket.partId;
    return one.serial?.toUpperCase() === serial;
  };
  const known = { component: ticket.component, kind: kindOfWork(ticket.type), known: null };
  const parts = inventory?.components ?? [];
  const there = ticket.partId === null && serial === null ? findInSlot(parts, known)[0] : parts.find(isIt);
  const linked = (await listLinks(ctx, ticket.id)).filter((link) => link.subject.type === 'component');
  const onlyLinked = linked.length === 1 ? (linked[0]?.subject.id ?? null) : null;
  const componentId = ticket.partId ?? there?.componentId ?? onlyLinked;
  const found = componentId === null ? undefined : await findComponent(ctx, componentId);
  if (found === undefined) return { componentId: null, part: null, lotId: null };
  const part = {
    ...{ kind: found.kind, manufacturer: found.manufacturer, model: found.model, partNumber: found.partNumber },
    ...{ serial: found.serial, lot: found.lot?.code ?? null },
    warrantyUntil: await warrantyOf(ctx, { componentId, serial: found.serial }),
    installedAt: there?.installedAt ?? found.where?.since ?? null,
  };
  return { componentId, part, lotId: found.lot?.id ?? null };
}

/** What is from before this fault. */
async function failuresOf(ctx: Ctx, ticket: Ticket, componentId: string | null): Promise<string[]> {
  if (componentId === null) return [];
  const failures = await listFailures(ctx, { componentId, to: ticket.firstEventAt, withdrawn: 'no', limit: EARLIER });
  return failures.map(
    ({ occurredAt, mode, source, note }) =>
      `${occurredAt.slice(0, 10)} ${mode} (${source})${note === null ? '' : `: ${note}`}`,
  );
}

async function earlier(ctx: Ctx, ticket: Ticket, componentId: string | null): Promise<string[]> {
  if (ticket.component === '' && componentId === null) return [];
  const tickets = await ticketsBefore(ctx, ticket, componentId, EARLIER);
  return tickets.map(
    ({ openedAt, externalKey, summary, state }) =>
      `${openedAt.slice(0, 10)} ${externalKey === null ? '' : `${externalKey} `}${summary}, ${state}`,
  );
}

async function serversOf(ctx: Ctx, ticketId: string): Promise<string[]> {
  const links = (await listLinks(ctx, ticketId)).filter(({ subject }) => subject.type === 'asset');
  return shortened(links.map(({ name, subject }) => name ?? subject.id));
}

async function fedOf(ctx: Ctx, ticket: Ticket): Promise<string[]> {
  const fed = await fedServers(ctx, ticket);
  const lines = fed.map(({ assetId, assetName, port, outlet }) => {
    const name = assetName ?? assetId;
    return outlet === null ? `${name} (${port})` : `${name} (${port} on ${outlet})`;
  });
  return shortened([...new Set(lines)]);
}

function shortened(lines: readonly string[]): string[] {
  const sorted = lines.toSorted();
  const more = sorted.length - SERVERS_NAMED;
  return more > 0 ? [...sorted.slice(0, SERVERS_NAMED), `and ${more} more`] : sorted;
}
