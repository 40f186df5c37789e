import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAsset } from '#src/assets/commands/create-asset.ts';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import type { Drift } from '#src/drift/drift-store.ts';
import { type Lab, PATIENCE_MS, reconcileLab } from './reconcile-lab.ts';

// Whose is what, and who decides: nothing is made twice, taken from the wrong one, or removed that somebody else made.

let lab: Lab;
beforeAll(async () => void (lab = await reconcileLab({ servers: 100 })), PATIENCE_MS);
afterAll(() => lab?.close());
beforeEach(() => lab.netbox.server.forget());

const db = () => lab.on.hub.ctx.db;
const alice = () => lab.netbox.as('alice');
const theirs = (at: number): number => lab.servers[at]?.theirId ?? 0;
const ours = (at: number): string => lab.servers[at]?.id ?? '';
const devices = (): number => lab.netbox.database.all('device').length;
const brief = ({ kind, action, decision, field }: Drift): string =>
  [kind, action, decision, field].filter((word) => word !== '').join(' ');

async function driftsOf(id: string): Promise<Drift[]> {
  return (await lab.drifts()).filter((drift) => drift.root.hubId === id);
}

async function enter(name: string, serial: string): Promise<string> {
  const input = { name, serial, manufacturer: 'Dell Inc.', model: 'PowerEdge R650', state: 'RACKED' as const };
  return (await tx(lab.on.hub.ctx, (inside) => createAsset(inside, input))).id;
}

/** As somebody enters one there. */
function enterThere(name: string, serial: string, more: object = {}): number {
  const [site] = lab.netbox.database.all('site');
  const [type] = lab.netbox.database.all('deviceType');
  const [role] = lab.netbox.database.all('deviceRole');
  const body = { name, serial, site: site?.id, device_type: type?.id, role: role?.id, status: 'planned' };
  return alice().create('device', { ...body, ...more });
}

describe('who is who', () => {
  test('two devices there with one serial are nobody’s, until somebody mends one of them', async () => {
    const first = enterThere('twin-a', 'DUP00001');
    const second = enterThere('twin-b', 'DUP00001');
    await lab.quiet();
    const before = await lab.world();
    const id = await enter('twin', 'DUP00001');
    await lab.quiet();
    await lab.look();
    await lab.quiet();
    const [drift, ...more] = await driftsOf(id);
    expect([drift && brief(drift), more]).toEqual(['ambiguous none refused', []]);
    expect(drift?.reason).toBe(`2 objects there have the serial dup00001: ${first}, ${second}`);
    expect((await lab.world()).there).toEqual(before.there);
    expect((await lab.asset(id))['record_id']).toBeNull();
    // Whoever knows which is which says so there.
    alice().remove('device', second);
    await lab.inStep();
    expect((await lab.asset(id))['record_id']).toBe(String(first));
  });

  test('two servers here with one serial are not made there, and take no device from each other', async () => {
    const count = devices();
    // As a discovery that was cut off may leave it: no command lets it in.
    const [row] = await db()('assets')
      .where({ id: ours(1) })
      .select('*');
    const twin = { ...row, id: newId(), name: 'srv-002-twin', record_id: null, record_url: null };
    const lonely = ['lonely-a', 'lonely-b'].map((name) => ({ ...twin, id: newId(), name, vendor_serial: 'LONE0001' }));
    await db()('assets').insert([twin, ...lonely]);
    for (const { id } of [twin, ...lonely]) await lab.ask('PATCH', `/v1/assets/${id}`, { model: 'PowerEdge R660' });
    await lab.quiet();
    await lab.look();
    await lab.quiet();
    expect((await driftsOf(twin.id)).map(brief)).toEqual(['ambiguous none refused']);
    expect((await driftsOf(twin.id))[0]?.reason).toMatch(/2 objects here have the serial sn00002/);
    for (const { id } of lonely) expect((await driftsOf(id)).map(brief)).toEqual(['ambiguous none refused']);
    expect(devices()).toBe(count);
    expect((await lab.asset(ours(1)))['record_id']).toBe(String(theirs(1)));
    await db()('assets')
      .whereIn('id', [twin.id, ...lonely.map(({ id }) => id)])
      .delete();
    await lab.inStep();
  });

  test('a device there that gets the serial of another one does not become it', async () => {
    const before = await lab.world();
    const other = enterThere('copied', 'SN00003');
    await lab.quiet();
    const [drift, ...more] = await driftsOf(ours(2));
    expect([drift && brief(drift), more]).toEqual(['ambiguous none refused', []]);
    expect(drift?.reason).toContain(`${theirs(2)}, ${other}`);
    expect((await lab.world()).here).toEqual(before.here);
    alice().remove('device', other);
    await lab.inStep();
    expect(await lab.world()).toEqual(before);
  });
});

