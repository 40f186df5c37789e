import { hash } from 'node:crypto';
import { z } from 'zod';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';
import { SymptomType } from './rule-words.ts';

const text = (max: number) => z.string().trim().min(1).max(max);

/** What reporters send: about a server, or about a place (a rack, a site) and what is in it (a PDU, a switch). */
export const TelemetryEvent = z
  .strictObject({
    asset: text(100)
      .optional()
      .meta({ description: "The server: the hub's id, its serial, its name or its asset tag" }),
    location: text(300).optional().meta({
      description: "Instead of asset: the hub's id of the place, the site's name, site/rack, or the whole path",
    }),
    type: SymptomType,
    occurred_at: z.iso.datetime({ offset: true }).meta({ description: 'When it happened, with a zone' }),
    component: text(100).nullish().meta({ description: 'Slot of the part, as the inventory names it' }),
    component_kind: z.enum(COMPONENT_KINDS).nullish(),
    serial: text(100).nullish().meta({ description: 'Serial of the part' }),
    value: z
      .number()
      .min(-1e15)
      .max(1e15)
      .nullish()
      .meta({ description: 'How many, for symptoms that are counted or measured' }),
    message: z.string().max(1000).nullish(),
    source: z.string().max(100).nullish().meta({ description: 'Who reports it' }),
    state: z.enum(['raised', 'cleared']).nullish().meta({ description: 'cleared: it is over; left out: raised' }),
    severity: text(20).nullish(),
    id: text(200).nullish().meta({ description: "The reporter's own id of it" }),
  })
  .superRefine(({ asset, location }, ctx) => {
    if ((asset === undefined) === (location === undefined))
      ctx.addIssue({
        code: 'custom',
        path: ['asset'],
        message: 'say asset (a server) or location (a place), one of both',
      });
  })
  .meta({ id: 'TelemetryEvent' });
export type TelemetryEvent = z.infer<typeof TelemetryEvent>;

/** A symptom as it is kept. Times are ISO 8601. */
export interface Symptom {
  subjectType: 'asset' | 'location';
  subjectId: string;
  occurredAt: string;
  type: string;
  component: string | null;
  kind: string | null;
  serial: string | null;
  value: number | null;
  state: 'raised' | 'cleared';
  severity: string | null;
  message: string | null;
  source: string | null;
  senderId: string | null;
  /** Older than a symptom may be that still opens anything. */
  late: boolean;
  /** Of all that was said: 32 hex digits. */
  hash: string;
}

export function symptomOf(
  event: TelemetryEvent,
  subject: { type: 'asset' | 'location'; id: string },
  occurredAt: string,
  late: boolean,
): Symptom {
  const symptom: Symptom = {
    subjectType: subject.type,
    subjectId: subject.id,
    occurredAt,
    type: event.type,
    component: event.component ?? null,
    kind: event.component_kind ?? null,
    serial: event.serial ?? null,
    value: event.value ?? null,
    state: event.state ?? 'raised',
    severity: event.severity ?? null,
    message: event.message ?? null,
    source: event.source ?? null,
    senderId: event.id ?? null,
    late,
    hash: '',
  };
  symptom.hash = hashOf(symptom);
  return symptom;
}

/** Whether it came late is not part of it: the same one may come in time, and again later. */
function hashOf(one: Symptom): string {
  const said = JSON.stringify([
    ...[one.subjectType, one.subjectId, one.occurredAt, one.type, one.component, one.kind, one.serial, one.value],
    ...[one.state, one.severity, one.message, one.source, one.senderId],
  ]);
  return hash('sha256', said, 'hex').slice(0, 32);
}

/** How far a reporter's clock may be ahead, and how old a symptom may be. In milliseconds. */
export interface Bounds {
  skewMs: number;
  /** Older ones are kept, and open nothing. */
  lateMs: number;
  /** Older ones are refused. */
  ageMs: number;
}

/** Of `2026-11-21T06:00:00.123Z`. */
const PLAIN_LENGTH = 24;

/** When it happened, judged by the hub's clock; or why that cannot be. */
export function judgeTime(
  occurredAt: string,
  bounds: Bounds,
  now: number,
): { at: string; late: boolean } | { reason: string } {
  const at = Date.parse(occurredAt);
  const age = now - at;
  if (age < -bounds.skewMs)
    return {
      reason: `is ${secondsText(-age)} ahead of the hub's clock, at most ${secondsText(bounds.skewMs)} are taken: set the reporter's clock (NTP), or TELEMETRY_SKEW_MS`,
    };
  if (age > bounds.ageMs)
    return {
      reason: `is ${secondsText(age)} old, at most ${secondsText(bounds.ageMs)} are taken: report sooner, or set TELEMETRY_AGE_MS`,
    };
  // Most are written so already, and there are tens of thousands a second.
  const isPlain = occurredAt.length === PLAIN_LENGTH && occurredAt.endsWith('Z');
  return { at: isPlain ? occurredAt : new Date(at).toISOString(), late: age > bounds.lateMs };
}

function secondsText(ms: number): string {
  return ms < 172_800_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 86_400_000)} days`;
}
