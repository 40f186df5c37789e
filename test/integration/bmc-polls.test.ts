import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
import { hubWithServer } from '#test/kit/hub-with-server.ts';
import { type TestHub } from '#test/kit/test-hub.ts';

const [SYSTEM, CHASSIS] = ['/redfish/v1/Systems/System.Embedded.1', '/redfish/v1/Chassis/System.Embedded.1'];
const LOG = `${SYSTEM}/LogServices/Sel/Entries`;

let on: TestHub;
let id: string;
let bmc: BmcSimulator;
beforeAll(async () => {
  const env = { HEALTH_POLL_MS: '1000', LOG_POLL_MS: '1000', EVENT_CHECK_MS: '2000' };
  ({ on, id } = await hubWithServer({ env }, (made) => {
    bmc = made;
    const at = (path: string) => ({ '@odata.id': path });
    bmc.change(CHASSIS, { Thermal: at(`${CHASSIS}/Thermal`) });
    warm(40);
    bmc.change(SYSTEM, { LogServices: at(`${SYSTEM}/LogServices`) });
    bmc.change(`${SYSTEM}/LogServices`, {
      ...at(`${SYSTEM}/LogServices`),
      ...{ Members: [at(`${SYSTEM}/LogServices/Sel`)], 'Members@odata.count': 1 },
    });
    bmc.change(`${SYSTEM}/LogServices/Sel`, { ...at(`${SYSTEM}/LogServices/Sel`), Id: 'Sel', Entries: at(LOG) });
    write('Uncorrectable ECC error, years ago');
  }));
}, 180_000);
afterAll(() => on.close());

function warm(celsius: number): void {
  const [name, limits] = ['CPU1 Temp', { UpperThresholdNonCritical: 80, UpperThresholdCritical: 90 }];
  const Temperatures = [
    { MemberId: '0', Name: name, ReadingCelsius: celsius, ...limits, Status: { State: 'Enabled' } },
  ];
  bmc.change(`${CHASSIS}/Thermal`, { '@odata.id': `${CHASSIS}/Thermal`, Id: 'Thermal', Temperatures });
}

const written: object[] = [];
function write(message: string): void {
  const memory = { '@odata.id': `${SYSTEM}/Memory/DIMM.Socket.A1` };
  written.push({
    ...{ '@odata.id': `${LOG}/${written.length + 1}`, Id: String(written.length + 1), Message: message },
    ...{ Severity: 'Critical', Created: new Date(Date.now() - 5_000 + written.length).toISOString() },
    Links: { OriginOfCondition: memory },
  });
  bmc.change(LOG, { '@odata.id': LOG, Members: [...written], 'Members@odata.count': written.length });
}

async function symptoms(): Promise<string[]> {
  const rows: { type: string }[] = await on.hub.ctx
    .db('telemetry_events')
    .where({ subject_id: id })
    .orderBy('received_at')
    .select('type');
  return rows.map(({ type }) => type);
}
async function tickets(): Promise<string[]> {
  const { items } = await on.client.get<{ items: { type: string }[] }>(`/v1/tickets?asset_id=${id}`);
  return items.map(({ type }) => type).toSorted();
}
interface Shown {
  asked_at: string | null;
  answered_at: string | null;
  failures: number;
  power: string | null;
}
const shown = (): Promise<Shown> => on.client.get<Shown>(`/v1/assets/${id}/health`);
async function polls(): Promise<string[]> {
  const rows: { kind: string }[] = await on.hub.ctx.db('bmc_polls').where({ asset_id: id }).select('kind');
  return rows.map(({ kind }) => kind).toSorted();
}
/** Whole polls that begin from here on. */
async function pollsOn(howMany: number): Promise<void> {
  for (let nth = 0; nth < howMany; nth += 1) {
    const before = (await shown()).asked_at;
    await until('the next poll', async () => ((await shown()).asked_at === before ? undefined : true), 60_000);
  }
}

test('each server is polled by itself, without a job for it', { timeout: 120_000 }, async () => {
  await until('a first answer', async () => ((await shown()).answered_at === null ? undefined : true), 60_000);
  await pollsOn(2);
  expect(await shown()).toMatchObject({ failures: 0, power: 'On' });
  expect(await on.hub.ctx.db('jobs').where({ name: 'poll-health' }).select('id')).toEqual([]);
  expect(await polls()).toEqual(['health', 'logs']); // where BMCs reach the hub is not set
  expect(bmc.openSessions()).toBe(1);
});

test('what was in the log before is not news; a critical entry that comes is, once', { timeout: 120_000 }, async () => {
  await until('the place in the logs', async () => {
    const rows = await on.hub.ctx.db('bmc_polls').where({ asset_id: id, kind: 'logs' }).whereNotNull('memory');
    return rows.length > 0 ? true : undefined;
  });
  expect(await symptoms()).toEqual([]);
  write('Uncorrectable ECC error at DIMM A1');
  await until('the symptom', async () => ((await symptoms()).length > 0 ? true : undefined), 60_000);
  await sleep(2_500);
  expect(await symptoms()).toEqual(['ECC_UNCORRECTABLE']);
  await until('the ticket', async () => ((await tickets()).includes('REPLACE_RAM') ? true : undefined));
});

