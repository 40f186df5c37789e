import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { bootstrapNetbox } from './bootstrap.ts';
import { netboxPermissions, permissionBodies } from './bootstrap-permissions.ts';
import { openNetboxClient } from './client.ts';
import { loadLifecycleMapping } from './lifecycle-mapping.ts';
import { mappedWrites, type MappedWrites } from './probe-mapped-writes.ts';
import { probeNetbox } from './probe.ts';
import { Settings } from './settings.ts';
import { startNetboxSimulator, type NetboxSimulator } from './simulator.ts';
import { kitForTests } from '../../src/kit/kit-for-tests.ts';

const signal = AbortSignal.timeout(60_000);
const secret = 'a-very-secret-secret';
const lifecycle = loadLifecycleMapping();
function mapped(object: string, more: Partial<MappedWrites> = {}): MappedWrites {
  return { object, writes: [], asked: [], given: [], creates: 'never', removes: false, ...more };
}
const MAPPED: readonly MappedWrites[] = [
  mapped('site'),
  mapped('device', { writes: ['status'] }),
  mapped('interface', { writes: ['mac_address'], creates: 'always', removes: true }),
];
const DENIED = { detail: 'You do not have permission to perform this action.' };
let simulator: NetboxSimulator;

beforeEach(async () => {
  simulator = await startNetboxSimulator();
});
afterEach(async () => {
  await simulator.close();
});

async function restart(options: Parameters<typeof startNetboxSimulator>[0]): Promise<void> {
  await simulator.close();
  simulator = await startNetboxSimulator(options);
}
function settingsOf(more: Record<string, unknown> = {}): Settings {
  const { url, token } = simulator;
  return Settings.parse({ url, token, webhookSecret: secret, timeoutMs: 500, requestsPerSecond: 1000, ...more });
}
async function bootstrap(): Promise<void> {
  const { client, close } = openNetboxClient(settingsOf(), kitForTests('netbox'));
  const hub = { hubUrl: 'https://hub.example', webhookSecret: secret, tag: 'reanimator', key: 'test' };
  await bootstrapNetbox(client, { ...hub, lifecycle, signal }).finally(() => close());
}
async function probe(more: Record<string, unknown> = {}, writes = MAPPED): Promise<ProbeCheck[]> {
  const settings = settingsOf(more);
  const { client, close } = openNetboxClient(settings, kitForTests('netbox'));
  return probeNetbox(client, settings, lifecycle, signal, writes).finally(() => close());
}
function faults(checks: readonly ProbeCheck[]): ProbeCheck[] {
  return checks.filter(({ ok }) => !ok);
}
function said(checks: readonly ProbeCheck[]): string {
  return checks.map(({ found }) => found).join('\n');
}
function answer(match: string, status: number, body: unknown): void {
  simulator.server.addFault({ match, kind: 'status', status, body });
}
/** As somebody who is no superuser. */
function asCommonUser(): void {
  answer('^GET /api/core/background-queues/', 403, DENIED);
}
function page(...results: object[]): object {
  return { count: results.length, next: null, previous: null, results };
}

