import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANY } from '#src/core/route.ts';
import { SCOPES } from '#src/core/scopes.ts';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { recordHeard } from '#src/feeds/commands/record-feeds.ts';
import { takeAlerts } from '#src/monitoring/commands/take-alerts.ts';
import type { AlertObserved } from '#src/ports/observation.ts';
import { reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { until } from '../../demo/hub-client.ts';
import { appear, expectMachines, fallIll, untilHardened } from '../../demo/story.ts';
import { call } from '#test/kit/call.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  description?: string;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: object;
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

let on: TestHub;
let document: Document;
beforeAll(async () => {
  on = await testHub({ machines: 1 });
  document = (await call(`${on.url}/api/schema`)).json as unknown as Document;
});
afterAll(() => on.close());

const operations = (): { path: string; method: string; operation: Operation }[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

function refsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(refsOf)];
}

function at(pointer: string): unknown {
  const steps = pointer
    .replace(/^#\//, '')
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value: unknown = document;
  for (const step of steps) value = (value as Record<string, unknown> | undefined)?.[step];
  return value;
}

describe('the OpenAPI document', () => {
  test('is of version 3.1 and tells of every route that is served', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const served = on.hub.routes
      .filter(({ shape }) => shape.id !== 'getSchema')
      .map(({ method, shape }) => `${method} ${shape.path}`);
    expect(
      operations()
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    ).toEqual(served.toSorted());
  });

  test('gives every operation a name of its own, a sentence and a tag', () => {
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operation } of operations()) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.summary.length).toBeGreaterThan(5);
      expect(operation.tags).toHaveLength(1);
    }
  });

  test('resolves all of its references', () => {
    const refs = refsOf(document);
    expect(refs.length).toBeGreaterThan(10);
    expect(refs.filter((ref) => at(ref) === undefined)).toEqual([]);
  });

  test('declares every parameter of a path, and no other', () => {
    for (const { path, operation } of operations()) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name).toSorted(), path).toEqual(named.toSorted());
      expect(
        declared.every(({ required }) => required === true),
        path,
      ).toBe(true);
    }
  });

  test('says of each operation what it answers, problems included', () => {
    for (const { path, operation } of operations()) {
      expect(
        Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status)),
        path,
      ).toBe(true);
      expect(Object.keys(operation.responses['default']?.content ?? {}), path).toEqual(['application/problem+json']);
    }
  });

  test('says of each operation who may, and nobody else is let in', async () => {
    const keyless = await on.keyFor([]);
    for (const { method, shape } of on.hub.routes) {
      const operation = document.paths[shape.path]?.[method];
      if (shape.id === 'getSchema' || shape.scope === null) continue;
      expect(operation?.security, shape.id).toEqual([{ apiKey: [] }]);
      const path = on.url + shape.path.replace(/\{\w+\}/, newId());
      const send = (key?: string) => call(path, { method: method.toUpperCase(), key });
      expect((await send()).status, shape.id).toBe(401);
      if (shape.scope === ANY) continue;
      expect(operation?.description, shape.id).toContain(`\`${shape.scope}\``);
      expect(SCOPES, shape.id).toContain(shape.scope);
      expect((await send(keyless)).status, shape.id).toBe(403);
    }
    const open = on.hub.routes.filter(({ shape }) => shape.scope === null).map(({ shape }) => shape.id);
    expect(open.toSorted()).toEqual(['getEventSchema', 'getSchema', 'healthz', 'metrics', 'readyz']);
  });

  test('has schemas that compile', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'hub', ...document });
    for (const name of Object.keys(document.components.schemas))
      expect(() => ajv.compile({ $ref: `hub#/components/schemas/${name}` }), name).not.toThrow();
  });

  test('gives the schema of each type of event', async () => {
    for (const event of on.hub.catalogue.values()) {
      const answer = await call(`${on.url}/api/schema/events/${event.type}/${event.version}`);
      expect([answer.status, answer.json['type']], event.type).toEqual([200, 'object']);
    }
    expect((await call(`${on.url}/api/schema/events/asset.vanished/1`)).status).toBe(404);
  });
});

const NOT_UNDERSTOOD: AlertObserved = {
  ...{ kind: 'alert', fingerprint: '7dd90b22a62462da', name: 'Odd', severity: 'warning', summary: 'It is odd' },
  ...{ startsAt: '2026-05-03T12:00:00Z', endsAt: null, observedAt: '2026-05-03T12:00:10Z', sourceUrl: null },
  labels: { alertname: 'Odd', site: 'example' },
  meaning: { outcome: 'unmapped', why: 'no rule is about Odd' },
};

