import { createCloudClient } from 'jira.js';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Http } from '#src/kit/http.ts';
import { type KitForTests, kitForTests } from '#src/kit/kit-for-tests.ts';
import type { AdapterError } from '#src/ports/adapter-error.ts';
import { draftForTests } from './draft-for-tests.ts';
import { jiraAdapter } from './index.ts';
import { type Exchange, openapiJudge } from './openapi-for-tests.ts';
import { type JiraSimulator, type JiraSimulatorOptions, startJiraSimulator } from './simulator.ts';
import { templatesForTests } from './templates/templates-for-tests.ts';

const judge = openapiJudge();
if (judge === undefined)
  console.info(
    'skipped: Jira requests and answers against the published OpenAPI, because no corpus is present (REANIMATOR_CORPUS)',
  );

const signal = AbortSignal.timeout(60_000);
const FIELDS: NonNullable<JiraSimulatorOptions['projects'][number]['fields']> = [
  { id: 'customfield_10001', name: 'Server serial', type: 'string' },
  { id: 'customfield_10002', name: 'History', type: 'string', textarea: true },
  { id: 'customfield_10003', name: 'Rack unit', type: 'number' },
  { id: 'customfield_10004', name: 'Warranty until', type: 'date' },
  { id: 'customfield_10005', name: 'Seen first', type: 'datetime' },
  { id: 'customfield_10006', name: 'Datacenter', type: 'option', list: true, options: ['Amsterdam 1'] },
  { id: 'customfield_10007', name: 'Team', type: 'group' },
  { id: 'customfield_10008', name: 'Owner', type: 'user' },
];
const TEMPLATES = templatesForTests(`
  default:
    fields:
      - { name: Server serial, type: text, from: server_serial }
      - { name: History, type: text, from: previous_tickets }
      - { name: Rack unit, type: number, from: u }
      - { name: Warranty until, type: date, from: warranty_until }
      - { name: Seen first, type: datetime, from: first_seen }
      - { name: Datacenter, type: option, from: site, words: { ams1: Amsterdam 1 } }
      - { name: Team, type: group, from: assignee_group }
      - { name: Owner, type: user, value: 5b10a2844c20165700ede21g }
`);
const FACTS = {
  ...{ server_serial: 'ABC1234', previous_tickets: 'HW-1\nHW-2', u: 7, warranty_until: '2027-01-31' },
  ...{ first_seen: '2026-11-21T06:00:00.000Z', site: 'ams1' },
};

