import assert from 'node:assert/strict';
import type { NetBoxClient } from 'netbox-client';
import { bootstrapNetbox, type BootstrapStep } from '#adapters/netbox/bootstrap.ts';
import { permissionBodies } from '#adapters/netbox/bootstrap-permissions.ts';
import { openNetboxClient } from '#adapters/netbox/client.ts';
import { loadLifecycleMapping } from '#adapters/netbox/lifecycle-mapping.ts';
import { askAllowed } from '#adapters/netbox/probe-permissions.ts';
import type { MappedWrites } from '#adapters/netbox/probe-mapped-writes.ts';
import { type Action, needsOf } from '#adapters/netbox/probe-needs.ts';
import { probeNetbox } from '#adapters/netbox/probe.ts';
import { lastHeardChange } from '#adapters/netbox/probe-webhooks.ts';
import { recordObjects } from '#adapters/netbox/record-objects/index.ts';
import { Settings } from '#adapters/netbox/settings.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import {
  changeCount,
  type DoctorLab,
  get,
  grant,
  makeToken,
  permissionBody,
  send,
  type Server,
  signIn,
  without,
} from './doctor-lab.ts';
import { reconcileAll } from './least-permissions.ts';

/** As many types and actions as any set of mappings may name; what the files say today does not matter here. */
const NOTHING = { writes: [], asked: [], given: [], creates: 'never', removes: false } as const;
const MAPPED: readonly MappedWrites[] = (
  [
    { object: 'site', given: ['name'], creates: 'review' },
    { object: 'location', asked: ['name'], creates: 'review' },
    { object: 'rack' },
    { object: 'device', writes: ['status', 'device_type', 'add_tags'], given: ['role'], creates: 'always' },
    { object: 'interface', writes: ['mac_address'], creates: 'always' },
    { object: 'ip-address', given: ['address', 'interface', 'role'], creates: 'always', removes: true },
    { object: 'module', writes: ['serial', 'module_type'], given: ['module_bay'], creates: 'always', removes: true },
    { object: 'inventory-item', writes: ['serial', 'manufacturer'], creates: 'always' },
    { object: 'cable' },
  ] satisfies (Partial<MappedWrites> & { object: string })[]
).map((one) => ({ ...NOTHING, ...one }));
const SECRET = 'a-secret-of-the-doctor';
const HUB = 'https://hub.example';

/**
 * What bootstrap and doctor say on a real NetBox that is empty at first: a user without any permission, one with exactly what
 * `netboxPermissions` asks for, and that one with single permissions taken away, limited, or with another token. @throws AssertionError
 */
export async function checkDoctor(netbox: Server): Promise<void> {
  const { id: user } = await send(netbox, 'POST', 'users/users/', { username: 'hub', password: 'Hub-password-1' });
  const lab: DoctorLab = { netbox, user, token: await makeToken(netbox, user, {}) };
  const before = await changeCount(netbox);
  await namesAllThatIsMissing(lab);
  assert.equal(await changeCount(netbox), before, 'the doctor wrote something');
  await isContentWithWhatItAsksFor(lab);
  await namesOneThatIsMissing(lab);
  await seesWhatIsHidden(lab);
  await knowsTokens(lab);
  await seesWhatWasBent(lab);
  await linksShow(lab);
}

async function namesAllThatIsMissing(lab: DoctorLab): Promise<void> {
  const checks = await doctor(lab, lab.token);
  const needs = needsOf(MAPPED);
  const must = needs.filter((need) => !need.optional);
  assert.deepEqual(missing(checks, false), keys(must), 'what a user without permissions lacks');
  const may = needs.filter((need) => need.optional);
  assert.deepEqual(
    missing(checks, true),
    keys(may).filter((key) => !keys(must).includes(key)),
    'what it may lack',
  );
}

/** Least permissions are enough: for the bootstrap, for all that reconciling does, and for the doctor. */
async function isContentWithWhatItAsksFor(lab: DoctorLab): Promise<void> {
  await grant(lab, permissionBodies(lab.user, { mapped: MAPPED }));
  assert.deepEqual(
    (await doctor(lab, lab.token)).filter(({ ok }) => !ok).map(({ name }) => name),
    ['configuration'],
  );
  assert.deepEqual(new Set((await bootstrap(lab)).map(({ did }) => did)), new Set(['created']));
  assert.deepEqual(new Set((await bootstrap(lab)).map(({ did }) => did)), new Set(['unchanged']));
  await enterServers(lab);
  await withClient(lab, async (client, settings) => {
    await reconcileAll(recordObjects(client, 'netbox', settings), 'S1');
  });
  assert.deepEqual(faults(await doctor(lab, lab.token)), []);
  const superuser = await doctor(lab, lab.netbox.token);
  assert.deepEqual(faults(superuser), []);
  assert.match(said(superuser), /superuser/);
}

