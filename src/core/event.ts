import type { z } from 'zod';

export interface Subject {
  type:
    | 'asset'
    | 'bmc'
    | 'expected-machine'
    | 'ticket'
    | 'case'
    | 'component'
    | 'lot'
    | 'customer'
    | 'project'
    | 'location'
    | 'stock-item'
    | 'bundle'
    | 'review'
    | 'api-key'
    | 'adapter';
  id: string;
}

/** A kind of thing that happens. Types are in the past tense and are never renamed; a new shape is a new version. */
export interface EventType<S extends z.ZodType = z.ZodType> {
  /** Area and past participle: `asset.discovered`. */
  type: string;
  version: number;
  /** The feed's topic (and Kafka's). */
  topic: string;
  Data: S;
  /** One line for a timeline, in plain words. */
  sentence(data: z.output<S>): string;
}

export function defineEvent<S extends z.ZodType>(event: EventType<S>): EventType<S> {
  return event;
}

/** An event as it lies in the log. Times are ISO 8601 in UTC. */
export interface LoggedEvent {
  id: string;
  type: string;
  version: number;
  topic: string;
  subject: Subject;
  related: Subject[];
  occurredAt: string;
  recordedAt: string;
  actor: string;
  cause: string | null;
  sentence: string;
  data: Record<string, unknown>;
  /** Place in the feed; null until the relay has given it one. */
  sequence: number | null;
}
