import { afterEach, describe, expect, test } from 'vitest';
import type { TicketDraft, Tickets } from '#src/ports/tickets.ts';
import { EFFECT_PROPERTY, effectLabel } from './effect-label.ts';
import { jiraAdapter } from './index.ts';
import { type JiraSimulator, type JiraSimulatorOptions, startJiraSimulator } from './simulator.ts';
import { templatesForTests } from './templates/templates-for-tests.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { errorOf } from '#src/kit/adapter-error-for-tests.ts';

const DRAFT: TicketDraft = {
  project: null,
  summary: 'Drive failed',
  paragraphs: ['Bay 4'],
  links: [],
  priority: 'CRITICAL',
  labels: [],
  ...{ type: 'REPLACE_DISK', template: null, assigneeGroup: null, facts: {} },
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
    email: 'a@b.example',
    apiToken: 't',
    project: 'HW',
    timeoutMs: 2000,
    ...settings,
    url: `${simulator.url}/`,
  });
  return jiraAdapter.connect(parsed, kitForTests('jira')).provides.tickets!;
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
    expect(issue?.description).toMatchObject({ content: [{ type: 'paragraph' }, { type: 'bulletList' }] });
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

describe('fields of a template', () => {
  const FIELDS = [
    { id: 'customfield_1', name: 'Serial', type: 'string' as const },
    { id: 'customfield_2', name: 'Datacenter', type: 'option' as const, options: ['Amsterdam 1'] },
    { id: 'customfield_3', name: 'Notes', type: 'string' as const, textarea: true },
  ];
  const TEMPLATES = templatesForTests(`
  default:
    fields:
      - { name: Serial, type: text, from: server_serial }
      - { name: Datacenter, type: option, from: site }
      - { name: Notes, type: text, from: previous_tickets }
      - { name: Not there, type: text, from: server_serial }
`);
  const facts = { server_serial: 'ABC', site: 'ber1', previous_tickets: 'HW-1' };

  test('an option that Jira does not have costs that field and not the ticket, once', async () => {
    const tickets = await setUp({ projects: [{ key: 'HW', fields: FIELDS }] }, { templates: TEMPLATES });
    const made = await tickets.create('k', { ...DRAFT, facts }, signal);
    const issue = simulator.issue(made.id);
    expect(simulator.issues()).toHaveLength(1);
    expect(issue?.custom.get('customfield_1')).toBe('ABC');
    expect(issue?.custom.has('customfield_2')).toBe(false);
    expect(issue?.custom.get('customfield_3')).toMatchObject({ type: 'doc' });
    expect(issue?.priority).toBe('Highest');
  });

  test('the screen is asked for once', async () => {
    const tickets = await setUp({ projects: [{ key: 'HW', fields: FIELDS }] }, { templates: TEMPLATES });
    for (const key of ['a', 'b', 'c']) await tickets.create(key, { ...DRAFT, facts: { ...facts, site: null } }, signal);
    expect(simulator.requests.filter(({ path }) => path.includes('createmeta'))).toHaveLength(2);
  });

  test('a screen that cannot be read now makes no ticket without its fields', async () => {
    const tickets = await setUp({ projects: [{ key: 'HW', fields: FIELDS }] }, { templates: TEMPLATES });
    simulator.addFault({ kind: 'status', status: 503, match: 'createmeta' });
    expect((await errorOf(tickets.create('k', { ...DRAFT, facts }, signal))).kind).toBe('unreachable');
    expect(simulator.issues()).toEqual([]);
  });
});

