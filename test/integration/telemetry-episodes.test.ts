import { mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#demo/hub-client.ts';
import { newId } from '#src/core/id.ts';
import { call, type Call, type Called } from '#test/kit/call.ts';
import { runCli } from '#test/kit/run-cli.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

const RULES = readFileSync(new URL('../../mappings/telemetry-rules.yaml', import.meta.url), 'utf8');
const file = path.join(mkdtempSync(path.join(tmpdir(), 'rules-')), 'telemetry-rules.yaml');
const quick = `${RULES.replace(
  'rules:\n',
  `rules:
  - id: quick
    when: { type: QUICK_FAULT, component: required }
    for: 1s
    clear: { after: 2s }
    opens: { ticket: LOOK_AT_IT, priority: LOW, template: short, group: hands }
    says: it lasts
`,
)}  - { events: [{ type: QUICK_FAULT, component: x }], wait: 1s, raises: [quick] }\n`;

let on: TestHub;
let server = '';
beforeAll(async () => {
  writeFileSync(file, quick);
  on = await testHub({ machines: 0, without: ['NETBOX', 'JIRA', 'AWX'], env: { TELEMETRY_RULES: file } });
  server = newId();
  const at = '2026-11-01 00:00:00';
  const row = {
    id: server,
    name: 'n1',
    lifecycle_state: 'IN_SERVICE',
    state_since: at,
    created_at: at,
    updated_at: at,
  };
  await on.database.db('assets').insert(row);
});
afterAll(() => on.close());

const ask = (where: string, options: Call = {}): Promise<Called> =>
  call(on.url + where, { key: on.apiKey, ...options });
const report = (more: object): Promise<Called> =>
  ask('/v1/telemetry', { body: [{ asset: server, occurred_at: new Date().toISOString(), ...more }] });
async function told(rule: string): Promise<string[]> {
  const rows: { type: string; data: string }[] = await on.database
    .db('events')
    .where('type', 'like', 'health.%')
    .orderBy('recorded_at')
    .select('type', 'data');
  return rows.filter(({ data }) => (JSON.parse(data) as { rule: string }).rule === rule).map(({ type }) => type);
}

test('what lasts is raised by the clock, opens a ticket, and is over when nothing more is said of it', async () => {
  await report({ type: 'QUICK_FAULT', component: 'x' });
  expect(await told('quick')).toEqual([]);
  await until('it is raised, and over', async () => (await told('quick')).length === 2);
  expect(await told('quick')).toEqual(['health.warning_alert_raised', 'health.alert_cleared']);
  const [row] = await on.database.db('events').where({ type: 'health.warning_alert_raised' }).select('data');
  expect(JSON.parse(row.data)).toMatchObject({ template: 'short', assigneeGroup: 'hands', symptom: 'QUICK_FAULT' });
  await until('a ticket', async () => (await on.database.db('tickets').where({ type: 'LOOK_AT_IT' })).length === 1);
});

test('an explanation names the ticket; of what nobody reported, what would come of it', async () => {
  const { json } = await report({ type: 'FAN_FAIL', component: 'Fan 1' });
  const hash = String((json['results'] as { hash: string }[])[0]?.hash);
  const ticket = await until('a ticket', async () => {
    const [row] = await on.database.db('tickets').where({ type: 'REPLACE_FAN' }).select('id');
    return row?.id as string | undefined;
  });
  const { json: explained } = await ask(`/v1/telemetry/${hash}/explanation`);
  expect(explained['rules']).toMatchObject([
    { did: 'raised an alert', alerts: [{ by_this: true, ticket_id: ticket }] },
  ]);

  const env = { ...on.stage.env, DATABASE_URL: on.database.url, REDIS_URL: on.redisUrl, TELEMETRY_RULES: file };
  const cli = (...args: string[]) => runCli(['rules', ...args], env);
  expect((await cli('explain', hash)).stdout).toContain('raised an alert');
  const draft = {
    asset: server,
    type: 'ECC_ERRORS',
    component: 'A1',
    value: 11,
    occurred_at: new Date().toISOString(),
  };
  expect((await cli('explain', JSON.stringify(draft))).stdout).toContain('would be: raises REPLACE_RAM (HIGH)');
  const wrong = await cli('explain', JSON.stringify({ ...draft, asset: 'nobody' }));
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('no server')]);
  expect((await cli('explain', 'nothing-there.json')).stderr).toContain('no hash of a symptom');
  expect((await cli('list')).stdout).toContain('quick');
  expect(await on.database.db('telemetry_events').where({ type: 'ECC_ERRORS' })).toEqual([]);
}, 180_000);