describe('who has become another one there', () => {
  const serialThere = (id: number) => lab.netbox.database.find('device', id)?.['serial'];

  test('two machines that change places there have changed places here, and keep their serials', async () => {
    const [a, b] = [70, 71];
    const spot = async (at: number) => {
      const { name, position } = await lab.asset(ours(at));
      return [name, position];
    };
    const [spotA, spotB] = [await spot(a), await spot(b)];
    alice().change('device', theirs(a), { serial: 'SN00072' });
    await lab.quiet();
    // Half of it: nobody can tell yet what becomes of it.
    expect((await driftsOf(ours(a))).map(brief)).toEqual(['ambiguous none refused']);
    expect(lab.writes()).toEqual([]);
    alice().change('device', theirs(b), { serial: 'SN00071' });
    await lab.inStep();
    expect([serialThere(theirs(a)), serialThere(theirs(b))]).toEqual(['SN00072', 'SN00071']);
    expect([await spot(a), await spot(b)]).toEqual([spotB, spotA]);
    expect([(await lab.asset(ours(a)))['record_id'], (await lab.asset(ours(b)))['record_id']]).toEqual([
      String(theirs(b)),
      String(theirs(a)),
    ]);
  });

  test('one that has a serial which nobody knows is left alone until a person says that it is the same', async () => {
    const before = await lab.asset(ours(72));
    alice().change('device', theirs(72), { serial: 'UNHEARD1', name: 'unheard', status: 'active' });
    await lab.quiet();
    await lab.look();
    await lab.quiet();
    const [drift, ...more] = await driftsOf(ours(72));
    expect([drift && brief(drift), more]).toEqual(['differs push review serial', []]);
    expect(drift?.reason).toMatch(/is it still the same server\? Nothing else of it is compared/);
    expect(await lab.asset(ours(72))).toEqual(before);
    expect(lab.writes()).toEqual([]);
    await lab.ask('POST', `/v1/drifts/${drift?.id}/decision`, { verdict: 'push-ours', reason: 'mistyped' });
    await lab.quiet();
    await lab.inStep();
    expect(lab.device(theirs(72))).toMatchObject({ serial: 'SN00073', status: { value: 'staged' } });
    expect((await lab.asset(ours(72)))['name']).toBe('unheard');
  });

  test('ids that stand for something else after a backup was restored there take nothing along', async () => {
    const restore = lab.netbox.backUp();
    const lost = [await enter('after-backup-1', 'AFTER001'), await enter('after-backup-2', 'AFTER002')];
    const { id: location_id } = await db()('locations').where({ type: 'site', name: 'ams1' }).first('id');
    for (const id of lost) expect((await lab.ask('PATCH', `/v1/assets/${id}`, { location_id })).status).toBe(200);
    await lab.quiet();
    const ids = await Promise.all(lost.map(async (id) => Number((await lab.asset(id))['record_id'])));
    expect(ids.every((id) => id > 0)).toBe(true);
    restore();
    const stranger = enterThere('stranger', 'STRANGE1', { asset_tag: 'S-1' });
    expect(ids).toContain(stranger);
    lab.netbox.server.forget();
    await lab.look();
    await lab.quiet();
    expect(lab.writes()).toEqual([]);
    expect(lab.device(stranger)).toMatchObject({ name: 'stranger', serial: 'STRANGE1', asset_tag: 'S-1' });
    const kinds = (await Promise.all(lost.map(driftsOf))).flat().map(brief).toSorted();
    expect(kinds).toEqual(['differs push review serial', 'gone-there none review']);
    for (const id of lost) expect((await lab.asset(id))['name']).toMatch(/^after-backup/);
    // The stranger goes, and the two are made again where somebody says so.
    alice().remove('device', stranger);
    await lab.quiet();
    for (const drift of (await Promise.all(lost.map(driftsOf))).flat())
      await lab.ask('POST', `/v1/drifts/${drift.id}/decision`, { verdict: 'push-ours', reason: 'restored' });
    await lab.inStep();
    expect(lab.netbox.database.by('device', 'serial', 'AFTER001')).toHaveLength(1);
    expect(lab.netbox.database.by('device', 'serial', 'AFTER002')).toHaveLength(1);
  });
});

