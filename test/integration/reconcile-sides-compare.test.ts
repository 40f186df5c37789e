import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hubSides } from '#jobs/reconcile/sides/index.ts';
import { sideValues } from '#jobs/reconcile/sides/side-values.ts';
import { compareType } from '#src/drift/compare-scope.ts';
import type { HubObject } from '#src/drift/hub-side.ts';
import type { PlannedRow, RecordLink } from '#src/drift/model.ts';
import { loadMappings } from '#src/mapping/load-mappings.ts';
import type { Links, Mapping } from '#src/mapping/mapping.ts';
import type { RecordObject } from '#src/ports/record-objects.ts';
import type { Json } from './history-audit-web.ts';
import { sideNamed, type SidesHub, sidesHub } from './reconcile-sides.ts';

// Our sides through the mappings that are shipped, against rows as NetBox shows them: who of a fleet is touched by one change.

const mappings = loadMappings('netbox', undefined, ['inventory-item'], sideValues);
const id: Record<string, string> = {};
let on: SidesHub;

/** Of each type, what NetBox has, by id; and what both sides have agreed upon so far. */
const theirs = new Map<string, Map<string, RecordObject>>();
let agreed: RecordLink[] = [];

const lookups: Links = {
  hubId: (type, theirId) => agreed.find((one) => one.object === type && one.theirId === theirId)?.hubId ?? undefined,
  theirId: (type, hubId) => agreed.find((one) => one.object === type && one.hubId === hubId)?.theirId,
};

function there(object: string, theirId: string, data: Json, parentId: string | null = null): void {
  const rows = theirs.get(object) ?? new Map<string, RecordObject>();
  rows.set(theirId, { id: theirId, parentId, version: null, data: { ...rows.get(theirId)?.data, ...data } });
  theirs.set(object, rows);
}

async function ours(mapping: Mapping): Promise<HubObject[]> {
  const side = sideNamed(mapping.hub);
  const known = agreed.flatMap((one) => (one.object === (mapping.parent ?? mapping.object) ? (one.hubId ?? []) : []));
  if (side.parent !== null) return side.readOf(on.ctx, known);
  const ids = [...(await on.digests(mapping.hub, 100)).keys()];
  return side.read(on.ctx, ids);
}

/** Compares everything, of all types, and keeps what agrees. */
async function look(): Promise<PlannedRow[]> {
  const rows: PlannedRow[] = [];
  for (const mapping of mappings) {
    const { object, parent } = mapping;
    const rootOf = ({ hubParentId, theirParentId }: { hubParentId: string | null; theirParentId: string | null }) => {
      const link = agreed.find(
        (one) =>
          one.object === (parent ?? object) &&
          ((hubParentId !== null && one.hubId === hubParentId) ||
            (theirParentId !== null && one.theirId === theirParentId)),
      );
      return {
        type: parent ?? object,
        hubId: hubParentId ?? link?.hubId ?? null,
        theirId: theirParentId ?? link?.theirId ?? null,
      };
    };
    const outcome = compareType(
      {
        mapping,
        theirs: [...(theirs.get(object)?.values() ?? [])],
        ours: await ours(mapping),
        links: agreed.filter((one) => one.object === object),
      },
      { links: lookups, rootOf, fingerprint: () => '0'.repeat(16) },
    );
    rows.push(...outcome.rows);
    const gone = new Set(outcome.drop.map(({ theirId }) => theirId));
    const kept = new Map(
      agreed.flatMap((one) => (one.object === object && !gone.has(one.theirId) ? [[one.theirId, one]] : [])),
    );
    for (const link of outcome.links) kept.set(link.theirId, link);
    agreed = [...agreed.filter((one) => one.object !== object), ...kept.values()];
  }
  return rows;
}

const told = (rows: readonly PlannedRow[]): string[] =>
  rows
    .map((row) => [row.object, row.theirId ?? '-', row.field, row.kind, row.action, row.decision].join(' '))
    .toSorted();

function device(name: string, serial: string, more: Json = {}): Json {
  return {
    ...{ name, serial, asset_tag: null, site: { id: 1 }, location: null, rack: { id: 41 }, role: { slug: 'server' } },
    ...{ device_type: { model: 'R650', manufacturer: { name: 'Dell Inc.' } }, status: { value: 'staged' } },
    ...{ tags: [{ slug: 'reanimator' }], ...more },
    custom_fields: { lifecycle_state: 'racked', hub_asset_id: null },
  };
}

function module(bay: string, maker: string, model: string, serial: string): Json {
  return { module_bay: { name: bay }, module_type: { model, manufacturer: { name: maker } }, serial };
}

