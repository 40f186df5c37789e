import { afterEach, describe, expect, test } from 'vitest';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import type { Tickets } from '#src/ports/tickets.ts';
import { draftForTests } from './draft-for-tests.ts';
import { jiraAdapter } from './index.ts';
import { type JiraSimulator, startJiraSimulator } from './simulator.ts';
import { errorOf } from '#src/kit/adapter-error-for-tests.ts';

const signal = AbortSignal.timeout(60_000);
let simulator: JiraSimulator;
afterEach(() => simulator.close());

async function setUp(
  workflow: 'simple' | 'resolution' | 'steps' | 'guarded',
  limits?: { perIssueWriteMs: number },
): Promise<{ tickets: Tickets; id: string }> {
  simulator = await startJiraSimulator({
    ...{ email: 'hub@example.com', apiToken: 't', projects: [{ key: 'HW', workflow }] },
    ...(limits === undefined ? {} : { limits }),
  });
  const settings = { url: simulator.url, email: 'hub@example.com', apiToken: 't', project: 'HW' };
  const { tickets } = jiraAdapter.connect(jiraAdapter.Settings.parse(settings), kitForTests('jira')).provides;
  if (tickets === undefined) throw new Error('no tickets');
  const { id } = await tickets.create('k', draftForTests, signal);
  simulator.forget();
  return { tickets, id };
}

const moves = (): number =>
  simulator.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/transitions')).length;

describe('a screen that asks for a resolution', () => {
  test('gets the one that is meant, whatever its case', async () => {
    const { tickets, id } = await setUp('resolution');
    const moved = await tickets.transition(id, 'done', { resolution: "won't do" }, signal);
    expect(moved).toMatchObject({ statusCategory: 'done', resolution: "Won't Do" });
  });

  test.each([
    [null, 'Done'],
    ['Fixed by hand', 'Done'],
    ['Cancelled', "Won't Do"],
  ])('%s becomes %s where there is no such word', async (resolution, got) => {
    const { tickets, id } = await setUp('resolution');
    expect((await tickets.transition(id, 'done', { resolution }, signal)).resolution).toBe(got);
  });
});

describe('a workflow of several steps', () => {
  test('is walked one step at a time, to the door that is meant', async () => {
    const { tickets, id } = await setUp('steps');
    const moved = await tickets.transition(id, 'done', { resolution: null }, signal);
    expect(moved).toMatchObject({ status: 'Closed', statusCategory: 'done' });
    expect(moves()).toBe(4);
    expect(await tickets.transition(id, 'done', { resolution: null }, signal)).toEqual(moved);
    expect(moves()).toBe(4); // there already: nothing was asked for
  });

  test('to the other door where the work is refused', async () => {
    const { tickets, id } = await setUp('steps');
    const moved = await tickets.transition(id, 'done', { resolution: 'Rejected' }, signal);
    expect(moved.status).toBe('Rejected');
  });

  test('a step whose answer was lost is not done again', async () => {
    const { tickets, id } = await setUp('steps');
    simulator.addFault({ kind: 'drop-answer', match: '^POST .*/transitions', times: 1 });
    expect((await errorOf(tickets.transition(id, 'indeterminate', { resolution: null }, signal))).kind).toBe(
      'unreachable',
    );
    expect(simulator.issue(id)?.status.name).toBe('Triaged');
    expect((await tickets.transition(id, 'indeterminate', { resolution: null }, signal)).status).toBe('In Progress');
    expect(moves()).toBe(2);
  });

  test('goes back where a person moved it', async () => {
    const { tickets, id } = await setUp('steps');
    await tickets.transition(id, 'done', { resolution: null }, signal);
    expect((await tickets.transition(id, 'new', { resolution: null }, signal)).status).toBe('To Do');
  });
});

test('no way says what is possible and what is asked for, and goes no further than it can', async () => {
  const { tickets, id } = await setUp('guarded');
  const error = await errorOf(tickets.transition(id, 'done', { resolution: 'Done' }, signal));
  expect(error).toMatchObject({
    kind: 'rejected',
    detail: { possible: ['Sign off'], status: 'In Progress', needs: { 'Sign off': ['Signed by'] } },
  });
  expect(error.message).toContain('"Sign off" needs Signed by');
});

test('nobody wanders through closed tickets on the way to work', async () => {
  const { tickets, id } = await setUp('resolution');
  await tickets.transition(id, 'indeterminate', { resolution: null }, signal);
  expect(simulator.issue(id)?.resolution).toBeNull();
  expect(moves()).toBe(1);
});

describe('writes to one issue', () => {
  test('a conflict waits', async () => {
    const { tickets, id } = await setUp('simple');
    simulator.addFault({
      kind: 'status',
      status: 409,
      match: '^POST',
      body: { errorMessages: ['busy'], errors: {} },
      times: 1,
    });
    const error = await errorOf(tickets.transition(id, 'done', { resolution: null }, signal));
    expect(error).toMatchObject({ kind: 'throttled', status: 409, retryAfterMs: 2_000 });
    expect((await tickets.transition(id, 'done', { resolution: null }, signal)).statusCategory).toBe('done');
  });

  test('too many of them wait as long as Jira says, with its reason', async () => {
    const { tickets, id } = await setUp('simple', { perIssueWriteMs: 3_000 });
    await tickets.comment('a', id, ['one'], signal);
    const error = await errorOf(tickets.comment('b', id, ['two'], signal));
    expect(error).toMatchObject({
      ...{ kind: 'throttled', status: 429, retryAfterMs: 3_000 },
      detail: { rateLimitReason: 'jira-per-issue-on-write' },
    });
  });
});