describe.skipIf(judge === undefined)('against the published OpenAPI', () => {
  let simulator: JiraSimulator;
  let exchanges: Exchange[] = [];
  beforeAll(() => void (exchanges = []));
  afterEach(async () => {
    vi.unstubAllGlobals();
    await simulator.close();
  });

  async function start(options: Partial<JiraSimulatorOptions> = {}): Promise<void> {
    exchanges = [];
    const projects = [{ key: 'HW', fields: FIELDS, workflow: 'resolution' as const, serviceDesk: true }];
    simulator = await startJiraSimulator({ email: 'hub@example.com', apiToken: 't', projects, ...options });
  }

  function adapter(settings: Record<string, unknown> = {}) {
    const parsed = jiraAdapter.Settings.parse({
      ...{ url: simulator.url, email: 'hub@example.com', apiToken: 't', project: 'HW', templates: TEMPLATES },
      ...settings,
    });
    const connection = jiraAdapter.connect(parsed, watched(kitForTests('jira')));
    const { tickets } = connection.provides;
    if (tickets === undefined) throw new Error('no tickets');
    return { connection, tickets };
  }

  /** A kit whose HTTP tells of every exchange. */
  function watched(kit: KitForTests): KitForTests {
    return {
      ...kit,
      http(options) {
        const http = kit.http(options);
        const request: Http['request'] = async (wanted) => {
          const answer = await http.request(wanted);
          const { method, path, query = {}, body, headers } = wanted;
          const pairs = Object.entries(query).flatMap(([name, value]) =>
            value === undefined ? [] : [value].flat().map((one): [string, string] => [name, String(one)]),
          );
          const json =
            body === undefined || Buffer.isBuffer(body) ? undefined : (JSON.parse(JSON.stringify(body)) as unknown);
          const contentType = headers?.['content-type'] ?? (body === undefined ? undefined : 'application/json');
          const seen = { method, path, query: new URLSearchParams(pairs), contentType, body: json };
          exchanges.push({ ...seen, status: answer.status, answer: answer.text });
          return answer;
        };
        return { ...http, request };
      },
    };
  }

  const problems = (): string[] => exchanges.flatMap((exchange) => judge?.problems(exchange) ?? []);

  test('every request of the adapter, and every answer to it, is one that the documents know', async () => {
    await start();
    const { tickets, connection } = adapter();
    const made = await tickets.create('k', { ...draftForTests, assigneeGroup: 'dc-ops', facts: FACTS }, signal);
    expect([...(simulator.issue(made.id)?.custom.keys() ?? [])]).toEqual(FIELDS.map(({ id }) => id));
    await tickets.findByKey('k', signal);
    await tickets.read(made.id, signal);
    await tickets.read('99999', signal);
    for (const text of ['first', 'first', 'second']) await tickets.comment(`c-${text}`, made.id, [text], signal);
    await tickets.findComment('c-none', made.id, signal);
    const file = { name: 'report.txt', type: 'text/plain', bytes: Buffer.from('all is lost') };
    for (const key of ['a', 'a']) await tickets.attach(key, made.id, file, signal);
    for (const resolved of [false, true])
      await tickets.linkPage(
        made.id,
        { globalId: 'asset=1', title: 'Asset', url: 'https://hub.example/', resolved },
        signal,
      );
    await tickets.retitle(made.id, 'Another title', signal);
    await tickets.readSla(made.id, signal);
    await tickets.readSla('99999', signal);
    for (const to of ['done', 'new', 'indeterminate'] as const)
      await tickets.transition(made.id, to, { resolution: null }, signal);
    for (let index = 0; index < 101; index += 1) simulator.clone(made.id);
    const first = await tickets.search('project = HW', null, signal);
    expect(first.cases[0]?.fields).toMatchObject({
      'Server serial': 'ABC1234',
      Datacenter: 'Amsterdam 1',
      'Rack unit': 7,
    });
    expect((await tickets.search('project = HW', first.next, signal)).next).toBeNull();
    await tickets.create('k', { ...draftForTests, project: 'NOPE' }, signal).catch(expectRejected);
    await connection.probe(signal);
    expect(problems()).toEqual([]);
    const operations = [...(judge?.seen ?? [])].toSorted();
    for (const wanted of [
      ...['addAttachment 200', 'addComment 201', 'createIssue 201', 'createIssue 400'],
      ...['createOrUpdateRemoteIssueLink 200', 'createOrUpdateRemoteIssueLink 201', 'doTransition 204'],
      ...[
        'getComments 200',
        'getCommentsByIds 200',
        'getCreateIssueMetaIssueTypeId 200',
        'getIssue 200',
        'getIssue 404',
      ],
      ...[
        'getSlaInformation 200',
        'getSlaInformation 404',
        'getTransitions 200',
        'searchAndReconsileIssuesUsingJqlPost 200',
      ],
    ])
      expect(operations).toContain(wanted);
  });

  test('and every request of jira.js by itself', async () => {
    await start();
    const real = globalThis.fetch;
    vi.stubGlobal('fetch', async (input: string | URL | Request, init: RequestInit = {}) => {
      const request = new Request(input, init);
      const url = new URL(request.url);
      const text = await request.clone().text();
      const answer = await real(request);
      const contentType = request.headers.get('content-type') ?? undefined;
      exchanges.push({
        ...{ method: request.method, path: decodeURI(url.pathname), query: url.searchParams, contentType },
        body: contentType?.startsWith('application/json') ? JSON.parse(text) : undefined,
        ...{ status: answer.status, answer: await answer.clone().text() },
      });
      return answer;
    });
    const jira = createCloudClient({
      host: simulator.url,
      auth: { type: 'basic', email: 'hub@example.com', apiToken: 't' },
    });
    const body = { type: 'doc' as const, version: 1 as const, content: [] };
    const fields = {
      project: { key: 'HW' },
      issuetype: { name: 'Task' },
      summary: 's',
      labels: ['x'],
      description: body,
    };
    const made = await jira.issues.createIssue({ fields });
    const issueIdOrKey = made.key ?? '';
    await jira.issues.getIssue({ issueIdOrKey });
    await jira.issueComments.addComment({ issueIdOrKey, body });
    await jira.issueComments.getComments({ issueIdOrKey });
    await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql: 'labels = x',
      fields: ['*all'],
      expand: 'names',
    });
    const { transitions } = await jira.issues.getTransitions({ issueIdOrKey, expand: 'transitions.fields' });
    const close = transitions?.find((one) => one.name === 'Close');
    await jira.issues.doTransition({
      issueIdOrKey,
      transition: { id: close?.id ?? '' },
      fields: { resolution: { name: 'Done' } },
    });
    await jira.issueRemoteLinks.createOrUpdateRemoteIssueLink({
      issueIdOrKey,
      object: { url: 'https://x.example/', title: 'x' },
    });
    await jira.issueAttachments.addAttachment({ issueIdOrKey, attachments: { filename: 'a.txt', content: 'abc' } });
    await jira.issueProperties.setIssueProperty({ issueIdOrKey, propertyKey: 'p', body: { a: 1 } }).catch(() => {});
    await jira.myself.getCurrentUser();
    await jira.serverInfo.getServerInfo();
    await jira.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: 'HW' });
    await jira.issues.getIssue({ issueIdOrKey: 'HW-999' }).catch(() => {});
    expect(problems()).toEqual([]);
    expect(exchanges.length).toBeGreaterThan(12);
  });

  test('a limit is answered as the documents say', async () => {
    await start({ limits: { requests: 1, windowMs: 5_000 } });
    const { tickets } = adapter();
    await tickets.read('10000', signal);
    const error = await tickets.read('10000', signal).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'throttled', retryAfterMs: 5_000 });
    expect((error as AdapterError).detail).toMatchObject({ rateLimitReason: 'jira-burst-based' });
    expect(problems()).toEqual([]);
  });
});

function expectRejected(error: unknown): void {
  expect(error).toMatchObject({ kind: 'rejected' });
}
