import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AdapterError } from '../ports/adapter-error.ts';
import { createHttp, type Http, type HttpStream } from './http.ts';
import { type SimulatorServer, startSimulatorServer } from './simulator.ts';

let server: SimulatorServer;
let http: Http;
let outgoing: ServerResponse;
let calls: (number | string)[];
let answer: 'stream' | 'refusal' | 'silence';

beforeEach(async () => {
  answer = 'stream';
  calls = [];
  server = await startSimulatorServer({
    async handle({ path }) {
      if (path !== '/stream') return { status: 200, body: { ok: true } };
      if (answer === 'refusal') return { status: 503, headers: { 'retry-after': '7' }, body: 'all taken' };
      if (answer === 'silence') await sleep(3_000, undefined, { ref: false });
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, stream: (out) => void (outgoing = out) };
    },
  });
  http = createHttp('box', { baseUrl: server.url, timeoutMs: 500, connections: 1 }, ({ status }) => calls.push(status));
});
afterEach(async () => {
  await http.close();
  await server.close();
});

const open = (idleMs = 5_000, signal?: AbortSignal): Promise<HttpStream> =>
  http.stream({ path: '/stream', idleMs, signal });

async function readAll(stream: HttpStream, each: (text: string) => void = () => {}): Promise<string> {
  let all = '';
  for await (const chunk of stream.chunks ?? []) {
    all += chunk.toString('utf8');
    each(all);
  }
  return all;
}

async function failed(work: Promise<unknown>): Promise<AdapterError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AdapterError);
  return error as AdapterError;
}

describe('an answer that goes on', () => {
  test('comes as it is sent, for longer than the time-out of a request, and takes no connection of the pool', async () => {
    const stream = await open();
    expect(stream).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream' }, text: '' });
    outgoing.write('one ');
    const reading = readAll(stream);
    await sleep(700);
    expect(await http.request({ method: 'GET', path: '/other' })).toMatchObject({ status: 200 });
    outgoing.end('two');
    expect(await reading).toBe('one two');
    expect(calls).toEqual([200, 200]);
    expect(http.requests).toBe(2);
  });

  test('that is refused says so as any other', async () => {
    answer = 'refusal';
    const stream = await open();
    expect(stream).toMatchObject({ status: 503, text: 'all taken', chunks: null, headers: { 'retry-after': '7' } });
  });

  test('that does not begin is given up in time', async () => {
    answer = 'silence';
    expect(await failed(open())).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('in time') });
    expect(calls).toEqual(['error']);
  });

  test('that stalls ends, and it is said that it was idle', async () => {
    const stream = await open(300);
    outgoing.write('half an ev');
    const error = await failed(readAll(stream));
    expect(error).toMatchObject({ kind: 'unreachable', detail: { idle: true } });
  });

  test('that is cut is not taken for its end', async () => {
    const stream = await open();
    outgoing.write('half');
    const error = await failed(readAll(stream, () => outgoing.destroy()));
    expect(error).toMatchObject({ kind: 'unreachable', detail: { idle: false } });
  });

  test('ends at once when it is stopped, with the reason, and the other side sees it', async () => {
    const stop = new AbortController();
    const stream = await open(5_000, stop.signal);
    const closed = new Promise((resolve) => outgoing.once('close', resolve));
    const reading = readAll(stream);
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await closed;
  });

  test('is closed where nobody reads it, and where the reader stops in the middle', async () => {
    const unread = await open();
    const closed = new Promise((resolve) => outgoing.once('close', resolve));
    unread.close();
    await closed;
    const half = await open();
    const alsoClosed = new Promise((resolve) => outgoing.once('close', resolve));
    outgoing.write('x');
    for await (const chunk of half.chunks ?? []) if (chunk.length > 0) break;
    await alsoClosed;
  });

  test('is read no faster than it is taken', async () => {
    const stream = await open();
    const piece = Buffer.alloc(1024 * 1024, 'x');
    for (let sent = 0; sent < 64; sent += 1) outgoing.write(piece);
    await sleep(500);
    // What the sockets of both sides hold is gone from the sender; the rest waits there.
    expect(outgoing.writableLength).toBeGreaterThan(32 * 1024 * 1024);
    outgoing.end();
    let size = 0;
    for await (const chunk of stream.chunks ?? []) size += chunk.length;
    expect(size).toBe(64 * 1024 * 1024);
  });
});

test('nobody there: nothing was sent', async () => {
  await server.close();
  expect(await failed(open())).toMatchObject({ kind: 'unreachable', detail: { sent: false } });
  server = await startSimulatorServer({ handle: () => ({ status: 200 }) });
});
