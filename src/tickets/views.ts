import { z } from 'zod';
import type { CsvColumn } from '../core/csv.ts';
import { Nullable, Time } from '../core/schemas.ts';
import type { Suppression } from './alert-store.ts';
import { TicketState } from './model.ts';
import type { Ticket } from './store.ts';
import type { MaintenanceWindow } from './window-store.ts';

const SubjectType = z.enum(['asset', 'location']);

export const SlaView = z
  .object({
    name: z.string(),
    goal_ms: z.number(),
    remaining_ms: z.number().nullable(),
    breached: z.boolean(),
    paused: z.boolean(),
  })
  .meta({ id: 'TicketSla' });

export const ProofView = z
  .object({
    slot: z.string(),
    old_serial: z.string(),
    new_serial: z.string(),
    new_component_id: z.string(),
    seen_at: Time,
    sources: z.array(z.string()).meta({ description: 'Which looks showed it' }),
    proven_at: Nullable.time,
  })
  .meta({ id: 'TicketProof' });

export const TicketView = z
  .object({
    id: z.string(),
    subject_type: SubjectType,
    asset_id: Nullable.text.meta({ description: 'null: it is about a place' }),
    location_id: Nullable.text.meta({ description: 'null: it is about a server' }),
    site: Nullable.text,
    type: z.string(),
    component: z.string(),
    serial: Nullable.text,
    state: TicketState,
    state_at: Nullable.time,
    state_by: Nullable.text,
    priority: z.string(),
    summary: z.string(),
    reason: z.string(),
    symptom: Nullable.text,
    rule: Nullable.text,
    occurrences: z.int(),
    first_event_at: Time,
    last_event_at: Time,
    cleared_at: Nullable.time.meta({ description: 'Since when the symptom is said to be over' }),
    flapping_since: Nullable.time,
    reopened: z.int().meta({ description: 'How often it was opened again' }),
    explained_by: Nullable.text.meta({ description: 'The ticket that it was gathered into' }),
    external: z
      .object({
        id: z.string(),
        key: Nullable.text,
        url: Nullable.text,
        status: Nullable.text,
        category: Nullable.text,
        resolution: Nullable.text,
        updated_at: Nullable.time,
        read_at: Nullable.time,
      })
      .nullable(),
    assignee: Nullable.text,
    sla: z.array(SlaView).nullable().meta({ description: 'null: nobody has read any' }),
    proof: ProofView.nullable().meta({ description: 'What shows that the part was replaced' }),
    unproven: z.boolean().meta({ description: 'Done, and no new part was seen in time' }),
    opened_at: Time,
    closed_at: Nullable.time,
  })
  .meta({ id: 'Ticket' });

export function viewTicket(ticket: Ticket): z.infer<typeof TicketView> {
  const { proof } = ticket;
  return {
    id: ticket.id,
    subject_type: ticket.subjectType,
    asset_id: ticket.assetId,
    location_id: ticket.locationId,
    site: ticket.site,
    type: ticket.type,
    component: ticket.component,
    serial: ticket.serial,
    state: ticket.state,
    state_at: ticket.stateAt,
    state_by: ticket.stateBy,
    priority: ticket.priority,
    summary: ticket.summary,
    reason: ticket.reason,
    symptom: ticket.symptom,
    rule: ticket.rule,
    occurrences: ticket.occurrences,
    first_event_at: ticket.firstEventAt,
    last_event_at: ticket.lastEventAt,
    cleared_at: ticket.clearedAt,
    flapping_since: ticket.flappingSince,
    reopened: ticket.reopened,
    explained_by: ticket.explainedBy,
    external: outside(ticket),
    assignee: ticket.assignee,
    sla:
      ticket.sla?.map(({ name, goalMs, remainingMs, breached, paused }) => ({
        ...{ name, goal_ms: goalMs, remaining_ms: remainingMs, breached, paused },
      })) ?? null,
    proof:
      proof === null
        ? null
        : {
            ...{ slot: proof.slot, old_serial: proof.oldSerial, new_serial: proof.newSerial },
            ...{ new_component_id: proof.newComponentId, seen_at: proof.seenAt, sources: proof.sources },
            proven_at: ticket.provenAt,
          },
    unproven: ticket.unproven,
    opened_at: ticket.openedAt,
    closed_at: ticket.closedAt,
  };
}

