import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heardAfter } from '#src/history/heard-reads.ts';
import type { Json } from './history-audit-web.ts';
import { sideNamed, type SidesHub, sidesHub } from './reconcile-sides.ts';

let on: SidesHub;
let [srv, other] = ['', ''];

beforeAll(async () => {
  on = await sidesHub();
  srv = await on.make('/v1/assets', { name: 'srv', serial: 'SN-1' });
  other = await on.make('/v1/assets', { name: 'other', serial: 'SN-2' });
});
afterAll(() => on.close());

const at = (day: number): string => new Date(Date.UTC(2026, 5, 1) + (day - 0.5) * 86_400_000).toISOString();
const KINDS = ['cpu', 'dimm', 'drive', 'nic', 'psu', 'fan'];

function drive(serial: string | null, slot: string | null, more: Json = {}): Json {
  return { kind: 'drive', serial, slot, manufacturer: 'Samsung', model: 'MZ7LH960HAJR-00005', ...more };
}
function look(assetId: string, day: number, components: Json[], more: Json = {}): () => Promise<unknown> {
  const host = { asset_id: assetId };
  const report = { schema: 'reanimator.report/v1', source: 'redfish', collected_at: at(day), host, scope: KINDS };
  return async () => {
    const { status, text } = await on.upload({ ...report, components, ...more });
    if (status >= 300) throw new Error(text);
  };
}

/** Bay, model and serial of what is in each slot; `?`: nobody knows. */
async function bays(assetId = srv): Promise<string[]> {
  const own = await sideNamed('module').readOf(on.ctx, [assetId]);
  return own.map(({ values: { bay, model, serial, kind } }) =>
    [bay, kind === undefined ? '?' : model, ...(serial === undefined ? [] : [serial])].join(' '),
  );
}
const idsOf = async (): Promise<string[]> => (await sideNamed('module').readOf(on.ctx, [srv])).map(({ id }) => id);

