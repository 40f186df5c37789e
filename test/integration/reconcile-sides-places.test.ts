import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sideNamed, type SidesHub, sidesHub } from './reconcile-sides.ts';

let on: SidesHub;
const id: Record<string, string> = {};

beforeAll(async () => {
  on = await sidesHub();
  const place = async (key: string, body: Record<string, unknown>): Promise<void> => {
    id[key] = await on.make('/v1/locations', body);
  };
  await place('ams1', { type: 'site', name: 'ams1', code: 'A1', time_zone: 'Europe/Amsterdam' });
  await place('fra1', { type: 'site', name: 'fra1' });
  await place('north', { type: 'building', name: 'North', parent_id: id['ams1'] });
  await place('hall', { type: 'room', name: 'Hall 2', parent_id: id['north'] });
  await place('rack', { type: 'rack', name: 'R12', parent_id: id['hall'], height_u: 47, units_from: 'top' });
  await place('bare', { type: 'rack', name: 'R1', parent_id: id['fra1'] });
  // In no site: nothing that another system could know.
  await place('depot', { type: 'warehouse', name: 'Depot' });
  await place('cage', { type: 'room', name: 'Cage', parent_id: id['depot'] });
  await place('shelf', { type: 'bin', name: 'S1', parent_id: id['cage'] });
  for (const [name, at, position] of [
    ['one', 'rack', 40],
    ['two', 'rack', 5],
    ['three', 'hall', undefined],
    ['four', 'bare', 3],
  ] as const)
    id[name] = await on.make('/v1/assets', { name, location_id: id[at], ...(position ? { position } : {}) });
});
afterAll(() => on.close());

const values = async (side: string, key: string) => (await on.objects(side)).get(id[key] ?? '')?.values;
const server = async (key: string) => (await on.ask(`/v1/assets/${id[key]}`)).json;

describe('what is shown', () => {
  test('sites, rooms of sites and racks, page by page, with what they are in', async () => {
    expect([...(await on.digests('site', 1)).keys()]).toEqual([id['ams1'], id['fra1']].toSorted());
    expect([...(await on.digests('location', 1)).keys()].toSorted()).toEqual([id['hall'], id['north']].toSorted());
    expect(await values('site', 'ams1')).toEqual({
      ...{ name: 'ams1', code: 'A1', address: null, time_zone: 'Europe/Amsterdam' },
    });
    expect(await values('location', 'hall')).toEqual({
      ...{ name: 'Hall 2', code: null, site: id['ams1'], parent: id['north'] },
    });
    expect(await values('location', 'north')).toMatchObject({ site: id['ams1'], parent: null });
    expect(await values('rack', 'rack')).toEqual({
      ...{ name: 'R12', code: null, site: id['ams1'], location: id['hall'] },
      ...{ height_u: 47, units_from: 'top', width_inches: null },
    });
    expect(await values('rack', 'bare')).toMatchObject({ site: id['fra1'], location: null, height_u: 42 });
  });

  test('is found by name, whatever its case, and by nothing that is not there', async () => {
    const find = async (side: string, field: string, wanted: string[]) =>
      (await sideNamed(side).find(on.ctx, field, wanted)).map(({ label }) => label);
    expect(await find('site', 'name', ['AMS1', 'nowhere'])).toEqual(['ams1']);
    expect(await find('site', 'code', ['a1'])).toEqual(['ams1']);
    expect(await find('rack', 'name', ['r12'])).toEqual(['R12']);
    expect(await find('location', 'name', ['Cage', 'hall 2'])).toEqual(['Hall 2']);
    await expect(find('rack', 'height_u', ['42'])).rejects.toThrow('a rack cannot be found by "height_u"');
    expect(await sideNamed('site').read(on.ctx, [id['rack'] ?? '', id['fra1'] ?? ''])).toHaveLength(1);
  });
});

