import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '#src/kit/simulator.ts';
import type { AdapterErrorKind } from '#src/ports/adapter-error.ts';
import type { ObjectStore } from '#src/ports/object-store.ts';
import { errorOf } from '#src/kit/adapter-error-for-tests.ts';

/** One store under the suite. What cannot be made to go wrong has no `faults`. */
export interface ObjectStoreUnderTest {
  store: ObjectStore;
  /** Another connection to the same store, as another process has it. */
  again: ObjectStore;
  /** The length from which a file takes another way (parts); the suite puts a file above it. */
  largeBytes: number;
  withWrongCredentials?: ObjectStore;
  faults?: { add(fault: Fault): void; clear(): void };
  stop(): Promise<void>;
}

const BROKEN: { name: string; fault: Fault; kind: AdapterErrorKind }[] = [
  { name: 'a 500', fault: { kind: 'status', status: 500 }, kind: 'unreachable' },
  { name: 'a 401', fault: { kind: 'status', status: 401 }, kind: 'unauthorized' },
  { name: 'a 403', fault: { kind: 'status', status: 403 }, kind: 'unauthorized' },
  { name: 'a 429', fault: { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, kind: 'throttled' },
  {
    name: "a 404 that is a proxy's",
    fault: { kind: 'status', status: 404, body: '<html>gone</html>' },
    kind: 'malformed',
  },
  { name: 'a page of somebody else', fault: { kind: 'garbage' }, kind: 'malformed' },
  { name: 'a cut connection', fault: { kind: 'reset' }, kind: 'unreachable' },
  { name: 'no answer', fault: { kind: 'hang' }, kind: 'unreachable' },
];
const NO_FAULTS = 'nothing can be made to go wrong here';

/** What every provider of `objectStore` must do, whatever stands behind it. */
export function describeObjectStore(name: string, connect: () => Promise<ObjectStoreUnderTest>): void {
  describe(`objectStore: ${name}`, () => {
    let under: ObjectStoreUnderTest;
    let folder: string;
    const run = `contract-${Date.now().toString(36)}`;
    const signal = (): AbortSignal => AbortSignal.timeout(60_000);

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'object-store-'));
      under = await connect();
    });
    afterEach(() => under.faults?.clear());
    afterAll(async () => {
      await under.stop();
      await rm(folder, { recursive: true });
    });

    function keyOf(content: Buffer): string {
      const hash = createHash('sha256').update(content).digest('hex');
      return `${run}/${hash.slice(0, 2)}/${hash.slice(2)}`;
    }

    async function read(store: ObjectStore, key: string): Promise<Buffer> {
      return buffer(await store.get(key, signal()));
    }

    async function fileWith(content: Buffer): Promise<{ path: string; bytes: number }> {
      const file = path.join(folder, createHash('sha256').update(content).digest('hex'));
      await writeFile(file, content);
      return { path: file, bytes: content.length };
    }

    const CONTENTS = [
      { what: 'nothing', make: () => Buffer.alloc(0) },
      { what: 'one byte', make: () => Buffer.from('x') },
      {
        what: 'text that gets much smaller',
        make: () => Buffer.from(`${randomBytes(8).toString('hex')}\n`.repeat(9000)),
      },
      { what: 'noise that does not', make: () => randomBytes(150_000) },
      { what: 'something that is compressed already', make: () => Buffer.from('28b52ffd00', 'hex') },
    ];
    describe.each(CONTENTS)('$what', ({ make }) => {
      test.each(['buffer', 'file'] as const)('from a %s comes back as it was', async (from) => {
        const content = make();
        const key = keyOf(Buffer.concat([content, Buffer.from(from)]));
        expect(await under.store.has(key, signal())).toBe(false);
        await under.store.put(key, from === 'buffer' ? content : await fileWith(content), signal());
        expect(await under.store.has(key, signal())).toBe(true);
        expect((await read(under.store, key)).equals(content)).toBe(true);
        expect((await read(under.again, key)).equals(content)).toBe(true);
      });
    });

    test('a large file comes back as it was, and is there once', async () => {
      // Text and noise in turns, so that no two parts are alike and a store that compresses has something to do.
      const content = Buffer.concat(
        Array.from({ length: Math.ceil(under.largeBytes / 400_000) + 1 }, (_, index) =>
          Buffer.concat([randomBytes(100_000), Buffer.alloc(300_000, `line ${index}\n`)]),
        ),
      );
      const key = keyOf(content);
      const file = await fileWith(content);
      await under.store.put(key, file, signal());
      await under.again.put(key, file, signal());
      expect((await read(under.store, key)).equals(content)).toBe(true);
      const listed = await under.store.list(`${key.slice(0, -1)}`, signal());
      expect(listed.filter((one) => one.key === key)).toHaveLength(1);
    }, 120_000);

    test('putting again, also at the same time from several, changes nothing', async () => {
      const content = Buffer.from(`same ${'again '.repeat(5000)}${randomBytes(4).toString('hex')}`);
      const key = keyOf(content);
      await Promise.all(
        Array.from({ length: 12 }, (_, index) => (index % 2 ? under.store : under.again).put(key, content, signal())),
      );
      await under.store.put(key, await fileWith(content), signal());
      expect((await read(under.again, key)).equals(content)).toBe(true);
    });

    test('what is not there: not found, not listed, and removed with success', async () => {
      const key = keyOf(randomBytes(8));
      const failure = await errorOf(under.store.get(key, signal()));
      expect(failure.kind).toBe('not-found');
      expect(await under.store.has(key, signal())).toBe(false);
      await under.store.remove(key, signal());
    });

    test('what was removed is gone, for others too, and may be put again', async () => {
      const content = Buffer.from('away '.repeat(4000) + randomBytes(4).toString('hex'));
      const key = keyOf(content);
      await under.store.put(key, content, signal());
      await under.again.remove(key, signal());
      expect(await under.store.has(key, signal())).toBe(false);
      expect((await errorOf(under.again.get(key, signal()))).kind).toBe('not-found');
      await under.store.put(key, content, signal());
      expect((await read(under.again, key)).equals(content)).toBe(true);
    });

    test('lists all keys once, in order, page by page', async () => {
      const top = `${run}-list`;
      const names = ['a', 'a-b', 'a.b', 'ab', 'a/b', 'a/b0', 'a/c/d', 'b/0', 'b-', 'z_'].filter((name) => name !== 'a');
      const many = Array.from({ length: 1100 }, (_, index) => `m/${(index * 7919) % 1100}`);
      const keys = [...names, ...many].map((name) => `${top}/${name}`);
      const waiting = [...keys];
      const putNext = async (): Promise<void> => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop())
          await under.store.put(key, Buffer.from(key), signal());
      };
      await Promise.all(Array.from({ length: 16 }, putNext));
      const since = Date.now() - 120_000;
      const listed: string[] = [];
      for (let after: string | null = top; after !== null;) {
        const page = await under.again.list(after, signal());
        expect(page.length).toBeLessThanOrEqual(1000);
        for (const object of page) {
          if (!object.key.startsWith(`${top}/`)) continue;
          listed.push(object.key);
          expect(object.storedBytes).toBeGreaterThan(0);
          expect(object.storedAt.getTime()).toBeGreaterThan(since);
        }
        after = page.at(-1)?.key ?? null;
      }
      expect(listed).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)));
    }, 120_000);

    test.each([
      '',
      '/a',
      'a/',
      'a//b',
      '../a',
      'a/../b',
      '.a',
      'A',
      'a b',
      'a\u0000b',
      'ä',
      'a.zst',
      'a\n',
      'x'.repeat(513),
    ])('the key %j is rejected everywhere', async (key) => {
      const calls = [
        under.store.put(key, Buffer.from('x'), signal()),
        under.store.get(key, signal()),
        under.store.has(key, signal()),
        under.store.remove(key, signal()),
      ];
      for (const failure of await Promise.all(calls.map(errorOf))) expect(failure.kind).toBe('rejected');
    });

    test('a file that is not there, or has another length than was said, is rejected and leaves nothing', async () => {
      const content = Buffer.from('short '.repeat(2000) + randomBytes(4).toString('hex'));
      const { path: file, bytes } = await fileWith(content);
      const noise = await fileWith(randomBytes(20_000));
      const wrong = [
        { path: `${file}.missing`, bytes },
        { path: file, bytes: bytes + 1 },
        { path: file, bytes: bytes - 1 },
        { path: noise.path, bytes: noise.bytes + 1 },
      ];
      for (const [index, one] of wrong.entries()) {
        const key = keyOf(Buffer.from(`${file}${index}`));
        expect((await errorOf(under.store.put(key, one, signal()))).kind).toBe('rejected');
        expect(await under.store.has(key, signal())).toBe(false);
      }
    });

    test('a caller that gave up is obeyed, and nothing is half there', async () => {
      const content = randomBytes(100_000);
      const key = keyOf(content);
      const gone = AbortSignal.abort(new Error('stop'));
      for (const act of [
        () => under.store.put(key, content, gone),
        () => under.store.get(key, gone),
        () => under.store.has(key, gone),
        () => under.store.list(null, gone),
      ])
        await expect(act()).rejects.toThrow('stop');
      const controller = new AbortController();
      const put = under.store.put(key, await fileWith(content), controller.signal);
      controller.abort(new Error('stop'));
      await put.catch((error: unknown) => expect((error as Error).message).toBe('stop'));
      if (await under.store.has(key, signal())) expect((await read(under.store, key)).equals(content)).toBe(true);
    });

    test('a stream that is left unread, or ended early, does no harm', async () => {
      const content = randomBytes(2_000_000);
      const key = keyOf(content);
      await under.store.put(key, content, signal());
      for (let round = 0; round < 30; round += 1) {
        const stream = await under.store.get(key, signal());
        if (round % 2) for await (const _ of stream) break;
        stream.destroy();
      }
      const controller = new AbortController();
      const stream = await under.store.get(key, controller.signal);
      controller.abort();
      await expect(buffer(stream)).rejects.toThrow();
      expect((await read(under.store, key)).equals(content)).toBe(true);
    });

    test('wrong credentials are unauthorized', async ({ skip }) => {
      const wrong = under.withWrongCredentials;
      if (wrong === undefined) return skip('there are no credentials');
      const key = keyOf(randomBytes(8));
      const calls = [
        wrong.get(key, signal()),
        wrong.put(key, Buffer.from('x'), signal()),
        wrong.list(null, signal()),
        wrong.has(key, signal()),
        wrong.remove(key, signal()),
      ];
      for (const failure of await Promise.all(calls.map(errorOf))) expect(failure.kind).toBe('unauthorized');
    });

    test.for(BROKEN)('$name is $kind in every call', async ({ fault, kind }, { skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      const content = randomBytes(1000);
      const key = keyOf(content);
      await under.store.put(key, content, signal());
      under.faults.add(fault);
      const other = randomBytes(1000);
      const calls: Record<string, Promise<unknown>> = {
        get: under.store.get(key, signal()),
        put: under.store.put(keyOf(other), other, signal()),
        list: under.store.list(null, signal()),
        remove: under.store.remove(key, signal()),
        // The answer to a HEAD has no body: whose 404 it is cannot be told.
        ...(fault.status === 404 ? {} : { has: under.store.has(key, signal()) }),
      };
      const failures = await Promise.all(
        Object.entries(calls).map(async ([call, made]) => ({ call, failure: await errorOf(made) })),
      );
      for (const { call, failure } of failures) {
        expect(failure.kind, `${call}: ${failure.message}`).toBe(kind);
        if (kind === 'throttled') expect(failure.retryAfterMs).toBe(7000);
      }
    });

    test('an answer that was lost: the put is done again and ends well', async ({ skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      const content = randomBytes(1000);
      under.faults.add({ kind: 'drop-answer', times: 1 });
      await under.store.put(keyOf(content), await fileWith(content), signal());
      expect((await read(under.store, keyOf(content))).equals(content)).toBe(true);
    });

    test('who gives up while nobody answers does not wait', async ({ skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      under.faults.add({ kind: 'hang' });
      const controller = new AbortController();
      const call = under.store.has(keyOf(randomBytes(4)), controller.signal);
      await sleep(50);
      controller.abort(new Error('stop'));
      await expect(call).rejects.toThrow('stop');
    });
  });
}
