import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AdapterErrorKind } from '#src/ports/adapter-error.ts';
import type { Fault } from '#src/kit/simulator.ts';
import type { TicketDraft, Tickets } from '#src/ports/tickets.ts';
import { errorOf } from '#src/kit/adapter-error-for-tests.ts';

/** One system under the suite. `faults` is missing where nothing can be made to go wrong: a real one. */
export interface TicketsUnderTest {
  tickets: Tickets;
  /** The same system through an adapter with wrong credentials. */
  withWrongCredentials(): Tickets;
  faults?: {
    add(fault: Fault): void;
    clear(): void;
    /** How many tickets there are that carry this summary. */
    count(summary: string): number;
    /** Line of the request that creates a ticket, as `Fault.match` wants it. */
    create: string;
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
    fault: { kind: 'status', status: 200, body: { issues: 7, id: [], results: {}, values: 7, size: 'x' } },
    kind: 'malformed',
  },
  { name: 'a cut connection', fault: { kind: 'reset' }, kind: 'unreachable' },
  { name: 'no answer', fault: { kind: 'hang' }, kind: 'unreachable' },
];

const NO_FAULTS = 'nothing can be made to go wrong on a real system';

/** What every provider of `tickets` must do, whatever stands behind it. `connect` uses short time-outs where it can. */
export function describeTickets(name: string, connect: () => Promise<TicketsUnderTest>): void {
  describe(`tickets: ${name}`, () => {
    let under: TicketsUnderTest;
    let number = 0;
    const run = `${Date.now().toString(36)}`;
    const signal = (): AbortSignal => AbortSignal.timeout(60_000);
    const nextKey = (): string => `contract ${run}/ä:${(number += 1)}`;

    beforeAll(async () => {
      under = await connect();
    });
    afterEach(() => under.faults?.clear());
    afterAll(() => under.stop());

    function draft(summary: string, more: Partial<TicketDraft> = {}): TicketDraft {
      return {
        project: null,
        summary,
        paragraphs: ['Drive 7 reports reallocated sectors.\nIt is in bay 4.', '', 'Second paragraph <b>not markup</b>'],
        links: [{ title: 'History of the asset', url: 'https://hub.example/assets/42?tab=history&x=1' }],
        priority: 'HIGH',
        labels: ['hardware', 'two words'],
        ...{ type: 'REPLACE_DISK', template: null, assigneeGroup: null, facts: {} },
        ...more,
      };
    }

    /** As the effect ledger does it: wait out the lag before absence is believed. */
    async function findAfterLag(key: string) {
      const deadline = Date.now() + under.tickets.searchLagMs;
      for (;;) {
        const found = await under.tickets.findByKey(key, signal());
        if (found !== undefined || Date.now() > deadline) return found;
        await new Promise((resolve) => setTimeout(resolve, Math.min(200, under.tickets.searchLagMs)));
      }
    }

    test('creates a ticket, reads it and finds it by its key', async () => {
      const key = nextKey();
      const created = await under.tickets.create(key, draft(`Contract ${key}`), signal());
      expect(created.summary).toBe(`Contract ${key}`);
      expect(created.statusCategory).toBe('new');
      expect(new URL(created.url).pathname).toContain(created.key);
      expect(await under.tickets.read(created.id, signal())).toEqual(created);
      expect(await findAfterLag(key)).toEqual(created);
    });

    test('takes what people write: long summary, line breaks, nothing at all in the text', async () => {
      const key = nextKey();
      const created = await under.tickets.create(
        key,
        draft(`Long\n${'x'.repeat(400)}`, { paragraphs: ['', '  '], links: [], labels: [' ', 'x y'] }),
        signal(),
      );
      expect(created.summary.length).toBeLessThanOrEqual(255);
      expect((await findAfterLag(key))?.id).toBe(created.id);
    });

    test('finds nothing for a key that was never used, and reads nothing for an id that is not there', async () => {
      expect(await under.tickets.findByKey(nextKey(), signal())).toBeUndefined();
      expect(await under.tickets.read('999999999', signal())).toBeUndefined();
    });

    test('a project that does not exist is rejected, and the error says which field', async () => {
      const failure = await errorOf(
        under.tickets.create(nextKey(), draft('no such project', { project: 'NOSUCH9' }), signal()),
      );
      expect(failure.kind).toBe('rejected');
      expect(JSON.stringify(failure.detail)).toContain('project');
    });

    test('wrong credentials are unauthorized', async () => {
      const failure = await errorOf(under.withWrongCredentials().findByKey(nextKey(), signal()));
      expect(failure.kind).toBe('unauthorized');
      expect(failure.retry).toBe('never');
    });

    test('a comment is made once per key, and found by it', async () => {
      const ticket = await under.tickets.create(nextKey(), draft('With comments'), signal());
      const [first, second] = [nextKey(), nextKey()];
      expect(await under.tickets.findComment(first, ticket.id, signal())).toBeUndefined();
      const made = await under.tickets.comment(
        first,
        ticket.id,
        ['The part was {replaced} *twice*.', 'By [~me].'],
        signal(),
      );
      expect(await under.tickets.comment(first, ticket.id, ['another text'], signal())).toEqual(made);
      const other = await under.tickets.comment(second, ticket.id, ['The part was replaced.'], signal());
      expect(other.id).not.toBe(made.id);
      expect(await under.tickets.findComment(first, ticket.id, signal())).toEqual(made);
      expect(await under.tickets.findComment(second, ticket.id, signal())).toEqual(other);
    });

    test('a file is attached once per key', async () => {
      const ticket = await under.tickets.create(nextKey(), draft('With files'), signal());
      const file = { name: 'report "ä"/1.txt', type: 'text/plain', bytes: Buffer.from('0123') };
      const key = nextKey();
      const made = await under.tickets.attach(key, ticket.id, file, signal());
      expect(await under.tickets.attach(key, ticket.id, file, signal())).toEqual(made);
      expect((await under.tickets.attach(nextKey(), ticket.id, file, signal())).id).not.toBe(made.id);
    });

    test('moves a ticket into a category, and leaves one that is there', async () => {
      const ticket = await under.tickets.create(nextKey(), draft('To be moved'), signal());
      for (const to of ['indeterminate', 'done', 'done', 'new'] as const) {
        const moved = await under.tickets.transition(ticket.id, to, { resolution: null }, signal());
        expect(moved).toMatchObject({ id: ticket.id, statusCategory: to });
        expect((await under.tickets.read(ticket.id, signal()))?.statusCategory).toBe(to);
      }
      const gone = await errorOf(under.tickets.transition('999999999', 'done', { resolution: null }, signal()));
      expect(gone.kind).toBe('not-found');
    });

    test('takes another title, as often as it is said; nothing else of it changes', async () => {
      const ticket = await under.tickets.create(nextKey(), draft('Without a name'), signal());
      for (let times = 0; times < 2; times += 1) await under.tickets.retitle(ticket.id, 'With its name', signal());
      const { updatedAt: _, ...known } = ticket;
      expect(await under.tickets.read(ticket.id, signal())).toMatchObject({ ...known, summary: 'With its name' });
      expect((await errorOf(under.tickets.retitle('999999999', 'Nowhere', signal()))).kind).toBe('not-found');
    });

    test('links a page again and again, and reads no promises where there are none', async () => {
      const ticket = await under.tickets.create(nextKey(), draft('With a page'), signal());
      const page = { globalId: `asset=${nextKey()}`, title: 'Asset', url: 'https://hub.example/assets/1' };
      for (const resolved of [false, true]) await under.tickets.linkPage(ticket.id, { ...page, resolved }, signal());
      expect(await under.tickets.readSla(ticket.id, signal())).toEqual([]);
    });

    test('searches by the other side’s query, page by page, to its end', async () => {
      const key = nextKey();
      const word = `page${Date.now().toString(36)}`;
      const made = new Set<string>();
      for (let index = 0; index < 3; index += 1)
        made.add(
          (await under.tickets.create(`${key}/${index}`, draft(`Found ${index}`, { labels: [word] }), signal())).key,
        );
      await findAfterLag(`${key}/2`);
      const found: string[] = [];
      for (let page: string | null = null, turned = 0; turned < 10; turned += 1) {
        const { cases, next } = await under.tickets.search(`labels = ${word}`, page, signal());
        found.push(...cases.map((one) => one.key));
        for (const one of cases)
          expect(one).toMatchObject({
            text: expect.stringContaining('Second paragraph <b>not markup</b>'),
            labels: expect.arrayContaining([word]),
          });
        page = next;
        if (page === null) break;
      }
      expect(new Set(found)).toEqual(made);
      const wrong = await errorOf(under.tickets.search('this is (no query', null, signal()));
      expect(wrong.kind).toBe('rejected');
    });

    test.for(BROKEN)('$name is $kind in every call', async ({ fault, kind }, { skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      under.faults.add(fault);
      const calls = [
        under.tickets.findByKey(nextKey(), signal()),
        under.tickets.read('10000', signal()),
        under.tickets.create(nextKey(), draft('never'), signal()),
        under.tickets.comment(nextKey(), '10000', ['never'], signal()),
        under.tickets.transition('10000', 'done', { resolution: null }, signal()),
        under.tickets.search('labels = x', null, signal()),
        under.tickets.readSla('10000', signal()),
      ];
      for (const call of await Promise.all(calls.map(errorOf))) {
        expect(call.kind).toBe(kind);
        if (kind === 'throttled') expect(call.retryAfterMs).toBe(7000);
      }
    });

    test('an answer that was lost after the ticket was made: the key finds exactly that one', async ({ skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      const key = nextKey();
      const summary = `Dropped ${key}`;
      under.faults.add({ kind: 'drop-answer', match: under.faults.create, times: 1 });
      expect((await errorOf(under.tickets.create(key, draft(summary), signal()))).kind).toBe('unreachable');
      expect(under.faults.count(summary)).toBe(1); // and not two: the client itself must not try a POST again
      const found = await findAfterLag(key);
      expect(found?.summary).toBe(summary);
    });

    test('an answer that never comes after the ticket was made: the same', async ({ skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      const key = nextKey();
      const summary = `Withheld ${key}`;
      under.faults.add({ kind: 'withhold-answer', match: under.faults.create, times: 1 });
      expect((await errorOf(under.tickets.create(key, draft(summary), signal()))).kind).toBe('unreachable');
      expect(under.faults.count(summary)).toBe(1);
      expect((await findAfterLag(key))?.summary).toBe(summary);
    });

    test('a comment whose answer was lost is found by its key, and not made again', async ({ skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      const ticket = await under.tickets.create(nextKey(), draft('Comment lost'), signal());
      const key = nextKey();
      under.faults.add({ kind: 'drop-answer', match: '^POST .*/comment$', times: 1 });
      expect((await errorOf(under.tickets.comment(key, ticket.id, ['once'], signal()))).kind).toBe('unreachable');
      const found = await under.tickets.findComment(key, ticket.id, signal());
      expect(found).toBeDefined();
      expect(await under.tickets.comment(key, ticket.id, ['once'], signal())).toEqual(found);
    });

    test('a caller that gives up is obeyed', async ({ skip }) => {
      if (under.faults === undefined) return skip(NO_FAULTS);
      under.faults.add({ kind: 'hang' });
      const controller = new AbortController();
      const call = under.tickets.findByKey(nextKey(), controller.signal);
      controller.abort(new Error('stop'));
      await expect(call).rejects.toThrow();
    });
  });
}
