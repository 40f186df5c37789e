import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { corpusPath } from '#test/kit/corpus.ts';
import { alertmanagerAdapter } from './index.ts';
import { type AlertmanagerSimulator, startAlertmanagerSimulator } from './simulator.ts';

const file = corpusPath('monitoring', 'openapi', 'alertmanager-api-v2.openapi.yaml');
const isThere = existsSync(file);
if (!isThere)
  console.info(
    'skipped: Alertmanager requests and answers against the published OpenAPI, because no corpus is present',
  );

interface Operation {
  parameters?: { name: string; in: string; schema?: object }[];
  responses: Record<string, { schema?: object }>;
}

describe.skipIf(!isThere)('against the published OpenAPI', () => {
  const spec = isThere
    ? (parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, Operation>>; definitions: object })
    : { paths: {}, definitions: {} };
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'spec', definitions: spec.definitions });
  const problems = (schema: object, value: unknown): string[] => {
    const text = JSON.stringify(schema).replaceAll('"#/definitions', '"spec#/definitions');
    const validate = ajv.compile(JSON.parse(text) as object);
    validate(value);
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
  const operationOf = (method: string, path: string): Operation => {
    const own = path.replace('/api/v2', '').replace(/^\/silence\/.+$/, '/silence/{silenceID}');
    const found = spec.paths[own]?.[method.toLowerCase()];
    if (found === undefined) throw new Error(`the document has no ${method} ${own}`);
    return found;
  };
  let simulator: AlertmanagerSimulator;
  beforeAll(async () => void (simulator = await startAlertmanagerSimulator()));
  afterAll(() => simulator.close());
  const minute = (n: number): string => new Date(Date.now() + n * 60_000).toISOString();

  test('every request of the adapter is one that the document knows', async () => {
    const settings = alertmanagerAdapter.Settings.parse({ url: simulator.url });
    const connection = alertmanagerAdapter.connect(settings, kitForTests('alertmanager'));
    const signal = AbortSignal.timeout(30_000);
    const want = {
      matchers: [{ label: 'a', values: ['b', 'c'] }],
      startsAt: minute(0),
      endsAt: minute(5),
      reason: 'r',
    };
    await connection.provides.silences?.ensure('k', want, signal);
    await connection.provides.silences?.ensure('k', { ...want, endsAt: minute(9) }, signal);
    await connection.provides.silences?.end('k', signal);
    await connection.probe(signal);
    await connection.close?.();
    const methods = new Set(simulator.requests.map(({ method }) => method));
    expect([...methods].toSorted()).toEqual(['DELETE', 'GET', 'POST']);
    for (const request of simulator.requests) {
      const { parameters = [] } = operationOf(request.method, request.path);
      const known = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
      expect([...request.query.keys()].filter((name) => !known.includes(name))).toEqual([]);
      const body = parameters.find((one) => one.in === 'body')?.schema;
      if (body) expect(problems(body, request.json), request.path).toEqual([]);
    }
  });

  test.each([
    ['GET', '/status', undefined, 200],
    ['POST', '/alerts', [{ labels: { alertname: 'A' }, generatorURL: 'http://prometheus/' }], 200],
    ['GET', '/alerts', undefined, 200],
    ['GET', '/silences', undefined, 200],
    ['POST', '/silences', {}, 400],
    ['GET', '/silence/00000000-0000-0000-0000-000000000000', undefined, 404],
  ])('the simulator answers %s %s as the document says', async (method, path, body, status) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${simulator.url}/api/v2${path}`, { method, ...sent });
    expect(answer.status).toBe(status);
    const schema = operationOf(method, `/api/v2${path}`).responses[String(status)]?.schema;
    const text = await answer.text();
    if (schema && answer.ok) expect(problems(schema, JSON.parse(text))).toEqual([]);
  });
});
