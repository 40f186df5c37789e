import { z } from 'zod';
import { orderOf } from '../core/sorted-list.ts';
import type { Ctx } from '../core/ctx.ts';
import { Nullable, Time } from '../core/schemas.ts';
import { readTimeline } from '../events/reads.ts';
import { TimelineEntryView, viewTimelineEntry } from '../events/timeline-view.ts';
import { reservationOfTicket } from '../stock/reads.ts';
import { fedServers } from './fed-servers.ts';
import { listLinks } from './link-reads.ts';
import { movesFrom } from '../core/moves.ts';
import { ticketLife, TicketMove } from './model.ts';
import { notesOf } from './note-store.ts';
import { listSuppressions, occurrencesOf, SUPPRESSION_ORDER } from './reads.ts';
import type { Ticket } from './store.ts';
import { SuppressionView, TicketView, viewSuppression, viewTicket } from './views.ts';

/** Of each list the latest; all of them have lists of their own. */
const SHOWN = 100;

export const WholeTicketView = TicketView.extend({
  moves: z.array(TicketMove).meta({ description: 'What can be done with it now' }),
  timeline: z.array(TimelineEntryView),
  alerts: z.array(
    z.object({
      alert_id: z.string(),
      subject_type: z.enum(['asset', 'location']),
      subject_id: z.string(),
      symptom: z.string(),
      component: z.string(),
      reason: z.string(),
      outcome: z.string(),
      occurred_at: Time,
    }),
  ),
  about: z
    .array(z.object({ type: z.string(), id: z.string(), name: Nullable.text, confidence: z.number() }))
    .meta({ description: 'What it is linked to; of a place, the servers that it explains' }),
  fed: z
    .array(
      z.object({
        ...{ asset_id: z.string(), name: Nullable.text, level: z.enum(['pdu', 'switch']), port: z.string() },
        management: z.boolean().meta({ description: 'The port only manages the server' }),
        ...{ outlet: Nullable.text, source: z.string(), seen_at: Time },
      }),
    )
    .meta({ description: 'What hangs on the PDU or switch that it names, port by port, as each source says' }),
  suppressed: z.array(SuppressionView).meta({ description: 'Alerts that it explains' }),
  spare: z
    .object({
      item_id: z.string(),
      state: z.string(),
      match: z.string(),
      why: z.string(),
      expires_at: Time,
      serial: Nullable.text,
      barcode: Nullable.text,
      lot: Nullable.text,
      place: Nullable.text.meta({ description: 'Names from the top down' }),
      condition: z.string(),
      warranty_until: Nullable.time,
    })
    .nullable()
    .meta({ description: 'What was kept for it last since it opened (again), and what became of that' }),
  told: z
    .array(
      z.object({ kind: z.string(), text: z.string(), at: Time, settled_at: Nullable.time, outcome: Nullable.text }),
    )
    .meta({ description: 'What its counterpart outside is told, in order' }),
}).meta({ id: 'WholeTicket' });

/** A ticket with all that belongs to it. */
export async function showTicket(ctx: Ctx, ticket: Ticket): Promise<z.infer<typeof WholeTicketView>> {
  const timeline = await readTimeline(ctx, { type: 'ticket', id: ticket.id }, { limit: SHOWN });
  const alerts = await occurrencesOf(ctx, ticket.id, SHOWN);
  const links = await listLinks(ctx, ticket.id);
  const order = orderOf(SUPPRESSION_ORDER, '-created_at', undefined);
  const suppressed = await listSuppressions(ctx, { ticketId: ticket.id, order, limit: SHOWN });
  const notes = await notesOf(ctx.db, ticket.id);
  return {
    ...viewTicket(ticket),
    moves: movesFrom(ticketLife, ticket.state),
    timeline: timeline.map(viewTimelineEntry),
    alerts: alerts.map(({ alertId, subject, symptom, component, reason, outcome, occurredAt }) => ({
      ...{ alert_id: alertId, subject_type: subject.type, subject_id: subject.id, symptom, component },
      ...{ reason, outcome, occurred_at: occurredAt },
    })),
    about: links.map(({ subject, name, confidence }) => ({ type: subject.type, id: subject.id, name, confidence })),
    fed: (await fedServers(ctx, ticket))
      .slice(0, SHOWN)
      .map(({ assetId, assetName, level, port, management, outlet, source, seenAt }) => ({
        ...{ asset_id: assetId, name: assetName, level, port, management, outlet, source, seen_at: seenAt },
      })),
    suppressed: suppressed.map(viewSuppression),
    spare: await spareOf(ctx, ticket),
    told: notes.slice(-SHOWN).map((note) => ({
      ...{ kind: note.kind, text: textOf(note), at: note.createdAt, settled_at: note.settledAt },
      outcome: note.outcome,
    })),
  };
}

function textOf(note: Awaited<ReturnType<typeof notesOf>>[number]): string {
  if (note.kind === 'comment') return note.body.paragraphs.join('\n');
  return note.kind === 'move' ? `→ ${note.body.to}` : note.body.name;
}

async function spareOf(ctx: Ctx, ticket: Ticket): Promise<z.infer<typeof WholeTicketView>['spare']> {
  const found = await reservationOfTicket(ctx, ticket.id);
  if (found === undefined) return null;
  const { reservation, item, lotCode, shelf } = found;
  // What was built in before it was opened again is what fails now.
  const isOfBefore = ticket.reopenedAt !== null && reservation.createdAt < ticket.reopenedAt;
  if (reservation.state !== 'held' && isOfBefore) return null;
  return {
    ...{ item_id: item.id, state: reservation.state, match: reservation.fit, why: reservation.why },
    ...{ expires_at: reservation.expiresAt, serial: item.serial, barcode: item.barcode, lot: lotCode },
    ...{ place: shelf?.path ?? null, condition: item.condition, warranty_until: item.warrantyUntil },
  };
}
