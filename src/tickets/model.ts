import { z } from 'zod';
import { defineMachine } from '../core/moves.ts';
import type { TicketDraft } from '../ports/tickets.ts';

export const TICKET_STATES = ['OPEN', 'IN_PROGRESS', 'DONE', 'WONT_FIX'] as const;
export const TicketState = z.enum(TICKET_STATES).meta({ id: 'TicketState' });
export type TicketState = z.infer<typeof TicketState>;

export const ticketLife = defineMachine({
  name: 'ticket',
  states: TICKET_STATES,
  initial: ['OPEN'],
  timeLimitHours: { OPEN: 72, IN_PROGRESS: 168 },
  moves: {
    start: { from: ['OPEN'], to: 'IN_PROGRESS', by: 'operator', title: 'Start work' },
    finish: { from: ['OPEN', 'IN_PROGRESS'], to: 'DONE', by: 'operator', title: 'Finish' },
    refuse: { from: ['OPEN', 'IN_PROGRESS'], to: 'WONT_FIX', by: 'operator', title: 'Will not be fixed' },
  },
});
export const TicketMove = z.enum(['start', 'finish', 'refuse']);
export type TicketMove = z.infer<typeof TicketMove>;

export interface TicketFacts {
  type: string;
  component: string;
  serial: string | null;
  reason: string;
  priority: TicketDraft['priority'];
  firstEventAt: string;
  asset: {
    id: string;
    name: string | null;
    serial: string | null;
    manufacturer: string | null;
    model: string | null;
    site: string | null;
    rack: string | null;
    position: number | null;
    recordUrl: string | null;
  };
  /** The part as the inventory last showed it, where the slot is known. */
  part: { manufacturer: string | null; model: string | null; partNumber: string | null; serial: string | null } | null;
}

/** `REPLACE_DISK Disk.Bay.2 of ams1-srv-07 (ABC1234)`, at most 255 characters. */
export function ticketSummary(
  facts: Pick<TicketFacts, 'type' | 'component'> & { asset: Pick<TicketFacts['asset'], 'name' | 'serial' | 'id'> },
): string {
  const { asset } = facts;
  const server = asset.name ?? asset.serial ?? asset.id;
  const serial = asset.serial !== null && asset.serial !== server ? ` (${asset.serial})` : '';
  return `${facts.type}${facts.component ? ` ${facts.component}` : ''} of ${server}${serial}`.slice(0, 255);
}

/** Everything that a technician needs before walking to the rack. */
export function ticketDraft(facts: TicketFacts, publicUrl: string): TicketDraft {
  const { asset, part } = facts;
  const serial = facts.serial ?? part?.serial ?? null;
  const lines: [string, string | null][] = [
    ['Site', asset.site],
    ['Rack', asset.rack],
    ['U', asset.position === null ? null : String(asset.position)],
    ['Server', [asset.manufacturer, asset.model].filter((text) => text !== null).join(' ') || null],
    ['Server serial', asset.serial],
    ['Slot', facts.component || null],
    [
      'Part',
      part ? [part.manufacturer, part.model, part.partNumber].filter((text) => text !== null).join(' ') || null : null,
    ],
    ['Part serial', serial],
    ['Since', facts.firstEventAt],
  ];
  return {
    project: null,
    summary: ticketSummary(facts),
    priority: facts.priority,
    labels: ['reanimator', facts.type],
    paragraphs: [facts.reason, ...lines.map(([name, value]) => `${name}: ${value ?? 'not known'}`)],
    links: [
      { title: 'History of this server', url: `${publicUrl}/ui/assets/${asset.id}` },
      ...(asset.recordUrl === null ? [] : [{ title: 'Device in NetBox', url: asset.recordUrl }]),
    ],
  };
}
