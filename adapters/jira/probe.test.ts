import { afterEach, expect, test } from 'vitest';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { jiraAdapter } from './index.ts';
import { type JiraSimulator, type JiraSimulatorOptions, startJiraSimulator } from './simulator.ts';
import { templatesForTests } from './templates/templates-for-tests.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';

let simulator: JiraSimulator;
afterEach(() => simulator.close());

async function probed(settings: Record<string, unknown> = {}): Promise<Record<string, ProbeCheck>> {
  const parsed = jiraAdapter.Settings.parse({
    url: simulator.url,
    email: 'a@b.example',
    apiToken: 't',
    project: 'HW',
    timeoutMs: 500,
    ...settings,
  });
  const checks = await jiraAdapter.connect(parsed, kitForTests('jira')).probe(AbortSignal.timeout(30_000));
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}
async function start(options: Partial<JiraSimulatorOptions>): Promise<void> {
  simulator = await startJiraSimulator({
    email: 'a@b.example',
    apiToken: 't',
    projects: [{ key: 'HW', issueTypes: ['Task', 'Bug'] }],
    ...options,
  });
}

test('all is well', async () => {
  await start({});
  const checks = await probed();
  expect(Object.keys(checks)).toEqual(['reachable', 'version', 'authorised', 'permissions', 'configuration']);
  expect(Object.values(checks).every((check) => check.ok)).toBe(true);
});

test.each([
  ['wrong token', {}, { apiToken: 'wrong' }, 'authorised', /answered 401/],
  ['no such project', {}, { project: 'NOPE' }, 'configuration', /NOPE/],
  ['no such issue type', {}, { issueType: 'Hardware' }, 'configuration', /Task, Bug/],
  ['may not create', { mayCreate: false }, {}, 'permissions', /CREATE_ISSUES/],
  ['no labels on the screen', { projects: [{ key: 'HW', screen: ['description'] }] }, {}, 'configuration', /Labels/],
  [
    'a required custom field',
    { projects: [{ key: 'HW', required: { customfield_1: 'Cost centre' } }] },
    {},
    'configuration',
    /Cost centre/,
  ],
] as const)('%s', async (_, options, settings, name, found) => {
  await start(options as Partial<JiraSimulatorOptions>);
  const check = (await probed(settings))[name];
  expect(check).toMatchObject({ ok: false, found: expect.stringMatching(found) });
  expect(check?.remedy).toBeTruthy();
});

test('nothing answers', async () => {
  await start({});
  simulator.addFault({ kind: 'hang' });
  expect(await probed()).toEqual({ reachable: expect.objectContaining({ ok: false }) });
});

test('Data Center is told from Cloud', async () => {
  await start({});
  simulator.addFault({
    kind: 'status',
    status: 200,
    body: { version: '9.12.0', deploymentType: 'Server' },
    match: 'serverInfo',
  });
  expect((await probed())['version']).toMatchObject({
    ok: false,
    found: expect.stringContaining('Data Center'),
    remedy: 'Set deployment to datacenter',
  });
});

const FIELDS: NonNullable<JiraSimulatorOptions['projects'][number]['fields']> = [
  { id: 'customfield_1', name: 'Server serial', type: 'string', required: true },
  { id: 'customfield_2', name: 'Rack unit', type: 'number' },
  { id: 'customfield_3', name: 'Datacenter', type: 'option', options: ['Amsterdam 1', 'Berlin'] },
  { id: 'customfield_4', name: 'Cost centre', type: 'string', required: true },
];

async function problemsWith(templates: string, deployment: 'cloud' | 'datacenter'): Promise<ProbeCheck[]> {
  simulator = await startJiraSimulator({
    ...{ deployment, email: 'a@b.example', apiToken: 't' },
    projects: [{ key: 'HW', issueTypes: ['Task', 'Incident'], fields: FIELDS }],
  });
  const settings = { url: simulator.url, deployment, project: 'HW', templates: templatesForTests(templates) };
  const account = deployment === 'cloud' ? { email: 'a@b.example', apiToken: 't' } : { bearerToken: 't' };
  const connection = jiraAdapter.connect(jiraAdapter.Settings.parse({ ...settings, ...account }), kitForTests('jira'));
  return (await connection.probe(AbortSignal.timeout(30_000))).filter(({ name }) => name === 'configuration');
}

test.each(['cloud', 'datacenter'] as const)(
  'every field of the templates is looked for on the create screen, in %s',
  async (deployment) => {
    const checks = await problemsWith(
      `
  default:
    fields:
      - { name: Server serial, type: text, from: server_serial }
      - { name: Rack unit, type: text, from: rack }
      - { name: Datacentre, type: option, from: site }
      - { name: datacenter, type: option, from: site, words: { ams1: Amsterdam 1, ber1: Berlin 1 } }
    priorities: { LOW: P4, MEDIUM: Medium, HIGH: High, CRITICAL: Highest }
  ghost: { for: [GHOST], issueType: Ghost }
`,
      deployment,
    );
    expect(checks.map(({ ok }) => ok)).not.toContain(true);
    const found = checks.map(({ found: one, remedy }) => `${one} → ${remedy}`);
    for (const wanted of [
      /"Rack unit".+ is a number, and template default takes it for a text → Correct its `type`/,
      /no field "Datacentre".+→ Add it/,
      /"Datacenter".+ has no option "Berlin 1".+→ Add the option in Jira, or choose one of: Amsterdam 1, Berlin$/,
      /priorities of "Task" in HW have no "P4" → Set `priorities` of template default to: Highest/,
      /"Cost centre" \(string\) is required .+ does not fill it → Add it to the fields of template default/,
      /"Server serial" is required .+ may be unknown → Give it an `else`/,
      /no issue type "Ghost", but Task, Incident → Set issueType .+ template ghost/,
    ])
      expect(found).toContainEqual(expect.stringMatching(wanted));
    expect(found).toHaveLength(7);
  },
);

test('a screen that the templates fill is well', async () => {
  const checks = await problemsWith(
    `
  default:
    fields:
      - { name: Server serial, type: text, from: server_serial, else: unknown }
      - { name: Cost centre, type: text, value: '4711' }
`,
    'cloud',
  );
  expect(checks).toEqual([{ name: 'configuration', ok: true, found: 'HW, Task' }]);
});
