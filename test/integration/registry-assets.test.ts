import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkPlacement } from '#src/assets/commands/link-placement.ts';
import { noteRecorded } from '#src/assets/commands/note-recorded.ts';
import { tx } from '#src/core/tx.ts';
import type { Called } from '#test/kit/call.ts';
import { type RegistryWeb, registryWeb } from './registry-web.ts';

let on: RegistryWeb;
const ids: Record<string, string> = {};
beforeAll(async () => {
  on = await registryWeb();
  for (const [key, body] of Object.entries({
    site: { type: 'site', name: 'ams1' },
    room: { type: 'room', name: 'room 2', parent: 'ams1' },
    rack: { type: 'rack', name: 'r12', parent: 'ams1 / room 2', height_u: 12 },
    other: { type: 'rack', name: 'r13', parent: 'ams1 / room 2', height_u: 10, units_from: 'top' },
    store: { type: 'warehouse', name: 'store', parent: 'ams1' },
    bin: { type: 'bin', name: 'A-1', parent: 'ams1 / store', aisle: 'A', shelf: '1' },
  }))
    ids[key] = String((await on.ask('/v1/locations', { body })).json['id']);
  await on.ask('/v1/customers', { body: { name: 'Acme' } });
  ids['project'] = String(
    (await on.ask('/v1/projects', { body: { customer: 'Acme', name: 'web', code: 'AW' } })).json['id'],
  );
});
afterAll(() => on.close());

const enter = (body: object): Promise<Called> => on.ask('/v1/assets', { body });
const change = (id: unknown, body: object, headers: Record<string, string> = {}): Promise<Called> =>
  on.ask(`/v1/assets/${String(id)}`, { method: 'PATCH', body, headers });

function faultOf(answer: Called): { field: string; message: string } | undefined {
  return (answer.json['errors'] as { field: string; message: string }[] | undefined)?.[0];
}

async function sentences(id: unknown): Promise<string[]> {
  const rows = await on.database
    .db('timeline_events')
    .where({ subject_type: 'asset', subject_id: String(id) })
    .orderBy(['timestamp', 'id'])
    .select('sentence');
  return rows.map((row) => String(row.sentence));
}

