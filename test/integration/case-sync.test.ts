import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SimulatedIssue } from '#adapters/jira/simulator/store.ts';
import { call } from '#test/kit/call.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
beforeAll(async () => void (on = await testHub({ machines: 0, without: ['NETBOX', 'AWX'] })));
afterAll(() => on.close());
afterEach(() => on.stage.jira.clearFaults());

type Item = Record<string, unknown>;

/** Issues as people make them, with one label. */
async function makeIssues(label: string, count: number): Promise<void> {
  const authorization = `Basic ${btoa(`${on.stage.env['JIRA_EMAIL']}:${on.stage.env['JIRA_API_TOKEN']}`)}`;
  const make = (fields: object) =>
    fetch(`${on.stage.jira.url}/rest/api/3/issue`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        fields: { project: { key: 'HW' }, issuetype: { name: 'Task' }, labels: [label], ...fields },
      }),
    });
  const made = await make({ summary: `${label} 0` });
  const first = ((await made.json()) as { id: string }).id;
  for (let at = 1; at < count; at += 1) on.stage.jira.clone(first);
}

async function sync(jql: string): Promise<{ jobs: string; sync: string }> {
  const answer = await call(`${on.url}/v1/connectors/tickets/sync`, { key: on.apiKey, body: { source: 'jira', jql } });
  expect(answer.status).toBe(202);
  return { jobs: String(answer.json['jobs']), sync: String(answer.json['sync']) };
}
const finished = (path: string): Promise<void> =>
  expect
    .poll(async () => (await on.client.get<Item>(path))['finished_at'], { timeout: 60_000, interval: 100 })
    .not.toBeNull();
const keptOf = async (): Promise<number> =>
  (await on.database.db('cases').where({ source: 'jira' }).select('id')).length;
const searches = (): number => on.stage.jira.requests.filter(({ path }) => path.endsWith('/search/jql')).length;

test('cases come page by page, each once, and a repeat changes nothing', async () => {
  await makeIssues('first', 230);
  const began = await sync('labels = first');
  await finished(began.sync);
  expect(await on.client.get<Item>(began.sync)).toMatchObject({
    source: 'jira',
    pages: 3,
    created: 230,
    updated: 0,
    unchanged: 0,
  });
  const [job] = (await on.client.get<{ items: Item[] }>(began.jobs)).items;
  await expect
    .poll(async () => (await on.client.get<Item>(`/v1/jobs/${String(job?.['id'])}`))['result'])
    .toEqual({ pages: 3, created: 230, updated: 0, unchanged: 0 });
  expect(await keptOf()).toBe(230);
  const some = on.stage.jira.issues().find((issue: SimulatedIssue) => issue.labels.includes('first'));
  on.stage.jira.transition(some?.id ?? '', 'Done');
  const again = await sync('labels = first');
  await finished(again.sync);
  expect(await on.client.get<Item>(again.sync)).toMatchObject({ created: 0, updated: 1, unchanged: 229 });
  expect(await keptOf()).toBe(230);
});

test('an import that Jira interrupts goes on with the page where it stood', async () => {
  await makeIssues('second', 230);
  const before = [await keptOf(), searches()] as const;
  // The second page is refused twice by an outage; the first one is not read again.
  let asked = 0;
  on.stage.jira.watch((request, phase) => {
    if (phase === 'after' && request.path.endsWith('/search/jql') && asked++ === 0)
      on.stage.jira.addFault({ kind: 'status', status: 503, match: 'search/jql', times: 2 });
  });
  const began = await sync('labels = second');
  await finished(began.sync);
  on.stage.jira.watch(() => {});
  expect(await on.client.get<Item>(began.sync)).toMatchObject({ pages: 3, created: 230 });
  expect([await keptOf(), searches()]).toEqual([before[0] + 230, before[1] + 5]); // three pages, two refusals
});

test('a page that Jira knows no more begins the query again, and nothing is kept twice', async () => {
  await makeIssues('third', 150);
  const before = await keptOf();
  let asked = 0;
  on.stage.jira.watch((request, phase) => {
    if (phase === 'after' && request.path.endsWith('/search/jql') && asked++ === 0)
      on.stage.jira.addFault({
        ...{ kind: 'status', status: 400, match: 'search/jql', times: 1 },
        body: { errorMessages: ['The provided next page token is invalid or expired.'], errors: {} },
      });
  });
  const began = await sync('labels = third');
  await finished(began.sync);
  on.stage.jira.watch(() => {});
  expect(await on.client.get<Item>(began.sync)).toMatchObject({ created: 150, unchanged: 100 });
  expect(await keptOf()).toBe(before + 150);
});

test('a query that Jira does not understand ends, with its words', async () => {
  const { jobs } = await sync('this is (no query');
  await expect
    .poll(async () => (await on.client.get<{ items: Item[] }>(jobs)).items[0]?.['state'], { timeout: 60_000 })
    .toBe('dead');
  const [job] = (await on.client.get<{ items: Item[] }>(jobs)).items;
  expect(JSON.stringify(job?.['error'])).toContain('JQL');
});

test('another system than the connected one is refused', async () => {
  const answer = await call(`${on.url}/v1/connectors/tickets/sync`, {
    key: on.apiKey,
    body: { source: 'zendesk', jql: 'x = y' },
  });
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('connected is jira')]);
});
