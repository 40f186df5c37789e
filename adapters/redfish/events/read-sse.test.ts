import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kitForTests, type KitForTests } from '../../../src/kit/kit-for-tests.ts';
import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import type { StreamReport } from '../../../src/ports/bmc-events.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { closeBroker } from '../broker.ts';
import { refusal, startFakeBmc, type FakeBmc } from '../fake-bmc-for-tests.ts';
import { Settings } from '../settings.ts';
import { bmcEvents } from './index.ts';
import type { StreamTimes } from './read-sse.ts';

const [SERVICE, STREAM] = ['/redfish/v1/EventService', '/redfish/v1/SSE'];
const EVENT = `data: ${JSON.stringify({ Events: [{ MessageId: 'Platform.1.0.Alert' }] })}\n\n`;
const TIMES = { idleMs: 5_000, againMs: 100, longestMs: 400, steadyMs: 60_000, tellMs: 50 };

let kit: KitForTests;
let bmc: FakeBmc;
let stop: AbortController;
/** Of each connection, oldest first. */
let lines: ServerResponse[];
let heard: number;
let target: () => BmcTarget | null;
let service: Record<string, unknown>;
/** In place of a stream. */
let refuseWith: SimulatedAnswer | null;

function answer(request: SimulatedRequest): SimulatedAnswer {
  if (request.path === SERVICE) return { status: 200, body: service };
  if (request.path !== STREAM) return { status: 200, body: { '@odata.id': request.path } };
  if (refuseWith) return refuseWith;
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream;charset=UTF-8' },
    stream: (outgoing) => void lines.push(outgoing),
  };
}

beforeEach(async () => {
  [lines, heard, refuseWith] = [[], 0, null];
  service = { '@odata.id': SERVICE, ServerSentEventUri: STREAM };
  kit = kitForTests('redfish');
  stop = new AbortController();
  bmc = await startFakeBmc(answer, { EventService: { '@odata.id': SERVICE } });
  target = () => bmc.target;
});
afterEach(async () => {
  stop.abort(new Error('the test is over'));
  await closeBroker(kit);
  await bmc.close();
});

function listen(times: Partial<StreamTimes> = {}, settings: Record<string, unknown> = {}): Promise<StreamReport> {
  const events = bmcEvents(Settings.parse({ timeoutMs: 2_000, ...settings }), kit, { ...TIMES, ...times });
  const wish = { target: async () => target(), heard: async () => void (heard += 1) };
  return events.openStream(wish, stop.signal);
}

async function until(what: string, check: () => boolean, ms = 8_000): Promise<void> {
  const end = Date.now() + ms;
  while (!check()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await sleep(10);
  }
}
const streamRequests = (): SimulatedRequest[] => bmc.requests.filter(({ path }) => path === STREAM);
const endOf = async (report: StreamReport) => (report.state === 'open' ? report.ended : report);

describe('a stream', () => {
  test('is heard: events of several lines, cut anywhere; comments, metrics and garbage are not events', async () => {
    expect(await listen()).toMatchObject({ state: 'open' });
    expect(streamRequests()[0]?.headers).toMatchObject({ accept: 'text/event-stream' });
    const [line] = lines;
    line?.write(': keep-alive\n\nid: 1\ndata: {"MetricValues": []}\n\ndata: <html>\n\ndata: <html>\n\n');
    await sleep(150);
    expect(heard).toBe(0);
    expect(kit.logged.filter((text) => text.includes('no event'))).toHaveLength(1);
    const event = Buffer.from('data:{\r\ndata:  "Events": [{"Message": "Lüfter"}]\r\ndata:}\r\n\r\n');
    const cut = event.indexOf(0xc3) + 1;
    line?.write(event.subarray(0, cut));
    await sleep(50);
    line?.write(event.subarray(cut));
    await until('the event', () => heard === 1);
  });

  test('of a thousand events at once is passed on sparingly, the last one too', async () => {
    await listen({ tellMs: 200 });
    lines[0]?.write(EVENT.repeat(1_000));
    await until('first', () => heard >= 1);
    lines[0]?.write(EVENT.repeat(1_000));
    await until('second', () => heard >= 2);
    await sleep(300);
    expect(heard).toBeLessThanOrEqual(3);
  });

  test('is opened again after a reset, with the id of the last event, and what was missed is looked for', async () => {
    await listen();
    lines[0]?.write(`id: 41\n${EVENT}id: 42\n${EVENT}`);
    await until('the events', () => heard >= 1);
    await sleep(150);
    const before = heard;
    lines[0]?.destroy();
    await until('another connection', () => lines.length === 2);
    await until('a look', () => heard > before);
    expect(streamRequests()[1]?.headers['last-event-id']).toBe('42');
    expect(bmc.logins()).toBe(1);
  });

  test('that stalls in the middle of an event is opened again, and that is no failure of the BMC', async () => {
    const report = await listen({ idleMs: 200, againMs: 20 });
    lines[0]?.write('data: {"Eve');
    await until('the eighth connection', () => lines.length >= 8);
    expect(heard).toBe(0);
    stop.abort(new Error('stop'));
    expect(await endOf(report)).toMatchObject({ state: 'stopped' });
  });

  test('with an event of 10 MB goes on behind it, on the same connection', async () => {
    await listen();
    lines[0]?.write(`data: ${'x'.repeat(10 * 1024 * 1024)}\n\n`);
    await sleep(300);
    expect(heard).toBe(0);
    lines[0]?.write(EVENT);
    await until('the event', () => heard === 1);
    lines[0]?.write(`data: {"Events": [{"Message": "${'x'.repeat(10 * 1024 * 1024)}"}]}\n\n`);
    await until('the long one', () => heard === 2);
    expect(lines).toHaveLength(1);
  });

  test('of nothing but garbage is given up after some connections', { timeout: 25_000 }, async () => {
    const report = await listen({ againMs: 10, longestMs: 20 });
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const pour = setInterval(() => {
      const line = lines.at(-1);
      for (let count = 0; count < 8 && line?.destroyed === false && line.writableLength < 16e6; count += 1)
        line.write(piece);
    }, 10);
    const end = await endOf(report);
    clearInterval(pour);
    expect(end).toMatchObject({ state: 'failed', why: expect.stringContaining('without the end') });
    expect(lines).toHaveLength(6);
    expect(heard).toBeLessThanOrEqual(5);
  });

  test('that always breaks at once comes back ever more slowly, and is left to polling then', async () => {
    const report = await listen({ againMs: 40, longestMs: 160 });
    const times: number[] = [];
    const cut = setInterval(() => {
      const line = lines.at(-1);
      if (line === undefined || line.destroyed) return;
      times.push(Date.now());
      line.destroy();
    }, 5);
    expect(await endOf(report)).toMatchObject({ state: 'failed' });
    clearInterval(cut);
    expect(times).toHaveLength(6);
    expect((times[5] ?? 0) - (times[0] ?? 0)).toBeGreaterThan((40 + 80 + 160 * 3) * 0.8);
  });

  test('ends at stop, at once, also while it waits to come back; the BMC sees it go', async () => {
    const report = await listen({ againMs: 60_000, longestMs: 60_000 });
    const closed = new Promise((resolve) => lines[0]?.once('close', resolve));
    stop.abort(new Error('stop'));
    expect(await endOf(report)).toMatchObject({ state: 'stopped' });
    await closed;

    stop = new AbortController();
    const again = await listen({ againMs: 60_000, longestMs: 60_000 });
    lines[1]?.destroy();
    await sleep(100);
    const began = Date.now();
    stop.abort(new Error('stop'));
    expect(await endOf(again)).toMatchObject({ state: 'stopped' });
    expect(Date.now() - began).toBeLessThan(30_000);
  });
});

