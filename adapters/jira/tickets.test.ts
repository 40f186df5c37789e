import { afterEach, describe, expect, test } from 'vitest';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { TicketDraft, Tickets } from '#src/ports/tickets.ts';
import { EFFECT_PROPERTY, effectLabel } from './effect-label.ts';
import { jiraAdapter } from './index.ts';
import { type JiraSimulator, type JiraSimulatorOptions, startJiraSimulator } from './simulator.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';

const DRAFT: TicketDraft = {
  project: null,
  summary: 'Drive failed',
  paragraphs: ['Bay 4'],
  links: [],
  priority: 'CRITICAL',
  labels: [],
};
const signal = AbortSignal.timeout(60_000);
let simulator: JiraSimulator;
afterEach(() => simulator.close());

async function setUp(
  options: Partial<JiraSimulatorOptions> = {},
  settings: Record<string, unknown> = {},
): Promise<Tickets> {
  simulator = await startJiraSimulator({
    email: 'a@b.example',
    apiToken: 't',
    projects: [{ key: 'HW' }, { key: 'OPS' }],
    ...options,
  });
  const parsed = jiraAdapter.Settings.parse({
    url: `${simulator.url}/`,
    email: 'a@b.example',
    apiToken: 't',
    project: 'HW',
    timeoutMs: 2000,
    ...settings,
  });
  return jiraAdapter.connect(parsed, kitForTests('jira')).provides.tickets!;
}

async function errorOf(call: Promise<unknown>): Promise<AdapterError> {
  const error: unknown = await call.then(
    () => 'succeeded',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AdapterError);
  return error as AdapterError;
}

describe('create', () => {
  test('sends v3 with a document, the key as property and as label, and the priority by name', async () => {
    const tickets = await setUp();
    await tickets.create(
      'k 1',
      { ...DRAFT, labels: ['a b', 'a b'], links: [{ title: 'x', url: 'https://hub.example/' }] },
      signal,
    );
    const [issue] = simulator.issues();
    expect(simulator.requests.filter((request) => request.method === 'POST').map((request) => request.path)).toEqual([
      '/rest/api/3/issue',
    ]);
    expect(issue?.priority).toBe('Highest');
    expect(issue?.labels).toEqual([effectLabel('k 1'), 'a-b']);
    expect(issue?.properties.get(EFFECT_PROPERTY)).toEqual({ key: 'k 1' });
    expect(issue?.description?.content.map((node) => node.type)).toEqual(['paragraph', 'bulletList']);
  });

  test('goes without a priority where the screen has none, and makes one ticket', async () => {
    const tickets = await setUp({ projects: [{ key: 'HW', screen: ['description', 'labels'] }] });
    await tickets.create('k', DRAFT, signal);
    expect(simulator.issues().map((issue) => issue.priority)).toEqual(['Medium']);
  });

  test('refuses to go without labels, and says what to do', async () => {
    const tickets = await setUp({ projects: [{ key: 'HW', screen: ['description', 'priority'] }] });
    const error = await errorOf(tickets.create('k', DRAFT, signal));
    expect(error.kind).toBe('rejected');
    expect(error.message).toContain('create screen');
    expect(simulator.issues()).toEqual([]);
  });

  test('a required field that we do not know comes back as detail', async () => {
    const tickets = await setUp({ projects: [{ key: 'HW', required: { customfield_10042: 'Cost centre' } }] });
    const error = await errorOf(tickets.create('k', DRAFT, signal));
    expect(error).toMatchObject({
      kind: 'rejected',
      status: 400,
      detail: { fields: { customfield_10042: 'Cost centre is required.' } },
    });
  });

  test('a ticket that was made and cannot be read back is still a ticket', async () => {
    const tickets = await setUp();
    simulator.addFault({ kind: 'status', status: 503, match: '^GET /rest/api/3/issue/' });
    expect(await tickets.create('k', DRAFT, signal)).toMatchObject({
      key: 'HW-1',
      summary: 'Drive failed',
      status: 'unknown',
    });
  });

  test('a 503 is not answered with a second POST', async () => {
    const tickets = await setUp();
    simulator.addFault({ kind: 'status', status: 503, match: '^POST' });
    expect((await errorOf(tickets.create('k', DRAFT, signal))).kind).toBe('unreachable');
    expect(simulator.requests).toHaveLength(1);
  });

  test('the token is in no error', async () => {
    const tickets = await setUp({}, { apiToken: 'very-secret-token' });
    const error = await errorOf(tickets.create('k', DRAFT, signal));
    expect(error.kind).toBe('unauthorized');
    const seen = JSON.stringify([error.message, error.detail, String(error.cause)]);
    expect(seen).not.toContain('very-secret-token');
    expect(seen).not.toContain(Buffer.from('a@b.example:very-secret-token').toString('base64'));
  });

  test('refused credentials are not tried again', async () => {
    const tickets = await setUp({}, { apiToken: 'wrong' });
    await errorOf(tickets.read('1', signal));
    const error = await errorOf(tickets.read('1', signal));
    expect(error.kind).toBe('unauthorized');
    expect(simulator.requests).toHaveLength(1);
  });
});

