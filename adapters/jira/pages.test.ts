import { expect, test } from 'vitest';
import { jiraAdapter } from './index.ts';
import { startJiraSimulator } from './simulator.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';

test('a person opens a ticket and its project without logging in, and markup stays text', async () => {
  const simulator = await startJiraSimulator({ email: 'a', apiToken: 't', projects: [{ key: 'HW' }] });
  const settings = jiraAdapter.Settings.parse({ url: simulator.url, email: 'a', apiToken: 't', project: 'HW' });
  const { tickets } = jiraAdapter.connect(settings, kitForTests('jira')).provides;
  const draft = { project: null, paragraphs: ['<script>alert(1)</script>'], priority: 'LOW' as const, labels: [] };
  const rule = { type: 'REPLACE_FAN', template: null, assigneeGroup: null, facts: {} };
  const made = await tickets?.create(
    'k',
    {
      ...draft,
      ...rule,
      summary: 'Fan <b>',
      links: [
        { title: 'Asset', url: 'https://hub.example/?a=1&b=2' },
        { title: 'bad', url: 'javascript:alert(1)' },
      ],
    },
    AbortSignal.timeout(10_000),
  );
  const open = async (path: string): Promise<string> => (await fetch(new URL(path, simulator.url))).text();
  const ticket = await open(made?.url ?? '');
  expect(ticket).toContain('<h1>HW-1 Fan &lt;b&gt;</h1>');
  expect(ticket).toContain('&lt;script&gt;');
  expect(ticket).not.toContain('<script');
  expect(ticket).toContain('<a href="https://hub.example/?a=1&amp;b=2">Asset</a>');
  expect(ticket).not.toContain('javascript:');
  expect(await open('/projects/HW')).toContain('<a href="/browse/HW-1">HW-1</a>');
  expect((await fetch(`${simulator.url}/browse/HW-2`)).status).toBe(404);
  await simulator.close();
});