const drive = (serial: string, slot: string, model = 'MZ7LH960HAJR-00005'): Json => ({
  ...{ kind: 'drive', serial, slot, manufacturer: 'Samsung', model },
});
const cpu: Json = { kind: 'cpu', slot: '0', manufacturer: 'Intel', model: 'Xeon Gold 6338' };

async function seen(server: string, day: number, components: Json[], more: Json = {}): Promise<void> {
  const at = `2026-06-${String(day).padStart(2, '0')}T12:00:00Z`;
  const report = { schema: 'reanimator.report/v1', source: 'redfish', collected_at: at, scope: ['cpu', 'drive'] };
  const { status, text } = await on.upload({ ...report, host: { asset_id: id[server] }, components, ...more });
  if (status >= 300) throw new Error(text);
}

beforeAll(async () => {
  on = await sidesHub();
  id['ams1'] = await on.make('/v1/locations', { type: 'site', name: 'ams1' });
  id['rack'] = await on.make('/v1/locations', { type: 'rack', name: 'R1', parent_id: id['ams1'] });
  id['spare'] = await on.make('/v1/locations', { type: 'rack', name: 'R2', parent_id: id['ams1'] });
  for (const [at, name] of ['one', 'two', 'three'].entries())
    id[name] = await on.make('/v1/assets', {
      ...{ name, serial: `SN-${name}`, manufacturer: 'Dell', model: 'R650' },
      ...{ location_id: id['rack'], position: 1 + 2 * at },
    });
  await seen('one', 1, [cpu, drive('S1', 'Bay 0'), drive('S2', 'Bay 1')]);
  await seen('two', 1, [cpu, drive('S3', 'Bay 0')]);

  there('site', '1', { name: 'ams1', physical_address: '', time_zone: null });
  for (const [theirId, name] of [
    ['41', 'R1'],
    ['42', 'R2'],
  ] as const)
    there('rack', theirId, {
      ...{ name, facility_id: null, site: { id: 1 }, location: null, u_height: 42, desc_units: false, width: null },
    });
  for (const [at, name] of ['one', 'two', 'three'].entries()) {
    const facts = name === 'three' ? {} : { cpu_model: 'Xeon Gold 6338', cpu_count: 1, drive_count: 3 - 1 - at };
    const row = device(name, `SN-${name}`, { position: 1 + 2 * at });
    const fields = { ...(row['custom_fields'] as Json), hub_asset_id: id[name], ...facts };
    there('device', String(71 + at), { ...row, custom_fields: fields });
  }
  there('module', '501', module('CPU 0', 'Intel Corporation', 'xeon gold 6338', ''), '71');
  there('module', '502', module('Bay 0', 'Samsung', 'MZ7LH960HAJR-00005', 's1'), '71');
  there('module', '503', module('Bay 1', 'Samsung', 'MZ7LH960HAJR-00005', 'S2'), '71');
  there('module', '504', module('Bay 0', 'Samsung', 'MZ7LH960HAJR-00005', 'S3'), '72');
});
afterAll(() => on.close());

test('two sides that say the same have nothing to tell each other', async () => {
  // A CPU has no serial: which module it is in, nobody can say before one of them was made for it.
  expect(told(await look())).toEqual([
    ...['module -  only-here create-there auto', 'module -  only-here create-there auto'],
  ]);
  const [one, two] = [...(await on.objects('module')).values()].filter(({ label }) => label.endsWith('CPU 0'));
  there('module', '505', module('CPU 0', 'Intel', 'Xeon Gold 6338', ''), '72');
  for (const [theirId, made] of [
    ['501', one?.parentId === id['one'] ? one : two],
    ['505', one?.parentId === id['one'] ? two : one],
  ] as const)
    agreed = agreed
      .filter((link) => link.theirId !== theirId)
      .concat({
        ...{ object: 'module', theirId, hubId: made?.id ?? null, rootHubId: made?.parentId ?? null, agreed: {} },
        ...{ rootTheirId: theirId === '501' ? '71' : '72', fingerprint: null, isOurs: true },
      });
  expect(told(await look())).toEqual([]);
  expect(agreed.filter(({ hubId }) => hubId !== null)).toHaveLength(3 + 3 + 5);
});

test('objects have the values that mappings may name, and no others', async () => {
  for (const side of hubSides) {
    const found = [...(await on.objects(side.name)).values()].flatMap(({ values }) => Object.keys(values));
    expect(sideValues(side.name), side.name).toEqual(expect.arrayContaining([...new Set(found)]));
  }
  expect(sideValues('constructor')).toBeUndefined();
});