function outside(ticket: Ticket): z.infer<typeof TicketView>['external'] {
  if (ticket.externalId === null) return null;
  return {
    ...{ id: ticket.externalId, key: ticket.externalKey, url: ticket.externalUrl, status: ticket.outsideStatus },
    ...{ category: ticket.outsideCategory, resolution: ticket.resolution, updated_at: ticket.outsideUpdatedAt },
    read_at: ticket.syncedAt,
  };
}

type Shown = z.infer<typeof TicketView>;
const ofView = (name: keyof Shown): CsvColumn<Ticket> => ({ name, of: (ticket) => viewTicket(ticket)[name] });

export const TICKET_COLUMNS: readonly CsvColumn<Ticket>[] = [
  ...(['id', 'type', 'state', 'priority', 'site', 'asset_id', 'location_id', 'component', 'serial'] as const).map(
    ofView,
  ),
  ...(['summary', 'reason', 'symptom', 'rule', 'occurrences', 'first_event_at', 'last_event_at'] as const).map(ofView),
  ...(['cleared_at', 'flapping_since', 'reopened', 'explained_by', 'assignee', 'unproven'] as const).map(ofView),
  ...(['opened_at', 'closed_at'] as const).map(ofView),
  { name: 'external_key', of: ({ externalKey }) => externalKey },
  { name: 'external_url', of: ({ externalUrl }) => externalUrl },
  { name: 'old_serial', of: ({ proof }) => proof?.oldSerial ?? null },
  { name: 'new_serial', of: ({ proof }) => proof?.newSerial ?? null },
];

export const SuppressionView = z
  .object({
    id: z.string(),
    alert_id: z.string(),
    subject_type: SubjectType,
    subject_id: z.string(),
    site: Nullable.text,
    symptom: z.string(),
    type: z.string().meta({ description: 'The kind of ticket that it asked for' }),
    component: z.string(),
    rule: z.string(),
    why: z.string(),
    until: Nullable.time,
    ticket_id: Nullable.text.meta({ description: 'The ticket that explains it' }),
    cleared_at: Nullable.time.meta({ description: 'When the symptom was said to be over' }),
    occurred_at: Time,
    created_at: Time,
  })
  .meta({ id: 'SuppressedAlert' });

export function viewSuppression(one: Suppression): z.infer<typeof SuppressionView> {
  return {
    ...{ id: one.id, alert_id: one.alertId, subject_type: one.subject.type, subject_id: one.subject.id },
    ...{ site: one.site, symptom: one.symptom, type: one.type, component: one.component, rule: one.rule },
    ...{ why: one.why, until: one.until, ticket_id: one.ticketId, cleared_at: one.clearedAt },
    ...{ occurred_at: one.occurredAt, created_at: one.createdAt },
  };
}

export const SUPPRESSION_COLUMNS: readonly CsvColumn<Suppression>[] = (
  Object.keys(SuppressionView.shape) as (keyof typeof SuppressionView.shape)[]
).map((name) => ({ name, of: (one) => viewSuppression(one)[name] }));

export const WindowView = z
  .object({
    id: z.string(),
    subject_type: SubjectType,
    subject_id: z.string(),
    from: Time,
    until: Time,
    reason: z.string(),
    created_by: z.string(),
    created_at: Time,
    ended_by: Nullable.text.meta({ description: 'Who ended it before its time' }),
  })
  .meta({ id: 'MaintenanceWindow' });

export function viewWindow(window: MaintenanceWindow): z.infer<typeof WindowView> {
  return {
    ...{ id: window.id, subject_type: window.subject.type, subject_id: window.subject.id },
    ...{ from: window.startsAt, until: window.endsAt, reason: window.reason },
    ...{ created_by: window.createdBy, created_at: window.createdAt, ended_by: window.endedBy },
  };
}

export const WINDOW_COLUMNS: readonly CsvColumn<MaintenanceWindow>[] = (
  Object.keys(WindowView.shape) as (keyof typeof WindowView.shape)[]
).map((name) => ({ name, of: (window) => viewWindow(window)[name] }));
