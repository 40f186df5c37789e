import { parseRetryAfter, type HttpAnswer } from '../../src/kit/http.ts';
import type { BmcAnswer } from './bmc.ts';
import { isRecord } from './decode.ts';
import { locationPath } from './own-origin.ts';
import { messageIds } from './refusal.ts';
import { parseJson } from './resource-body.ts';

/** What came over the wire in the adapter's words. */
export function answerOf({ status, headers, text }: HttpAnswer, origin: string): BmcAnswer {
  const body = parseJson(text);
  const etag = headers['etag']?.trim() ?? '';
  return {
    status,
    body: isRecord(body) ? body : null,
    // An empty one is sent by some and means nothing (sushy: ignore-empty-string-etags).
    etag: etag === '' || etag === '""' ? null : etag,
    location: locationPath(headers['location'], origin),
    retryAfterMs: parseRetryAfter(headers['retry-after']) ?? null,
    messageIds: messageIds(text),
    text,
  };
}
