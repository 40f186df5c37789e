import { setTimeout as sleep } from 'node:timers/promises';
import type { Kit } from '../../../src/kit/kit.ts';
import type { Lease } from '../../../src/kit/shared-store.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { StreamEnd, StreamReport, StreamWish } from '../../../src/ports/bmc-events.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { parseTarget } from '../connect.ts';
import type { Settings } from '../settings.ts';
import { connectStream, type LiveStream } from './connect-stream.ts';
import { judgeMessage } from './judge-message.ts';
import { createSseParser } from './parse-sse.ts';
import { tellSparingly } from './tell-sparingly.ts';

export interface StreamTimes {
  /** A stream on which nothing comes for so long is opened anew. Lenovo sends comments, iDRAC and OpenBMC nothing at all. */
  idleMs: number;
  /** Before it is opened again. Dell asks for 20 to 30 s after a stream has ended (iDRAC9 Redfish API Guide, Server-Sent Events). */
  againMs: number;
  longestMs: number;
  /** One that lived for so long was a good one. */
  steadyMs: number;
  /** By then it is opened anew in any case, with the address and password of that time. */
  mostMs: number;
  tellMs: number;
}

const TIMES: StreamTimes = {
  ...{ idleMs: 900_000, againMs: 25_000, longestMs: 300_000 },
  ...{ steadyMs: 60_000, mostMs: 3_600_000, tellMs: 2_000 },
};
const CAPS = {
  /** Of one message. An event has a few KB; metric reports may have more, and are of no interest. */
  messageBytes: 256 * 1024,
  /** Without the end of a message: this is no stream of events. */
  pendingBytes: 32 * 1024 * 1024,
  /** So many connections in a row that came to nothing: left to polling, until the hub tries again. */
  failures: 6,
};
const LEASE = { ttlMs: 30_000, lookMs: 5_000 };

interface Given {
  wish: StreamWish;
  settings: Settings;
  kit: Kit;
  signal: AbortSignal;
  times?: Partial<StreamTimes>;
}

/** Listens to a BMC until the signal. Returns once the stream is open. @throws AdapterError as `openBmc` */
export async function readSse({ wish, settings, kit, signal, times: own }: Given): Promise<StreamReport> {
  const times = { ...TIMES, ...own };
  const target = await wish.target();
  if (target === null) return { state: 'unwanted' };
  const { host } = parseTarget(target.url, kit.system);
  const lease = await kit.shared.lease(`stream:${host}`, { slots: 1, ttlMs: LEASE.ttlMs, waitMs: 0, signal });
  if (lease === null) return { state: 'taken' };
  try {
    const reader = createReader({ wish, settings, kit, signal, times, lease, host });
    const first = await reader.connect(target);
    const ended = reader.goOn(first).finally(() => lease.release());
    return { state: 'open', ended };
  } catch (error) {
    lease.release();
    if (error instanceof AdapterError && error.kind === 'unsupported')
      return { state: 'unsupported', why: error.message };
    throw error;
  }
}

interface Reader {
  connect(target: BmcTarget): Promise<LiveStream>;
  /** Never rejects. */
  goOn(first: LiveStream): Promise<StreamEnd>;
}

type Reading = Required<Given> & { times: StreamTimes; lease: Lease; host: string };

