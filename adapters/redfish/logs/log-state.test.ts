import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOf, type Line } from './line.ts';
import { advance, FIRST, type LogState } from './log-state.ts';

const LOG = '/redfish/v1/Systems/1/LogServices/SEL/Entries';
const BOOT = Date.UTC(2026, 0, 1);

interface Written {
  serial: number;
  id: number;
  /** Seconds since BOOT; null: this BMC gives no times. */
  at: number | null;
  message: string;
}

/** A log as BMCs keep them: of limited length, cleared at times, its ids its own or its positions, its clock set back and forth. */
function makeLog({ capacity, ids, timed }: { capacity: number; ids: 'kept' | 'positions'; timed: boolean }) {
  const state = { entries: [] as Written[], next: 1, serial: 0, clock: 0 };
  return {
    state,
    write(message: string, seconds: number) {
      state.clock += seconds;
      state.serial += 1;
      state.entries.push({ serial: state.serial, id: state.next, at: timed ? state.clock : null, message });
      state.next += 1;
      if (state.entries.length > capacity) state.entries.shift();
    },
    clear(idsAgain: boolean) {
      state.entries = [];
      if (idsAgain) state.next = 1;
    },
    jump: (seconds: number) => void (state.clock += seconds),
    lines: (): Line[] =>
      state.entries.map(({ id, at, message }, position) =>
        lineOf(LOG, {
          Id: String(ids === 'positions' ? position + 1 : id),
          Message: message,
          ...(at === null ? {} : { Created: new Date(BOOT + at * 1_000).toISOString() }),
        }),
      ),
  };
}

type Step =
  | { do: 'write'; message: string; seconds: number }
  | { do: 'clear'; idsAgain: boolean }
  | { do: 'jump'; seconds: number }
  | { do: 'read' };

const word = fc.constantFrom('Fan 1 failed', 'Fan 1 is back', 'Power lost', 'Temperature too high', 'Log cleared');
// No two entries of one second: what says the same at the same moment cannot be told apart by anybody.
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      message: word,
      seconds: fc.integer({ min: 1, max: 90 }),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ do: 'read' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), idsAgain: fc.boolean() }) },
  // Odd steps of a prime number of seconds: the clock never comes to stand on a moment that it stood on.
  {
    weight: 1,
    arbitrary: fc.integer({ min: -9, max: 9 }).map((by) => ({ do: 'jump' as const, seconds: by * 1_000_003 })),
  },
);

/** What a reader with a cursor gets, by the message with its serial; and whether it was told of a gap whenever it must be. */
function run(options: Parameters<typeof makeLog>[0], steps: readonly Step[], most = 1_000) {
  const log = makeLog(options);
  let cursor: LogState | null = null;
  const got: { serial: number; key: string }[] = [];
  const missed: number[] = [];
  let lastRead = 0;
  const gaps: string[] = [];
  for (const one of [...steps, { do: 'read' as const }]) {
    if (one.do === 'write') log.write(`${one.message}`, one.seconds);
    if (one.do === 'clear') log.clear(one.idsAgain);
    if (one.do === 'jump') log.jump(one.seconds);
    if (one.do !== 'read') continue;
    const here = new Set(log.state.entries.map(({ serial }) => serial));
    for (let serial = lastRead + 1; serial <= log.state.serial; serial += 1) if (!here.has(serial)) missed.push(serial);
    lastRead = log.state.serial;
    for (let more = true; more;) {
      const lines = log.lines();
      const result = advance(cursor, lines, { complete: true, most });
      cursor = JSON.parse(JSON.stringify(result.state)) as LogState;
      if (result.gap !== null) gaps.push(result.gap);
      // Entries are told apart by their place: two may say the same word for word.
      for (const entry of result.entries) {
        const at = lines.findIndex(
          (line, place) =>
            line.entry.id === entry.id &&
            line.entry.message === entry.message &&
            line.entry.at === entry.at &&
            !got.some(({ serial }) => serial === log.state.entries[place]?.serial && options.timed),
        );
        got.push({ serial: log.state.entries[at]?.serial ?? -1, key: entry.key });
      }
      more = result.more;
    }
  }
  return { log, got, missed, gaps };
}

