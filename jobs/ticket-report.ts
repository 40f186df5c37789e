import type { Ctx } from '#src/core/ctx.ts';
import { readingOf } from '#src/health/poll-store.ts';
import type { TicketDraft } from '#src/ports/tickets.ts';
import type { Note } from '#src/tickets/note-store.ts';
import { occurrencesOf, type Ticket } from '#src/tickets/reads.ts';

const ALERTS = 500;

/** The evidence as a text file: what was told, and how the server was as its BMC last said. */
export async function ticketReport(ctx: Ctx, ticket: Ticket, draft: TicketDraft): Promise<Note> {
  const alerts = await occurrencesOf(ctx, ticket.id, ALERTS);
  const lines = [
    ticket.summary,
    `ticket ${ticket.id}, written at ${ctx.now().toISOString()}`,
    '',
    ...draft.paragraphs,
    '',
    `Alerts (${alerts.length}, the latest first)`,
    ...alerts.map(
      ({ occurredAt, symptom, component, reason, alertId }) =>
        `${occurredAt}  ${symptom}${component ? `  ${component}` : ''}  ${reason}  [${alertId}]`,
    ),
    '',
    ...(await readings(ctx, ticket)),
  ];
  return { kind: 'file', body: { name: `report-${ticket.id}.txt`, type: 'text/plain', text: `${lines.join('\n')}\n` } };
}

async function readings(ctx: Ctx, { assetId }: Ticket): Promise<string[]> {
  const reading = assetId === null ? null : await readingOf(ctx.db, assetId);
  if (reading?.report === null || reading === null) return ['Readings: its BMC has said none'];
  const { report, answeredAt } = reading;
  return [
    `Readings at ${answeredAt}`,
    ...report.faults.map(({ path, health }) => `${health}  ${path}`),
    ...report.sensors.map(({ name, value, unit, health }) =>
      `${name}: ${value ?? 'no value'} ${unit ?? ''} ${health ?? ''}`.trimEnd(),
    ),
  ];
}