/** What people have there: two servers, one of them known to the hub, and the interface of its BMC. */
async function enterServers({ netbox }: DoctorLab): Promise<void> {
  const make = (path: string, body: object): Promise<{ id: number }> => send(netbox, 'POST', `dcim/${path}/`, body);
  const maker = await make('manufacturers', { name: 'Dell Inc.', slug: 'dell-inc' });
  const type = await make('device-types', { manufacturer: maker.id, model: 'R650', slug: 'r650' });
  const role = await make('device-roles', { name: 'server', slug: 'server' });
  const [ams, fra] = [
    await make('sites', { name: 'AMS1', slug: 'ams1' }),
    await make('sites', { name: 'FRA1', slug: 'fra1' }),
  ];
  const rack = await make('racks', { name: 'R1', site: ams.id });
  const server = { device_type: type.id, role: role.id, status: 'active' };
  const place = { site: ams.id, rack: rack.id, position: 3, face: 'front' };
  const known = { name: 'one', serial: 'S1', custom_fields: { hub_asset_id: 'asset-1' } };
  const one = await make('devices', { ...server, ...place, ...known });
  await make('devices', { ...server, name: 'two', serial: 'S2', site: fra.id });
  await make('interfaces', { device: one.id, name: 'BMC', type: 'other', mgmt_only: true });
}

async function namesOneThatIsMissing(lab: DoctorLab): Promise<void> {
  const cases: [Action, string][] = [
    ['change', 'dcim.device'],
    ['view', 'core.objectchange'],
    ['add', 'dcim.moduletype'],
    ['delete', 'dcim.module'],
    ['view', 'extras.eventrule'],
  ];
  for (const [action, type] of cases) {
    await grant(lab, without(permissionBodies(lab.user, { mapped: MAPPED }), action, type));
    const checks = await doctor(lab, lab.token);
    assert.deepEqual(missing(checks, false), [`${action} ${type}`], `without ${action} on ${type}`);
  }
  await withClient(lab, async (client) => {
    await grant(lab, permissionBodies(lab.user, { mapped: MAPPED }));
    const before = await changeCount(lab.netbox);
    const need = { purpose: 'reconcile' as const, objectType: 'dcim.module', without: '', optional: false };
    const signal = AbortSignal.timeout(20_000);
    const allowed = await askAllowed({ client, signal }, [{ ...need, action: 'delete' }]);
    assert.equal(allowed.get('dcim.module')?.may.delete, true);
    assert.equal(await changeCount(lab.netbox), before, 'asking for delete deleted something');
  });
}

async function seesWhatIsHidden(lab: DoctorLab): Promise<void> {
  const limited = without(
    without(permissionBodies(lab.user, { mapped: MAPPED }), 'view', 'dcim.device'),
    'view',
    'dcim.interface',
  );
  const view = { ...permissionBody(lab, 'limited devices'), object_types: ['dcim.device'], actions: ['view'] };
  const ports = { ...permissionBody(lab, 'limited interfaces'), object_types: ['dcim.interface'], actions: ['view'] };
  await grant(lab, [
    ...limited,
    { ...view, constraints: { site__slug: 'ams1' } },
    { ...ports, constraints: { name: 'nothing' } },
  ]);
  const checks = await doctor(lab, lab.token);
  assert.deepEqual(faults(checks), []);
  assert.match(said(checks), /sees 1 of 2 dcim\.device:/);
  assert.match(said(checks), /sees 0 of 2 dcim\.interface of 1 servers:/);
  // Who may see permissions is told which one it is.
  const seeing = { ...permissionBody(lab, 'permissions'), object_types: ['users.objectpermission'], actions: ['view'] };
  await send(lab.netbox, 'POST', 'users/permissions/', seeing);
  assert.match(
    said(await doctor(lab, lab.token)),
    /"limited devices" limits view on dcim\.device to \{"site__slug":"ams1"\}/,
  );
  await grant(lab, permissionBodies(lab.user, { mapped: MAPPED }));
}

async function knowsTokens(lab: DoctorLab): Promise<void> {
  const reading = await doctor(lab, await makeToken(lab.netbox, lab.user, { write_enabled: false }));
  assert.deepEqual(faults(reading), ['authorised']);
  assert.match(said(reading), /may only read/);
  const expires = new Date(Date.now() + 3 * 86_400_000 + 60_000).toISOString();
  const ending = await doctor(lab, await makeToken(lab.netbox, lab.user, { expires }));
  assert.deepEqual(faults(ending), []);
  assert.match(said(ending), /expires in 3 days/);
  const old = await doctor(lab, lab.netbox.tokenV1);
  assert.deepEqual(faults(old), []);
  assert.match(said(old), /of version 1/);
  const wrong = await doctor(lab, `${lab.token}x`);
  assert.match(said(wrong), /Invalid v2 token/);
}

