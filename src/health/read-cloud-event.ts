import { z } from 'zod';

/** CloudEvents 1.0, as JSON: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
const CloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().min(1).optional(),
  time: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

function isCloudEvent(item: unknown): item is { specversion: unknown } {
  return typeof item === 'object' && item !== null && 'specversion' in item;
}

/**
 * A symptom as it came, not checked yet. Of a CloudEvent what `data` says counts first; the envelope fills in: `subject` is the server (or
 * `locations/…` a place), `time` when it happened, the last word of `type` the symptom's type, `id` and `source` the reporter's.
 */
export function eventOf(item: unknown): { event: unknown } | { field: string; reason: string } {
  if (!isCloudEvent(item)) return { event: item };
  if ('data_base64' in item)
    return {
      field: 'data_base64',
      reason: 'bytes are not read: send data as JSON with datacontenttype application/json',
    };
  const { data: envelope, error } = CloudEvent.safeParse(item);
  if (error !== undefined) {
    const [issue] = error.issues;
    return { field: issue?.path.join('.') ?? '', reason: `${issue?.message ?? ''}: a CloudEvent 1.0 in JSON has it` };
  }
  const { data = {} } = envelope;
  const named = data['asset'] !== undefined || data['location'] !== undefined;
  return {
    event: {
      ...(named ? {} : subjectOf(envelope.subject)),
      type: envelope.type.split('.').at(-1)?.replaceAll('-', '_').toUpperCase(),
      occurred_at: envelope.time,
      source: envelope.source.slice(0, 100),
      id: envelope.id.slice(0, 200),
      ...data,
    },
  };
}

function subjectOf(subject: string | undefined): { asset?: string; location?: string } {
  if (subject === undefined) return {};
  const [, kind, rest] = /^\/?(?:v1\/)?(assets|locations)\/(.{1,300})$/.exec(subject) ?? [];
  if (kind === 'locations') return { location: rest ?? '' };
  return { asset: rest ?? subject };
}
