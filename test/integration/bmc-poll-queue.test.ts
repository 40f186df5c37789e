import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findAssetsByNames } from '#src/assets/reads.ts';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { recordAnswer, recordLogs } from '#src/health/commands/record-poll.ts';
import {
  claimPolls,
  findUnpolled,
  hurryPoll,
  insertPolls,
  type Poll,
  POLL_KINDS,
  postponePoll,
} from '#src/health/poll-queue-store.ts';
import { rememberTaken } from '#src/health/taken-lately.ts';
import { HealthRules } from '#src/health/poll-rules.ts';
import { compileRules } from '#src/health/compile-rules.ts';
import { TelemetryRules } from '#src/health/rules.ts';
import type { HealthReport, LogsSince } from '#src/ports/bmc-health.ts';
import { testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

const mapping = (file: string): unknown =>
  parse(readFileSync(new URL(`../../mappings/${file}`, import.meta.url), 'utf8'));
const telemetry = compileRules(TelemetryRules.parse(mapping('telemetry-rules.yaml')).rules);
const judges = {
  rules: HealthRules.parse(mapping('health-rules.yaml')),
  telemetry: {
    rules: () => telemetry,
    findServers: findAssetsByNames,
    taken: rememberTaken(),
    bounds: { skewMs: 300_000, lateMs: 86_400_000, ageMs: 30 * 86_400_000 },
  },
};
const T0 = new Date('2026-11-21T06:00:00.000Z');
const later = (ms: number): Date => new Date(T0.getTime() + ms);
const COMMITTED = { isolation: 'read committed' } as const;

let database: TestDatabase;
beforeAll(async () => void (database = await testDatabase()));
afterAll(() => database.close());
beforeEach(async () => {
  for (const table of ['bmc_polls', 'bmc_health', 'telemetry_events', 'assets']) await database.db(table).delete();
});

async function addServers(count: number, more: Record<string, unknown> = {}): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  const at = '2026-11-01 00:00:00';
  const rows = ids.map((id, nth) => ({
    ...{ id, name: `n${nth}`, lifecycle_state: 'PHYSICAL_VALIDATED', state_since: at, created_at: at, updated_at: at },
    ...{ bmc_address: `127.0.1.${nth}`, ...more },
  }));
  await database.db('assets').insert(rows);
  return ids;
}
const claim = (now: Date, limit: number): Promise<Poll[]> =>
  tx(
    testCtx(database.db),
    (inside) => claimPolls(inside.db, { kinds: POLL_KINDS, now, until: new Date(now.getTime() + 240_000), limit }),
    COMMITTED,
  );

test('workers that claim at once never get the same poll, and get all of them', async () => {
  const ids = await addServers(120);
  await insertPolls(
    database.db,
    ids.flatMap((assetId) => [{ assetId, kind: 'health' as const, dueAt: T0 }]),
  );
  const claimed: string[] = [];
  async function worker(): Promise<void> {
    for (;;) {
      const polls = await claim(T0, 7);
      if (polls.length === 0 && claimed.length >= ids.length) return;
      claimed.push(...polls.map(({ assetId }) => assetId));
    }
  }
  await Promise.all(Array.from({ length: 6 }, worker));
  expect(claimed.toSorted()).toEqual(ids.toSorted());
});

test('what a worker took that is gone comes back, the longest due first; what was polled does not', async () => {
  const [gone = '', done = '', never = ''] = await addServers(3);
  const due = (assetId: string, ms: number) => ({ assetId, kind: 'logs' as const, dueAt: later(ms) });
  await insertPolls(database.db, [due(gone, -2_000), due(done, -1_000), due(never, 500_000)]);
  expect((await claim(T0, 10)).map(({ assetId }) => assetId)).toEqual([gone, done]);
  expect(await claim(later(200_000), 10)).toEqual([]);
  await postponePoll(database.db, { assetId: done, kind: 'logs' }, later(600_000));
  expect((await claim(later(241_000), 10)).map(({ assetId }) => assetId)).toEqual([gone]);
  await hurryPoll(database.db, { assetId: never, kind: 'logs' }, later(242_000));
  expect((await claim(later(242_000), 10)).map(({ assetId }) => assetId)).toEqual([never]);
});

test('servers are polled from the moment that their BMC has an address, until they are gone', async () => {
  const [there = ''] = await addServers(1);
  await addServers(1, { bmc_address: null });
  await addServers(1, { lifecycle_state: 'DECOMMISSIONED' });
  await addServers(1, { merged_into: there });
  expect(await findUnpolled(database.db, 'health', 10)).toEqual([there]);
  await insertPolls(database.db, [{ assetId: there, kind: 'health', dueAt: T0 }]);
  expect(await findUnpolled(database.db, 'health', 10)).toEqual([]);
  expect(await findUnpolled(database.db, 'logs', 10)).toEqual([there]);
});

const report: HealthReport = {
  collectedAt: T0.toISOString(),
  ...{
    power: 'On',
    system: 'Critical',
    manager: null,
    faults: [],
    sensors: [],
    turns: [],
    complete: true,
    bootMark: null,
  },
  ...{ warnings: [], requests: 3, fingerprint256: null },
};

test('polls of one server at the same time report what they both see once', async () => {
  const [assetId = ''] = await addServers(1);
  const record = (nth: number): Promise<void> =>
    tx(
      testCtx(database.db),
      (inside) =>
        recordAnswer(inside, judges, { assetId, report: { ...report, collectedAt: later(nth).toISOString() } }),
      COMMITTED,
    );
  await Promise.all(Array.from({ length: 8 }, (_, nth) => record(nth)));
  const rows: { type: string }[] = await database.db('telemetry_events').select('type');
  expect(rows.map(({ type }) => type)).toEqual(['HARDWARE_CRITICAL']);
});

test('two reads of one log from the same place are reported once, and the place goes on', async () => {
  const [assetId = ''] = await addServers(1);
  const entry = {
    ...{
      key: 'k',
      log: '/log',
      id: '1',
      at: T0.toISOString(),
      severity: 'Critical' as const,
      message: 'System halted',
    },
    ...{ messageId: null, messageArgs: [], origin: null },
  };
  const read = (cursor: string): LogsSince => ({
    ...{ entries: [entry], cursor, gaps: [], more: false, warnings: [], requests: 1 },
  });
  const record = (from: string | null, to: string): Promise<number> =>
    tx(
      testCtx(database.db, { now: () => later(1_000) }),
      (inside) => recordLogs(inside, judges, { assetId, cursor: from, read: read(to) }),
      COMMITTED,
    );
  expect(await record(null, 'a')).toBe(0); // the beginning of what is known is no news
  expect((await Promise.all([record('a', 'b'), record('a', 'b'), record('a', 'b')])).toSorted()).toEqual([0, 0, 1]);
  expect(await record('a', 'c')).toBe(0);
  const rows: { type: string }[] = await database.db('telemetry_events').select('type');
  expect(rows.map(({ type }) => type)).toEqual(['CRITICAL_LOGGED']);
});
