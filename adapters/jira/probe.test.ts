import { afterEach, expect, test } from 'vitest';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { jiraAdapter } from './index.ts';
import { type JiraSimulator, type JiraSimulatorOptions, startJiraSimulator } from './simulator.ts';
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

test('Data Center is said to be unsupported', async () => {
  await start({});
  simulator.addFault({
    kind: 'status',
    status: 200,
    body: { version: '9.12.0', deploymentType: 'Server' },
    match: 'serverInfo',
  });
  expect((await probed())['version']).toMatchObject({ ok: false, found: 'Server' });
});
