import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { toText } from '#adapters/jira/simulator/rich-text.ts';
import type { RichText } from '#adapters/jira/simulator/store.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';
import { withRedis } from '#test/kit/test-redis.ts';

let on: TestHub;
beforeAll(async () => {
  on = await testHub({
    without: ['NETBOX', 'AWX'],
    env: { JIRA_TIMEOUT_MS: '300', SETTLE_MS: '200', TICKET_SYNC_MS: '1000' },
  });
}, 180_000);
afterAll(() => on?.close());

const HOURS = 24;
const OUTBOUND = ['create-issue', 'tell-ticket'];

interface Shown {
  state: string;
  external: { key: string; status: string | null } | null;
  told: { kind: string; text: string; settled_at: string | null; outcome: string | null }[];
}
interface Work {
  id: string;
  state: string;
  attempts: number;
  failures: number;
}

const show = (id: string): Promise<Shown> => on.client.get<Shown>(`/v1/tickets/${id}`);
const say = (id: string, text: string) => on.client.post(`/v1/tickets/${id}/comments`, { text });
const move = (id: string, name: string) => on.client.post(`/v1/tickets/${id}/moves`, { move: name, reason: null });

async function openTicket(name: string): Promise<string> {
  const [id, now] = [newId(), toSql(new Date())];
  const times = { state_since: now, created_at: now, updated_at: now };
  await on.database.db('assets').insert({ id, name, lifecycle_state: 'IN_SERVICE', ...times });
  const symptom = { asset: id, type: 'PSU_FAIL', component: 'PSU.1', occurred_at: new Date().toISOString() };
  await on.client.post('/v1/telemetry', [{ ...symptom, message: 'no output' }]);
  return until('a ticket', async () => {
    const { items } = await on.client.get<{ items: { id: string }[] }>(`/v1/tickets?asset_id=${id}`);
    return items[0]?.id;
  });
}

async function outbound(): Promise<Work[]> {
  const rows: Record<string, unknown>[] = await on.database
    .db('jobs')
    .whereIn('name', OUTBOUND)
    .select('id', 'state', 'attempts', 'failures');
  return rows.map((row) => ({
    ...{ id: String(row['id']), state: String(row['state']) },
    ...{ attempts: Number(row['attempts']), failures: Number(row['failures']) },
  }));
}

/** All that is kept is an hour older, and what was due within it is due now; the wake-ups that lie in Redis for then are gone. */
async function hourLater(): Promise<void> {
  for (const [table, columns] of Object.entries({
    jobs: ['due_at', 'created_at', 'started_at'],
    effects: ['intended_at', 'sent_at'],
    tickets: ['opened_at', 'state_at', 'first_event_at', 'last_event_at'],
    ticket_notes: ['created_at'],
  })) {
    // Workers claim jobs meanwhile, which can end in a deadlock.
    await tx(on.hub.ctx, async ({ db }) => {
      const older = columns.map((column) => [column, db.raw('?? - INTERVAL 1 HOUR', [column])]);
      const query = db(table).update(Object.fromEntries(older));
      // What a worker has in hand just now is its own.
      await (table === 'jobs' ? query.where({ state: 'waiting' }) : query);
    });
  }
  await withRedis(on.redisUrl, (redis) => redis.flushdb());
}

/** Everything that waits for Jira has been tried once more, in vain; or has gone up in an equal job that was at it. */
async function triedAgain(before: readonly Work[]): Promise<void> {
  const waited = before.filter(({ state }) => state === 'waiting');
  await until('each was tried again', async () => {
    const now = new Map((await outbound()).map((one) => [one.id, one]));
    return waited.every(({ id, attempts }) => {
      const one = now.get(id);
      return one !== undefined && (one.attempts > attempts || one.state === 'done');
    });
  });
}

/** What Jira was asked to do for an issue, in order: its comments by their number, its moves by their aim. */
function asked(key: string): string[] {
  const issue = on.stage.jira.issue(key);
  const names = new Set([issue?.id, issue?.key]);
  return on.stage.jira.requests.flatMap(({ method, path, json }) => {
    const [, name = '', what] = /\/issue\/([^/]+)\/(comment|transitions)$/.exec(path) ?? [];
    if (method !== 'POST' || !names.has(name)) return [];
    if (what === 'transitions') return ['move'];
    const text = toText((json as { body: RichText }).body);
    return /hour \d+/.exec(text) ?? [];
  });
}

test('Jira is down for a day: what was opened, said and ended meanwhile is told when it is back, in order and once', async () => {
  const early = await openTicket('day-early');
  await until(
    'its issue',
    async () => (await show(early)).external !== null && (await outbound()).every(({ state }) => state === 'done'),
  );
  const told = (await show(early)).told.length;

  on.stage.jira.addFault({ kind: 'hang' });
  const late = await openTicket('day-late');
  const expected: string[] = [];
  for (let hour = 0; hour < HOURS; hour += 1) {
    for (const id of [early, late]) {
      await say(id, `hour ${hour}`);
      if (hour === 5) await move(id, 'start');
      if (hour === HOURS - 1) await move(id, 'finish');
    }
    expected.push(`hour ${hour}`);
    if (hour === 5 || hour === HOURS - 1) expected.push('move');
    await until(
      'the work for it',
      async () => (await outbound()).filter(({ state }) => state === 'waiting').length >= 2,
    );
    const before = await outbound();
    await hourLater();
    await triedAgain(before);
  }
  // Nothing was given up, nothing counts as a fault of the hub, and here it is as people left it.
  const work = await outbound();
  expect(work.filter(({ state, failures }) => state === 'dead' || failures > 0)).toEqual([]);
  expect(await show(early)).toMatchObject({ state: 'DONE' });
  expect(await show(late)).toMatchObject({ state: 'DONE', external: null });
  expect((await show(early)).told.slice(told).every(({ settled_at: at }) => at === null)).toBe(true);
  expect(on.stage.jira.issues()).toHaveLength(1);

  on.stage.jira.forget();
  on.stage.jira.clearFaults();
  const isTold = async (id: string): Promise<boolean> => {
    const ticket = await show(id);
    return ticket.external !== null && ticket.told.every(({ settled_at: at }) => at !== null);
  };
  // The circuit breaker lets nobody through for ten seconds, and who is turned away comes again in a minute or so: in an hour.
  for (let hours = 0; hours < 20 && !((await isTold(early)) && (await isTold(late))); hours += 1) {
    await hourLater();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  }
  for (const id of [early, late]) await until('all is told', () => isTold(id));
  await until('nothing is left', async () => (await outbound()).every(({ state }) => state === 'done'));
  expect(on.stage.jira.issues()).toHaveLength(2);
  for (const id of [early, late]) {
    const ticket = await show(id);
    const key = ticket.external?.key ?? '';
    const issue = on.stage.jira.issue(key);
    expect(ticket.told.filter(({ outcome }) => outcome?.startsWith('refused'))).toEqual([]);
    expect(asked(key)).toEqual(expected);
    const comments = issue?.comments.flatMap(({ body }) => /hour \d+/.exec(toText(body)) ?? []);
    expect(comments).toEqual(expected.filter((one) => one !== 'move'));
    expect(issue?.status.name).toBe('Done');
    expect(ticket.state).toBe('DONE');
  }
}, 240_000);