async function seesWhatWasBent(lab: DoctorLab): Promise<void> {
  const rules = await get(lab.netbox, 'extras/event-rules/?name=reanimator');
  const rule = rules.results[0]?.id;
  await send(lab.netbox, 'PATCH', `extras/event-rules/${rule}/`, { enabled: false });
  const checks = await doctor(lab, lab.token);
  assert.match(said(checks), /event rule reanimator different in enabled: switched off/);
  const links = await get(lab.netbox, 'extras/custom-links/?name=reanimator%20server');
  const chosen = { weight: 7, group_name: 'Ours', button_class: 'green', link_text: 'Hub' };
  await send(lab.netbox, 'PATCH', `extras/custom-links/${links.results[0]?.id}/`, chosen);
  await withClient(lab, async (client) => {
    const signal = AbortSignal.timeout(20_000);
    const later = new Date(Date.now() + 5 * 60_000);
    const off = await lastHeardChange({ client, signal }, 'reanimator', later);
    assert.equal(off, undefined, 'a rule that is switched off sends nothing');
    await send(lab.netbox, 'PATCH', `extras/event-rules/${rule}/`, { enabled: true });
    const heard = await lastHeardChange({ client, signal }, 'reanimator', later);
    assert.match(heard?.objectType ?? '', /^(dcim|ipam)\./);
    // As if asked a minute after that change: however long all this took, what came before is told only where it had its three minutes.
    const soon = new Date(Date.parse(heard?.at ?? '') + 60_000);
    const settled = await lastHeardChange({ client, signal }, 'reanimator', soon);
    assert.ok(
      settled === undefined || Date.parse(settled.at) <= soon.getTime() - 180_000,
      `a webhook of the last minutes may still be on its way: ${JSON.stringify(settled)}`,
    );
    await send(lab.netbox, 'PATCH', `extras/event-rules/${rule}/`, { enabled: false });
  });
  const steps = await bootstrap(lab);
  const did = steps.filter((step) => step.did !== 'unchanged').map(({ object }) => object);
  assert.deepEqual(did, ['event rule'], 'what the bootstrap put right');
}

/** As a person sees it: on the page of a server that the hub knows, and not on the other one. */
async function linksShow(lab: DoctorLab): Promise<void> {
  const person = await signIn(lab.netbox.url);
  const links = await get(lab.netbox, 'extras/custom-links/?name=reanimator%20server');
  await send(lab.netbox, 'PATCH', `extras/custom-links/${links.results[0]?.id}/`, {
    link_text: '{% if object.cf.hub_asset_id %}Open in Reanimator{% endif %}',
  });
  const devices = await get(lab.netbox, 'dcim/devices/?ordering=id');
  const [one, two] = devices.results.map(({ id }) => id);
  assert.match(await person(`/dcim/devices/${one}/`), /href="https:\/\/hub\.example\/ui\/assets\/asset-1"/);
  assert.doesNotMatch(await person(`/dcim/devices/${two}/`), /hub\.example/);
  const racks = await get(lab.netbox, 'dcim/racks/?ordering=id');
  const rackPage = await person(`/dcim/racks/${racks.results[0]?.id}/`);
  assert.match(rackPage, /href="https:\/\/hub\.example\/ui\/assets\?site=AMS1&(amp;)?rack=R1"/);
  const sites = await get(lab.netbox, 'dcim/sites/?ordering=id');
  assert.match(await person(`/dcim/sites/${sites.results[0]?.id}/`), /ui\/assets\?site=AMS1"/);
}

function settingsOf({ netbox }: DoctorLab, token: string): Settings {
  return Settings.parse({ url: netbox.url, token, webhookSecret: SECRET, requestsPerSecond: 1000 });
}

async function doctor(lab: DoctorLab, token: string): Promise<ProbeCheck[]> {
  const settings = settingsOf(lab, token);
  const { client, close } = openNetboxClient(settings, kitForTests('netbox'));
  try {
    return await probeNetbox(client, settings, loadLifecycleMapping(), AbortSignal.timeout(60_000), MAPPED);
  } finally {
    await close();
  }
}

async function bootstrap(lab: DoctorLab): Promise<BootstrapStep[]> {
  const { client, close } = openNetboxClient(settingsOf(lab, lab.token), kitForTests('netbox'));
  try {
    return await bootstrapNetbox(client, {
      ...{ hubUrl: HUB, webhookSecret: SECRET, tag: 'reanimator', key: 'doctor' },
      ...{ lifecycle: loadLifecycleMapping(), signal: AbortSignal.timeout(60_000) },
    });
  } finally {
    await close();
  }
}

async function withClient(
  lab: DoctorLab,
  act: (client: NetBoxClient, settings: Settings) => Promise<void>,
): Promise<void> {
  const settings = settingsOf(lab, lab.token);
  const { client, close } = openNetboxClient(settings, kitForTests('netbox'));
  try {
    await act(client, settings);
  } finally {
    await close();
  }
}

function faults(checks: readonly ProbeCheck[]): string[] {
  return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}
function said(checks: readonly ProbeCheck[]): string {
  return checks.map(({ found }) => found).join('\n');
}
/** `change dcim.device`, sorted. */
function missing(checks: readonly ProbeCheck[], ok: boolean): string[] {
  const lines = checks.filter((check) => check.name === 'permissions' && check.ok === ok);
  return lines.flatMap(({ found }) => /^cannot (\w+ [\w.]+):/.exec(found)?.[1] ?? []).toSorted();
}
function keys(needs: readonly { action: Action; objectType: string }[]): string[] {
  return [...new Set(needs.map(({ action, objectType }) => `${action} ${objectType}`))].toSorted();
}
