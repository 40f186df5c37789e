import type { Client, Dispatcher } from 'undici';
import { markNeverSent } from './connector.ts';

interface Wanted {
  path: string;
  headers: Record<string, string>;
  /** Until the answer begins; of an answer that is no 2xx, until it ends. */
  timeoutMs: number;
  idleMs: number;
  signal: AbortSignal | undefined;
  /** Reads the body of a refusal. */
  read(body: AsyncIterable<Buffer>): Promise<string>;
  /** What an error that ends the stream is told as. */
  told(error: unknown): Error;
}

export interface OpenedStream {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  text: string;
  chunks: AsyncIterable<Buffer> | null;
  close(): void;
}

/**
 * A GET whose answer goes on, over a connection of its own. What is not taken stays with the other side: undici stops reading the socket when
 * 64 KB wait. Once the answer has begun there is no deadline for the whole, only one for silence.
 */
export async function openHttpStream(client: Client, wanted: Wanted): Promise<OpenedStream> {
  const { path, headers, idleMs, signal } = wanted;
  const ending = new AbortController();
  const late = (why: string): void => ending.abort(new DOMException(why, 'TimeoutError'));
  const timer = setTimeout(() => late('no answer in time'), wanted.timeoutMs);
  let connected = false;
  client.once('connect', () => (connected = true));
  const close = (): void => {
    ending.abort(new DOMException('closed', 'AbortError'));
    void client.destroy();
  };

  async function* read(body: Dispatcher.ResponseData['body']): AsyncGenerator<Buffer, void> {
    const iterator = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    try {
      for (;;) {
        const silence = setTimeout(() => late(`nothing came for ${idleMs / 1000} s`), idleMs);
        const next = await iterator.next().finally(() => clearTimeout(silence));
        if (next.done === true) return;
        yield next.value;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw wanted.told(error);
    } finally {
      close();
    }
  }

  try {
    const over = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
    const answer = await client.request({ method: 'GET', path, headers, signal: over });
    const { statusCode: status, body } = answer;
    if (status < 200 || status > 299) {
      const text = await wanted.read(body);
      close();
      return { status, headers: answer.headers, text, chunks: null, close };
    }
    body.on('error', () => {}); // aborted before anybody reads: the reader is told, nobody else is there to be
    return { status, headers: answer.headers, text: '', chunks: read(body), close };
  } catch (error) {
    if (!connected) markNeverSent(error);
    close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