describe('modules', () => {
  const cpu = { kind: 'cpu', slot: '0', manufacturer: 'Intel(R) Corporation', model: 'Xeon Gold 6338' };
  const dimm = { kind: 'dimm', slot: 'A1', manufacturer: '0x2C', part_number: 'MTA36ASF8G72PZ', serial: 'd1' };
  const psu = { kind: 'psu', slot: '0', manufacturer: 'Delta', model: 'DPS-1', serial: 'P1' };
  const fan = { kind: 'fan', slot: 'Fan 1', model: 'Fan' };

  test('a part in each slot, named by the slot, with what is known of it', async () => {
    const first = look(srv, 1, [cpu, dimm, psu, fan, drive('S1', 'Bay 0'), drive('S2', 'Bay 1'), drive('S3', null)]);
    expect(await on.changedBy('module', first)).toEqual([srv]);
    expect(await bays()).toEqual([
      ...['CPU 0 Xeon Gold 6338', 'DIMM A1 MTA36ASF8G72PZ D1', 'Bay 0 MZ7LH960HAJR-00005 S1'],
      ...['Bay 1 MZ7LH960HAJR-00005 S2', 'PSU 0 DPS-1 P1'],
    ]);
    const objects = await on.objects('module');
    expect(objects.get(`${srv}/dimm/A1`)).toEqual({
      ...{ id: `${srv}/dimm/A1`, parentId: srv, label: 'srv DIMM A1' },
      values: {
        ...{ bay: 'DIMM A1', kind: 'dimm', manufacturer: 'micron', model: 'MTA36ASF8G72PZ' },
        ...{ part_number: 'MTA36ASF8G72PZ', serial: 'D1' },
      },
    });
    expect(objects.get(`${srv}/cpu/0`)?.values).toMatchObject({ manufacturer: 'intel', serial: undefined });
    expect([...(await on.digests('module', 1)).keys()]).toEqual([srv, other].toSorted());
  });

  test('the same again is the same: another time, another health, other counters', async () => {
    const again = [cpu, dimm, psu, fan, drive('S1', 'Bay 0', { health: 'Critical' }), drive('S2', 'Bay 1')];
    expect(await on.changedBy('module', look(srv, 2, [...again, drive('S3', null)]))).toEqual([]);
    const counted = again.map((part) => ({ ...part, readings: { temperatureCelsius: 40 } }));
    expect(await on.changedBy('module', look(srv, 3, counted))).toEqual([]);
    expect(await on.changedBy('module', look(srv, 4, [...again, fan].slice(0, 6)))).toEqual([]);
  });

  test('another part in a slot is another value of the same object', async () => {
    const before = await idsOf();
    const swapped = look(srv, 5, [cpu, dimm, psu, drive('S9', 'Bay 0', { model: 'PM9A3' }), drive('S2', 'Bay 1')]);
    expect(await on.changedBy('module', swapped)).toEqual([srv]);
    expect(await idsOf()).toEqual(before);
    expect(await bays()).toContain('Bay 0 PM9A3 S9');
  });

  test('parts that change places, and one that changes its serial only, are noticed', async () => {
    const places = look(srv, 6, [cpu, dimm, psu, drive('S2', 'Bay 0'), drive('S9', 'Bay 1', { model: 'PM9A3' })]);
    expect(await on.changedBy('module', places)).toEqual([srv]);
    expect((await bays()).filter((bay) => bay.startsWith('Bay'))).toEqual([
      ...['Bay 0 MZ7LH960HAJR-00005 S2', 'Bay 1 PM9A3 S9'],
    ]);
    const serial = look(srv, 7, [cpu, dimm, psu, drive('S7', 'Bay 0'), drive('S8', 'Bay 1', { model: 'PM9A3' })]);
    expect(await on.changedBy('module', serial)).toEqual([srv]);
  });

  test('a slot that was looked at and is empty is gone; what was not looked at stays', async () => {
    const nothing = look(srv, 8, [drive('S7', 'Bay 0')], { scope: ['drive'] });
    expect(await on.changedBy('module', nothing)).toEqual([srv]);
    expect(await bays()).toEqual([
      ...['CPU 0 Xeon Gold 6338', 'DIMM A1 MTA36ASF8G72PZ D1', 'Bay 0 MZ7LH960HAJR-00005 S7', 'PSU 0 DPS-1 P1'],
    ]);
    expect(await on.changedBy('module', look(srv, 9, [], { scope: [] }))).toEqual([]);
  });

  test('a slot whose part was seen elsewhere is unknown, not empty, until somebody looks', async () => {
    const elsewhere = look(other, 10, [drive('S7', 'Bay 4')], { scope: [] });
    expect(await on.changedBy('module', elsewhere)).toEqual([srv, other].toSorted());
    expect(await bays()).toContain('Bay 0 ?');
    expect(await bays(other)).toEqual(['Bay 4 MZ7LH960HAJR-00005 S7']);
    expect((await on.objects('module')).get(`${srv}/drive/Bay 0`)?.values).toEqual({ bay: 'Bay 0' });
    expect(await on.changedBy('module', look(srv, 11, [], { scope: ['psu'] }))).toEqual([srv]);
    expect(await bays()).toContain('Bay 0 ?');
    expect(await on.changedBy('module', look(srv, 12, [], { scope: ['drive'] }))).toEqual([srv]);
    expect((await bays()).some((bay) => bay.startsWith('Bay'))).toBe(false);
    expect(await on.changedBy('module', look(srv, 13, [drive('S10', 'Bay 0')], { scope: ['drive'] }))).toEqual([srv]);
    expect(await bays()).toContain('Bay 0 MZ7LH960HAJR-00005 S10');
  });

  test('two sources that name one part differently do not change it to and fro', async () => {
    const named = { manufacturer: 'ATA', model: 'SAMSUNG MZ7LH960' };
    const agent = (day: number) =>
      look(srv, day, [drive('S10', 'Bay 0', named)], { source: 'agent', scope: ['drive'] });
    const redfish = (day: number) => look(srv, day, [drive('S10', 'Bay 0')], { scope: ['drive'] });
    expect(await on.changedBy('module', agent(14))).toEqual([]);
    expect(await on.changedBy('module', redfish(15))).toEqual([]);
    expect(await on.changedBy('module', agent(16))).toEqual([]);
    // What the better source does not say, the other one may.
    expect(await on.changedBy('module', look(srv, 17, [drive('S11', 'Bay 0', { model: null })]))).toEqual([srv]);
    const said = look(srv, 18, [drive('S11', 'Bay 0', named)], { source: 'agent', scope: ['drive'] });
    expect(await on.changedBy('module', said)).toEqual([srv]);
    expect(await bays()).toContain('Bay 0 SAMSUNG MZ7LH960 S11');
    // The best source says another thing than it said before, and it said it last.
    const renamed = look(srv, 19, [drive('S11', 'Bay 0', { model: 'MZ-7LH960A' })], { scope: ['drive'] });
    expect(await on.changedBy('module', renamed)).toEqual([srv]);
    expect(await on.changedBy('module', agent(20))).toEqual([srv]); // S10 is back, as far as the agent sees
    expect(await on.changedBy('module', look(srv, 21, [drive('S11', 'Bay 0')], { scope: ['drive'] }))).toEqual([srv]);
    expect(await bays()).toContain('Bay 0 MZ7LH960HAJR-00005 S11');
  });

  test('two names for one bay get two bays, whatever the case', async () => {
    const doubled = look(srv, 22, [drive('S21', '5'), drive('S22', 'DRIVE 5')], { scope: ['drive'] });
    expect(await on.changedBy('module', doubled)).toEqual([srv]);
    expect((await bays()).filter((bay) => /drive/i.test(bay))).toEqual([
      ...['Drive 5 MZ7LH960HAJR-00005 S21', 'DRIVE 5 #2 MZ7LH960HAJR-00005 S22'],
    ]);
  });
});

