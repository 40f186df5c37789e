import { atLeast } from 'netbox-client';
import { expect, test } from 'vitest';
import type { RecordResult } from '#src/ports/record-objects.ts';
import type { Lab } from './suite-lab.ts';

/** The part of the suite that is about writing what belongs to a device. */
export function testPartWrites(lab: Lab): void {
  const {
    run,
    signal,
    unique,
    raw,
    more,
    device,
    port,
    only,
    outcomes,
    reasonOf,
    reread,
    failure,
    uniqueIp,
    uniqueMac,
  } = lab;

  test('parts: bays and types are made on the way, a bay that holds one gives it, a swapped part is a change', async () => {
    const [one, two] = [await device(), await device()];
    const part = (slot: string, model: string) => ({
      module_bay: { name: slot, position: slot },
      module_type: { manufacturer: { name: `Maker ${run}` }, model, part_number: `P-${model}` },
      status: 'active',
    });
    const drafts = [one, two].flatMap(({ id }) =>
      ['A1', 'A2', 'A3'].map((slot) => ({
        parentId: id,
        set: { ...part(slot, `DIMM ${run}`), serial: `${id}-${slot}` },
      })),
    );
    const fields = more('module_bay', 'module_type', 'serial');
    const made = await lab.records.create('module', drafts, fields, signal);
    expect(outcomes(made)).toEqual(drafts.map(() => 'written'));
    expect(made.map((result) => only([result]).parentId)).toEqual(drafts.map(({ parentId }) => parentId));
    expect(outcomes(await lab.records.create('module', drafts, fields, signal))).toEqual(drafts.map(() => 'found'));
    const [first] = await lab.records.readOf('module', { fields: fields.fields, parentIds: [one.id] }, signal);
    expect(first?.data).toMatchObject({
      module_bay: { name: 'A1' },
      module_type: { model: `DIMM ${run}` },
      serial: `${one.id}-A1`,
    });
    const swap = { ...part('A1', `DIMM 2 ${run}`), serial: 'new' };
    const { module_bay: _, ...set } = swap;
    const swapped = await lab.records.update(
      'module',
      [{ id: first?.id ?? '', version: first?.version ?? null, set }],
      fields,
      signal,
    );
    expect(only(swapped).data).toMatchObject({ serial: 'new', module_type: { model: `DIMM 2 ${run}` } });
    // Another model alone is one of the same maker.
    const now = only(swapped);
    const set3 = { 'module_type.model': `DIMM 3 ${run}` };
    const again = await lab.records.update('module', [{ id: now.id, version: now.version, set: set3 }], fields, signal);
    expect(only(again).data).toMatchObject({
      module_type: { model: `DIMM 3 ${run}`, manufacturer: { name: `Maker ${run}` } },
    });
    const [type] = await lab.records.find(
      'module-type',
      { fields: ['part_number'], by: 'model', values: [`DIMM 2 ${run}`] },
      signal,
    );
    expect(type?.data['part_number']).toBe(`P-DIMM 2 ${run}`);
    const bays = await lab.records.readOf('module-bay', { fields: ['name'], parentIds: [one.id, two.id] }, signal);
    expect(bays).toHaveLength(6);
    const refused = await lab.without.create(
      'module',
      [{ parentId: one.id, set: part('B9', `DIMM ${run}`) }],
      fields,
      signal,
    );
    expect(reasonOf(refused[0])).toContain('createMissing: moduleBays');
  });

  test('inventory items, for shops that have those', async () => {
    const { id } = await device();
    const set = { name: 'PSU 1', manufacturer: { name: `Maker ${run}` }, part_id: 'P1', serial: unique('PSU') };
    const made = await lab.records.create('inventory-item', [{ parentId: id, set }], more('name', 'serial'), signal);
    expect([only(made).parentId, only(made).data['serial']]).toEqual([id, set.serial]);
    expect(outcomes(await lab.records.create('inventory-item', [{ parentId: id, set }], more(), signal))).toEqual([
      'found',
    ]);
  });

  test('the MAC of an interface: made, taken over, cleared, never taken from another device', async () => {
    const [one, two] = [await device(), await device()];
    const [mac, loose] = [uniqueMac(), uniqueMac()];
    const made = await port(one.id, { mac_address: mac });
    const shown = async (id: string): Promise<unknown> =>
      (await reread('interface', id, 'mac_address')).data['mac_address'];
    expect(await shown(made.id)).toBe(mac.toUpperCase());
    const object = await raw<{ id: number }>('POST', 'dcim/mac-addresses/', { mac_address: loose });
    const write = (id: string, mac_address: string | null): Promise<RecordResult[]> =>
      lab.records.update('interface', [{ id, version: null, set: { mac_address } }], more('mac_address'), signal);
    expect(outcomes(await write(made.id, loose.replaceAll(':', '-')))).toEqual(['written']);
    expect(await shown(made.id)).toBe(loose.toUpperCase());
    const doubles = await raw<{ results: { id: number }[] }>('GET', `dcim/mac-addresses/?mac_address=${loose}`);
    expect(doubles.results.map(({ id }) => id)).toEqual([object.id]);
    const other = await port(two.id);
    expect(reasonOf((await write(other.id, loose))[0])).toContain(String(one.data['name']));
    const refused = await lab.records.create(
      'interface',
      [{ parentId: two.id, set: { name: 'x', type: 'other', mac_address: mac } }],
      more(),
      signal,
    );
    expect(reasonOf(refused[0])).toContain(mac);
    expect(await lab.records.readOf('interface', { fields: [], parentIds: [two.id] }, signal)).toHaveLength(1);
    expect(outcomes(await write(made.id, mac))).toEqual(['written']);
    expect(outcomes(await write(made.id, null))).toEqual(['written']);
    expect(await shown(made.id)).toBeNull();
    expect(reasonOf((await write(made.id, 'no mac'))[0])).toContain('no MAC address');
  });

  test("addresses: put on the interface and made the device's, once; never taken from another device", async () => {
    const [one, two] = [await device(), await device()];
    for (const { id } of [one, two]) await port(id, { name: 'iDRAC', mgmt_only: true });
    const [address, loose, primary] = [uniqueIp(), uniqueIp(), uniqueIp()];
    const draft = (parentId: string, text: string, role = 'oob') => ({
      parentId,
      set: { address: text, interface: { name: role === 'oob' ? 'BMC' : 'idrac' }, role },
    });
    const create = (...drafts: ReturnType<typeof draft>[]): Promise<RecordResult[]> =>
      lab.records.create('ip-address', drafts, more('address', 'tags'), signal);
    const first = await create(draft(one.id, address), draft(one.id, primary, 'primary'));
    expect(outcomes(first)).toEqual(['written', 'written']);
    expect(only(first)).toMatchObject({ parentId: one.id, data: { address } });
    expect((await reread('device', one.id, 'oob_ip', 'primary_ip4')).data).toMatchObject({
      oob_ip: { address },
      primary_ip4: { address: primary },
    });
    expect(outcomes(await create(draft(one.id, address), draft(one.id, primary, 'primary')))).toEqual([
      'found',
      'found',
    ]);
    expect(reasonOf((await create(draft(two.id, address)))[0])).toContain(String(one.data['name']));
    const object = await raw<{ id: number }>('POST', 'ipam/ip-addresses/', { address: loose });
    const taken = await create(draft(one.id, loose));
    expect([outcomes(taken), only(taken).id]).toEqual([['written'], String(object.id)]);
    // The one before was the hub's and is free now.
    expect(outcomes(await create(draft(two.id, address)))).toEqual(['written']);
    const found = await lab.records.readOf('ip-address', { fields: ['address'], parentIds: [one.id, two.id] }, signal);
    expect(found.map(({ data, parentId }) => [data['address'], parentId]).toSorted()).toEqual(
      [
        [loose, one.id],
        [primary, one.id],
        [address, two.id],
      ].toSorted(),
    );
    const [by] = await lab.records.find(
      'ip-address',
      { fields: [], by: 'address', values: [address.split('/')[0] ?? ''] },
      signal,
    );
    expect(by?.parentId).toBe(two.id);
    expect(
      reasonOf(
        (
          await create({
            parentId: one.id,
            set: { address: uniqueIp(), interface: { name: 'none' }, role: 'primary' },
          })
        )[0],
      ),
    ).toContain('no interface');
  });

  test('removes, gives back what was there, and keeps what is in use', async () => {
    const [one, two, three] = [await device(), await device(), await device()];
    await raw('PATCH', `dcim/devices/${two.id}/`, { description: 'by somebody' });
    const results = await lab.records.remove(
      'device',
      [one, two, three, { id: '999999999', version: null }].map(({ id, version: at }) => ({ id, version: at })),
      more('name'),
      signal,
    );
    const second = atLeast(lab.version, '4.6') ? 'stale' : 'written';
    expect(outcomes(results)).toEqual(['written', second, 'written', 'gone']);
    expect(only(results)).toMatchObject({ id: one.id, data: { name: one.data['name'] } });
    expect(await lab.records.readMany('device', { fields: [], ids: [one.id, three.id] }, signal)).toEqual([]);
    const empty = only(
      await lab.records.create(
        'site',
        [{ parentId: null, set: { name: unique('Site'), status: 'active' } }],
        more(),
        signal,
      ),
    );
    const kept = await lab.records.remove(
      'site',
      [
        { id: lab.site, version: null },
        { id: empty.id, version: null },
      ],
      more(),
      signal,
    );
    expect(outcomes(kept)).toEqual(['refused', 'written']);
    expect(reasonOf(kept[0])).toContain('dependent object');
    expect(await failure(lab.records.remove('cable', [], more(), signal))).toMatchObject({ kind: 'unsupported' });
  });
}