describe('parts', () => {
  test('another one in a slot changes that module, and nothing else', async () => {
    await seen('one', 2, [cpu, drive('S9', 'Bay 0', 'PM9A3'), drive('S2', 'Bay 1')]);
    expect(told(await look())).toEqual(['module 502 model differs push auto', 'module 502 serial differs push auto']);
    there('module', '502', module('Bay 0', 'Samsung', 'PM9A3', 'S9'), '71');
    expect(told(await look())).toEqual([]);
  });

  test('two that change places change both modules', async () => {
    await seen('one', 3, [cpu, drive('S2', 'Bay 0'), drive('S9', 'Bay 1', 'PM9A3')]);
    expect(told(await look())).toEqual(
      ['502', '503'].flatMap((one) => [
        `module ${one} model differs push auto`,
        `module ${one} serial differs push auto`,
      ]),
    );
    await seen('one', 4, [cpu, drive('S9', 'Bay 0', 'PM9A3'), drive('S2', 'Bay 1')]);
    expect(told(await look())).toEqual([]);
  });

  test('one with a number and one without change places: the number stands in one module only', async () => {
    const bare = (slot: string): Json => ({ ...drive('', slot, 'PM9A3'), serial: null });
    await seen('two', 3, [cpu, drive('S3', 'Bay 0'), bare('Bay 1')]);
    const hubId = `${id['two']}/drive/Bay 1`;
    there('module', '506', module('Bay 1', 'Samsung', 'PM9A3', ''), '72');
    const link = { object: 'module', theirId: '506', hubId, rootHubId: id['two'] ?? null, rootTheirId: '72' };
    agreed.push({ ...link, agreed: {}, fingerprint: null, isOurs: true });
    expect(told(await look())).toEqual(['device 72 drive_count differs push auto']);

    await seen('two', 4, [cpu, bare('Bay 0'), drive('S3', 'Bay 1')]);
    const rows = (await look()).filter(({ object }) => object === 'module');
    expect(told(rows)).toEqual(
      ['504', '506'].flatMap((one) => [
        `module ${one} model differs push auto`,
        `module ${one} serial differs push auto`,
      ]),
    );
    expect(rows.find(({ theirId, field }) => theirId === '504' && field === 'serial')).toMatchObject({
      ...{ theirs: 'S3', ours: null, reason: 'serial S3 is two Bay 1 now, and what is here shows none of its own' },
    });
    there('module', '504', module('Bay 0', 'Samsung', 'PM9A3', ''), '72');
    there('module', '506', module('Bay 1', 'Samsung', 'MZ7LH960HAJR-00005', 'S3'), '72');
    expect(told((await look()).filter(({ object }) => object === 'module'))).toEqual([]);

    await seen('two', 5, [cpu, drive('S3', 'Bay 0')]);
    await look();
    there('module', '504', module('Bay 0', 'Samsung', 'MZ7LH960HAJR-00005', 'S3'), '72');
    agreed = agreed.filter(({ theirId }) => theirId !== '506');
    theirs.get('module')?.delete('506');
    expect(told(await look())).toEqual([]);
  });

  test('one that was seen in another server is unknown here, not gone: nothing is written before somebody has looked', async () => {
    await seen('three', 5, [drive('S2', 'Bay 7')], { scope: [] });
    const elsewhere = ['module -  only-here create-there auto'];
    expect(told(await look())).toEqual(elsewhere);
    // How many drives there are now, nobody knows either.
    expect((await on.objects('server')).get(id['one'] ?? '')?.values['drive_count']).toBeUndefined();
    // An agent that has never seen this drive cannot know that the slot is empty.
    await seen('one', 6, [drive('S9', 'Bay 0', 'PM9A3')], { source: 'agent', scope: ['drive'] });
    expect(told(await look())).toEqual(elsewhere);
    await seen('one', 7, [cpu, drive('S9', 'Bay 0', 'PM9A3')]);
    // The module is NetBox's own: nobody's from now on, and left there. Only the count of drives is told.
    expect(told(await look())).toEqual(['device 71 drive_count differs push auto', ...elsewhere]);
    await seen('one', 8, [cpu, drive('S9', 'Bay 0', 'PM9A3'), drive('S2', 'Bay 1')]);
    expect(told(await look())).toEqual([]);
  });

  test('one that the hub made a module for, and whose slot was found empty, is asked about', async () => {
    agreed = agreed.map((link) => (link.theirId === '503' ? { ...link, isOurs: true } : link));
    await seen('one', 9, [cpu, drive('S9', 'Bay 0', 'PM9A3')]);
    expect(told(await look())).toEqual([
      ...['device 71 drive_count differs push auto', 'module 503  gone-here remove-there review'],
    ]);
    await seen('one', 10, [cpu, drive('S9', 'Bay 0', 'PM9A3'), drive('S2', 'Bay 1')]);
    expect(told(await look())).toEqual([]);
  });

  test('a number that is none is never written, and one that stands there is written over', async () => {
    await seen('one', 11, [cpu, drive('To be filled by O.E.M.', 'Bay 0', 'PM9A3'), drive('S2', 'Bay 1')]);
    const written = (await on.objects('module')).get(`${id['one']}/drive/Bay 0`)?.values;
    expect(written).toMatchObject({ model: 'PM9A3', serial: undefined });
    expect(told(await look())).toEqual([]);
    await seen('one', 12, [cpu, drive('S9', 'Bay 0', 'PM9A3'), drive('S2', 'Bay 1')]);
    there('module', '502', { serial: 'N/A' }, '71');
    const rows = await look();
    expect(told(rows)).toEqual(['module 502 serial differs push auto']);
    expect(rows[0]).toMatchObject({ theirs: null, ours: 'S9' });
    there('module', '502', { serial: 'S9' }, '71');
    expect(told(await look())).toEqual([]);
  });
});