describe('what is renamed or moved there', () => {
  test('a renamed site is one change here: no new site, and the servers keep pointing at it', async () => {
    const [site] = lab.netbox.database.all('site');
    const here = await db()('locations').where({ type: 'site' }).select('id', 'name');
    const of = await db()('assets').where({ site: 'ams1' }).select('id', 'location_id');
    alice().change('site', site?.id ?? 0, { name: 'ams1-renamed' });
    await lab.quiet();
    const after = await db()('locations').where({ type: 'site' }).select('id', 'name');
    expect(after.map(({ id }) => id).toSorted()).toEqual(here.map(({ id }) => id).toSorted());
    expect(after.map(({ name }) => name).toSorted()).toEqual(['ams1-renamed', 'fra1']);
    const moved = await db()('assets').where({ site: 'ams1-renamed' }).select('id', 'location_id');
    expect(new Map(moved.map((one) => [one.id, one.location_id]))).toEqual(
      new Map(of.map((one) => [one.id, one.location_id])),
    );
    // One change, and no word about each server.
    expect(await db()('events').where({ type: 'location.updated' }).count({ n: '*' })).toEqual([{ n: 1 }]);
    expect(lab.writes()).toEqual([]);
    alice().change('site', site?.id ?? 0, { name: 'ams1' });
    await lab.inStep();
  });

  const rackOf = (name: string) => lab.netbox.database.all('rack').find((row) => row.name === name)?.id ?? 0;
  const siteOf = (name: string) => lab.netbox.database.all('site').find((row) => row.name === name)?.id ?? 0;
  const inRack = (rack: string, site: string) => db()('assets').where({ rack, site }).count({ n: '*' });

  test('a rack that moves to another site takes its servers along, though NetBox says no word about them', async () => {
    const logged = lab.netbox.database.changeLog.length;
    alice().change('rack', rackOf('r01'), { site: siteOf('fra1'), location: null });
    expect(lab.netbox.database.changeLog.slice(logged).map((row) => row.changed_object_type)).toEqual(['dcim.rack']);
    await lab.quiet();
    expect(await inRack('r01', 'fra1')).toEqual([{ n: 20 }]);
    expect((await lab.drifts()).map(brief)).toEqual([]);
    expect(lab.writes()).toEqual([]);
  });

  test('and is found by a look at everything where nothing at all told of it', async () => {
    lab.netbox.nbshell((database) => {
      const rack = database.find('rack', rackOf('r01'));
      if (!rack) throw new Error('no rack');
      database.set('rack', rack, { site: siteOf('ams1') });
      for (const row of database.by('device', 'rack', rack.id)) database.set('device', row, { site: siteOf('ams1') });
    });
    await lab.quiet();
    expect(await inRack('r01', 'fra1')).toEqual([{ n: 20 }]);
    const run = await lab.look();
    expect(['done', 'planned']).toContain(run.state);
    if (run.state === 'planned') await lab.approve(run);
    await lab.quiet();
    expect(await inRack('r01', 'ams1')).toEqual([{ n: 20 }]);
    await lab.inStep();
    expect(lab.writes()).toEqual([]);
  });
});