test(
  'a temperature that stays beyond its limit is one symptom, and one when it is back',
  { timeout: 240_000 },
  async () => {
    warm(95);
    await until('the symptom', async () => ((await symptoms()).includes('OVERHEAT') ? true : undefined), 60_000);
    await pollsOn(2);
    warm(89); // beyond the limit still, but for a margin
    await pollsOn(3);
    expect((await symptoms()).filter((type) => type !== 'ECC_UNCORRECTABLE')).toEqual(['OVERHEAT']);
    // What is over before it could be seen whether something bigger explains it opens nothing.
    await until('the ticket', async () => ((await tickets()).includes('CHECK_COOLING') ? true : undefined));
    warm(40);
    await until(
      'the end of it',
      async () => ((await symptoms()).includes('TEMPERATURE_NORMAL') ? true : undefined),
      60_000,
    );
  },
);

test('two workers share the polls, and one that stops leaves its part to the other', { timeout: 120_000 }, async () => {
  const second = await on.hub.startWorker();
  await pollsOn(1);
  const [before, started] = [bmc.counters().requests, Date.now()];
  await pollsOn(4);
  const seconds = (Date.now() - started) / 1000;
  // Some requests per poll of health and of logs; twice as many if each worker polled by itself.
  expect((bmc.counters().requests - before) / seconds).toBeLessThan(8);
  expect(bmc.counters().maxInFlight).toBeLessThanOrEqual(2);
  await on.stopWorker();
  await pollsOn(2);
  await second.stop();
  const stopped = (await shown()).asked_at;
  await sleep(2_000);
  expect((await shown()).asked_at).toBe(stopped);
  await on.startWorker();
  await pollsOn(2);
});

test('a BMC that is away is one symptom, and one when it is back', { timeout: 120_000 }, async () => {
  const before = await symptoms();
  bmc.addFault({ match: 'redfish', kind: 'reset' });
  const news = async (): Promise<string[]> => (await symptoms()).slice(before.length);
  await until('a poll without an answer', async () => ((await shown()).failures > 0 ? true : undefined), 60_000);
  // As if it were the fourth: five of them would take a minute, because it is left alone in between.
  const silence = { type: 'BMC_UNREACHABLE', over: 'BMC_REACHABLE', polls: 4, told: false };
  await on.hub.ctx
    .db('bmc_polls')
    .where({ asset_id: id, kind: 'health' })
    .update({ memory: JSON.stringify({ silence, open: {} }) });
  await until('the symptom', async () => ((await news()).length > 0 ? true : undefined), 60_000);
  await pollsOn(1);
  expect(await news()).toEqual(['BMC_UNREACHABLE']);
  expect(await shown()).toMatchObject({ power: 'On' });
  await until('the ticket', async () => ((await tickets()).includes('CHECK_BMC') ? true : undefined));
  bmc.clearFaults();
  await until('it is back', async () => ((await news()).length > 1 ? true : undefined), 60_000);
  await pollsOn(2);
  expect(await news()).toEqual(['BMC_UNREACHABLE', 'BMC_REACHABLE']);
});

test('Prometheus finds out where to scrape, and gets each server once', async () => {
  const get = async (path: string): Promise<Response> =>
    fetch(on.url + path, { headers: { authorization: `Bearer ${on.apiKey}` } });
  const groups = (await (await get('/metrics/targets')).json()) as {
    targets: string[];
    labels: Record<string, string>;
  }[];
  expect(groups).toMatchObject([{ targets: [new URL(on.url).host], labels: { __metrics_path__: '/metrics/bmc' } }]);
  const bmcs = (await (await get('/metrics/targets?of=bmcs')).json()) as typeof groups;
  expect(bmcs.map(({ labels }) => labels['asset'])).toEqual([id]);
  const parts = await Promise.all(
    [0, 1, 2, 3].map(async (part) => (await get(`/metrics/bmc?part=${part}&parts=4`)).text()),
  );
  expect(parts.filter((text) => text.includes(`reanimator_bmc_up{asset="${id}"`)).length).toBe(1);
  expect((await get('/metrics/bmc')).status).toBe(200);
});

test('a server that is gone is polled and shown to Prometheus no more', { timeout: 120_000 }, async () => {
  await on.hub.ctx.db('assets').where({ id }).update({ lifecycle_state: 'DECOMMISSIONED' });
  await until('no polls', async () => ((await polls()).includes('health') ? undefined : true), 60_000);
  const stopped = (await shown()).asked_at;
  await sleep(2_000);
  expect((await shown()).asked_at).toBe(stopped);
  const metrics = await fetch(`${on.url}/metrics/bmc`, { headers: { authorization: `Bearer ${on.apiKey}` } });
  expect(await metrics.text()).not.toContain(id);
});