describe('places', () => {
  test('a site that is renamed there is one change, whatever stands in it', async () => {
    there('site', '1', { name: 'Amsterdam 1' });
    expect(told(await look())).toEqual(['site 1 name differs adopt auto']);
    await on.adopt('site', id['ams1'] ?? '', { name: 'Amsterdam 1' });
    expect(told(await look())).toEqual([]);
    expect((await on.objects('server')).get(id['one'] ?? '')?.values['site']).toBe(id['ams1']);
    expect((await on.ask(`/v1/assets/${id['one']}`)).json['site']).toBe('Amsterdam 1');
  });

  test('one that is archived here is asked about, and nothing is done there', async () => {
    await on.change(`/v1/locations/${id['spare']}`, { archived: true });
    expect(told(await look())).toEqual(['rack 42  gone-here none review']);
  });
});

describe('servers', () => {
  test('one that proved to be another one is gone here: nothing is removed there', async () => {
    await on.database.db('assets').where({ id: id['three'] }).update({ merged_into: id['two'] });
    expect([...(await on.digests('server')).keys()]).not.toContain(id['three']);
    expect(await sideNamed('module').readOf(on.ctx, [id['three'] ?? ''])).toEqual([]);
    expect(await sideNamed('server').find(on.ctx, 'serial', ['SN-three'])).toEqual([]);
    expect(told(await look()).filter((row) => row.startsWith('device'))).toEqual(['device 73  gone-here none review']);
    await on.database.db('assets').where({ id: id['three'] }).update({ merged_into: null });
  });

  test('two with one serial are nobody: neither is written', async () => {
    agreed = agreed.filter(({ object, theirId }) => object !== 'device' || theirId === '71');
    await on.database.db('assets').where({ id: id['three'] }).update({ vendor_serial: 'SN-two' });
    const rows = (await look()).filter(({ object }) => object === 'device');
    expect(told(rows)).toEqual([
      ...['device -  ambiguous none refused', 'device -  ambiguous none refused'],
      'device 73  only-there create-here review',
    ]);
    expect(rows[0]?.reason).toContain('2 objects here have the serial sn-two');
    await on.database.db('assets').where({ id: id['three'] }).update({ vendor_serial: 'SN-three' });
    expect(told((await look()).filter(({ object }) => object === 'device'))).toEqual([]);
  });

  test('a serial that is none identifies nobody, and is not written', async () => {
    for (const serial of ['To be filled by O.E.M.', 'None', '0000']) {
      agreed = agreed.filter(({ theirId }) => theirId !== '73');
      await on.database.db('assets').where({ id: id['three'] }).update({ vendor_serial: serial, name: null });
      there('device', '73', { name: 'somebody', serial });
      const [mapping] = mappings.filter(({ object }) => object === 'device');
      const [server] = await sideNamed('server').read(on.ctx, [id['three'] ?? '']);
      // Not even as the name of one that has none.
      expect(server?.values).toMatchObject({ name: undefined, serial: undefined });
      const drafted = mapping?.draft(mapping.readOurs(server?.values ?? {}, lookups).values, lookups).set;
      // As a value of its own: an id may have four zeros in it.
      expect(JSON.stringify(drafted)).not.toContain(JSON.stringify(serial));
      const rows = (await look()).filter(({ object }) => object === 'device');
      expect(told(rows)).toEqual([
        ...['device -  only-here create-there refused', 'device 73  only-there create-here review'],
      ]);
      expect(rows.find(({ kind }) => kind === 'only-here')?.reason).toContain('cannot be made there without name');
    }
  });
});