test('changed rules hold within seconds; a faulty file leaves them as they were, and is told', async () => {
  let nth = 0;
  const raisedAs = async (): Promise<unknown> => {
    const component = `psu-${(nth += 1)}`;
    await report({ type: 'PSU_FAIL', component });
    const rows: { data: string }[] = await on.database
      .db('events')
      .where('data', 'like', `%"${component}"%`)
      .select('data');
    return rows.map(({ data }) => (JSON.parse(data) as { ticket: string }).ticket)[0];
  };
  const write = (text: string): void => {
    writeFileSync(file, text);
    utimesSync(file, new Date(), new Date(Date.now() + 1000 * (nth += 1)));
  };
  const state = async (): Promise<string> =>
    ((await call(`${on.url}/readyz`)).json['checks'] as Record<string, { found: string }>)['telemetry rules']?.found ??
    '';
  expect(await raisedAs()).toBe('REPLACE_PSU');
  write(quick.replaceAll('REPLACE_PSU', 'SWAP_PSU'));
  await until('the new rules hold', async () => (await raisedAs()) === 'SWAP_PSU');
  write(quick.replaceAll('REPLACE_PSU', 'not a type'));
  await until('the fault is told', async () => /not used: .*:\d+: rules\./.test(await state()));
  expect((await call(`${on.url}/readyz`)).status).toBe(200);
  expect(await raisedAs()).toBe('SWAP_PSU');
  write(quick);
  await until('the old rules hold again', async () => (await raisedAs()) === 'REPLACE_PSU');
  expect(await state()).not.toContain('not used');
});

test('bundles tell what is bad of a server, once each, and that it is well where something was raised', async () => {
  const bundle = (minutes: number, health: string, readings: object = {}): Promise<Called> => {
    const collected = new Date(Date.now() - minutes * 60_000).toISOString();
    const part = {
      kind: 'drive',
      manufacturer: 'Micron',
      serial: 'DRIVE77',
      slot: 'Bay 7',
      model: 'M',
      health,
      readings,
    };
    const body = {
      ...{ schema: 'reanimator.report/v1', source: 'agent', scope: ['drive'], collected_at: collected },
      ...{ host: { asset_id: server, product_serial: 'SRV77', manufacturer: 'Supermicro' }, components: [part] },
    };
    return ask('/v1/ingest/logbundle', { body });
  };
  const symptoms = async (): Promise<string[]> => {
    const { json } = await ask('/v1/telemetry?component=Bay%207&limit=100');
    return (json['items'] as { type: string; value: number | null }[])
      .map(({ type, value }) => `${type} ${value ?? ''}`.trim())
      .toReversed();
  };
  expect((await bundle(30, 'OK')).status).toBeLessThan(300);
  expect(await symptoms()).toEqual([]);
  expect((await bundle(20, 'Critical', { reallocatedSectors: 5 })).status).toBeLessThan(300);
  expect(await symptoms()).toEqual(expect.arrayContaining(['DRIVE_FAIL', 'DRIVE_REALLOCATED 5']));
  expect(await told('drive-failed')).toEqual(['health.critical_alert_raised']);
  await bundle(10, 'OK');
  expect((await symptoms()).at(-1)).toBe('DRIVE_OK');
  expect(await told('drive-failed')).toEqual(['health.critical_alert_raised', 'health.alert_cleared']);
  await bundle(5, 'OK');
  expect(await symptoms()).toHaveLength(3);
});
