import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '#src/kit/simulator.ts';
import type { AdapterErrorKind } from '#src/ports/adapter-error.ts';
import type { Playbooks } from '#src/ports/playbooks.ts';
import { errorOf } from '#src/kit/adapter-error-for-tests.ts';

/** One system under the suite. `faults` is missing where nothing can be made to go wrong: a real one. */
export interface PlaybooksUnderTest {
  playbooks: Playbooks;
  /** The same system through an adapter with wrong credentials. */
  withWrongCredentials(): Playbooks;
  /** A template that prompts for limit and variables, and ends well within a minute. */
  template: string;
  /** A template that does not prompt for its limit, where there is one. */
  unsafeTemplate?: string;
  faults?: {
    add(fault: Fault): void;
    clear(): void;
    /** How many runs there are. */
    count(): number;
    /** Line of the request that launches, as `Fault.match` wants it. */
    launch: string;
    createHost: string;
  };
  stop(): Promise<void>;
}

const BROKEN: { name: string; fault: Fault; kind: AdapterErrorKind }[] = [
  { name: 'a 500', fault: { kind: 'status', status: 500 }, kind: 'unreachable' },
  { name: 'a 401', fault: { kind: 'status', status: 401 }, kind: 'unauthorized' },
  { name: 'a 403', fault: { kind: 'status', status: 403 }, kind: 'unauthorized' },
  { name: 'a 429', fault: { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, kind: 'throttled' },
  { name: 'garbage', fault: { kind: 'garbage' }, kind: 'malformed' },
  {
    name: 'JSON of another kind',
    fault: { kind: 'status', status: 200, body: { count: '1', results: {}, id: 'x' } },
    kind: 'malformed',
  },
  {
    name: 'a list that holds less than it counts',
    fault: { kind: 'status', status: 200, body: { count: 3, results: [] } },
    kind: 'malformed',
  },
  { name: 'a redirect', fault: { kind: 'status', status: 301, headers: { location: '/login/' } }, kind: 'malformed' },
  { name: 'a 404 of a proxy', fault: { kind: 'status', status: 404, body: '<html>nginx</html>' }, kind: 'malformed' },
  { name: 'a cut connection', fault: { kind: 'reset' }, kind: 'unreachable' },
  { name: 'no answer', fault: { kind: 'hang' }, kind: 'unreachable' },
];
const NO_FAULTS = 'nothing can be made to go wrong on a real system';

/** What every provider of `playbooks` must do, whatever stands behind it. `connect` uses short time-outs where it can. */
export function describePlaybooks(name: string, connect: () => Promise<PlaybooksUnderTest>): void {
  describe(`playbooks: ${name}`, () => {
    let under: PlaybooksUnderTest;
    let number = 0;
    const run = Date.now().toString(36);
    const host = `reanimator-contract-${run}`;
    const signal = (): AbortSignal => AbortSignal.timeout(120_000);
    const nextKey = (): string => `contract ${run}/"ä":${(number += 1)}`;

    beforeAll(async () => {
      under = await connect();
      await under.playbooks.ensureHost(
        nextKey(),
        { name: host, address: '127.0.0.1', instanceId: 'asset-1' },
        signal(),
      );
    });
    afterEach(() => under.faults?.clear());
    afterAll(() => under.stop());

    const launch = (key: string, more: { limit?: string; template?: string } = {}) =>
      under.playbooks.launch(
        key,
        { template: under.template, limit: host, extraVars: { burn_in_minutes: 1 }, ...more },
        signal(),
      );

    async function findAfterLag(key: string) {
      const deadline = Date.now() + under.playbooks.searchLagMs;
      for (;;) {
        const found = await under.playbooks.findByKey(key, signal());
        if (found !== undefined || Date.now() > deadline) return found;
        await new Promise((resolve) => setTimeout(resolve, Math.min(500, under.playbooks.searchLagMs)));
      }
    }

    test('launches, follows the run to its end, and finds it by its key', async () => {
      const key = nextKey();
      const launched = await launch(key);
      expect(['pending', 'running']).toContain(launched.status);
      expect(launched.url).toContain(`/jobs/playbook/${launched.id}`);
      expect((await findAfterLag(key))?.id).toBe(launched.id);
      await expect
        .poll(async () => (await under.playbooks.read(launched.id, signal()))?.status, { timeout: 60_000 })
        .toBe('succeeded');
      const ended = await under.playbooks.read(launched.id, signal());
      expect(Date.parse(ended?.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(ended?.startedAt ?? ''));
      expect(Object.values(ended?.hostCounts ?? {})).toEqual([1]); // one host, and no other
    }, 120_000);

    test('a host that is there already is a success, with the same id', async () => {
      const wanted = { name: `${host}-b`, address: '192.0.2.9', instanceId: 'asset-2' };
      const first = await under.playbooks.ensureHost(nextKey(), wanted, signal());
      expect(await under.playbooks.ensureHost(nextKey(), wanted, signal())).toEqual(first);
      expect(await under.playbooks.ensureHost(nextKey(), { ...wanted, address: '192.0.2.10' }, signal())).toEqual(
        first,
      );
    });

    test('two that create the same host at once both succeed', async () => {
      const wanted = { name: `${host}-c`, address: null, instanceId: 'asset-3' };
      const both = await Promise.all([1, 2, 3].map(() => under.playbooks.ensureHost(nextKey(), wanted, signal())));
      expect(new Set(both.map((one) => one.id)).size).toBe(1);
    });

    test('finds nothing for a key that was never used, and reads nothing for an id that is not there', async () => {
      expect(await under.playbooks.findByKey(nextKey(), signal())).toBeUndefined();
      expect(await under.playbooks.read('999999999', signal())).toBeUndefined();
    });

    test.for(['', ' ', 'all', '*', 'a:b', 'a,b', '!a', '~a.*', '@file', 'a*', 'a&b', 'a[0]'])(
      'the limit "%s" is refused before anything is launched',
      async (limit) => {
        const before = under.faults?.count();
        expect((await errorOf(launch(nextKey(), { limit }))).kind).toBe('rejected');
        expect(under.faults?.count()).toBe(before);
      },
    );

    test('a host that is not in the inventory, and a template that is not there, are rejected', async () => {
      expect((await errorOf(launch(nextKey(), { limit: 'no-such-host' }))).kind).toBe('rejected');
      expect((await errorOf(launch(nextKey(), { template: 'no such template' }))).kind).toBe('rejected');
    });

    test('a template that would drop the limit is not launched', async ({ skip }) => {
      if (under.unsafeTemplate === undefined) return skip('no unsafe template was named');
      const before = under.faults?.count();
      const failure = await errorOf(launch(nextKey(), { template: under.unsafeTemplate }));
      expect(failure.kind).toBe('rejected');
      expect(failure.message).toContain('Prompt on launch');
      expect(under.faults?.count()).toBe(before);
    });

    test('cancels a run; and cancelling one that has ended succeeds', async () => {
      const launched = await launch(nextKey());
      await under.playbooks.cancel(launched.id, signal());
      await expect
        .poll(async () => (await under.playbooks.read(launched.id, signal()))?.status, { timeout: 60_000 })
        .toMatch(/cancelled|succeeded/);
      await under.playbooks.cancel(launched.id, signal());
    }, 120_000);

    test('wrong credentials are unauthorized', async () => {
      const failure = await errorOf(under.withWrongCredentials().findByKey(nextKey(), signal()));
      expect(failure.kind).toBe('unauthorized');
      expect(failure.retry).toBe('never');
    });

    test.for(BROKEN)('$name is $kind', async ({ fault, kind }, { skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      const before = under.faults.count();
      under.faults.add(fault);
      const calls = [
        under.playbooks.findByKey(nextKey(), signal()),
        under.playbooks.ensureHost(nextKey(), { name: 'x', address: null, instanceId: '' }, signal()),
        launch(nextKey()),
      ];
      if (fault.status !== 404) calls.push(under.playbooks.read('1', signal()));
      for (const failure of await Promise.all(calls.map(errorOf))) {
        // Outside `read`, a 404 is about the address and comes as it is: it still proves nothing.
        expect(fault.status === 404 ? ['malformed', 'not-found'] : [kind]).toContain(failure.kind);
        if (kind === 'throttled') expect(failure.retryAfterMs).toBe(7000);
      }
      if (fault.status === 404) expect((await errorOf(under.playbooks.read('1', signal()))).kind).toBe('malformed');
      expect(under.faults.count()).toBe(before);
    });

    test('an answer that was lost after the launch: one run, and the key finds it', async ({ skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      const key = nextKey();
      const before = under.faults.count();
      under.faults.add({ kind: 'drop-answer', match: under.faults.launch, times: 1 });
      expect((await errorOf(launch(key))).kind).toBe('unreachable');
      expect(under.faults.count()).toBe(before + 1); // and not two: the client itself must not try a POST again
      expect((await findAfterLag(key))?.name).toBe(under.template);
    });

    test('an answer that was lost after the host was made: the repeat succeeds', async ({ skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      const wanted = { name: `${host}-d`, address: '192.0.2.11', instanceId: 'asset-4' };
      under.faults.add({ kind: 'drop-answer', match: under.faults.createHost, times: 1 });
      expect((await errorOf(under.playbooks.ensureHost(nextKey(), wanted, signal()))).kind).toBe('unreachable');
      expect((await under.playbooks.ensureHost(nextKey(), wanted, signal())).id).toMatch(/^\d+$/);
    });

    test('a run that cannot be read back is a run all the same', async ({ skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      const key = nextKey();
      under.faults.add({ kind: 'status', status: 502, match: '^GET .*/jobs/\\d+/$' });
      const launched = await launch(key);
      expect(launched.status).toBe('unknown');
      under.faults.clear();
      expect((await findAfterLag(key))?.id).toBe(launched.id);
    });
  });
}
