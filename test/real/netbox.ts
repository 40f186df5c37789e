import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { castOf, SITE, type Actor } from '#demo/cast.ts';
import { hubClient, until } from '#demo/hub-client.ts';
import { startHubProcess } from '#demo/hub-process.ts';
import { prepareHub } from '#demo/prepare-hub.ts';
import { setStage, type Stage } from '#demo/stage.ts';
import {
  adoptStrangers,
  appear,
  type Assets,
  expectMachines,
  fallIll,
  type StoryOptions,
  untilHardened,
} from '#demo/story.ts';
import { runChild } from '#setup/run-child.ts';
import { startServices } from '#setup/services.ts';
import type { RealResult } from './real-result.ts';
import { checkDoctor } from './netbox/doctor.ts';
import { withHubs } from './netbox/scenario-lab.ts';
import { SCENARIOS } from './netbox/scenarios.ts';
import { NotHere, type RealNetbox, startRealNetbox } from './netbox-server.ts';

/** What has a part that runs against NETBOX_URL. */
const SUITES = [
  'adapters/netbox/device-records.test.ts',
  'adapters/netbox/record-objects/record-objects.test.ts',
  'adapters/netbox/netbox-client/contract.test.ts',
];

export interface RunNetbox {
  log(line: string): void;
  root: string;
}

