import { Readable } from 'node:stream';
import type { HttpRequest, StreamedBody } from './http.ts';

export function encodeBody(body: unknown): {
  body: Buffer | string | Readable | null;
  headers: Record<string, string>;
} {
  if (body === undefined) return { body: null, headers: {} };
  if (Buffer.isBuffer(body)) return { body, headers: {} };
  if (isStreamed(body)) {
    const headers = { 'content-type': body.contentType, 'content-length': String(body.sizeBytes) };
    return { body: Readable.from(body.open(), { objectMode: false }), headers };
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { body: text, headers: { 'content-type': 'application/json' } };
}

function isStreamed(body: unknown): body is StreamedBody {
  return typeof body === 'object' && body !== null && typeof (body as { open?: unknown }).open === 'function';
}

export function encodeQuery(query: HttpRequest['query']): string {
  if (!query) return '';
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const one of value) search.append(name, String(one));
    else search.append(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
