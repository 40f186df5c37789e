import type { Readable } from 'node:stream';
import { HubError } from '../../core/error.ts';

/** Who says nothing for so long is gone, though nobody said so: a cable was pulled, a firewall forgot. */
const SILENT_MS = 60_000;

export interface Reading {
  silentMs?: number;
  /** What to say where it breaks off. */
  broke?(cause: unknown): HubError;
}

/**
 * The body of a request piece by piece. Whoever stops early leaves the rest of it unread but readable: the connection lives, so that the
 * reason can be told.
 * @throws HubError invalid where it breaks off, unless the caller says another
 */
export async function* chunksOf(
  body: Readable,
  { silentMs = SILENT_MS, broke = endedEarly }: Reading = {},
): AsyncGenerator<Buffer> {
  const silence = setTimeout(() => body.destroy(new Error(`nothing came for ${silentMs / 1000} s`)), silentMs);
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      yield chunk as Buffer;
      silence.refresh();
    }
  } catch (cause) {
    throw broke(cause);
  } finally {
    clearTimeout(silence);
  }
}

function endedEarly(cause: unknown): HubError {
  return new HubError('invalid', 'body: the upload ended early; nothing of it was kept. Send it again', {
    fields: [{ field: 'body', message: 'ended early' }],
    cause,
  });
}