describe('a NetBox in order', () => {
  test.each(['4.4.10', '4.5.10', '4.6.8', '4.7.3'])(
    '%s has nothing to mend, and is only looked at',
    async (version) => {
      await restart({ version });
      await bootstrap();
      simulator.server.forget();
      const checks = await probe();
      expect(faults(checks)).toEqual([]);
      expect(new Set(checks.map(({ name }) => name))).toEqual(
        new Set(['reachable', 'authorised', 'version', 'permissions', 'configuration']),
      );
      expect(checks.find(({ name }) => name === 'version')?.found).toBe(`NetBox ${version}`);
      const methods = new Set(simulator.server.requests.map(({ method }) => method));
      // The one thing that is deleted is an object that cannot exist.
      expect(methods).toEqual(new Set(['GET', 'OPTIONS', 'DELETE']));
      const deleted = simulator.server.requests.filter(({ method }) => method === 'DELETE').map((one) => one.path);
      expect(deleted).toEqual(['/api/dcim/interfaces/0/']);
    },
  );

  test('nothing is deleted where no mapping removes anything', async () => {
    const removing = MAPPED.map((one) => ({ ...one, removes: false }));
    await probe({}, removing);
    expect(simulator.server.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });
});

describe('permissions', () => {
  beforeEach(() => bootstrap());

  test('each missing one is named by action and type, with what it costs and what to give', async () => {
    answer('^GET /api/dcim/devices/', 403, DENIED);
    answer('^OPTIONS /api/dcim/interfaces/', 200, { name: 'x', actions: { POST: {} } });
    answer('^OPTIONS /api/dcim/mac-addresses/', 200, { name: 'x', actions: { PUT: {} } });
    answer('^DELETE /api/dcim/interfaces/0/', 403, DENIED);
    answer('^GET /api/core/object-changes/', 403, DENIED);
    const checks = faults(await probe());
    expect(checks.map(({ found, remedy }) => [found.split(':')[0], remedy]).toSorted()).toEqual([
      ['cannot add dcim.macaddress', "give the token's user 'add' on dcim.macaddress (recording, reconcile)"],
      ['cannot change dcim.interface', "give the token's user 'change' on dcim.interface (recording, reconcile)"],
      ['cannot delete dcim.interface', "give the token's user 'delete' on dcim.interface (reconcile)"],
      ['cannot view core.objectchange', "give the token's user 'view' on core.objectchange (reading)"],
      ['cannot view dcim.device', "give the token's user 'view' on dcim.device (reading, recording)"],
    ]);
    expect(said(checks)).toContain('interfaces that the hub made and has no more stay in NetBox');
  });

  test('what is only nice to have is said, and is no fault', async () => {
    answer('^GET /api/extras/journal-entries/', 403, DENIED);
    answer('^OPTIONS /api/extras/journal-entries/', 200, { name: 'x', actions: { POST: {} } });
    const checks = await probe();
    expect(faults(checks)).toEqual([]);
    const line = checks.find(({ found }) => found.startsWith('cannot view extras.journalentry'));
    expect(line).toMatchObject({ ok: true, remedy: expect.stringContaining('reconcile') });
  });

  test('for the bootstrap they are asked only while it has something to do', async () => {
    answer('^OPTIONS /api/extras/webhooks/', 200, { name: 'x' });
    expect(faults(await probe())).toEqual([]);
    simulator.as('alice').change('webhook', 1, { http_method: 'GET' });
    const lines = faults(await probe()).map(({ found }) => found);
    expect(lines).toEqual([
      'cannot add extras.webhook: webhooks are not made or put right',
      'cannot change extras.webhook: webhooks are not made or put right',
      'webhook reanimator different in http_method',
    ]);
  });

  test('a list that answers neither yes nor no is unknown, not missing', async () => {
    answer('^GET /api/dcim/devices/', 502, '<html>');
    const checks = await probe();
    expect(faults(checks)).toEqual([
      expect.objectContaining({ name: 'permissions', found: expect.stringContaining('could not be looked at') }),
    ]);
    expect(said(checks)).not.toContain('cannot view');
  });

  test('a type that this NetBox does not have is said once', async () => {
    answer('^(GET|OPTIONS) /api/dcim/inventory-items/', 404, '<html>');
    const parts = [mapped('inventory-item', { writes: ['serial'], creates: 'always', removes: true })];
    expect(faults(await probe({}, parts)).map(({ found }) => found)).toEqual([
      'this NetBox has no dcim.inventoryitem: parts are not compared',
    ]);
  });

  test('what hides objects is told by what NetBox itself counts', async () => {
    asCommonUser();
    simulator.seed({
      devices: [
        { name: 'a', site: 'AMS1', bmcMac: '02:00:00:00:00:01' },
        { name: 'b', site: 'FRA1' },
      ],
    });
    expect(said(await probe())).not.toContain('hidden');
    const roles = page({ id: 1, parent: null, device_count: 5 }, { id: 2, parent: { id: 1 }, device_count: 3 });
    answer('^GET /api/dcim/device-roles/\\?limit=1000', 200, roles);
    answer('^GET /api/dcim/sites/\\?limit=1000', 200, page({ id: 1, device_count: 4, rack_count: 9 }));
    const parts = { interface_count: 3, module_bay_count: 0, inventory_item_count: 0 };
    answer('^GET /api/dcim/devices/\\?limit=100&', 200, page({ id: 1, ...parts }, { id: 2, ...parts }));
    const lines = (await probe()).filter(({ found }) => found.includes('hidden'));
    expect(lines.map(({ found }) => found.split(':')[0])).toEqual([
      'sees 2 of 5 dcim.device',
      'sees 0 of 9 dcim.rack',
      'sees 1 of 6 dcim.interface of 2 servers',
    ]);
    expect(lines.every(({ ok, remedy }) => ok && remedy?.includes('constraints'))).toBe(true);
  });

  test('a permission with constraints is named to who may see permissions', async () => {
    asCommonUser();
    const limit = { id: 1, name: 'only AMS1', enabled: true, object_types: ['dcim.device'], actions: ['view'] };
    const held = { constraints: { site__slug: 'ams1' }, groups: [], users: [{ id: 1, username: 'hub' }] };
    const others = { ...limit, ...held, name: 'of somebody else', users: [{ id: 9, username: 'x' }] };
    answer('^GET /api/users/permissions/', 200, page({ ...limit, ...held }, { ...others, id: 2 }));
    const checks = await probe();
    expect(said(checks)).toContain('"only AMS1" limits view on dcim.device to {"site__slug":"ams1"}');
    expect(said(checks)).not.toContain('of somebody else');
  });
});

describe('the token', () => {
  test('that may only read is one fault, not one per type', async () => {
    await restart({ readOnlyToken: 'reader-reader' });
    await bootstrap();
    const checks = await probe({ token: 'reader-reader' });
    expect(faults(checks)).toEqual([expect.objectContaining({ name: 'authorised' })]);
    expect(said(checks)).toContain('the token may only read');
    expect(said(checks)).toContain('may all that the hub needs of');
  });

  test('of version 1 is told apart, where there is another kind', async () => {
    expect(said(await probe())).toContain('of version 1');
    await restart({ version: '4.4.10' });
    expect(said(await probe())).not.toContain('of version 1');
    await restart({ token: 'nbt_abcdefghijkl.secretsecretsecretsecretsecretsecretsecr' });
    expect(said(await probe())).not.toContain('of version 1');
  });

  test('that ends soon says when', async () => {
    const token = { id: 1, display: 'x'.repeat(10) + simulator.token.slice(-6), key: null, write_enabled: true };
    const expires = new Date(Date.now() + 2.5 * 86_400_000).toISOString();
    answer('^GET /api/users/tokens/', 200, page({ ...token, expires, last_used: null }));
    expect(said(await probe())).toContain(`the token expires in 2 days, at ${expires}`);
    simulator.server.clearFaults();
    const later = new Date(Date.now() + 90 * 86_400_000).toISOString();
    answer('^GET /api/users/tokens/', 200, page({ ...token, expires: later, last_used: null }));
    expect(said(await probe())).not.toContain('expires');
  });

  test('that may not see tokens is judged by the rest', async () => {
    await bootstrap();
    answer('^GET /api/users/tokens/', 403, DENIED);
    expect(faults(await probe())).toEqual([]);
  });

  test('is not sent again when it was refused, and nobody else can be asked', async () => {
    const checks = await probe({ token: 'wrong' });
    expect(checks).toEqual([expect.objectContaining({ name: 'authorised', ok: false })]);
    expect(said(checks)).toContain('Invalid v1 token');
    expect(simulator.server.requests).toHaveLength(1);
  });

  test('of a superuser is more than is needed', async () => {
    const line = (await probe()).find(({ found }) => found.includes('superuser'));
    expect(line).toMatchObject({ ok: true, remedy: expect.stringContaining('reanimator netbox permissions') });
    asCommonUser();
    expect(said(await probe())).not.toContain('superuser');
  });
});

describe('the server', () => {
  beforeEach(() => bootstrap());

  test('nobody there, garbage, a version that nobody tried', async () => {
    expect(await probe({ url: 'http://127.0.0.1:9' })).toEqual([
      expect.objectContaining({ name: 'reachable', ok: false }),
    ]);
    simulator.server.addFault({ kind: 'garbage' });
    expect(await probe()).toEqual([expect.objectContaining({ name: 'reachable', ok: false })]);
    await restart({ version: '4.9.0' });
    expect(faults(await probe())[0]).toMatchObject({ name: 'version', found: 'NetBox 4.9.0' });
  });

  test('without a worker sends no webhook', async () => {
    answer('^GET /api/status/', 200, { 'netbox-version': '4.7.3', 'rq-workers-running': 0 });
    expect(faults(await probe())).toEqual([
      expect.objectContaining({
        found: expect.stringContaining('no RQ worker'),
        remedy: expect.stringContaining('rqworker'),
      }),
    ]);
  });

  test.each([
    [-90_000, 'behind'],
    [90_000, 'ahead of'],
  ])('whose clock is %i ms off', async (off, word) => {
    const date = new Date(Date.now() + off).toUTCString();
    const body = { 'netbox-version': '4.7.3', 'rq-workers-running': 1 };
    simulator.server.addFault({ match: '^GET /api/status/', kind: 'status', status: 200, headers: { date }, body });
    expect(said(faults(await probe()))).toMatch(new RegExp(`clock is (89|90|91) s ${word} the hub's`));
    simulator.server.clearFaults();
    expect(faults(await probe())).toEqual([]);
  });

  test('with small pages makes everything slower', async () => {
    simulator.seed({ devices: Array.from({ length: 40 }, (_, at) => ({ name: `d${at}`, site: 'AMS1' })) });
    expect(said(await probe())).not.toContain('at most');
    const next = `${simulator.url}/api/core/object-changes/?limit=50&offset=50`;
    answer('\\?limit=1000&fields=id$', 200, { count: 300, next, previous: null, results: [] });
    expect(said(await probe())).toContain('at most 50 objects at once: comparing everything takes 20 times');
  });

  test('whose change log is cut soon', async () => {
    const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
    const oldest = ago(2);
    answer('^GET /api/core/object-changes/\\?limit=1&ordering=id', 200, page({ id: 900, time: oldest }));
    answer('^GET /api/dcim/sites/\\?limit=1&ordering=id', 200, page({ id: 1, created: ago(400) }));
    const line = (await probe()).find(({ found }) => found.includes('the change log begins'));
    expect(line).toMatchObject({ ok: true, remedy: expect.stringContaining('CHANGELOG_RETENTION') });
    expect(line?.found).toContain(oldest);
    simulator.server.clearFaults();
    // A NetBox of yesterday has no longer log.
    answer('^GET /api/core/object-changes/\\?limit=1&ordering=id', 200, page({ id: 1, time: ago(2) }));
    answer('^GET /api/dcim/sites/\\?limit=1&ordering=id', 200, page({ id: 1, created: ago(2.1) }));
    expect(said(await probe())).not.toContain('the change log begins');
  });

  test('with failed jobs tells it to who may see them', async () => {
    const queues = page({ name: 'default', failed_jobs: 2 }, { name: 'high', failed_jobs: 1 });
    answer('^GET /api/core/background-queues/', 200, queues);
    expect(said(await probe())).toContain('3 background jobs of NetBox failed');
  });

  test('whose event rule is off, whose webhook has another secret, or that was never prepared', async () => {
    expect(faults(await probe({ webhookSecret: 'not-the-same' }))).toEqual([
      expect.objectContaining({
        found: 'webhook reanimator different in secret',
        remedy: 'reanimator netbox bootstrap',
      }),
    ]);
    simulator.as('alice').change('eventRule', 1, { enabled: false });
    expect(said(faults(await probe()))).toBe(
      'event rule reanimator different in enabled: switched off, no webhook leaves',
    );
    await restart({});
    expect(said(faults(await probe()))).toContain('webhook reanimator missing');
  });
});

describe('least permissions', () => {
  test('follow what the mappings write', () => {
    const rows = netboxPermissions({ mapped: MAPPED });
    const of = (purpose: string): string[] =>
      rows.filter((row) => row.for === purpose).map((row) => `${row.object_type}: ${row.actions}`);
    expect(of('reading')).toEqual([
      'core.objectchange: view',
      'dcim.cable: view',
      'dcim.device: view',
      'dcim.interface: view',
      'dcim.powerport: view',
      'dcim.site: view',
    ]);
    expect(of('reconcile')).toEqual([
      'dcim.device: change',
      'dcim.interface: add, change, delete',
      'dcim.macaddress: view, add, change',
      'extras.journalentry: view, add',
      'extras.tag: view, add',
      'ipam.ipaddress: view, add',
      'ipam.prefix: view',
    ]);
    const module = [mapped('module', { writes: ['module_type'], given: ['module_bay'], creates: 'always' })];
    const words = (createMissing: []): string[] =>
      netboxPermissions({ mapped: module, createMissing })
        .filter((row) => row.for === 'reconcile' && /module(type|bay)/.test(row.object_type))
        .map((row) => `${row.object_type}: ${row.actions}`);
    expect(words([])).toEqual(['dcim.modulebay: view', 'dcim.moduletype: view']);
    const asked = netboxPermissions({ mapped: [mapped('site', { asked: ['name'], creates: 'review' })] });
    expect(asked.find((row) => row.for === 'reconcile' && row.object_type === 'dcim.site')).toMatchObject({
      actions: 'add, change',
      without: expect.stringMatching(/when a person says so.*\(add, change may be left out\)$/),
    });
    expect(() => netboxPermissions({ mapped: [mapped('toaster')] })).toThrow('toaster');
  });

  test('as bodies say the same as the rows, and fit into the columns', () => {
    const pairs = (types: string[], actions: string[], purpose: string): string[] =>
      types.flatMap((type) => actions.map((action) => `${purpose} ${type} ${action}`));
    const bodies = permissionBodies(7, { mapped: MAPPED });
    const given = bodies.flatMap((body) =>
      pairs(body.object_types, body.actions, /^reanimator (\w+):/.exec(body.name)?.[1] ?? ''),
    );
    const asked = netboxPermissions({ mapped: MAPPED }).flatMap((row) =>
      pairs([row.object_type], row.actions.split(', '), row.for),
    );
    expect(given.toSorted()).toEqual(asked.toSorted());
    expect(bodies.every((body) => body.name.length <= 100 && body.description.length <= 200)).toBe(true);
    expect(bodies[0]).toMatchObject({ users: [7], constraints: null, enabled: true });
  });

  test('are read from the mapping files: what is written, made and removed', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'mappings-'));
    try {
      writeFileSync(path.join(folder, 'netbox-lifecycle.yaml'), 'version: 1\nfield: x\n');
      writeFileSync(path.join(folder, 'other-thing.yaml'), 'object: nonsense\n');
      writeFileSync(
        path.join(folder, 'netbox-device.yaml'),
        `object: device
create: { there: [{ policy: never, when: [] }, { policy: review }], with: { status: planned } }
remove: { there: true }
fields:
  - { name: site, theirs: site.id, authority: theirs, direction: in }
  - { name: name, theirs: name, authority: theirs }
  - { name: serial, theirs: 'serial', authority: ours }
  - { name: state, theirs: custom_fields.state.value, to: custom_fields.state, authority: ours, direction: out }
  - { name: mac, theirs: 'interfaces[mgmt_only=true].mac', authority: review }
  - { name: type, to: device_type.model, authority: ours, direction: out }
`,
      );
      writeFileSync(path.join(folder, 'netbox-cable.yaml'), 'object: cable\ncreate: { there: never }\n');
      const cable = mapped('cable');
      const device = mapped('device', {
        writes: ['serial', 'custom_fields'],
        asked: ['name', 'interfaces'],
        given: ['name', 'serial', 'custom_fields', 'interfaces', 'device_type', 'status'],
        creates: 'review',
        removes: true,
      });
      expect(mappedWrites(folder)).toEqual([cable, device]);
      expect(mappedWrites(folder, ['device'])).toEqual([cable]);
      writeFileSync(path.join(folder, 'netbox-rack.yaml'), 'object: rack\nfields: 7\n');
      expect(() => mappedWrites(folder)).toThrow('mappings/netbox-rack.yaml: fields');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
