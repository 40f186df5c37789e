import type { TicketDraft } from '../ports/tickets.ts';
import type { Ticket } from './store.ts';

type TicketField =
  | ('id' | 'type' | 'component' | 'serial' | 'reason' | 'priority' | 'firstEventAt' | 'summary')
  | ('symptom' | 'rule' | 'template' | 'assigneeGroup' | 'occurrences' | 'assetId' | 'locationId');

/** Everything about a ticket that helps whoever repairs it; null: not known. Times are ISO 8601. */
export interface TicketFacts {
  ticket: Pick<Ticket, TicketField>;
  /** Null: it is about a place. */
  asset: {
    name: string | null;
    serial: string | null;
    manufacturer: string | null;
    model: string | null;
    position: number | null;
    recordUrl: string | null;
  } | null;
  place: { site: string | null; rack: string | null; path: string | null };
  /** The part as the inventory last showed it, where the slot or the serial is known. */
  part: {
    kind: string;
    manufacturer: string | null;
    model: string | null;
    partNumber: string | null;
    serial: string | null;
    lot: string | null;
    installedAt: string | null;
    warrantyUntil: string | null;
  } | null;
  /** What was said of that part and that slot before, a line each, the latest first. */
  before: { failures: string[]; tickets: string[] };
  /** Undefined: nothing is to be replaced. */
  spare: SpareFacts | undefined;
  /** Servers that a place's ticket explains, by name. */
  gathered: string[];
  /** What hangs on the PDU or switch that the ticket names, by name, port and outlet. */
  fed: string[];
}

export type SpareFacts =
  | {
      serial: string | null;
      barcode: string | null;
      lot: string | null;
      warehouse: string | null;
      bin: string | null;
      condition: string;
      match: string;
      warrantyUntil: string | null;
      why: string;
      expiresAt: string;
    }
  | { none: string; nearest: string | null; reorder: string | null };

/** What is always said, also where it is not known; the rest only where there is something to say. */
export function ticketDraft(facts: TicketFacts, publicUrl: string, now: Date): TicketDraft {
  const { ticket, asset } = facts;
  const page = asset === null ? `locations/${ticket.locationId}` : `assets/${ticket.assetId}`;
  const links = [
    { title: 'This ticket in Reanimator', url: `${publicUrl}/ui/tickets/${ticket.id}` },
    { title: asset === null ? 'This place' : 'History of this server', url: `${publicUrl}/ui/${page}` },
  ];
  const recordUrl = asset?.recordUrl ?? null;
  if (recordUrl !== null) links.push({ title: 'Device in NetBox', url: recordUrl });
  return {
    project: null,
    summary: ticket.summary,
    priority: ticket.priority,
    labels: ['reanimator', ticket.type],
    paragraphs: paragraphsOf(facts, now),
    links,
    ...{ type: ticket.type, template: ticket.template, assigneeGroup: ticket.assigneeGroup },
    facts: factsOf(facts, publicUrl, now),
  };
}

function paragraphsOf(facts: TicketFacts, now: Date): string[] {
  const { ticket, asset, part, place } = facts;
  const age = ageDays(part?.installedAt ?? null, now);
  const server: [string, string | null][] =
    asset === null
      ? []
      : [
          ['U', asset.position === null ? null : String(asset.position)],
          ['Server', joined(asset.manufacturer, asset.model)],
          ['Server serial', asset.serial],
        ];
  const isOfPart = asset !== null && (ticket.component !== '' || part !== null);
  const ofPart: [string, string | null][] = [
    ['Slot', ticket.component || null],
    ['Part', part === null ? null : joined(part.manufacturer, part.model, part.partNumber)],
    ['Part serial', ticket.serial ?? part?.serial ?? null],
    ['Lot', part?.lot ?? null],
    ['Installed', age === null ? null : `${part?.installedAt}, ${age} days ago`],
    ['Warranty until', part?.warrantyUntil ?? null],
  ];
  const lines: [string, string | null][] = [
    ['Site', place.site],
    ['Rack', place.rack],
    ...server,
    ...(isOfPart ? ofPart : []),
    ['Since', ticket.firstEventAt],
  ];
  return [
    ticket.reason,
    ...lines.map(([name, value]) => `${name}: ${value ?? 'not known'}`),
    ...spareLines(facts.spare),
    ...listed('Failures of this part before', facts.before.failures),
    ...listed('Tickets of this slot and part before', facts.before.tickets),
    ...listed('Servers', facts.gathered),
    ...listed(`What hangs on ${ticket.component}`, facts.fed),
  ];
}

/** Which spare is kept, and where; why none is, and where one would be. */
export function spareLines(spare: SpareFacts | undefined): string[] {
  if (spare === undefined) return [];
  if ('none' in spare)
    return [
      `Spare: none reserved: ${spare.none}`,
      ...(spare.nearest === null ? [] : [`Nearest: ${spare.nearest}`]),
      ...(spare.reorder === null ? [] : [`Reorder: ${spare.reorder}`]),
    ];
  const where = [spare.warehouse, spare.bin].filter((text) => text !== null).join(', bin ');
  const what = [
    ['serial', spare.serial],
    ['barcode', spare.barcode],
    ['lot', spare.lot],
  ].flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]));
  return [
    `Spare: ${what.join(', ') || 'one'} in ${where || 'a place that is not known'}, ${spare.condition}, ${spare.match}; reserved until ${spare.expiresAt}`,
    `Why this one: ${spare.why}`,
  ];
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}: ${lines.join('; ')}`];
}

/** As the other side's mapping names them; what is not known is null. */
function factsOf(facts: TicketFacts, publicUrl: string, now: Date): Record<string, string | number | null> {
  const { ticket, asset, part, place, spare } = facts;
  const found = spare === undefined || 'none' in spare ? null : spare;
  return {
    ...{ site: place.site, rack: place.rack, u: asset?.position ?? null, slot: ticket.component || null },
    ...{ server_name: asset?.name ?? null, server_serial: asset?.serial ?? null },
    server_model: asset === null ? null : joined(asset.manufacturer, asset.model),
    ...{ part_kind: part?.kind ?? null, part_number: part?.partNumber ?? null },
    part_model: part === null ? null : joined(part.manufacturer, part.model),
    part_serial: ticket.serial ?? part?.serial ?? null,
    part_age_days: ageDays(part?.installedAt ?? null, now),
    ...{ lot: part?.lot ?? null, installed_at: part?.installedAt ?? null, warranty_until: part?.warrantyUntil ?? null },
    ...{ spare_serial: found?.serial ?? null, spare_barcode: found?.barcode ?? null, spare_lot: found?.lot ?? null },
    ...{ spare_warehouse: found?.warehouse ?? null, spare_bin: found?.bin ?? null },
    ...{ spare_condition: found?.condition ?? null, spare_match: found?.match ?? null },
    reorder: spare !== undefined && 'none' in spare ? spare.reorder : null,
    ...{ symptom: ticket.symptom, rule: ticket.rule, first_seen: ticket.firstEventAt, occurrences: ticket.occurrences },
    previous_tickets: facts.before.tickets.length === 0 ? null : facts.before.tickets.join('; '),
    hub_url: `${publicUrl}/ui/tickets/${ticket.id}`,
  };
}

function ageDays(since: string | null, now: Date): number | null {
  return since === null ? null : Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 86_400_000));
}

function joined(...parts: (string | null)[]): string | null {
  return parts.filter((text) => text !== null && text !== '').join(' ') || null;
}
