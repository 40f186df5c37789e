import { AdapterError } from '../../src/ports/adapter-error.ts';
import { isRecord } from './decode.ts';
import { messageIds } from './refusal.ts';

/** Undefined where it is no JSON. A byte-order mark, and bare carriage returns inside strings, are seen in the field. */
export function parseJson(text: string): unknown {
  try {
    // Outside of strings control characters are blanks anyway.
    // oxlint-disable-next-line no-control-regex
    return JSON.parse(text.replaceAll(/[\u0000-\u001f\ufeff]/g, ' '));
  } catch {
    return undefined;
  }
}

/** @throws AdapterError malformed | not-found (an error body with 200) */
export function parseBody(text: string, path: string, system: string): Record<string, unknown> {
  const body = parseJson(text);
  if (body === undefined) throw new AdapterError('malformed', `${system}: GET ${path} is not JSON`, { system });
  if (!isRecord(body)) throw new AdapterError('malformed', `${system}: GET ${path} is not a resource`, { system });
  if (isRecord(body['error']) && body['@odata.id'] === undefined) {
    const ids = messageIds(text).join(', ');
    throw new AdapterError('not-found', `${system}: GET ${path} answered 200 with an error: ${ids}`, { system });
  }
  return body;
}