describe('a log that wraps, is cleared, numbered anew, and whose clock jumps', () => {
  const kinds = (['kept', 'positions'] as const).flatMap((ids) => [5, 40].map((capacity) => ({ ids, capacity })));
  test.each(kinds)(
    'ids $ids, $capacity entries: each entry once, none lost while it was there',
    ({ ids, capacity }) => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 120, size: 'max' }), fc.integer({ min: 1, max: 60 }), (steps, most) => {
          const { log, got, missed, gaps } = run({ capacity, ids, timed: true }, steps, most);
          const serials = got.map(({ serial }) => serial);
          expect(serials).toEqual(serials.toSorted((a, b) => a - b));
          expect(new Set(serials).size).toBe(serials.length);
          expect(new Set(got.map(({ key }) => key)).size).toBe(got.length);
          const gone = new Set(missed);
          const all = Array.from({ length: log.state.serial }, (_, at) => at + 1);
          expect(serials).toEqual(all.filter((serial) => !gone.has(serial)));
          // What was lost between two reads of a log that had been read before is told of.
          if (missed.length > 0 && got.length > 0 && missed.some((serial) => serial > (serials[0] ?? 0)))
            expect(gaps.length).toBeGreaterThan(0);
        }),
        { numRuns: 150 },
      );
    },
  );

  test('without times: each entry once, where its numbers are its own', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        // Ids that start again after a clear make entries without a time the same as old ones; these go on.
        const own = steps.map((one) => (one.do === 'clear' ? { ...one, idsAgain: false } : one));
        const { log, got, missed } = run({ capacity: 20, ids: 'kept', timed: false }, own);
        const gone = new Set(missed);
        const all = Array.from({ length: log.state.serial }, (_, at) => at + 1);
        expect(got.map(({ serial }) => serial)).toEqual(all.filter((serial) => !gone.has(serial)));
        expect(new Set(got.map(({ key }) => key)).size).toBe(got.length);
      }),
      { numRuns: 150 },
    );
  });
});

describe('single cases', () => {
  const line = (id: number, Message: string, Created?: string): Line =>
    lineOf(LOG, { Id: String(id), Message, ...(Created === undefined ? {} : { Created }) });
  const all = { complete: true, most: 1_000 };
  const read = (state: LogState | null, lines: Line[]) => {
    const { entries, ...rest } = advance(state, lines, all);
    return { ids: entries.map(({ id }) => id), keys: entries.map(({ key }) => key), ...rest };
  };

  test('the same words in one second, numbered anew when the oldest goes', () => {
    const at = '2026-01-01T00:00:00Z';
    const first = read(null, [line(1, 'old', at), line(2, 'other', at), line(3, 'burst', at)]);
    const second = read(first.state, [line(1, 'other', at), line(2, 'burst', at), line(3, 'burst', at)]);
    expect(second).toMatchObject({ ids: ['3'], gap: null });
    expect(first.keys).not.toContain(second.keys[0]);
  });

  test('entries without a time that say the same after a clear are new ones, with keys of their own', () => {
    const first = read(null, [line(1, 'cleared'), line(2, 'on'), line(3, 'fan failed')]);
    const second = read(first.state, [line(1, 'cleared'), line(2, 'on')]);
    expect(second).toMatchObject({ ids: ['1', '2'] });
    expect(second.gap).toContain('cleared');
    expect(first.keys).not.toContain(second.keys[0]);
  });

  test('a log that shows nothing while the BMC starts is told of once, and nothing comes twice after it', () => {
    const lines = [line(1, 'a', '2026-01-01T00:00:00Z'), line(2, 'b', '2026-01-01T00:00:05Z')];
    const first = read(null, lines);
    const empty = read(first.state, []);
    const again = read(empty.state, []);
    const back = read(again.state, [...lines, line(3, 'c', '2026-01-01T00:01:00Z')]);
    expect([empty.gap !== null, again.gap, back.gap, back.ids]).toEqual([true, null, null, ['3']]);
  });

  test('an entry deleted by hand, the newest too, makes the others not new', () => {
    const lines = [1, 2, 3, 4].map((id) => line(id, `m${id}`, `2026-01-01T00:00:0${id}Z`));
    const first = read(null, lines);
    const [a, , c] = lines as [Line, Line, Line, Line];
    expect(read(first.state, [a, c])).toMatchObject({ ids: [], gap: null });
    expect(read(first.state, [a, c, line(5, 'm5', '2026-01-01T00:00:09Z')])).toMatchObject({ ids: ['5'], gap: null });
  });

  test('a repaired entry (HPE) and another time zone (Dell) make no new entry', () => {
    const body = { Id: '7', Message: 'm', Created: '2026-01-01T12:00:00+00:00', Severity: 'Critical' };
    const first = read(null, [lineOf(LOG, body)]);
    const changed = lineOf(LOG, { ...body, Created: '2026-01-01T06:00:00-06:00', Severity: 'OK' });
    expect(read(first.state, [changed])).toMatchObject({ ids: [], gap: null });
  });

  test('a log that was never read begins with its newest', () => {
    const lines = Array.from({ length: FIRST + 30 }, (_, at) =>
      line(at, `m${at}`, new Date(BOOT + at * 1_000).toISOString()),
    );
    const first = read(null, lines);
    expect([first.ids.length, first.ids[0], first.gap]).toEqual([FIRST, '30', null]);
  });
});
