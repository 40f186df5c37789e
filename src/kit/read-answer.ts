import type { z } from 'zod';
import { AdapterError } from '../ports/adapter-error.ts';
import type { HttpRequest } from './http.ts';

/** Lower-case names; repeated headers joined. */
export function flatten(given: Record<string, string | string[] | undefined>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

export async function readBody(stream: AsyncIterable<Buffer>, maxBytes: number, system: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes)
      throw new AdapterError('malformed', `${system}: answer larger than ${maxBytes} bytes`, { system });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function parseJson<S extends z.ZodType>(
  system: string,
  request: Pick<HttpRequest, 'method' | 'path'>,
  text: string,
  schema: S,
): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AdapterError('malformed', `${system}: ${request.method} ${request.path} is not JSON: ${excerpt(text)}`, {
      system,
      cause,
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new AdapterError(
    'malformed',
    `${system}: ${request.method} ${request.path}: ${first?.path.join('.') || 'body'}: ${first?.message ?? 'unexpected'}`,
    { system, cause: parsed.error },
  );
}

/** The beginning of a body for an error message: one line, no more than 200 characters. */
export function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
