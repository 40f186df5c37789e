import { atLeast } from 'netbox-client';
import { expect, test } from 'vitest';
import type { RecordObject, RecordResult, RecordValues } from '#src/ports/record-objects.ts';
import type { Lab } from './suite-lab.ts';

/** The part of the suite that is about writing. */
export function testWrites(lab: Lab): void {
  const { run, signal, tag, unique, raw, more, server, device, only, outcomes, reasonOf, reread } = lab;

  test('makes a device with all that it needs on the way, once, and says where a person finds it', async () => {
    const set = server({ add_tags: [unique('tag')], description: null });
    const first = await lab.records.create(
      'device',
      [{ parentId: null, set }],
      more('name', 'tags', 'device_type'),
      signal,
    );
    const again = await lab.records.create('device', [{ parentId: null, set }], more('name'), signal);
    expect([...outcomes(first), ...outcomes(again)]).toEqual(['written', 'found']);
    const made = only(first);
    expect(only(again).id).toBe(made.id);
    expect(made).toMatchObject({
      parentId: null,
      data: { name: set['name'], device_type: { model: `Model ${run}` } },
    });
    const tags = (made.data['tags'] as { slug: string }[]).map(({ slug }) => slug);
    expect(tags).toEqual(expect.arrayContaining([tag, (set['add_tags'] as string[])[0]]));
    expect(lab.records.urlOf('device', made.id)).toBe(`${lab.url}/dcim/devices/${made.id}/`);
    const byName = { ...set, name: String(set['name']).toUpperCase(), serial: '' };
    expect(outcomes(await lab.records.create('device', [{ parentId: null, set: byName }], more(), signal))).toEqual([
      'found',
    ]);
    const taken = await lab.records.create(
      'device',
      [{ parentId: null, set: { ...set, serial: unique('SN') } }],
      more(),
      signal,
    );
    expect(reasonOf(taken[0])).toContain(String(set['serial']));
  });

  test('many drafts: the bad one does not stop the others, and the same one twice is made once', async () => {
    const good = Array.from({ length: 4 }, () => server());
    const bad = server({ status: 'no-such-status' });
    const sets = [...good.slice(0, 2), bad, ...good.slice(2), good[0] ?? {}];
    const drafts = sets.map((set) => ({ parentId: null, set }));
    const results = await lab.records.create('device', drafts, more('serial'), signal);
    expect(outcomes(results)).toEqual(['written', 'written', 'refused', 'written', 'written', 'found']);
    expect(reasonOf(results[2])).toContain('status');
    const serials = results.map((result) => ('object' in result ? result.object.data['serial'] : null));
    expect(serials).toEqual(sets.map((set) => (set === bad ? null : set['serial'])));
  });

  test('a bulk update says for each what became of it', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => device()));
    const [one, two, three, four, five] = made;
    if (!one || !two || !three || !four || !five) throw new Error('unreachable');
    await raw('PATCH', `dcim/devices/${three.id}/`, { description: 'by somebody' });
    await raw('DELETE', `dcim/devices/${five.id}/`);
    const set = { status: 'staged', description: 'by us', add_tags: [unique('tag')] };
    const results = await lab.records.update(
      'device',
      [
        { id: one.id, version: one.version, set },
        { id: two.id, version: two.version, set: { status: 'no-such-status' } },
        { id: three.id, version: three.version, set },
        { id: four.id, version: four.version, set: { 'custom_fields.no_such_field': 1 } },
        { id: five.id, version: null, set },
        { id: 'x', version: null, set },
      ],
      more('status', 'description'),
      signal,
    );
    const third = atLeast(lab.version, '4.6') ? 'stale' : 'written';
    expect(outcomes(results)).toEqual(['written', 'refused', third, 'refused', 'gone', 'gone']);
    expect(reasonOf(results[1])).toContain('status');
    expect(reasonOf(results[3])).toContain('no_such_field');
    expect(results[0]).toMatchObject({ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const now = await reread('device', one.id, 'status', 'description', 'tags', 'name');
    expect(now.data).toMatchObject({ status: { value: 'staged' }, description: 'by us', name: one.data['name'] });
    expect((now.data['tags'] as { slug: string }[]).map(({ slug }) => slug)).toEqual(
      expect.arrayContaining([tag, set.add_tags[0]]),
    );
    expect((results[0] as { object: RecordObject }).object.version).toBe(now.version);
    expect((await reread('device', three.id, 'description')).data['description']).toBe(
      third === 'stale' ? 'by somebody' : 'by us',
    );
  });

  test('more than one bulk goes through, and the same object twice is written twice', async () => {
    const ports: RecordObject[] = [];
    const { id } = await device();
    const drafts = Array.from({ length: 45 }, () => ({
      parentId: id,
      set: { name: unique('eth'), type: '1000base-t' },
    }));
    for (const result of await lab.records.create('interface', drafts, more('name'), signal))
      ports.push(only([result]));
    const writes = ports.map((one) => ({ id: one.id, version: one.version, set: { label: `L ${one.id}` } }));
    const results = await lab.records.update(
      'interface',
      [...writes, ...writes.slice(0, 1).map((write) => ({ ...write, version: null }))],
      more('label'),
      signal,
    );
    expect(new Set(outcomes(results))).toEqual(new Set(['written']));
    const read = await lab.records.readOf('interface', { fields: ['label'], parentIds: [id] }, signal);
    expect(read.map(({ data }) => data['label'])).toEqual(ports.map((one) => `L ${one.id}`));
  });

  test('references go by id or by what they are called; what may not be made is refused with what to do', async () => {
    const rack = only(
      await lab.records.create(
        'rack',
        [{ parentId: null, set: { name: unique('R'), site: { id: lab.site }, status: 'active' } }],
        more('name'),
        signal,
      ),
    );
    const one = await device();
    const write = (set: RecordValues, by = lab.records): Promise<RecordResult[]> =>
      by.update(
        'device',
        [{ id: one.id, version: null, set }],
        more('rack', 'position', 'serial', 'device_type'),
        signal,
      );
    expect(only(await write({ rack: { id: rack.id }, position: 12, face: 'front' })).data).toMatchObject({
      rack: { id: Number(rack.id) },
      position: 12,
    });
    expect(only(await write({ rack: null, position: null, face: '', serial: null })).data).toMatchObject({
      rack: null,
      serial: '',
    });
    const named = {
      rack: { name: String(rack.data['name']).toLowerCase() },
      'device_type.manufacturer': `maker ${run}`,
      'device_type.model': unique('Model'),
    };
    expect(only(await write(named)).data).toMatchObject({
      rack: { id: Number(rack.id) },
      device_type: { model: named['device_type.model'], manufacturer: { name: `Maker ${run}` } },
    });
    expect(reasonOf((await write({ rack: { name: unique('none') } }))[0])).toMatch(/no rack .* create it there/);
    expect(reasonOf((await write({ tenant: 7.5 }))[0])).not.toBe('');
    const refused = await write({ device_type: { manufacturer: { name: unique('Maker') }, model: 'X' } }, lab.without);
    expect(reasonOf(refused[0])).toMatch(/device_type.manufacturer: .* createMissing: manufacturers/);
  });
}
