import { expect, test } from 'vitest';
import { startAwxSimulator } from './simulator.ts';

test('a person sees all jobs on the first page, where the real address of a job leads, and each job on its own', async () => {
  const simulator = await startAwxSimulator({ token: 't', templates: [{ name: 'burn-in' }], runMs: 1 });
  simulator.addHost('web01');
  const headers = { authorization: 'Bearer t' };
  await fetch(`${simulator.url}/api/v2/job_templates/7/launch/`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ limit: 'web01', extra_vars: { note: '<b>' } }),
  });
  await expect.poll(() => simulator.statusOf(1)).toBe('successful');
  const open = async (path: string): Promise<string> => (await fetch(`${simulator.url}${path}`)).text();
  expect(await open('/#/jobs/playbook/1')).toContain('<tr id="/jobs/playbook/1">');
  const job = await open('/jobs/playbook/1');
  expect(job).toContain('ok: [web01]');
  expect(job).toContain('&lt;b&gt;');
  await simulator.close();
});

test('a POST without its slash is redirected, and nothing is launched', async () => {
  const simulator = await startAwxSimulator({ token: 't', templates: [{ name: 'burn-in' }] });
  const answer = await fetch(`${simulator.url}/api/v2/job_templates/7/launch`, {
    method: 'POST',
    headers: { authorization: 'Bearer t' },
  });
  expect(new URL(answer.url).pathname).toBe('/api/v2/job_templates/7/launch/'); // fetch follows a 301 with a GET, as clients do
  expect(simulator.requests.map((request) => request.method)).toEqual(['POST', 'GET']);
  expect(simulator.jobs()).toEqual([]);
  await simulator.close();
});