describe('what the other side says', () => {
  test('a site that is renamed there is renamed here, once, and the servers follow in words', async () => {
    const before = await on.told(`/v1/assets/${id['one']}/timeline`);
    const version = Number((await server('one'))['version']);
    expect(await on.changedBy('site', () => on.adopt('site', id['ams1'] ?? '', { name: 'Amsterdam 1' }))).toEqual([
      id['ams1'],
    ]);
    expect(await on.changedBy('rack', () => on.adopt('site', id['ams1'] ?? '', { name: 'Amsterdam 1' }))).toEqual([]);
    const told = await on.told(`/v1/locations/${id['ams1']}/timeline`);
    expect(told.filter(({ type }) => type === 'location.updated').map(({ sentence }) => sentence)).toEqual([
      'Location Amsterdam 1 changed: name from ams1 to Amsterdam 1',
    ]);
    expect(await server('one')).toMatchObject({ site: 'Amsterdam 1', rack: 'R12', location: { id: id['rack'] } });
    expect(await server('three')).toMatchObject({ site: 'Amsterdam 1', rack: null });
    expect(await server('four')).toMatchObject({ site: 'fra1', rack: 'R1' });
    expect(Number((await server('one'))['version'])).toBe(version + 1);
    // The servers have not moved.
    expect(await on.told(`/v1/assets/${id['one']}/timeline`)).toEqual(before);
  });

  test('a rack that is moved to another site takes its servers along, and its new place is what is said', async () => {
    const moved = { site: id['fra1'] ?? '', location: null };
    expect(await on.changedBy('rack', () => on.adopt('rack', id['rack'] ?? '', moved))).toEqual([id['rack']]);
    expect(await values('rack', 'rack')).toMatchObject({ site: id['fra1'], location: null });
    expect(await server('two')).toMatchObject({ site: 'fra1', rack: 'R12', position: 5 });
    expect((await on.told(`/v1/locations/${id['rack']}/timeline`)).at(-1)).toMatchObject({ type: 'location.moved' });
    expect(await on.changedBy('server', () => on.adopt('rack', id['rack'] ?? '', moved))).toEqual([]);
    // Its room alone is enough to know the site.
    await on.adopt('rack', id['rack'] ?? '', { location: id['hall'] ?? '', site: id['ams1'] ?? '' });
    expect(await values('rack', 'rack')).toMatchObject({ site: id['ams1'], location: id['hall'] });
    expect(await server('two')).toMatchObject({ site: 'Amsterdam 1' });
  });

  test('rooms move with what is in them', async () => {
    const hall = id['hall'] ?? '';
    expect(await on.changedBy('location', () => on.adopt('location', hall, { parent: null }))).toEqual([hall]);
    expect(await values('location', 'hall')).toMatchObject({ site: id['ams1'], parent: null });
    await on.adopt('location', hall, { site: id['fra1'] ?? '' });
    expect(await values('rack', 'rack')).toMatchObject({ site: id['fra1'], location: hall });
    expect(await server('one')).toMatchObject({ site: 'fra1' });
    await on.adopt('location', hall, { site: id['ams1'] ?? '', parent: id['north'] ?? '' });
    expect(await server('one')).toMatchObject({ site: 'Amsterdam 1', location: { id: id['rack'] } });
  });

  test.each([
    ['a rack too low for what is in it', 'rack', 'rack', { height_u: 30 }, 'one stands at U40'],
    ['a name that is taken', 'site', 'fra1', { name: 'Amsterdam 1' }, 'there is Amsterdam 1 already here'],
    ['a name that paths are written with', 'rack', 'rack', { name: 'a / b' }, 'must not have " / " in it'],
    ['a height that no rack has', 'rack', 'rack', { height_u: 5000 }, 'height_u'],
    ['a room in the wrong site', 'rack', 'rack', { site: 'fra1', location: 'hall' }, 'has to be moved first'],
    ['a room that is not here yet', 'rack', 'rack', { location: 'new:location:9' }, 'is not here yet'],
  ])('%s is refused, and says why', async (_what, side, key, said, why) => {
    const before = await values(side, key);
    const meant = Object.fromEntries(
      Object.entries(said).map(([field, value]) => [field, (field !== 'name' && id[String(value)]) || value]),
    );
    await expect(on.adopt(side, id[key] ?? '', meant as Record<string, string>)).rejects.toThrow(why);
    expect(await values(side, key)).toEqual(before);
  });

  test('the same again changes nothing', async () => {
    const rack = await on.ask(`/v1/locations/${id['rack']}`);
    await on.adopt('rack', id['rack'] ?? '', {
      name: 'R12',
      height_u: 47,
      units_from: 'top',
      location: id['hall'] ?? '',
    });
    expect((await on.ask(`/v1/locations/${id['rack']}`)).json['version']).toBe(rack.json['version']);
    await on.adopt('rack', id['rack'] ?? '', { code: 'A-12', width_inches: 19 });
    expect(await values('rack', 'rack')).toMatchObject({ code: 'A-12', width_inches: 19 });
    await on.adopt('rack', id['rack'] ?? '', { code: null });
    expect(await values('rack', 'rack')).toMatchObject({ code: null });
  });
});

describe('what is new there', () => {
  test('is made here, each in what it is in', async () => {
    const site = await on.create('site', { name: 'ber1', address: 'Weg 1', time_zone: 'Europe/Berlin' });
    const room = await on.create('location', { name: 'A', site, parent: null });
    const inner = await on.create('location', { name: 'B', site, parent: room });
    const rack = await on.create('rack', {
      ...{ name: 'R1', code: null, site, location: inner, height_u: 48, units_from: 'bottom', width_inches: 21 },
    });
    const made = await on.ask(`/v1/locations/${rack}`);
    expect(made.json).toMatchObject({ path: 'ber1 / A / B / R1', height_u: 48, width_inches: 21, type: 'rack' });
    expect((await on.ask(`/v1/locations/${site}`)).json).toMatchObject({
      time_zone: 'Europe/Berlin',
      address: 'Weg 1',
    });
    await expect(on.create('rack', { name: 'R1', site, location: inner })).rejects.toThrow('already here');
    await expect(on.create('rack', { name: 'R2', site: undefined, location: null })).rejects.toThrow('is not here yet');
    await expect(on.create('rack', { name: 'R2', site, location: 'new:location:4' })).rejects.toThrow(
      'is not here yet',
    );
    // The room is not known here yet: into the site, until it is.
    const early = await on.create('rack', { name: 'R2', site, location: undefined });
    expect((await on.ask(`/v1/locations/${early}`)).json).toMatchObject({ path: 'ber1 / R2' });
  });

  test('what was archived here is not shown, and comes back where it is there still', async () => {
    const rack = await on.make('/v1/locations', { type: 'rack', name: 'Old', parent_id: id['fra1'] });
    expect(await on.changedBy('rack', () => on.change(`/v1/locations/${rack}`, { archived: true }))).toEqual([rack]);
    expect(await sideNamed('rack').read(on.ctx, [rack])).toEqual([]);
    expect(await sideNamed('rack').find(on.ctx, 'name', ['Old'])).toEqual([]);
    const again = await on.create('rack', { name: 'Old', site: id['fra1'], location: null, height_u: 20 });
    expect(again).toBe(rack);
    expect((await on.ask(`/v1/locations/${rack}`)).json).toMatchObject({ height_u: 20, archived_at: null });
  });
});