describe('Data Center', () => {
  const PROJECTS = [{ key: 'HW', serviceDesk: true }];
  async function setUpDatacenter(more: Partial<JiraSimulatorOptions> = {}): Promise<Tickets> {
    return setUp(
      { deployment: 'datacenter', contextPath: '/jira', projects: PROJECTS, ...more },
      { deployment: 'datacenter', url: undefined, email: undefined, apiToken: undefined, bearerToken: 't' },
    );
  }

  test('gets wiki markup by REST v2, escaped, below its context path', async () => {
    const tickets = await setUpDatacenter();
    const links = [{ title: 'a|b', url: 'https://hub.example/' }];
    const made = await tickets.create('k', { ...DRAFT, paragraphs: ['{code} [~me] !x!'], links }, signal);
    expect(simulator.issue(made.id)?.description).toBe(
      '\\{code\\} \\[\\~me\\] \\!x\\!\n\n* [a\\|b|https://hub.example/]',
    );
    expect(new Set(simulator.requests.map(({ path }) => path.slice(0, 16)))).toEqual(new Set(['/jira/rest/api/2']));
    expect(made.url).toBe(`${simulator.url}/browse/HW-1`);
    expect(simulator.url).toMatch(/\/jira$/);
  });

  test('a comment is found by its last line, and who quotes it is not taken for it', async () => {
    const tickets = await setUpDatacenter();
    const { id } = await tickets.create('k', DRAFT, signal);
    const made = await tickets.comment('c', id, ['Replaced.'], signal);
    const written = simulator.issue(id)?.comments[0]?.body;
    expect(written).toMatch(/^Replaced\\?\.?\n\nReanimator note [0-9a-f]{16}$/);
    simulator.comment(id, `{quote}${String(written)}{quote} thanks`);
    expect(await tickets.findComment('c', id, signal)).toEqual(made);
  });

  test('its rate limit is a bucket', async () => {
    const tickets = await setUpDatacenter({ limits: { requests: 1, windowMs: 4_000 } });
    await tickets.read('10000', signal);
    expect(await errorOf(tickets.read('10000', signal))).toMatchObject({ kind: 'throttled', retryAfterMs: 4_000 });
    simulator.addFault({ kind: 'status', status: 429, headers: { 'x-ratelimit-interval-seconds': '9' } });
    expect(await errorOf(tickets.read('10000', signal))).toMatchObject({ kind: 'throttled', retryAfterMs: 9_000 });
  });

  test('promises are read', async () => {
    const tickets = await setUpDatacenter();
    const { id } = await tickets.create('k', DRAFT, signal);
    const issue = simulator.issue(id);
    issue?.sla.splice(0, 1, { name: 'Resolve', goalMs: 1_000, elapsedMs: 3_000, running: true, paused: true });
    issue?.sla.push({ name: 'Answer', goalMs: 5_000, elapsedMs: 3_000, running: false });
    expect(await tickets.readSla(id, signal)).toEqual([
      { name: 'Resolve', goalMs: 1_000, remainingMs: -2_000, breached: true, paused: true },
      { name: 'Answer', goalMs: 5_000, remainingMs: null, breached: false, paused: false },
    ]);
  });
});

test('who has it, how urgent it is and what became of it is read', async () => {
  const tickets = await setUp();
  const { id } = await tickets.create('k', DRAFT, signal);
  simulator.assign(id, { accountId: 'u-1', displayName: 'Mia Krystof' });
  simulator.transition(id, 'Done');
  const read = await tickets.read(id, signal);
  expect(read).toMatchObject({
    assignee: 'Mia Krystof',
    resolution: 'Done',
    priority: 'Highest',
    statusCategory: 'done',
  });
  expect(read?.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT.+Z$/);
});

describe('listings of several pages', () => {
  test.each(['cloud', 'datacenter'] as const)(
    'a comment is found among hundreds, wherever it stands, in %s',
    async (deployment) => {
      const account = deployment === 'cloud' ? {} : { email: undefined, apiToken: undefined, bearerToken: 't' };
      const tickets = await setUp({ deployment }, { deployment, ...account });
      const { id } = await tickets.create('k', DRAFT, signal);
      const chatter = (count: number): void => {
        for (let index = 0; index < count; index += 1) simulator.comment(id, `people talk ${index}`);
      };
      chatter(120);
      const made = await tickets.comment('c', id, ['Replaced.'], signal);
      chatter(120);
      expect(await tickets.findComment('c', id, signal)).toEqual(made);
      expect(await tickets.findComment('other', id, signal)).toBeUndefined();
      simulator.addFault({
        ...{ kind: 'status', status: 200, match: '^GET .*/comment', times: 1 },
        body: { comments: [], startAt: 0, maxResults: 100, total: 7 },
      });
      expect((await errorOf(tickets.comment('other', id, ['x'], signal))).kind).toBe('malformed'); // a short listing proves no absence
    },
  );

  test('a search in Data Center goes by count, and a page that is none is refused', async () => {
    const account = { email: undefined, apiToken: undefined, bearerToken: 't' };
    const tickets = await setUp({ deployment: 'datacenter' }, { deployment: 'datacenter', ...account });
    const { id } = await tickets.create('k', { ...DRAFT, labels: ['many'] }, signal);
    for (let index = 0; index < 120; index += 1) simulator.clone(id);
    const first = await tickets.search('labels = many', null, signal);
    const second = await tickets.search('labels = many', first.next, signal);
    expect([first.cases.length, first.next, second.cases.length, second.next]).toEqual([100, '100', 21, null]);
    expect(new Set([...first.cases, ...second.cases].map(({ key }) => key)).size).toBe(121);
    expect((await errorOf(tickets.search('labels = many', 'x', signal))).kind).toBe('rejected');
    simulator.addFault({ kind: 'status', status: 200, match: '/search', body: { issues: [], startAt: 0, total: 9 } });
    expect((await errorOf(tickets.search('labels = many', null, signal))).kind).toBe('malformed');
  });
});
