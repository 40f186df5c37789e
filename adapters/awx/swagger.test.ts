import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Host, Inventory, Job, JobTemplate, Launched, LaunchRules, ListedJob, Me, pageOf, Ping } from './schema.ts';
import { type AwxSimulator, startAwxSimulator } from './simulator.ts';
import { corpusPath } from '#test/kit/corpus.ts';

const corpus = corpusPath();
const swagger = read(`${corpus}/awx/openapi/awx-swagger2-goawx.json`);
if (swagger === undefined)
  console.info(
    'skipped: AWX schemas and simulator against its recorded examples, because no corpus is present (REANIMATOR_CORPUS)',
  );

const Swagger = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});
const Operation = z.object({
  responses: z.record(z.string(), z.object({ examples: z.object({ 'application/json': z.unknown() }).optional() })),
});
const Field = z.object({ type: z.string() });

describe.skipIf(swagger === undefined)('against recorded answers', () => {
  const { paths } =
    swagger === undefined ? { paths: {} as Record<string, Record<string, unknown>> } : Swagger.parse(swagger);
  let simulator: AwxSimulator;

  beforeAll(async () => {
    simulator = await startAwxSimulator({ token: 't', templates: [{ name: 'burn-in' }] });
    simulator.addHost('web01');
    await ask('/api/v2/job_templates/7/launch/', 'POST', { limit: 'web01' });
  });
  afterAll(() => simulator.close());

  function example(path: string, method = 'get', status = '200'): unknown {
    const found = Operation.parse(paths[path]?.[method]).responses[status]?.examples?.['application/json'];
    if (found === undefined) throw new Error(`no example for ${method} ${path} ${status}`);
    return found;
  }
  async function ask(path: string, method = 'GET', body?: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${simulator.url}${path}`, {
      method,
      headers: { authorization: 'Bearer t' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await answer.json()) as Record<string, unknown>;
  }

  test.each([
    ['/api/v2/ping/', 'get', '200', Ping],
    ['/api/v2/me/', 'get', '200', pageOf(Me)],
    ['/api/v2/inventories/{id}/', 'get', '200', Inventory],
    ['/api/v2/inventories/{id}/hosts/', 'post', '201', Host],
    ['/api/v2/hosts/', 'get', '200', pageOf(Host)],
    ['/api/v2/job_templates/{id}/', 'get', '200', JobTemplate],
    ['/api/v2/job_templates/{id}/launch/', 'get', '200', LaunchRules],
    ['/api/v2/job_templates/{id}/launch/', 'post', '201', Launched],
    ['/api/v2/jobs/{id}/', 'get', '200', Job],
  ] as const)('our schema reads %s %s %s', (path, method, status, schema) => {
    expect((schema as z.ZodType).safeParse(example(path, method, status)).error).toBeUndefined();
  });

  test.each([
    ['/api/v2/ping/', '/api/v2/ping/'],
    ['/api/v2/jobs/{id}/', '/api/v2/jobs/1/'],
    ['/api/v2/job_templates/{id}/', '/api/v2/job_templates/7/'],
    ['/api/v2/job_templates/{id}/launch/', '/api/v2/job_templates/7/launch/'],
    ['/api/v2/inventories/{id}/', '/api/v2/inventories/1/'],
    ['/api/v2/me/', '/api/v2/me/'],
  ])('the simulator invents no field of %s, and gives those that it has the same type', async (recorded, asked) => {
    const theirs = example(recorded) as Record<string, unknown>;
    const ours = await ask(asked);
    const differing = Object.entries(ours).filter(
      ([name, value]) => !NEWER.has(name) && (!Object.hasOwn(theirs, name) || !alike(value, theirs[name])),
    );
    expect(differing.map(([name]) => name)).toEqual([]);
  });

  test('the refusal to filter on extra_vars is AWX’s own', async () => {
    expect(await ask('/api/v2/jobs/?extra_vars__contains=x')).toEqual(example('/api/v2/jobs/', 'get', '403'));
  });

  test('the fields of a host that we send are fields of AWX 24.6.1', () => {
    const options = z
      .object({ actions: z.object({ POST: z.record(z.string(), Field) }) })
      .parse(read(`${corpus}/awx/ilijamt-24.6.1/payload/resource_host.json`));
    for (const name of ['name', 'description', 'enabled', 'instance_id', 'variables'])
      expect(Object.keys(options.actions.POST)).toContain(name);
  });

  test.each(['getJobStatus1.json', 'getJobStatus2.json', 'getJobStatus4.json'])('a recorded job: %s', (name) => {
    const job = read(`${corpus}/awx/onap-recorded-2019/${name}`);
    expect(Job.safeParse(job).error).toBeUndefined();
    expect(ListedJob.safeParse(job).error).toBeUndefined();
  });
});

/** Fields that came after the recorded version. */
const NEWER = new Set([
  'canceled_on',
  'ask_execution_environment_on_launch',
  'ask_labels_on_launch',
  'ask_forks_on_launch',
  'ask_job_slice_count_on_launch',
  'ask_timeout_on_launch',
  'ask_instance_groups_on_launch',
  'playbook_counts',
]);

function alike(ours: unknown, theirs: unknown): boolean {
  return (
    ours === null || theirs === null || (typeof ours === typeof theirs && Array.isArray(ours) === Array.isArray(theirs))
  );
}

test('the fixtures are read by our schemas', () => {
  const fixture = (name: string): unknown => read(new URL(`./fixtures/24.6.1/${name}`, import.meta.url).pathname);
  expect(Launched.parse(fixture('launched-ignored.json')).ignored_fields).toHaveProperty('limit');
  expect(Job.parse(fixture('job-running.json'))).toMatchObject({ status: 'running', event_processing_finished: false });
});

function read(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