/** Our adapter's contract suite and the whole story, on a NetBox that nobody here wrote, with the webhooks that it really sends. */
export async function runNetbox({ log, root }: RunNetbox): Promise<RealResult> {
  const result: RealResult = { passed: 0, failed: 0, skipped: [] };
  let netbox: RealNetbox;
  try {
    netbox = await startRealNetbox({ log, root });
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    result.skipped.push({ name: 'netbox', reason: error.message });
    return result;
  }
  const attempt = async (name: string, act: () => Promise<void>): Promise<void> => {
    const started = Date.now();
    try {
      await act();
      result.passed += 1;
      log(`passed  ${name} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
    } catch (error) {
      result.failed += 1;
      log(`FAILED  ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  };
  try {
    await attempt('contract suite of adapters/netbox', async () => {
      const env = { NETBOX_URL: netbox.url, NETBOX_TOKEN: netbox.token };
      // One after the other: what one suite writes would stand in the change log that another reads.
      const oneByOne = ['--no-file-parallelism', '--reporter=dot'];
      const { code } = await runChild('vitest', ['run', '--project', 'unit', ...oneByOne, ...SUITES], { env });
      if (code !== 0) throw new Error(`vitest ended with ${code}`);
    });
    await netbox.clean();
    await attempt('bootstrap and doctor, by users who may do this and that', () => checkDoctor(netbox));
    await netbox.clean();
    await withHubs(netbox, async (lab) => {
      for (const { name, act } of SCENARIOS) await attempt(name, () => act(lab));
    });
    await netbox.clean();
    await attempt('the story, with webhooks really sent', () => tellOnRealNetbox(netbox, root));
  } finally {
    await netbox.stop();
  }
  return result;
}

async function tellOnRealNetbox(netbox: RealNetbox, root: string): Promise<void> {
  const cleanups: (() => Promise<void>)[] = [];
  try {
    const services = await startServices({ name: 'real-netbox', root });
    cleanups.push(() => services.stop());
    const cast = castOf({ recorded: true });
    const stage = await setStage({ cast, via: 'kea', network: '127.84.0', bmcTls: true, netbox });
    cleanups.push(() => stage.close());
    const api = netboxApi(netbox.url, netbox.token);
    await seed(api, cast);
    const env = {
      ...stage.env,
      DATABASE_URL: await services.createDatabase('reanimator'),
      REDIS_URL: services.redis.url,
    };
    const { apiKey, bootstrapped } = await prepareHub(env);
    if (bootstrapped.some((one) => one.did !== 'created'))
      throw new Error(`bootstrap of an empty NetBox: ${JSON.stringify(bootstrapped)}`);
    const again = await prepareHub(env);
    if (again.bootstrapped.some((one) => one.did !== 'unchanged'))
      throw new Error(`bootstrap again: ${JSON.stringify(again.bootstrapped)}`);
    const logs = path.join(services.folder, 'hub');
    mkdirSync(logs, { recursive: true });
    for (const part of ['web', 'worker'] as const) {
      const running = await startHubProcess(part, env, path.join(logs, `${part}.log`));
      cleanups.push(() => running.stop());
    }
    const hub = hubClient(stage.hubUrl, apiKey);
    const story: StoryOptions = { stage, hub, cast, say: () => {}, timeoutMs: 120_000 };
    await expectMachines(story);
    await appear(story);
    await adoptStrangers(story);
    const assets = await untilHardened(story);
    await alice(story, assets, api);
    const tickets = await fallIll(story, assets);
    // A machine is hardened before its BMC stands in its record.
    await untilIdle(story);
    await checkRecords(api, stage, cast, assets);
    if (stage.jira.issues().length !== tickets.size)
      throw new Error(`Jira has ${stage.jira.issues().length} issues, not ${tickets.size}`);
    await checkQuiet(api, story);
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  }
}

type Json = Record<string, unknown>;
interface Api {
  get(path: string): Promise<{ count: number; results: (Json & { id: number })[] }>;
  send(method: string, path: string, body: unknown): Promise<Json & { id: number }>;
}

/** NetBox as its own documentation says, without our client. */
function netboxApi(url: string, token: string): Api {
  async function call(method: string, where: string, body?: unknown): Promise<unknown> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/${where}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`NetBox: ${method} ${where} answered ${answer.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }
  return {
    get: (where) => call('GET', where) as never,
    send: (method, where, body) => call(method, where, body) as never,
  };
}

async function seed(api: Api, cast: Actor[]): Promise<void> {
  const site = await api.send('POST', 'dcim/sites/', { name: SITE, slug: SITE });
  const racks = new Map<string, number>();
  for (const name of new Set(cast.map((actor) => actor.rack)))
    racks.set(name, (await api.send('POST', 'dcim/racks/', { name, site: site.id, u_height: 42 })).id);
  const manufacturer = await api.send('POST', 'dcim/manufacturers/', { name: 'Planned', slug: 'planned' });
  const type = await api.send('POST', 'dcim/device-types/', {
    manufacturer: manufacturer.id,
    model: 'To be seen',
    slug: 'to-be-seen',
    u_height: 1,
  });
  const role = await api.send('POST', 'dcim/device-roles/', { name: 'Server', slug: 'server' });
  for (const actor of cast.filter((one) => one.known !== 'unexpected')) {
    const place = { site: site.id, rack: racks.get(actor.rack), position: actor.position, face: 'front' };
    const device = await api.send('POST', 'dcim/devices/', {
      name: actor.name,
      device_type: type.id,
      role: role.id,
      status: 'planned',
      ...place,
    });
    if (actor.known !== 'record') continue;
    const port = await api.send('POST', 'dcim/interfaces/', {
      device: device.id,
      name: 'iLO',
      type: '1000base-t',
      mgmt_only: true,
    });
    const mac = await api.send('POST', 'dcim/mac-addresses/', {
      mac_address: actor.bmcMac,
      assigned_object_type: 'dcim.interface',
      assigned_object_id: port.id,
    });
    await api.send('PATCH', `dcim/interfaces/${port.id}/`, { primary_mac_address: mac.id });
  }
}

/** A person moves a device; the webhook that NetBox sends is the only way in which the hub can know within the time. */
async function alice({ hub }: StoryOptions, assets: Assets, api: Api): Promise<void> {
  const [asset] = assets.values();
  if (!asset?.record) throw new Error('nobody was recorded');
  await api.send('PATCH', `dcim/devices/${asset.record.id}/`, { position: 30 });
  await until(
    'the hub knows that it is at U30 now',
    async () => (await hub.get<{ position: number }>(`/v1/assets/${asset.id}`)).position === 30,
    60_000,
  );
}

async function checkRecords(api: Api, stage: Stage, cast: Actor[], assets: Assets): Promise<void> {
  const broken: string[] = [];
  const { count } = await api.get('dcim/devices/');
  if (count !== cast.length) broken.push(`NetBox has ${count} devices, not ${cast.length}`);
  for (const actor of cast) {
    const { results } = await api.get(`dcim/devices/?name=${actor.name}`);
    const device = results[0];
    if (results.length !== 1 || !device) {
      broken.push(`NetBox has ${results.length} devices named ${actor.name}`);
      continue;
    }
    const fields = device['custom_fields'] as Json;
    if (device['serial'] !== actor.serial) broken.push(`serial of ${actor.name}: ${String(device['serial'])}`);
    if (fields['hub_asset_id'] !== assets.get(actor.name)?.id)
      broken.push(`hub_asset_id of ${actor.name}: ${String(fields['hub_asset_id'])}`);
    if ((fields['lifecycle_state'] as Json | null)?.['value'] !== 'hardened')
      broken.push(`lifecycle_state of ${actor.name}: ${JSON.stringify(fields['lifecycle_state'])}`);
    const macs = await api.get(`dcim/mac-addresses/?mac_address=${actor.bmcMac}`);
    if (macs.count !== 1) broken.push(`${macs.count} MAC addresses ${actor.bmcMac}`);
    const oob = (device['oob_ip'] as Json | null)?.['address'];
    const lease = stage.dhcp.leases.get(actor.bmcMac);
    if (typeof oob !== 'string' || oob.split('/')[0] !== lease?.ip)
      broken.push(`oob_ip of ${actor.name}: ${String(oob)}, its BMC has ${lease?.ip}`);
    if (stage.awx.jobs().filter((job) => job.limit === actor.name).length !== 1)
      broken.push(`AWX jobs for ${actor.name}`);
  }
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

/** Nothing is left to do: no webhook to read, no job to run. */
async function untilIdle({ hub, timeoutMs }: StoryOptions): Promise<void> {
  const look = async (): Promise<boolean> => {
    const waiting = await hub.get<{ items: unknown[] }>('/v1/deliveries?state=pending&limit=1');
    const jobs = await hub.get<{ items: unknown[] }>('/v1/jobs?state=waiting&limit=1');
    const active = await hub.get<{ items: unknown[] }>('/v1/jobs?state=active&limit=1');
    return waiting.items.length + jobs.items.length + active.items.length === 0;
  };
  await until('all webhooks and jobs were done', look, timeoutMs);
}

/** Our own writes come back as webhooks: they are read, nothing differs, and nothing more is written. */
async function checkQuiet(api: Api, story: StoryOptions): Promise<void> {
  const { hub } = story;
  const changes = async (): Promise<number> => (await api.get('core/object-changes/?limit=1')).count;
  await untilIdle(story);
  const before = await changes();
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const after = await changes();
  if (after !== before)
    throw new Error(`the hub loops: ${after - before} more changes in NetBox while nothing happened`);
  const dead = await hub.get<{ items: { name: string; error: unknown }[] }>('/v1/jobs?state=dead');
  if (dead.items.length > 0)
    throw new Error(`dead letters: ${JSON.stringify(dead.items.map(({ name, error }) => ({ name, error })))}`);
}
