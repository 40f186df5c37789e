import { z } from 'zod';
import { invalid } from '../core/route.ts';

const text = (description: string) => z.string().max(300).optional().meta({ description });

/**
 * CloudEvents 1.0 over HTTP in binary mode: the attributes are headers and the body is the data.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode
 */
export const BinaryHeaders = z.object({
  'ce-specversion': text(
    '`1.0`: the body is the data of one CloudEvent in binary mode, whose other attributes are in headers',
  ),
  'ce-id': text("Of that event; needed in binary mode. The reporter's name for it"),
  'ce-source': text('Who says it; needed in binary mode'),
  'ce-type': text('What it is; needed in binary mode. Its last word is the type of the symptom'),
  'ce-time': text('When it happened, ISO 8601'),
  'ce-subject': text('The server, or `locations/…` for a place'),
});

const NEEDED = ['id', 'source', 'type'] as const;
type Headers = Readonly<Record<string, string>>;

/** Whether headers carry the attributes. Where the body is a CloudEvent or a batch of them, it says all itself, and headers only repeat it. */
export function isBinaryEvent(headers: Headers): boolean {
  if (/^application\/cloudevents/i.test(headers['content-type'] ?? '')) return false;
  return Object.keys(headers).some((name) => name.startsWith('ce-'));
}

/** What is not in binary mode stays as it is; of what is, the same event as structured JSON. @throws HubError invalid, naming the header */
export function withCloudHeaders(body: unknown, headers: Headers): unknown {
  if (!isBinaryEvent(headers)) return body;
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith('ce-')) attributes[name.slice('ce-'.length)] = decoded(name, value);
  if (attributes['specversion'] !== '1.0')
    throw fault('specversion', attributes['specversion'] === undefined ? 'is missing: send 1.0' : 'only 1.0 is read');
  for (const name of NEEDED)
    if ((attributes[name] ?? '') === '') throw fault(name, 'is missing: every CloudEvent in binary mode has it');
  const { time } = attributes;
  if (time !== undefined && !z.iso.datetime({ offset: true }).safeParse(time).success)
    throw fault('time', 'is no time such as 2026-11-21T12:00:00Z');
  return { ...attributes, ...(body === undefined ? {} : { data: body }) };
}

const HEADERS: Readonly<Record<string, string>> = {
  asset: 'subject',
  location: 'subject',
  occurred_at: 'time',
  type: 'type',
  source: 'source',
  id: 'id',
};

/** Which header is wrong where a field of the symptom is; what the data said itself keeps its name. */
export function headerOfField(field: string, data: unknown): string {
  const said = typeof data === 'object' && data !== null && Object.hasOwn(data, field);
  const header = HEADERS[field];
  return said || header === undefined ? field : `header ce-${header}`;
}

/** Quoted strings are unquoted and `%e2%82%ac` becomes €; all else is ASCII. A percent sign that begins nothing is one. */
function decoded(name: string, value: string): string {
  if (/[^\x20-\x7e]/.test(value))
    throw invalid(`header ${name}`, 'write characters beyond ASCII as %XX of their UTF-8');
  const plain = /^".*"$/.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
  try {
    return plain.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodeURIComponent);
  } catch {
    throw invalid(`header ${name}`, 'its %XX are no UTF-8');
  }
}

function fault(attribute: string, message: string) {
  return invalid(`header ce-${attribute}`, message);
}