describe('a server', () => {
  test('is entered where it stands, for whom it serves, and changed', async () => {
    const made = await enter({ name: 'srv-1', serial: 'S1', location_id: ids['rack'], position: 3, project: 'AW' });
    expect(made.status, made.text).toBe(201);
    expect(made.json).toMatchObject({
      name: 'srv-1',
      state: 'RACKED',
      site: 'ams1',
      rack: 'r12',
      position: 3,
      height_u: 1,
      location: { id: ids['rack'], type: 'rack', path: 'ams1 / room 2 / r12' },
      project: { id: ids['project'], name: 'web', code: 'AW', customer: 'Acme' },
      version: 1,
    });
    const { id } = made.json;
    const moved = await change(id, { location_id: ids['bin'], name: 'spare-1', version: 1 });
    expect(moved.json).toMatchObject({
      name: 'spare-1',
      rack: null,
      position: null,
      location: { path: 'ams1 / store / A-1' },
      version: 2,
    });
    expect((await change(id, { name: 'x' }, { 'if-match': '"1"' })).status).toBe(409);
    expect((await change(id, { name: 'spare-1', location_id: ids['bin'] })).json['version']).toBe(2);
    expect((await change(id, { project_id: null })).json).toMatchObject({ project: null, version: 3 });
    expect(await sentences(id)).toEqual([
      'Registered srv-1 as RACKED (entered by an operator)',
      'Changed: name from srv-1 to spare-1',
      'Placed: from ams1 / room 2 / r12 / U3 to ams1 / store / A-1',
      'Taken out of the project web',
    ]);
    expect((await change(id, { location_id: null })).json).toMatchObject({ location: null, site: null });
  });

  test('begins its life by where it stands', async () => {
    const states = [];
    for (const [name, more] of Object.entries({
      'b-1': { location_id: ids['bin'] },
      'b-2': {},
      'b-3': { state: 'RECEIVED' },
    }))
      states.push((await enter({ name, ...more })).json['state']);
    expect(states).toEqual(['IN_WAREHOUSE', 'ORDERED', 'RECEIVED']);
    expect(faultOf(await enter({ name: 'b-4', state: 'DISCOVERED' }))?.field).toBe('/state');
    expect(faultOf(await enter({ model: 'R750' }))?.field).toBe('/name');
  });

  test('has a serial and a tag of its own', async () => {
    const first = await enter({ serial: 'ONE', asset_tag: 'T-ONE' });
    const again = await enter({ serial: 'ONE' });
    expect([again.status, faultOf(again)?.field, again.json['other']]).toEqual([409, '/serial', first.json['id']]);
    const tagged = await enter({ name: 'tagged' });
    expect(faultOf(await change(tagged.json['id'], { asset_tag: 'T-ONE' }))?.field).toBe('/asset_tag');
    const racing = await Promise.all(Array.from({ length: 6 }, () => enter({ serial: 'RACE' })));
    expect(racing.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(faultOf(await change(tagged.json['id'], { name: null }))?.field).toBe('/name');
  });
});

describe('units of a rack', () => {
  test('are one server each', async () => {
    const at = (name: string, position: number, height_u = 1) =>
      enter({ name, location_id: ids['rack'], position, height_u });
    const two = await at('two-u', 5, 2);
    expect(two.status).toBe(201);
    for (const [position, height] of [
      [5, 1],
      [6, 1],
      [4, 2],
      [4.5, 1],
      [1, 12],
    ] as const) {
      const taken = await at('late', position, height);
      expect([taken.status, taken.json['other']], `U${position}`).toEqual([409, two.json['id']]);
      expect(faultOf(taken)).toMatchObject({ field: '/position', message: expect.stringContaining('two-u') as string });
    }
    expect((await at('below', 4)).status).toBe(201);
    expect((await at('half', 7, 0.5)).status).toBe(201);
    expect((await at('other half', 7.5, 0.5)).status).toBe(201);
    expect((await at('strip', 5, 0)).status).toBe(201);
    for (const [position, height] of [
      [12, 2],
      [13, 1],
    ] as const)
      expect(faultOf(await at('outside', position, height))).toMatchObject({ field: '/position' });
    expect(faultOf(await enter({ name: 'x', location_id: ids['bin'], position: 1 }))?.field).toBe('/position');
    expect(faultOf(await enter({ name: 'x', position: 1 }))?.field).toBe('/position');
    expect((await change(two.json['id'], { height_u: 3 })).status).toBe(409);
    expect((await change(two.json['id'], { position: 9 })).json).toMatchObject({ position: 9, height_u: 2 });
    expect((await at('now free', 5)).status).toBe(201);
    const lower = await on.ask(`/v1/locations/${ids['rack']}`, { method: 'PATCH', body: { height_u: 9 } });
    expect([lower.status, lower.json['other']]).toEqual([409, two.json['id']]);
  });

  test('wanted by many at once go to one of them; by entering, moving and both', async () => {
    const waiting = await Promise.all(
      Array.from({ length: 4 }, (_, index) => enter({ name: `w-${index}`, location_id: ids['other'] })),
    );
    for (let round = 0; round < 4; round += 1) {
      const position = 1 + round * 2;
      const answers = await Promise.all([
        ...waiting.map(({ json }) => change(json['id'], { location_id: ids['other'], position, height_u: 2 })),
        ...Array.from({ length: 4 }, (_, index) =>
          enter({ name: `n-${round}-${index}`, location_id: ids['other'], position: position + (index % 2) }),
        ),
      ]);
      const rows = await on.database
        .db('assets')
        .where({ location_id: ids['other'] })
        .whereNotNull('position')
        .select('name', 'position', 'height_u');
      const units = rows.flatMap((row) =>
        Array.from({ length: Number(row.height_u) }, (_, index) => Number(row.position) + index),
      );
      expect(new Set(units).size, JSON.stringify(rows)).toBe(units.length);
      const won = answers.filter(({ status }) => status < 300);
      expect(won.length).toBeGreaterThan(0);
      expect(answers.map(({ status }) => status).filter((status) => ![200, 201, 409].includes(status))).toEqual([]);
      for (const { json } of waiting) await change(json['id'], { position: null, height_u: 1 });
    }
  });

  test('are drawn from the top to the bottom', async () => {
    const rack = await on.ask('/v1/locations', {
      body: { type: 'rack', name: 'drawn', parent: 'ams1', height_u: 4 },
    });
    const id = String(rack.json['id']);
    await enter({ name: 'drawn-2u', location_id: id, position: 2, height_u: 2 });
    await enter({ name: 'loose', location_id: id });
    const drawn = async () => {
      const { json } = await on.ask(`/v1/locations/${id}/contents`);
      return (json['units'] as { unit: number; free: boolean; assets: { name: string }[] }[]).map(
        ({ unit, free, assets }) => `${unit}${free ? '' : ` ${assets.map(({ name }) => name).join('+')}`}`,
      );
    };
    expect(await drawn()).toEqual(['4', '3 drawn-2u', '2 drawn-2u', '1']);
    await on.ask(`/v1/locations/${id}`, { method: 'PATCH', body: { units_from: 'top' } });
    expect(await drawn()).toEqual(['1', '2 drawn-2u', '3 drawn-2u', '4']);
    const inSite = await on.ask(`/v1/locations/${ids['site']}/contents`);
    expect(inSite.json).toMatchObject({ units: null, is_complete: true, assets: [] });
    expect((inSite.json['children'] as { name: string }[]).map(({ name }) => name)).toEqual([
      'drawn',
      'room 2',
      'store',
    ]);
  });
});

describe('the place in the system of record', () => {
  const link = (assetId: string) => tx(on.ctx, (inside) => linkPlacement(inside, { assetId }));
  const record = (assetId: string, place: { site: string; rack: string | null; position: number | null }) =>
    tx(on.ctx, (inside) =>
      noteRecorded(inside, {
        ...{
          assetId,
          system: 'NetBox',
          recordId: `d-${assetId}`,
          recordUrl: 'https://n.example/1',
          changes: [],
          place,
        },
      }),
    );

  test('becomes the location of that name, once', async () => {
    const rack = await on.ask('/v1/locations', { body: { type: 'rack', name: 'r50', parent: 'ams1 / room 2' } });
    const { json } = await enter({ name: 'recorded' });
    const id = String(json['id']);
    expect(await link(id)).toMatchObject({ did: 'unknown' });
    await record(id, { site: 'ams1', rack: 'r50', position: 7 });
    expect(await link(id)).toEqual({ did: 'linked', locationId: rack.json['id'], reason: null });
    expect(await link(id)).toMatchObject({ did: 'unchanged' });
    expect((await sentences(id)).at(-1)).toBe('Placed: from nowhere to ams1 / room 2 / r50 / U7');
    await change(id, { location_id: ids['bin'] });
    expect((await on.ask(`/v1/assets/${id}`)).json).toMatchObject({
      site: 'ams1',
      rack: 'r50',
      location: { name: 'A-1' },
    });
  });

  test('is the site where the rack is not known, is there twice, or the units are taken', async () => {
    await on.ask('/v1/locations', { body: { type: 'rack', name: 'r60', parent: 'ams1' } });
    await on.ask('/v1/locations', { body: { type: 'rack', name: 'r70', parent: 'ams1' } });
    await on.ask('/v1/locations', { body: { type: 'rack', name: 'r70', parent: 'ams1 / room 2' } });
    await enter({ name: 'first', location: 'ams1 / r60', position: 7 });
    const id = String((await enter({ name: 'second' })).json['id']);
    for (const [place, reason] of [
      [{ site: 'ams1', rack: 'r60', position: 7 }, 'first is in the way'],
      [{ site: 'ams1', rack: 'r60', position: 70 }, 'r60 has the units 1 to 42'],
      [{ site: 'ams1', rack: 'r70', position: 7 }, 'several racks'],
      [{ site: 'ams1', rack: 'r99', position: 7 }, 'no rack r99'],
    ] as const) {
      await record(id, place);
      const linked = await link(id);
      expect(linked.locationId).toBe(ids['site']);
      expect(linked.reason).toContain(reason);
    }
    await record(id, { site: 'ber1', rack: null, position: null });
    expect(await link(id)).toMatchObject({ did: 'unknown', reason: 'there is no site ber1' });
  });
});