describe('findByKey', () => {
  test('takes the original, not its clone, also in another project and with a lost property', async () => {
    const tickets = await setUp();
    const made = await tickets.create('k', { ...DRAFT, project: 'OPS' }, signal);
    simulator.clone(made.id);
    expect((await tickets.findByKey('k', signal))?.key).toBe(made.key);
    simulator.issue(made.id)?.properties.clear();
    expect((await tickets.findByKey('k', signal))?.key).toBe(made.key);
  });

  test('the same label with another key is not it', async () => {
    const tickets = await setUp();
    const made = await tickets.create('other', DRAFT, signal);
    simulator.issue(made.id)?.labels.push(effectLabel('k'));
    expect(await tickets.findByKey('k', signal)).toBeUndefined();
  });

  test('turns every page', async () => {
    const tickets = await setUp();
    const made = await tickets.create('first', DRAFT, signal);
    for (let index = 0; index < 120; index += 1) simulator.clone(made.id);
    const last = await tickets.create('last', DRAFT, signal);
    simulator.issue(last.id)?.labels.push(effectLabel('first'));
    simulator.issue(made.id)?.properties.set(EFFECT_PROPERTY, { key: 'elsewhere' });
    simulator.issue(last.id)?.properties.set(EFFECT_PROPERTY, { key: 'first' });
    expect((await tickets.findByKey('first', signal))?.key).toBe(last.key); // on the second page
  });

  test('a listing that says there is more and gives no token proves nothing', async () => {
    const tickets = await setUp();
    simulator.addFault({ kind: 'status', status: 200, body: { issues: [], isLast: false }, match: 'search/jql' });
    expect((await errorOf(tickets.findByKey('k', signal))).kind).toBe('malformed');
  });

  test('a listing that never ends proves nothing', async () => {
    const tickets = await setUp();
    simulator.addFault({ kind: 'status', status: 200, body: { issues: [], nextPageToken: 'x' }, match: 'search/jql' });
    expect((await errorOf(tickets.findByKey('k', signal))).kind).toBe('malformed');
  });

  test('an issue that search does not show yet is found after the lag', async () => {
    const tickets = await setUp({ indexLagMs: 150 });
    await tickets.create('k', DRAFT, signal);
    expect(await tickets.findByKey('k', signal)).toBeUndefined();
    await expect.poll(() => tickets.findByKey('k', signal), { timeout: 5000 }).toBeDefined();
  });

  test('the removed search API is unsupported, not "no issue"', async () => {
    const tickets = await setUp();
    simulator.addFault({
      kind: 'status',
      status: 410,
      body: { errorMessages: ['The requested API has been removed.'], errors: {} },
    });
    expect((await errorOf(tickets.findByKey('k', signal))).kind).toBe('unsupported');
  });
});

test('a 404 that is not Jira’s is no proof that the ticket is gone', async () => {
  const tickets = await setUp();
  simulator.addFault({ kind: 'status', status: 404, body: '<html>nginx</html>' });
  expect((await errorOf(tickets.read('10000', signal))).kind).toBe('malformed');
});

test('with a bearer token', async () => {
  const tickets = await setUp({}, { email: undefined, apiToken: undefined, bearerToken: 'b-1' });
  await errorOf(tickets.read('1', signal));
  expect(simulator.requests[0]?.headers['authorization']).toBe('Bearer b-1');
});