describe('one stream', () => {
  test('per BMC: a second one is told that it is taken, until the first has ended', async () => {
    const first = await listen();
    expect(await listen()).toEqual({ state: 'taken' });
    expect(lines).toHaveLength(1);
    stop.abort(new Error('stop'));
    await endOf(first);
    stop = new AbortController();
    expect(await listen()).toMatchObject({ state: 'open' });
  });

  test('leaves the place in the lane to others, and keeps the session open', async () => {
    await listen({}, { maxInFlight: 1, sessionIdleMs: 200 });
    const events = bmcEvents(Settings.parse({ maxInFlight: 1 }), kit);
    await sleep(1_200); // several times what a session is kept for when nobody uses it
    lines[0]?.write(EVENT);
    await until('the event', () => heard === 1);
    const wish = { destination: 'https://hub.example.com/', subject: crypto.randomUUID() };
    expect(await events.ensureSubscription(bmc.target, wish, stop.signal)).toMatchObject({ state: 'unsupported' });
    expect(bmc.logins()).toBe(1);
    expect(bmc.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  test('follows where the BMC is: it ends where nobody wants it, and where the BMC has moved', async () => {
    const report = await listen();
    target = () => null;
    lines[0]?.end();
    expect(await endOf(report)).toMatchObject({ state: 'unwanted' });

    target = () => bmc.target;
    const moved = await listen();
    target = () => ({ ...bmc.target, url: 'http://127.0.0.1:9' });
    lines[1]?.end();
    expect(await endOf(moved)).toMatchObject({ state: 'unwanted', why: expect.stringContaining('moved') });
    target = () => null;
    expect(await listen()).toEqual({ state: 'unwanted' });
  });
});

describe('a BMC without a stream', () => {
  test.each<[string, () => void, string]>([
    ['offers none', () => delete service['ServerSentEventUri'], 'offers no stream'],
    ['has its EventService off', () => (service['ServiceEnabled'] = false), 'switched off'],
    ['says 404', () => (refuseWith = refusal(404, 'ResourceMissingAtURI', 'No.')), '404'],
    ['says 405', () => (refuseWith = refusal(405, 'OperationNotAllowed', 'No.')), '405'],
    ['says 403', () => (refuseWith = refusal(403, 'InsufficientPrivilege', 'No.')), '403'],
    ['answers JSON', () => (refuseWith = { status: 200, body: {} }), 'no stream but application/json'],
  ])('%s: that is said, and nobody is kept', async (_, make, why) => {
    make();
    expect(await listen()).toMatchObject({ state: 'unsupported', why: expect.stringContaining(why) });
    service = { '@odata.id': SERVICE, ServerSentEventUri: STREAM };
    refuseWith = null;
    expect(await listen()).toMatchObject({ state: 'open' });
  });

  test('now, because all places are taken, is an error: it may work later', async () => {
    refuseWith = { ...refusal(503, 'EventSubscriptionLimitExceeded', 'Full.'), headers: { 'retry-after': '30' } };
    await expect(listen()).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 30_000 });
    refuseWith = null;
    expect(await listen()).toMatchObject({ state: 'open' });
  });

  test('any more, once it is updated, is left to polling', async () => {
    const report = await listen();
    refuseWith = refusal(404, 'ResourceMissingAtURI', 'Gone.');
    lines[0]?.destroy();
    expect(await endOf(report)).toMatchObject({ state: 'unsupported' });
  });

  test('a stream elsewhere is not followed: the token would go along', async () => {
    service['ServerSentEventUri'] = 'http://elsewhere.example.com/redfish/v1/SSE';
    await expect(listen()).rejects.toMatchObject({ kind: 'malformed' });
  });
});