describe('interfaces and addresses', () => {
  const MAC = 'aa:bb:cc:00:11:22';
  const bmc = (fields: Json) => () => on.database.db('assets').where({ id: srv }).update(fields);
  const card = (macs: string[], more: Json = {}): Json => ({
    ...{ kind: 'nic', slot: 'PCIe 3', manufacturer: 'Intel', model: 'E810', serial: 'N1' },
    attributes: { macAddresses: macs, ...more },
  });
  const shown = async () =>
    (await sideNamed('interface').readOf(on.ctx, [srv])).map(({ id, values }) => ({ id: id.slice(37), ...values }));

  test("the BMC's", async () => {
    expect(await on.changedBy('interface', bmc({ bmc_mac: MAC, bmc_address: '10.9.0.5' }))).toEqual([srv]);
    expect(await shown()).toEqual([{ id: 'bmc', name: 'BMC', kind: 'bmc', mgmt_only: true, mac: MAC }]);
    const addresses = await on.objects('ip-address');
    expect([...addresses.values()]).toEqual([
      {
        ...{ id: `${srv}/bmc/10.9.0.5`, parentId: srv, label: 'srv BMC 10.9.0.5' },
        values: { address: '10.9.0.5/32' },
      },
    ]);
    // Another address is another object.
    expect(await on.changedBy('ip-address', bmc({ bmc_address: '2001:db8::5' }))).toEqual([srv]);
    expect([...(await on.objects('ip-address')).keys()]).toEqual([`${srv}/bmc/2001:db8::5`]);
    expect(await on.changedBy('interface', bmc({ bmc_address: 'bmc-7.example' }))).toEqual([]);
    expect((await on.objects('ip-address')).size).toBe(0);
  });

  test('the ports of cards, by their MACs; those of another card in the slot are the same ports', async () => {
    const first = look(srv, 23, [card(['02:00:00:00:00:02', '02:00:00:00:00:01', MAC])], { scope: ['nic'] });
    expect(await on.changedBy('interface', first)).toEqual([srv]);
    expect((await shown()).slice(1)).toEqual([
      { id: 'nic/PCIe 3/1', name: 'NIC PCIe 3 port 1', kind: 'nic', mac: '02:00:00:00:00:01' },
      { id: 'nic/PCIe 3/2', name: 'NIC PCIe 3 port 2', kind: 'nic', mac: '02:00:00:00:00:02' },
    ]);
    // In another order, and from a source that is not the best one: nothing new.
    const agent = look(srv, 24, [card(['02:00:00:00:00:01', '02:00:00:00:00:02'], { interfaces: ['eth0', 'eth1'] })], {
      ...{ source: 'agent', scope: ['nic'] },
    });
    expect(await on.changedBy('interface', agent)).toEqual([]);
    const other_ = look(srv, 25, [{ ...card(['02:00:00:00:00:09']), serial: 'N2' }], { scope: ['nic'] });
    expect(await on.changedBy('interface', other_)).toEqual([srv]);
    expect((await shown()).slice(1)).toEqual([
      { id: 'nic/PCIe 3/1', name: 'NIC PCIe 3', kind: 'nic', mac: '02:00:00:00:00:09' },
    ]);
  });

  test('a port without a MAC is none', async () => {
    const blank = ['00:00:00:00:00:00', 'FF-FF-FF-FF-FF-FF', '02-00-00-00-00-09'];
    const same = look(srv, 25.5, [{ ...card(blank), serial: 'N2' }], { scope: ['nic'] });
    expect(await on.changedBy('interface', same)).toEqual([]);
    expect(await on.changedBy('interface', bmc({ bmc_mac: '00:00:00:00:00:00' }))).toEqual([srv]);
    expect((await shown()).map((one) => one.id)).toEqual(['nic/PCIe 3/1']);
    expect(await on.changedBy('interface', bmc({ bmc_mac: MAC }))).toEqual([srv]);
  });

  test('what a port hears over LLDP, where it is certain which port it is', async () => {
    const heard = (day: number, neighbours: Json[]) =>
      look(srv, day, [{ ...card(['02:00:00:00:00:09'], { interfaces: ['eth0'] }), serial: 'N2' }], {
        ...{ source: 'agent', scope: ['nic'], neighbours },
      });
    const leaf = { interface: 'eth0', chassis: null, port: 'swp3', name: 'leaf1' };
    expect(await on.changedBy('interface', heard(26, [leaf, { ...leaf, interface: 'eth7' }]))).toEqual([srv]);
    expect((await shown())[1]).toMatchObject({ peer_device: 'leaf1', peer_port: 'swp3' });
    expect(await on.changedBy('interface', heard(27, [{ ...leaf, port: 'swp4' }]))).toEqual([srv]);
    // Two on one port: something is between them and the server.
    expect(await on.changedBy('interface', heard(28, [leaf, { ...leaf, name: 'leaf2' }]))).toEqual([srv]);
    expect((await shown())[1]).not.toHaveProperty('peer_device');
    // The same for what feeds servers, page by page: those that hear nobody are passed by.
    const pages = [];
    for (let after: string | null = null; ;) {
      const page: Awaited<ReturnType<typeof heardAfter>> = await heardAfter(on.ctx, { after, limit: 1 });
      pages.push(...page.heard);
      if (page.next === null) break;
      after = page.next;
    }
    expect(pages).toEqual([{ assetId: srv, heardAt: at(28), neighbours: [leaf, { ...leaf, name: 'leaf2' }] }]);
  });

  test('the ports of a card that was seen elsewhere are unknown, not gone, until somebody looks', async () => {
    const elsewhere = look(other, 29, [{ ...card(['02:00:00:00:00:09']), serial: 'N2' }], { scope: [] });
    expect(await on.changedBy('interface', elsewhere)).toEqual([srv, other].toSorted());
    expect((await shown()).slice(1)).toEqual([{ id: 'nic/PCIe 3/1' }]);
    expect(await on.changedBy('interface', look(srv, 30, [], { scope: ['nic'] }))).toEqual([srv]);
    expect((await shown()).slice(1)).toEqual([]);
  });

  test('what was written there of the BMC is told by the server', async () => {
    await on.note('interface', `${srv}/bmc`, ['created'], '900');
    const told = async () =>
      (await on.told(`/v1/assets/${srv}/timeline`)).filter(({ type }) => type === 'asset.recorded');
    // Before the server itself is known there, there is nothing to add to.
    expect(await told()).toEqual([]);
    await on.note('server', srv, [], '77');
    await on.note('interface', `${srv}/bmc`, ['mac'], '900');
    await on.note('ip-address', `${srv}/bmc/10.9.0.5`, ['created'], '901');
    await on.note('interface', `${srv}/nic/PCIe 3/1`, ['created'], '902');
    expect((await told()).map(({ sentence }) => sentence)).toEqual([
      'Recorded in netbox as device 77: linked',
      'Recorded in netbox as device 77: bmc_mac',
      'Recorded in netbox as device 77: bmc_address',
    ]);
  });
});
