import { z } from 'zod';
import type { CsvColumn } from '../core/csv.ts';
import { Nullable, Time } from '../core/schemas.ts';
import type { Explained } from './explain.ts';
import type { KeptSymptom } from './symptom-reads.ts';

export const SymptomView = z
  .object({
    hash: z.string(),
    asset_id: Nullable.text,
    location_id: Nullable.text,
    type: z.string(),
    occurred_at: Time,
    received_at: Time,
    component: Nullable.text,
    component_kind: Nullable.text,
    serial: Nullable.text,
    value: Nullable.number,
    state: z.enum(['raised', 'cleared']),
    severity: Nullable.text,
    message: Nullable.text,
    source: Nullable.text,
    id: Nullable.text.meta({ description: "The reporter's own id of it" }),
    late: z.boolean().meta({ description: 'Came too late to open anything' }),
  })
  .meta({ id: 'Symptom' });

export function viewSymptom(symptom: KeptSymptom): z.infer<typeof SymptomView> {
  const { hash, type, component, serial, value, state, severity, message, source, late } = symptom;
  return {
    hash,
    asset_id: symptom.subjectType === 'asset' ? symptom.subjectId : null,
    location_id: symptom.subjectType === 'location' ? symptom.subjectId : null,
    ...{ type, occurred_at: symptom.occurredAt, received_at: symptom.receivedAt, component },
    ...{ component_kind: symptom.kind, serial, value, state, severity, message, source, id: symptom.senderId, late },
  };
}

type Shown = z.infer<typeof SymptomView>;
export const SYMPTOM_COLUMNS: readonly CsvColumn<KeptSymptom>[] = (
  Object.keys(SymptomView.shape) as (keyof Shown)[]
).map((name) => ({ name, of: (symptom) => viewSymptom(symptom)[name] }));

export const ExplanationView = z
  .object({
    symptom: SymptomView.nullable(),
    note: Nullable.text,
    other_rules: z.int().meta({ description: 'How many rules look at other types' }),
    rules: z.array(
      z.object({
        rule: z.string(),
        not_about: Nullable.text.meta({ description: 'The first condition that does not hold; null: all do' }),
        held: Nullable.text.meta({ description: 'What its window held up to this symptom' }),
        did: z.string().meta({ description: 'By the rules as they are now' }),
        episode: z
          .object({
            raised_at: Time.nullable(),
            since: Time.nullable(),
            count: z.int(),
            next_look_at: Time.nullable(),
          })
          .nullable()
          .meta({ description: 'As it is now' }),
        alerts: z.array(
          z.object({
            event_id: z.string(),
            did: z.enum(['raised', 'repeated', 'cleared']),
            at: Time,
            by_this: z.boolean(),
            ticket_id: Nullable.text,
            ticket_key: Nullable.text,
            outcome: Nullable.text,
            why: Nullable.text.meta({ description: 'Why it opened no ticket of its own' }),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'TelemetryExplanation' });
export type ExplanationView = z.infer<typeof ExplanationView>;

export function viewExplanation(explained: Explained, symptom: KeptSymptom | null): ExplanationView {
  return {
    symptom: symptom && viewSymptom(symptom),
    note: explained.note,
    other_rules: explained.others,
    rules: explained.rules.map(({ rule, notAbout, held, did, episode, alerts }) => ({
      ...{ rule, not_about: notAbout, held, did },
      episode: episode && {
        ...{ raised_at: episode.raisedAt, since: episode.since, count: episode.count },
        next_look_at: episode.nextLookAt,
      },
      alerts: alerts.map(({ alertId, did: told, at, hash, became }) => ({
        ...{ event_id: alertId, did: told, at, by_this: symptom !== null && hash === symptom.hash },
        ...{ ticket_id: became?.ticketId ?? null, ticket_key: became?.ticketKey ?? null },
        ...{ outcome: became?.outcome ?? null, why: became?.why ?? null },
      })),
    })),
  };
}