describe('a world with something of everything in it', () => {
  test('answers every GET as the document says', async () => {
    const story = { stage: on.stage, hub: on.client, cast: on.cast, say: () => {}, timeoutMs: 100_000 };
    await expectMachines(story);
    await appear(story);
    await on.stage.dhcp.discover('02:00:00:00:09:09', { hostname: 'stranger' });
    const assets = await untilHardened(story);
    await fallIll(story, assets);

    const made = await fillRegistry();
    const ids = { ...(await oneOfEach()), ...made, ...(await fillCases()) };
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'hub', ...document });
    const seen: string[] = [];
    for (const { path, method, operation } of operations()) {
      if (method !== 'get' || operation.operationId === 'streamEvents') continue;
      const answer = await call(on.url + addressOf(path, ids), { key: on.apiKey });
      const declared = operation.responses[String(answer.status)];
      expect(declared, `${path} answers ${answer.status}: ${answer.text.slice(0, 300)}`).toBeDefined();
      expect(answer.status, path).toBe(200);
      const [type] = (answer.headers.get('content-type') ?? '').split(';');
      if (declared?.content === undefined) continue;
      expect(Object.keys(declared.content), path).toContain(type);
      if (type !== 'application/json') continue;
      const pointer = `hub#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}/get/responses/${answer.status}/content/application~1json/schema`;
      const validate = ajv.compile({ $ref: pointer });
      expect(validate(answer.json), `${path}: ${JSON.stringify(validate.errors?.slice(0, 3))}`).toBe(true);
      const items = answer.json['items'];
      if (Array.isArray(items)) expect(items.length, `${path} has nothing to check`).toBeGreaterThan(0);
      seen.push(operation.operationId);
    }
    expect(seen.length).toBeGreaterThan(12);
  });

  /** What the story does not make: the registry, uploads, and what follows from them. */
  async function fillRegistry(): Promise<Record<string, string>> {
    const post = <T = { id: string }>(path: string, body: unknown): Promise<T> =>
      on.client.post<T>(`/v1/${path}`, body);
    await post('customers', { name: 'Example Ltd' });
    await post('projects', { customer: 'Example Ltd', name: 'Example' });
    const location = await post('locations', { type: 'site', name: 'example' });
    const drive = (serial: string, slot: string, model: string) => ({
      ...{ kind: 'drive', manufacturer: 'Micron', serial, slot, model },
      attributes: { capacityBytes: 3_840_755_982_336, mediaType: 'SSD', protocol: 'NVMe' },
    });
    const report = {
      ...{ schema: 'reanimator.report/v1', source: 'agent', scope: ['drive'], collected_at: '2026-05-03T12:00:00Z' },
      components: [drive('OPENAPI1', '1', 'MTFDKCC3T8TGP-1BK1DABYY'), drive('OPENAPI2', '2', 'never heard of')],
    };
    const upload = (body: object): Promise<{ sha256: string; snapshots: { place: { id: string } }[] }> =>
      post('ingest/logbundle', body);
    const host = { manufacturer: 'Supermicro', product_serial: 'OPENAPI' };
    const placed = await upload({ ...report, host });
    const asset = placed.snapshots[0]?.place.id ?? '';
    const { sha256 } = await upload(report);
    await post('identity/decisions', { kind: 'place-bundle', sha256, asset_id: asset, reason: 'it stands beside it' });
    await upload({ ...report, collected_at: '2026-05-04T12:00:00Z' });
    await upload({
      ...{ schema: 'reanimator.statement/v1', observed_at: '2026-05-05T12:00:00Z', by: 'Kim', method: 'scan' },
      ...{ confidence: 1, where: { location_id: location.id } },
      present: [{ kind: 'drive', manufacturer: 'Micron', serial: 'OPENAPI9' }],
    });
    const { items } = await on.client.get<{ items: { id: string }[] }>('/v1/components?serial=OPENAPI1');
    const component = items[0]?.id ?? '';
    const failure = { mode: 'media-errors', occurred_at: '2026-05-04T12:00:00Z', source: 'person' };
    await post('failures', { component_id: component, ...failure });
    const tickets = await on.client.get<{ items: { id: string }[] }>('/v1/tickets');
    await post(`tickets/${tickets.items[0]?.id}/links`, { subject_type: 'component', subject_id: component });
    // Nothing answers there, so that what is asked for stays asked for.
    await on.hub.ctx.db('assets').where({ id: asset }).update({ bmc_address: '127.0.0.1' });
    const image = { uri: 'http://images.example/a.bin', sha256: '0'.repeat(64), size_bytes: 1 };
    const components = [{ component: 'BIOS', version: '1', image }];
    await post(`assets/${asset}/firmware-updates`, { components, reason: 'a test' });
    await post(`assets/${asset}/erasures`, { drives: [{ slot: '1', serial: 'OPENAPI1' }], reason: 'a test' });
    await tx(on.hub.ctx, (inside) => takeAlerts(inside, 'alertmanager', [NOT_UNDERSTOOD], () => Promise.resolve([])));
    const hangsOn = { name: 'leaf1', outlet: 'Ethernet7' };
    const port = { assetId: asset, level: 'switch', port: 'eth0', management: false, on: hangsOn } as const;
    const heard = { assetId: asset, heardAt: new Date().toISOString(), ports: [port] };
    await tx(on.hub.ctx, (inside) => recordHeard(inside, heard));
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const window = { subject_type: 'asset', subject_id: asset, until: soon, reason: 'a test' };
    await post('maintenance-windows', window);
    const smart = { asset, type: 'SMART_FAIL', component: '1', occurred_at: new Date().toISOString() };
    await on.client.post('/v1/telemetry', [smart]);
    await until('the suppressed alert', async () => {
      const { items: all } = await on.client.get<{ items: unknown[] }>('/v1/tickets/suppressed');
      return all.length > 0;
    });
    const updates = await on.client.get<{ items: { id: string }[] }>(`/v1/assets/${asset}/firmware-updates`);
    const update = updates.items[0]?.id ?? '';
    const stock = await fillStock(asset);
    const places = { assets: asset, locations: location.id, ...stock };
    const symptoms = await on.client.get<{ items: { hash: string }[] }>('/v1/telemetry');
    const hash = symptoms.items[0]?.hash ?? '';
    return { ...places, hash, components: component, sha256: placed.sha256, 'firmware-updates': update };
  }

  /** A shelf, what lies on it, who it is kept for, what was sent back, and a count of it. */
  async function fillStock(assetId: string): Promise<Record<string, string>> {
    const post = (path: string, body: unknown): Promise<{ id: string }> => on.client.post(`/v1/${path}`, body);
    await post('locations', { type: 'warehouse', name: 'store', parent: 'example' });
    const { id: lotId } = await post('lots', { code: 'FAN_EXAMPLE', kind: 'fan', title: 'A fan' });
    const piece = { lot: 'FAN_EXAMPLE', location: 'example / store' };
    const item = await post('stock/receipts', { ...piece, serial: 'OPENAPI-FAN-1', warranty_until: '2030-01-01' });
    const broken = await post('stock/receipts', { ...piece, serial: 'OPENAPI-FAN-2', condition: 'FAILED' });
    await post(`stock/items/${broken.id}/return`, { rma: 'RMA-1', reason: 'a test' });
    await post('stock/levels', { lot: 'FAN_EXAMPLE', site: 'example', min: 1, target: 2 });
    const count = await post('stock/counts', { location: 'example / store' });
    const want = { ticketId: newId(), assetId, componentId: null, lotId, kind: null, site: 'example' };
    await tx(on.hub.ctx, (inside) => reserveSpare(inside, want));
    return { 'stock/items': item.id, 'stock/counts': count.id };
  }

  /** A case about a part, its server and a project; and an import. */
  async function fillCases(): Promise<Record<string, string>> {
    const sync = <T>(body: unknown): Promise<T> => on.client.post<T>('/v1/connectors/tickets/sync', body);
    const own = { id: '1', summary: 'Drive OPENAPI1 fails', Project: 'Example', 'Serial number': 'OPENAPI' };
    const { results } = await sync<{ results: { id: string }[] }>({ source: 'json', system: 'desk', cases: [own] });
    const begun = await sync<{ sync: string }>({ source: 'jira', jql: 'project = HW' });
    return { cases: results[0]?.id ?? '', 'connectors/tickets/syncs': begun.sync.split('/').at(-1) ?? '' };
  }

  async function oneOfEach(): Promise<Record<string, string>> {
    const ids: Record<string, string> = {};
    const lists = ['tickets', 'jobs', 'bmcs', 'expected-machines', 'customers', 'projects', 'lots', 'failures'];
    for (const list of [...lists, 'identity/reviews', 'drifts', 'reconcile/runs']) {
      const { items } = await on.client.get<{ items: { id: string }[] }>(`/v1/${list}`);
      ids[list] = items[0]?.id ?? newId();
    }
    return ids;
  }

  function addressOf(path: string, ids: Record<string, string>): string {
    if (path.startsWith('/api/schema/events/')) return '/api/schema/events/asset.discovered/1';
    const [list = ''] = path.replace('/v1/', '').split('/{');
    const address = path
      .replace('{sha256}', ids['sha256'] ?? '')
      .replace('{hash}', ids['hash'] ?? '')
      .replace('{system}', 'netbox')
      .replace('{id}', ids[list] ?? newId());
    if (path === '/v1/stock/lookup') return `${address}?label=OPENAPI-FAN-1`;
    if (path === '/v1/stock/spares') return `${address}?site=example&lot=FAN_EXAMPLE`;
    return path.endsWith('/diff') ? `${address}?from=2026-05-01` : address;
  }
});