function createReader({ wish, settings, kit, signal, times, lease, host }: Reading): Reader {
  const teller = tellSparingly(() => wish.heard(), times.tellMs, kit.log, signal);
  const state = { lastId: null as string | null, retryMs: 0, failures: 0, ending: new AbortController() };

  async function connect(target: BmcTarget): Promise<LiveStream> {
    state.ending = new AbortController();
    const stop = AbortSignal.any([signal, state.ending.signal]);
    return connectStream(target, { settings, kit, idleMs: times.idleMs, signal: stop, lastId: state.lastId });
  }

  /** @returns why it ended */
  async function read(stream: LiveStream): Promise<string> {
    const parser = createSseParser({ maxBytes: CAPS.messageBytes, lastId: state.lastId });
    let garbage = 0;
    for await (const chunk of stream.chunks) {
      for (const message of parser.push(chunk)) {
        const judged = judgeMessage(message);
        if (judged === 'event') teller.tell();
        if (judged !== 'garbage') continue;
        garbage += 1;
        if (garbage === 1) kit.log.warn({ host, cut: message.cut }, 'a BMC streams something that is no event');
      }
      Object.assign(state, { lastId: parser.lastId, retryMs: parser.retryMs ?? state.retryMs });
      if (parser.pending > CAPS.pendingBytes) return `${CAPS.pendingBytes} bytes without the end of a message`;
    }
    return 'the BMC ended it';
  }

  /** Reads to the end. @returns whether there was a break in which events may have been lost, and why it ended */
  async function readUntilOver(stream: LiveStream): Promise<{ broke: boolean; why: string }> {
    const began = performance.now();
    const watch = setInterval(() => {
      if (lease.slots === 0) state.ending.abort(new Error('another process may listen there now'));
    }, LEASE.lookMs);
    const old = setTimeout(() => state.ending.abort(new Error('it is opened anew now and then')), times.mostMs);
    let end = { broke: true, why: '' };
    try {
      end.why = await read(stream);
    } catch (error) {
      const idle = error instanceof AdapterError && error.detail?.['idle'] === true;
      end = { broke: !idle && !state.ending.signal.aborted, why: whyOf(error) };
    } finally {
      clearInterval(watch);
      clearTimeout(old);
      stream.close();
    }
    const steady = !end.broke || performance.now() - began >= times.steadyMs;
    state.failures = steady ? 0 : state.failures + 1;
    return end;
  }

  function waitMs(atLeast: number): number {
    const longer = times.againMs * 2 ** Math.max(0, state.failures - 1);
    const usual = Math.max(Math.min(state.retryMs, times.longestMs), Math.min(longer, times.longestMs));
    return Math.max(atLeast, usual * (0.8 + Math.random() * 0.4)); // a fleet that lost its network does not come back as one
  }

  /** Another connection, however many tries it takes. @returns how it is over, where it is */
  async function reconnect(why: string): Promise<LiveStream | StreamEnd> {
    let last = why;
    let atLeast = 0;
    while (state.failures < CAPS.failures) {
      await sleep(waitMs(atLeast), undefined, { signal });
      if (lease.slots === 0) return { state: 'taken', why: last };
      try {
        const target = await wish.target();
        if (target === null) return { state: 'unwanted', why: last };
        // The lease is for the old address.
        if (parseTarget(target.url, kit.system).host !== host) return { state: 'unwanted', why: 'its BMC has moved' };
        return await connect(target);
      } catch (error) {
        signal.throwIfAborted();
        last = whyOf(error);
        const kind = error instanceof AdapterError ? error.kind : null;
        if (kind === 'unsupported') return { state: 'unsupported', why: last };
        if (kind === 'unauthorized') return { state: 'failed', why: last };
        atLeast = (error instanceof AdapterError ? error.retryAfterMs : undefined) ?? 0;
        state.failures += 1;
      }
    }
    return { state: 'failed', why: last };
  }

  async function goOn(first: LiveStream): Promise<StreamEnd> {
    let stream = first;
    try {
      for (;;) {
        const { broke, why } = await readUntilOver(stream);
        signal.throwIfAborted();
        if (lease.slots === 0) return { state: 'taken', why };
        kit.log.debug({ host, why, failures: state.failures }, 'the stream of a BMC ended; it is opened again');
        const next = await reconnect(why);
        if ('state' in next) return next;
        stream = next;
        if (broke) teller.tell(); // not every BMC sends again what it said meanwhile
      }
    } catch (error) {
      return { state: signal.aborted ? 'stopped' : 'failed', why: whyOf(error) };
    } finally {
      await teller.settled();
    }
  }

  return { connect, goOn };
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
