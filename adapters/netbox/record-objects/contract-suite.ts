import { atLeast } from 'netbox-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChangesSince, RecordObject } from '#src/ports/record-objects.ts';
import { createLab, type Lab, type Target } from './suite-lab.ts';
import { testPartWrites } from './write-parts-suite.ts';
import { testWrites } from './write-suite.ts';

/**
 * What recordObjects promises, against whatever speaks NetBox's API: the simulator on every run, a real NetBox where there is one.
 * It only adds objects with names of its own, so it can run against a NetBox that holds others.
 */
export function describeRecordObjects(name: string, connect: () => Promise<Target>): void {
  describe(`recordObjects against ${name}`, { timeout: 120_000 }, () => {
    const lab = createLab(connect);
    beforeAll(lab.begin);
    afterAll(lab.end);
    testReads(lab);
    testWrites(lab);
    testPartWrites(lab);
  });
}

function testReads(lab: Lab): void {
  const { run, signal, failure, unique, raw, headersOf, more, device, port, reread, all, uniqueIp, uniqueMac } = lab;

  test('pages ascend, count what is there, and carry the version that a write takes', async () => {
    await device();
    const devices = await all('device', 'name', 'status');
    expect(devices.length).toBe(await lab.records.count('device', signal));
    const ids = devices.map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(devices.every(({ data }) => 'name' in data && 'status' in data && !('config_context' in data))).toBe(true);
    const last = devices.at(-1);
    const headers = await headersOf(`dcim/devices/${last?.id}/`);
    expect(last?.version).toBe(headers.get('etag'));
    expect(last?.version === null).toBe(!atLeast(lab.version, '4.6'));
    expect(await failure(lab.records.page('nonsense', { fields: [], after: null }, signal))).toMatchObject({
      kind: 'unsupported',
    });
    for (const { name: type } of lab.records.types()) expect(Array.isArray(await all(type, 'display'))).toBe(true);
    expect(await lab.records.sample('device', signal)).toMatchObject({
      id: expect.any(Number),
      serial: expect.any(String),
    });
  });

  test('reads those of many ids that are there', async () => {
    const [one, two] = [await device(), await device()];
    const absent = Array.from({ length: 900 }, (_, at) => String(900_000_000 + at));
    const found = await lab.records.readMany(
      'device',
      { fields: ['serial'], ids: [one.id, ...absent, two.id, 'x'] },
      signal,
    );
    expect(found.map(({ id }) => id).toSorted()).toEqual([one.id, two.id].toSorted());
    expect(await lab.records.readMany('device', { fields: [], ids: [] }, signal)).toEqual([]);
  });

  test('reads the children of many parents, and of those only', async () => {
    const [one, two, other, gone] = [await device(), await device(), await device(), await device()];
    const ports = [await port(one.id), await port(one.id), await port(two.id)];
    await port(other.id);
    await lab.records.remove('device', [{ id: gone.id, version: null }], more(), signal);
    const parentIds = [one.id, gone.id, two.id];
    const found = await lab.records.readOf('interface', { fields: ['name'], parentIds }, signal);
    expect(found.map(({ id, parentId }) => [id, parentId])).toEqual(ports.map(({ id, parentId }) => [id, parentId]));
    expect(await lab.records.readOf('module', { fields: [], parentIds }, signal)).toEqual([]);
    expect(await failure(lab.records.readOf('site', { fields: [], parentIds }, signal))).toMatchObject({
      kind: 'unsupported',
    });
  });

  test('shows of a power port the outlet that it hangs on, with its device; of an interface the far one', async () => {
    const [one, pdu, bare] = [await device(), await device(), await device()];
    const made = (path: string, body: object) => raw<{ id: number }>('POST', `dcim/${path}/`, body);
    const plug = await made('power-ports', { device: Number(one.id), name: 'PSU1' });
    await made('power-ports', { device: Number(bare.id), name: 'PSU1' });
    const outlet = await made('power-outlets', { device: Number(pdu.id), name: 'A7' });
    const [near, far] = [await port(one.id), await port(pdu.id)];
    const end = (type: string, id: number | string) => [{ object_type: `dcim.${type}`, object_id: Number(id) }];
    const cable = (a: object, b: object) => made('cables', { a_terminations: a, b_terminations: b });
    await cable(end('powerport', plug.id), end('poweroutlet', outlet.id));
    await cable(end('interface', near.id), end('interface', far.id));
    const fields = ['name', 'connected_endpoints', 'connected_endpoints_type'];
    const parentIds = [one.id, bare.id];
    const plugs = await lab.records.readOf('power-port', { fields, parentIds }, signal);
    const at = { id: Number(pdu.id), name: pdu.data['name'] };
    const hangsOn = [{ id: outlet.id, name: 'A7', device: expect.objectContaining(at) }];
    expect(plugs.map(({ parentId, data }) => ({ parentId, ...data }))).toMatchObject([
      { parentId: one.id, connected_endpoints_type: 'dcim.poweroutlet', connected_endpoints: hangsOn },
      { parentId: bare.id, connected_endpoints: null },
    ]);
    const [wired] = await lab.records.readOf('interface', { fields, parentIds }, signal);
    expect(wired?.data).toMatchObject({
      connected_endpoints_type: 'dcim.interface',
      connected_endpoints: [{ id: Number(far.id), name: far.data['name'], device: expect.objectContaining(at) }],
    });
    const fed = { name: pdu.data['name'], outlet: 'A7' };
    expect(await lab.records.portsOf('pdu', parentIds, signal)).toEqual([
      { parentId: one.id, level: 'pdu', port: 'PSU1', management: false, on: fed },
      { parentId: bare.id, level: 'pdu', port: 'PSU1', management: false, on: null },
    ]);
    expect(await lab.records.portsOf('switch', parentIds, signal)).toEqual([
      {
        ...{ parentId: one.id, level: 'switch', port: near.data['name'], management: false },
        on: { name: pdu.data['name'], outlet: far.data['name'] },
      },
    ]);
    expect(await failure(lab.records.create('power-port', [], more(), signal))).toMatchObject({ kind: 'unsupported' });
  });

  test('finds by serial, name and asset tag whatever their case, and nothing else', async () => {
    const asset = unique('A');
    const one = await device({ asset_tag: asset });
    const by = (key: string, ...values: string[]): Promise<RecordObject[]> =>
      lab.records.find('device', { fields: ['name'], by: key, values }, signal);
    const ids = async (found: Promise<RecordObject[]>): Promise<string[]> => (await found).map(({ id }) => id);
    expect(await ids(by('serial', String(one.data['serial']).toLowerCase(), unique('none')))).toEqual([one.id]);
    expect(await ids(by('name', String(one.data['name']).toUpperCase()))).toEqual([one.id]);
    expect(await ids(by('asset_tag', asset.toLowerCase()))).toEqual([one.id]);
    expect(await by('serial', 'null')).toEqual([]);
    expect(await failure(by('serial', ''))).toMatchObject({ kind: 'rejected' });
    expect(await failure(by('status', 'planned'))).toMatchObject({ kind: 'unsupported' });
    expect(await ids(lab.records.find('site', { fields: [], by: 'slug', values: [`SITE-${run}`] }, signal))).toEqual([
      lab.site,
    ]);
  });

  test('changes: an end of a cable names its device, also where the cable is taken out', async () => {
    const types = lab.records.types().flatMap(({ name, isCabling }) => (isCabling ? [name] : []));
    const [one, two] = [await device(), await device()];
    const [near, far] = [await port(one.id), await port(two.id)];
    const start = await lab.records.changes({ types, cursor: null }, signal);
    const end = ({ id }: RecordObject) => [{ object_type: 'dcim.interface', object_id: Number(id) }];
    const ends = { a_terminations: end(near), b_terminations: end(far) };
    const cable = await raw<{ id: number }>('POST', 'dcim/cables/', ends);
    const devicesOf = (seen: ChangesSince, type: string): Set<string> =>
      new Set(seen.changes.filter((change) => change.type === type).flatMap(({ parentIds }) => parentIds));
    const made = await lab.records.changes({ types, cursor: start.cursor }, signal);
    expect(devicesOf(made, 'cable')).toEqual(new Set([one.id, two.id]));
    const third = await device();
    const other = { b_terminations: end(await port(third.id)) };
    const before = await lab.records.changes({ types, cursor: made.cursor }, signal);
    await raw('PATCH', `dcim/cables/${cable.id}/`, other);
    const moved = await lab.records.changes({ types, cursor: before.cursor }, signal);
    expect(devicesOf(moved, 'cable')).toEqual(new Set([one.id, two.id, third.id]));
    await raw('PATCH', `dcim/cables/${cable.id}/`, { b_terminations: end(far) });
    const back = await lab.records.changes({ types, cursor: moved.cursor }, signal);
    await raw('DELETE', `dcim/cables/${cable.id}/`);
    const gone = await lab.records.changes({ types, cursor: back.cursor }, signal);
    expect(devicesOf(gone, 'cable')).toEqual(new Set([one.id, two.id]));
    // Whether the ports are told of as well differs between versions: nothing may hang on that.
  });

  test('changes: each once, with what it belonged to before and after', async () => {
    const types = ['device', 'interface', 'ip-address'];
    let { cursor } = await lab.records.changes({ types, cursor: null }, signal);
    async function since() {
      const seen = [];
      for (let again = true; again;) {
        const { changes, more: goesOn, cursor: next, reset } = await lab.records.changes({ types, cursor }, signal);
        expect(reset).toBe(false);
        seen.push(...changes);
        [cursor, again] = [next, goesOn];
      }
      return seen;
    }
    expect(await since()).toEqual([]);
    const [one, two] = [await device(), await device()];
    const [left, right] = [await port(one.id), await port(two.id, { mac_address: uniqueMac() })];
    const on = (id: string) => ({ assigned_object_type: 'dcim.interface', assigned_object_id: Number(id) });
    const ip = await raw<{ id: number }>('POST', 'ipam/ip-addresses/', { address: uniqueIp(), ...on(left.id) });
    const made = await since();
    expect(
      made
        .filter(({ action }) => action === 'created')
        .map(({ type, objectId, parentIds }) => [type, objectId, parentIds]),
    ).toEqual(
      expect.arrayContaining([
        ['device', one.id, []],
        ['device', two.id, []],
        ['interface', left.id, [one.id]],
        ['interface', right.id, [two.id]],
        ['ip-address', String(ip.id), [one.id]],
      ]),
    );
    expect(await since()).toEqual([]);
    await raw('PATCH', `ipam/ip-addresses/${ip.id}/`, on(right.id));
    const [moved, ...others] = await since();
    expect(others).toEqual([]);
    expect(moved).toMatchObject({
      type: 'ip-address',
      objectId: String(ip.id),
      action: 'updated',
      requestId: expect.any(String),
    });
    expect(new Set(moved?.parentIds)).toEqual(new Set([one.id, two.id]));
    expect(Math.abs(Date.parse(moved?.at ?? '') - Date.now())).toBeLessThan(60_000);
    const written = await lab.records.update(
      'device',
      [{ id: one.id, version: null, set: { description: 'x' } }],
      more(),
      signal,
    );
    expect((await since()).map(({ requestId }) => requestId)).toEqual([
      (written[0] as { requestId: string }).requestId,
    ]);
    const forged = JSON.parse(cursor) as { mark: { time: string } };
    forged.mark.time = new Date(Date.parse(forged.mark.time) - 1_000).toISOString();
    const restored = await lab.records.changes({ types, cursor: JSON.stringify(forged) }, signal);
    expect(restored).toMatchObject({ reset: true, changes: [] });
    expect((await lab.records.changes({ types, cursor: restored.cursor }, signal)).reset).toBe(false);
  });

  test('a note is written once per key', async () => {
    const one = await device();
    const note = { kind: 'warning', text: 'The serial differs.' } as const;
    const first = await lab.records.note('device', one.id, note, 'key -- 1', signal);
    expect(await lab.records.note('device', one.id, note, 'key -- 1', signal)).toEqual(first);
    expect(await lab.records.note('device', one.id, note, 'key -- 2', signal)).not.toEqual(first);
    expect(await failure(lab.records.note('device', '999999999', note, 'key', signal))).toMatchObject({
      kind: 'not-found',
    });
  });

  test('an address out of a prefix, once per key, until there is none', async () => {
    const one = await port((await device()).id);
    const prefix = `10.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 60) * 4}/30`;
    const { id } = await raw<{ id: number }>('POST', 'ipam/prefixes/', { prefix });
    const key = (at: number): string => `allocate ${run} ${at}`;
    const allocate = (at: number, from = prefix) =>
      lab.records.allocateAddress({ prefix: from, interfaceId: one.id, dnsName: `s${at}.example` }, key(at), signal);
    expect(await lab.records.findAllocated(key(1), signal)).toBeUndefined();
    const first = await allocate(1);
    expect(first.address).toMatch(/\/30$/);
    expect(await allocate(1)).toEqual(first);
    expect(await lab.records.findAllocated(key(1), signal)).toEqual(first);
    expect((await allocate(2, String(id))).id).not.toBe(first.id);
    expect((await reread('ip-address', first.id, 'dns_name')).data['dns_name']).toBe('s1.example');
    expect(await failure(allocate(3))).toMatchObject({ kind: 'rejected', message: expect.stringContaining(prefix) });
    expect(await failure(allocate(4, '192.0.2.0/29'))).toMatchObject({ kind: 'rejected' });
    expect(await failure(allocate(5, '999999999'))).toMatchObject({ kind: 'rejected' });
  });
}
