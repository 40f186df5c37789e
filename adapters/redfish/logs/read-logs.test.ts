import { afterEach, describe, expect, test } from 'vitest';
import { startPoller, type Poller } from '../health/poller-for-tests.ts';
import { list, logEntry, logOf, PATHS, smallTree } from '../health/tree-for-tests.ts';
import type { BmcSimulatorOptions } from '../simulator.ts';
import type { Body } from '../simulator/tree.ts';

let poller: Poller | undefined;
afterEach(async () => {
  await poller?.close();
  poller = undefined;
});

async function start(options: Partial<BmcSimulatorOptions> & { expanding?: boolean } = {}): Promise<Poller> {
  const { expanding = true, ...rest } = options;
  poller = await startPoller({ tree: smallTree({ expand: expanding }), ...rest });
  return poller;
}

const entries = (from: number, to: number): Body[] =>
  Array.from({ length: to - from + 1 }, (_, at) => logEntry(from + at, `said ${from + at}`, from + at));

const ids = (read: { entries: { id: string }[] }): string[] => read.entries.map(({ id }) => id);

describe('the entries of a log', () => {
  test('come once, oldest first, without the audit log', async () => {
    const { bmc, logs } = await start();
    bmc.change(PATHS.log, logOf(entries(1, 3)));
    const first = await logs(null);
    expect(ids(first)).toEqual(['1', '2', '3']);
    expect(first.entries[0]).toMatchObject({
      severity: 'Warning',
      message: 'said 1',
      at: '2026-01-01T00:01:00.000Z',
      log: PATHS.log,
    });
    bmc.change(PATHS.log, logOf(entries(1, 5)));
    const second = await logs(first.cursor);
    expect([ids(second), second.asked, second.gaps]).toEqual([['4', '5'], [PATHS.log], []]);
    expect(ids(await logs(second.cursor))).toEqual([]);
  });

  test('newest first in pages (Dell): no further back than to what is known', async () => {
    const { bmc, logs } = await start({ pageSize: 50 });
    bmc.change(PATHS.log, logOf(entries(1, 1_000).toReversed()));
    const first = await logs(null);
    expect([first.entries.length, ids(first)[0], ids(first).at(-1)]).toEqual([200, '801', '1000']);
    bmc.change(PATHS.log, logOf(entries(1, 1_060).toReversed()));
    const second = await logs(first.cursor);
    expect(ids(second)).toEqual(entries(1_001, 1_060).map((one) => String(one['Id'])));
    expect(second.asked).toHaveLength(2);
    expect((await logs(second.cursor)).asked).toHaveLength(1);
  });

  test('newest first in pages, more of them new than are read at a time: that some are missing is said', async () => {
    const { bmc, logs } = await start({ pageSize: 50 });
    bmc.change(PATHS.log, logOf(entries(1, 20).toReversed()));
    const first = await logs(null);
    bmc.change(PATHS.log, logOf(entries(1, 4_000).toReversed()));
    const second = await logs(first.cursor);
    expect(second.gaps.join()).toContain('the oldest of them are missing');
    expect([second.entries.length, second.more, ids(second)[0]]).toEqual([1_000, true, '2001']);
    const third = await logs(second.cursor);
    expect([third.entries.length, third.more, ids(third)[0], third.gaps]).toEqual([1_000, false, '3001', []]);
  });

  test('oldest first in pages: the known ones are jumped over', async () => {
    const { bmc, logs } = await start({ pageSize: 50 });
    bmc.change(PATHS.log, logOf(entries(1, 900)));
    const first = await logs(null);
    expect(first.entries).toHaveLength(200);
    bmc.change(PATHS.log, logOf(entries(1, 903)));
    const second = await logs(first.cursor);
    expect([ids(second), second.asked.length, second.gaps]).toEqual([['901', '902', '903'], 2, []]);
    // Full: the oldest go, and the rest is numbered as before.
    bmc.change(PATHS.log, logOf(entries(101, 1_003)));
    const third = await logs(second.cursor);
    expect([third.entries.length, ids(third)[0], third.gaps]).toEqual([100, '904', []]);
  });

  test('only links and no $expand: the new ones are asked for', async () => {
    const { bmc, logs } = await start({ expanding: false });
    for (const one of entries(1, 42)) bmc.change(`${PATHS.log}/${String(one['Id'])}`, one);
    const listed = (to: number) =>
      list(
        PATHS.log,
        entries(1, to).map((one) => String(one['Id'])),
      );
    bmc.change(PATHS.log, listed(40));
    const first = await logs(null);
    expect(first.entries).toHaveLength(40);
    bmc.change(PATHS.log, listed(42));
    bmc.change(`${PATHS.log}/41`, null); // deleted since it was listed
    const second = await logs(first.cursor);
    expect(ids(second)).toEqual(['42']);
    expect(second.asked.length).toBeLessThan(17);
  });

  test('only links, with $expand: one request, which is learnt', async () => {
    const { bmc, logs } = await start();
    for (const one of entries(1, 30)) bmc.change(`${PATHS.log}/${String(one['Id'])}`, one);
    bmc.change(
      PATHS.log,
      list(
        PATHS.log,
        entries(1, 30).map((one) => String(one['Id'])),
      ),
    );
    const first = await logs(null);
    expect(first.entries).toHaveLength(30);
    expect((await logs(first.cursor)).asked).toHaveLength(1);
  });
});

describe('what goes wrong', () => {
  test('a log that fails keeps its place: nothing comes twice, nothing is lost', async () => {
    const { bmc, logs } = await start();
    bmc.change(PATHS.log, logOf(entries(1, 3)));
    const first = await logs(null);
    bmc.addFault({ match: 'SEL/Entries', kind: 'status', status: 500 });
    const failed = await logs(first.cursor);
    expect([failed.entries, failed.gaps, failed.warnings.length]).toEqual([[], [], 1]);
    bmc.clearFaults();
    bmc.change(PATHS.log, logOf(entries(1, 4)));
    expect(ids(await logs(failed.cursor))).toEqual(['4']);
  });

  test('a log that was cleared is told of, and its new entries come', async () => {
    const { bmc, logs } = await start();
    bmc.change(PATHS.log, logOf(entries(1, 3)));
    const first = await logs(null);
    bmc.change(PATHS.log, logOf([logEntry(1, 'cleared', 100), logEntry(2, 'said 2', 101)]));
    const second = await logs(first.cursor);
    expect([ids(second), second.gaps.length]).toEqual([['1', '2'], 1]);
  });

  test('a cursor of another make is not guessed at', async () => {
    const { bmc, logs } = await start();
    bmc.change(PATHS.log, logOf(entries(1, 3)));
    const read = await logs('{"version":0}');
    expect([ids(read), read.gaps.length]).toEqual([['1', '2', '3'], 1]);
  });
});