describe('a conflict', () => {
  async function quarrel(at: number): Promise<Drift> {
    // What both have agreed upon before.
    await lab.ask('PATCH', `/v1/assets/${ours(at)}`, { asset_tag: `TAG-${at}` });
    await lab.quiet();
    expect(await both(at)).toEqual([`TAG-${at}`, `TAG-${at}`]);
    lab.netbox.loseWebhooks(1);
    alice().change('device', theirs(at), { asset_tag: `THERE-${at}` });
    expect((await lab.ask('PATCH', `/v1/assets/${ours(at)}`, { asset_tag: `HERE-${at}` })).status).toBe(200);
    await lab.quiet();
    const [drift, ...more] = await driftsOf(ours(at));
    expect([drift && brief(drift), more]).toEqual(['conflict push conflict asset_tag', []]);
    return drift as Drift;
  }
  const both = async (at: number) => [(await lab.asset(ours(at)))['asset_tag'], lab.device(theirs(at))['asset_tag']];

  test.each([
    ['push-ours', 30, 'HERE-30'],
    ['accept-theirs', 31, 'THERE-31'],
  ])('stays until a person decides, and the decision (%s) is an event', async (verdict, at, wins) => {
    const drift = await quarrel(at);
    await lab.look();
    await lab.quiet();
    expect(await both(at)).toEqual([`HERE-${at}`, `THERE-${at}`]);
    const { status } = await lab.ask('POST', `/v1/drifts/${drift.id}/decision`, { verdict, reason: 'seen it' });
    expect(status).toBe(200);
    await lab.quiet();
    expect(await both(at)).toEqual([wins, wins]);
    expect(await lab.sentences('drift.decided')).toContainEqual(
      expect.objectContaining({ driftId: drift.id, verdict, reason: 'seen it', field: 'asset_tag' }),
    );
    const { json } = await lab.ask('GET', `/v1/assets/${ours(at)}/timeline?limit=50`);
    expect(JSON.stringify(json)).toContain('drift.decided');
    await lab.inStep();
  });
});

describe('what is gone there', () => {
  test('by mistake is not made again by itself, keeps its history here, and is the same when it is entered again', async () => {
    const before = await lab.asset(ours(40));
    const events = await db()('timeline_events')
      .where({ subject_id: ours(40) })
      .count({ n: '*' });
    const count = devices();
    const { rack, site, position, face } = lab.netbox.database.find('device', theirs(40)) as Record<string, unknown>;
    alice().remove('device', theirs(40));
    await lab.quiet();
    await lab.look();
    await lab.quiet();
    expect((await driftsOf(ours(40))).map(brief)).toEqual(['gone-there none review']);
    expect(devices()).toBe(count - 1);
    expect(await lab.asset(ours(40))).toEqual(before);
    expect(
      await db()('timeline_events')
        .where({ subject_id: ours(40) })
        .count({ n: '*' }),
    ).toEqual(events);
    const again = enterThere('srv-041', 'SN00041', { rack, site, position, face });
    await lab.quiet();
    expect((await lab.asset(ours(40)))['record_id']).toBe(String(again));
    expect(await driftsOf(ours(40))).toEqual([]);
    expect(devices()).toBe(count);
    await lab.inStep();
  });

  test('is made again where a person says so, once', async () => {
    const count = devices();
    alice().remove('device', theirs(41));
    await lab.quiet();
    const [drift] = await driftsOf(ours(41));
    await lab.ask('POST', `/v1/drifts/${drift?.id}/decision`, { verdict: 'push-ours', reason: 'deleted by mistake' });
    await lab.quiet();
    expect(devices()).toBe(count);
    expect(lab.netbox.database.by('device', 'serial', 'SN00042')).toHaveLength(1);
    await lab.inStep();
  });

  test('in numbers, and said so by NetBox one by one, does not stop looks at everything', async () => {
    const gone = [50, 51, 52, 53, 54, 55, 56];
    for (const at of gone) alice().remove('device', theirs(at));
    await lab.quiet();
    expect((await lab.drifts()).map(brief)).toEqual(gone.map(() => 'gone-there none review'));
    const run = await lab.look();
    expect([run.state, run.error]).toEqual(['done', null]);
  });

  test('in numbers without a word stops the look, and nothing is concluded', async () => {
    const open = (await lab.drifts()).length;
    const gone = [60, 61, 62, 63, 64, 65];
    lab.netbox.nbshell((database) => {
      for (const at of gone) database.delete('device', theirs(at));
    });
    const run = await lab.look();
    expect(run.state).toBe('failed');
    expect(run.error).toMatch(/6 of \d+ devices .* more than 5.*brakes\.remove in netbox-device\.yaml/);
    expect(await lab.drifts()).toHaveLength(open);
  });
});
