import { z } from 'zod';
import type { EventType, LoggedEvent } from '../core/event.ts';

/** CloudEvents 1.0 (structured JSON), as the feed, webhooks and the stream carry it. */
export const CloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string().meta({ description: 'The hub that says it' }),
    type: z.string().meta({ examples: ['com.baremetal.asset.discovered'] }),
    subject: z.string().meta({ examples: ['/v1/assets/01997d9c-…'] }),
    time: z.string().meta({ description: 'When it happened' }),
    datacontenttype: z.literal('application/json'),
    dataschema: z.string(),
    causeid: z.string().optional(),
    site: z.string().optional(),
    topic: z.string(),
    sequence: z.string().meta({
      description: "Place in the feed, zero-padded so that it sorts as text (CloudEvents' sequence extension)",
    }),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'CloudEvent' });
export type CloudEvent = z.infer<typeof CloudEvent>;

const SUBJECT_PATHS = {
  asset: '/v1/assets/',
  bmc: '/v1/bmcs/',
  'expected-machine': '/v1/expected-machines/',
  ticket: '/v1/tickets/',
  case: '/v1/cases/',
  component: '/v1/components/',
  lot: '/v1/lots/',
  customer: '/v1/customers/',
  project: '/v1/projects/',
  location: '/v1/locations/',
  'stock-item': '/v1/stock/items/',
  bundle: '/v1/bundles/',
  review: '/v1/identity/reviews/',
  'api-key': '/v1/api-keys/',
  adapter: '/v1/adapters/',
} as const satisfies Record<LoggedEvent['subject']['type'], string>;

export function toCloudEvent(event: LoggedEvent, source: string): CloudEvent {
  const site = event.data['site'];
  return {
    specversion: '1.0',
    id: event.id,
    source,
    type: `com.baremetal.${event.type}`,
    subject: SUBJECT_PATHS[event.subject.type] + event.subject.id,
    time: event.occurredAt,
    datacontenttype: 'application/json',
    dataschema: `${source}/api/schema/events/${event.type}/${event.version}`,
    ...(event.cause === null ? {} : { causeid: event.cause }),
    ...(typeof site === 'string' ? { site } : {}),
    topic: event.topic,
    sequence: sequenceText(event.sequence ?? 0),
    data: event.data,
  };
}

export function sequenceText(sequence: number): string {
  return String(sequence).padStart(16, '0');
}

export function topicOf(event: EventType | undefined, type: string): string {
  return event?.topic ?? type;
}
