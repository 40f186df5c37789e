import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jiraAdapter } from './index.ts';
import { CreatedIssue, JiraErrors, SearchPage } from './schema.ts';
import { type JiraSimulator, startJiraSimulator } from './simulator.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { corpusPath } from '#test/kit/corpus.ts';

const corpus = corpusPath();
const document = read(`${corpus}/jira/openapi/jira-cloud-api.swagger.json`);
if (document === undefined)
  console.info(
    'skipped: Jira requests and answers against the published OpenAPI, because no corpus is present (REANIMATOR_CORPUS)',
  );

/** The paths that we use, as the document names them. */
const PATHS: [method: string, pattern: RegExp, path: string][] = [
  ['POST', /^\/issue$/, '/rest/api/3/issue'],
  ['GET', /^\/issue\/createmeta\/[^/]+\/issuetypes$/, '/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes'],
  [
    'GET',
    /^\/issue\/createmeta\/[^/]+\/issuetypes\/[^/]+$/,
    '/rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}',
  ],
  ['GET', /^\/issue\/[^/]+$/, '/rest/api/3/issue/{issueIdOrKey}'],
  ['GET', /^\/issue\/[^/]+\/transitions$/, '/rest/api/3/issue/{issueIdOrKey}/transitions'],
  ['POST', /^\/issue\/[^/]+\/transitions$/, '/rest/api/3/issue/{issueIdOrKey}/transitions'],
  ['POST', /^\/issue\/[^/]+\/comment$/, '/rest/api/3/issue/{issueIdOrKey}/comment'],
  ['POST', /^\/issue\/[^/]+\/remotelink$/, '/rest/api/3/issue/{issueIdOrKey}/remotelink'],
  ['POST', /^\/search\/jql$/, '/rest/api/3/search/jql'],
  ['GET', /^\/serverInfo$/, '/rest/api/3/serverInfo'],
  ['GET', /^\/myself$/, '/rest/api/3/myself'],
  ['GET', /^\/mypermissions$/, '/rest/api/3/mypermissions'],
];

const Spec = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
const Content = z.object({ content: z.object({ 'application/json': z.object({ schema: z.unknown() }) }) });
const Operation = z.object({
  requestBody: Content.optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).optional(),
  responses: z.record(z.string(), z.object({ content: z.unknown() }).partial()),
});

describe.skipIf(document === undefined)('against the published OpenAPI', () => {
  const spec = document === undefined ? { paths: {}, components: { schemas: {} } } : Spec.parse(document);
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  for (const format of ['int32', 'int64', 'double']) ajv.addFormat(format, true);
  // Jira's times have an offset without a colon, which RFC 3339 has not: its own examples too.
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:?\d\d)$/);
  ajv.addSchema({ $id: 'spec', components: spec.components });
  let simulator: JiraSimulator;

  beforeAll(async () => {
    simulator = await startJiraSimulator({
      email: 'a',
      apiToken: 't',
      projects: [{ key: 'HW', screen: ['description', 'labels'] }],
    });
  });
  afterAll(() => simulator.close());

  function schemaOf(schema: unknown): ValidateFunction {
    return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"spec#/components')) as object);
  }
  function operationOf(method: string, path: string) {
    const found = PATHS.find(([verb, pattern]) => verb === method && pattern.test(path.replace('/rest/api/3', '')));
    if (found === undefined) throw new Error(`no operation for ${method} ${path}`);
    return Operation.parse(spec.paths[found[2]]?.[method.toLowerCase()]);
  }
  function problems(validate: ValidateFunction, value: unknown): string[] {
    validate(value);
    return (validate.errors ?? []).map(
      (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  }

  test('every request of the adapter is one that the document knows', async () => {
    const settings = jiraAdapter.Settings.parse({ url: simulator.url, email: 'a', apiToken: 't', project: 'HW' });
    const connection = jiraAdapter.connect(settings, kitForTests('jira'));
    const signal = AbortSignal.timeout(30_000);
    const draft = {
      project: null,
      summary: 's',
      paragraphs: ['p'],
      links: [{ title: 't', url: 'https://hub.example/' }],
      priority: 'LOW' as const,
      labels: ['l'],
    };
    const made = await connection.provides.tickets?.create('k', draft, signal);
    await connection.provides.tickets?.findByKey('k', signal);
    await connection.provides.tickets?.read(made?.id ?? '', signal);
    await connection.probe(signal);
    expect(simulator.requests.length).toBeGreaterThan(6);
    for (const request of simulator.requests) {
      const operation = operationOf(request.method, request.path);
      const known = new Set((operation.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name));
      expect(
        [...request.query.keys()].filter((name) => !known.has(name)),
        request.path,
      ).toEqual([]);
      if (request.json === undefined) continue;
      expect(
        problems(schemaOf(operation.requestBody?.content['application/json'].schema), request.json),
        request.path,
      ).toEqual([]);
    }
  });

  test.each([
    ['GET', '/serverInfo', undefined],
    ['GET', '/myself', undefined],
    ['GET', '/mypermissions?permissions=CREATE_ISSUES', undefined],
    [
      'POST',
      '/issue',
      { fields: { project: { key: 'HW' }, issuetype: { name: 'Task' }, summary: 's', labels: ['x'] } },
    ],
    ['POST', '/issue', { fields: { project: { key: 'NOPE' } } }],
    ['GET', '/issue/HW-1', undefined],
    ['GET', '/issue/HW-999', undefined],
    ['GET', '/issue/HW-1/transitions', undefined],
    ['POST', '/issue/HW-1/comment', { body: { type: 'doc', version: 1, content: [] } }],
    ['POST', '/issue/HW-1/remotelink', { globalId: 'g', object: { url: 'https://hub.example/', title: 't' } }],
    ['POST', '/issue/HW-1/remotelink', { globalId: 'g', object: { url: 'https://hub.example/', title: 'again' } }],
    ['POST', '/search/jql', { jql: 'labels = x', fields: ['*all'], properties: ['p'] }],
    ['GET', '/issue/createmeta/HW/issuetypes', undefined],
    ['GET', '/issue/createmeta/HW/issuetypes/10001', undefined],
  ])('the simulator answers %s %s as the document says', async (method, path, body) => {
    const answer = await fetch(`${simulator.url}/rest/api/3${path}`, {
      method,
      headers: { authorization: `Basic ${btoa('a:t')}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const operation = operationOf(method, `/rest/api/3${path.split('?')[0]}`);
    const declared = operation.responses[String(answer.status)];
    expect(Object.keys(operation.responses)).toContain(String(answer.status));
    const content = Content.safeParse(declared);
    const schema = content.success
      ? content.data.content['application/json'].schema
      : { $ref: '#/components/schemas/ErrorCollection' };
    expect(problems(schemaOf(schema), await answer.json())).toEqual([]);
  });
});

test('the fixtures are read by our schemas', () => {
  const fixture = (name: string): unknown => read(new URL(`./fixtures/cloud-v3/${name}`, import.meta.url).pathname);
  expect(SearchPage.parse(fixture('search-page.json')).nextPageToken).toBe('ChEiDDEwMDAw');
  expect(JiraErrors.parse(fixture('create-refused.json')).errors).toHaveProperty('priority');
  expect(CreatedIssue.safeParse({ id: 10000, key: 'HW-1' }).success).toBe(false); // ids are strings; a number is another system
});

function read(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
