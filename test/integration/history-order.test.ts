import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkHistory } from '#src/history/check-history.ts';
import { type Intake, createIntake } from '#src/history/intake/intake.ts';
import { rebuildHistory } from '#src/history/intake/rebuild-history.ts';
import { createBundleReader } from '#src/bundle-reader.ts';
import { type AuditWeb, auditWeb, beliefs, type Json, placeOf, report, tick } from './history-audit-web.ts';

const at = (day: number, hour = 12) =>
  `2026-05-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;
const uuid = (n: number) => `33333333-0000-4000-8000-${String(n).padStart(12, '0')}`;
const TABLES = [
  'installations',
  'retracted_installations',
  'timeline_events',
  'runs',
  'snapshots',
  'identity_cards',
  'log_bundles',
  'bundle_reports',
  'components',
  'observations',
  'inventories',
  'identity_reviews',
  'assets',
];

async function everything({ database: { db } }: AuditWeb): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of TABLES) found[table] = (await db(table).select('*')).map((row) => JSON.stringify(row)).toSorted();
  return found;
}

async function faultsOf(on: AuditWeb): Promise<unknown[]> {
  return checkHistory(on.ctx, on.intake, { objects: true, tell: () => {} });
}

/** Moves, a clone, a swapped board, guesses that better evidence replaces, sources that disagree about places, and looks at one moment. */
function story(): Json[] {
  const [a, b] = [
    { product_serial: 'ORDER-A', system_uuid: uuid(1) },
    { product_serial: 'ORDER-B', system_uuid: uuid(2) },
  ];
  const moving = (slot: string, firmware = '1') => ({ serial: 'ORDERMOVE001', slot, firmware });
  const clone = { serial: 'ORDERCLONE01', slot: 'Bay.4' };
  return [
    report(a, at(1), [moving('Bay.1'), { slot: 'Bay.9' }]),
    report(a, at(3), [moving('Bay.2', '2'), clone]),
    report({ system_uuid: uuid(1) }, at(4), [moving('Disk.Bay.2', '2')], { source: 'redfish' }),
    report(b, at(5), [moving('Bay.1', '2'), clone]),
    report(a, at(6), [clone, { slot: 'Bay.9' }]),
    report(b, at(7), [clone]),
    report(a, at(8), [clone, moving('Bay.3', '1')]),
    report({ product_serial: 'ORDER-A', system_uuid: uuid(3) }, at(9), [clone, moving('Bay.3', '1')]),
    report({ system_uuid: uuid(2), host_name: 'b' }, at(2), [], { source: 'tools' }),
    report({ bmc_macs: ['02:00:00:00:00:01'] }, at(2), [{ serial: 'ORDERBMC0001', slot: 'x' }], { source: 'redfish' }),
    report({ ...b, bmc_macs: ['02:00:00:00:00:01'] }, at(10), [clone, { serial: 'ORDERBMC0001', slot: 'y' }], {
      source: 'redfish',
    }),
    report(b, at(7), [clone, { serial: 'ORDERSAME001', slot: 'Bay.8' }]),
  ];
}

describe('the order of arrival', () => {
  test('makes no difference to what is believed', async () => {
    const orders: ((documents: Json[]) => Json[])[] = [
      (all) => all,
      (all) => all.toReversed(),
      (all) => all.map((_, at_) => all[(at_ * 5 + 3) % all.length] ?? {}),
    ];
    const found: { beliefs: unknown; open: unknown }[] = [];
    for (const order of orders) {
      const on = await auditWeb();
      try {
        const documents = order(story());
        expect(new Set(documents).size).toBe(12);
        for (const document of documents) expect((await on.upload(document)).status).toBe(201);
        for (const document of documents.slice(0, 2)) expect((await on.upload(document)).status).toBe(200);
        const open = await on.database
          .db('identity_reviews')
          .where({ state: 'open' })
          .orderBy('id')
          .select('id', 'kind', 'subject');
        const { assets, ...rest } = await beliefs(on);
        // A server that was guessed first is there, as one that proved to be another; who heard the truth first never guessed.
        const real = assets?.filter((row) => row['merged_into'] === null);
        found.push({ beliefs: { ...rest, real }, open });
        expect(await faultsOf(on)).toEqual([]);
        const seen = await on.all('/v1/assets');
        expect(seen.map(({ serial }) => serial).toSorted()).toEqual(['ORDER-A', 'ORDER-B']);
      } finally {
        await on.close();
      }
    }
    const [first, ...others] = found;
    for (const other of others) expect(other).toEqual(first);
  });
});

describe('an unchanged store', () => {
  let on: AuditWeb;
  beforeAll(async () => {
    on = await auditWeb();
    for (const document of story()) await on.upload(document);
  });
  afterAll(() => on.close());

  const rebuild = (intake: Intake) => rebuildHistory(on.ctx, intake, { folder: on.folder, tell: () => {} });

  test('is built again as it is, decisions included', async () => {
    const lost = await on.upload(report({}, at(12), [{ serial: 'ORDERLOST001', slot: 'Bay.1' }]));
    const [a, b] = await on.all('/v1/assets?sort=serial');
    const decide = async (body: Json): Promise<void> => {
      const done = await on.ask('/v1/identity/decisions', { body: { reason: 'seen', ...body } });
      expect(done.status, done.text).toBe(201);
    };
    await decide({ kind: 'place-bundle', sha256: lost.json['sha256'], asset_id: a?.['id'] });
    const [clone] = await on.all('/v1/components?serial=ORDERCLONE01');
    await decide({ kind: 'split-component', component_id: clone?.['id'], place_id: b?.['id'] });
    const before = await everything(on);
    const done = await rebuild(on.intake);
    expect(done).toMatchObject({ bundles: 13, readAnew: 0, lost: [], changed: 0, added: 0, retracted: 0 });
    expect(await everything(on)).toEqual(before);
    expect(await faultsOf(on)).toEqual([]);
  });

  test('follows a parser that has changed, and still knows what was believed', async () => {
    const [part] = await on.all('/v1/components?serial=ORDERBMC0001');
    const path = `/v1/components/${String(part?.['id'])}/installations`;
    const before = await on.get(path);
    const others = async () =>
      await on.database.db('installations').whereNot({ component_id: part?.['id'] }).orderBy('id').select('*');
    const kept = await others();
    const known = await tick();
    const read = createBundleReader();
    const blind = createIntake({
      store: on.intake.store,
      sort: on.intake.sort,
      check: () => [],
      read: async (source, signal) => {
        const found = await read(source, signal);
        const snapshots = found.snapshots.map((one) => ({
          ...one,
          components: one.components.filter(({ serial }) => serial !== 'ORDERBMC0001'),
        }));
        return { ...found, snapshots };
      },
    });
    expect(await rebuild(blind)).toMatchObject({ readAnew: 2, lost: [], changed: 0 });
    expect((await on.get(path))['items']).toEqual([]);
    expect(await on.get(`${path}?known_at=${known}`)).toEqual(before);
    // What is the same in both readings is believed as it was, since when it was.
    expect(await others()).toEqual(kept);
    expect(await faultsOf(on)).toEqual([]);
    expect(await on.all('/v1/components?serial=ORDERBMC0001')).toEqual([]);
    expect(await rebuild(blind)).toMatchObject({ readAnew: 0, changed: 0, added: 0, retracted: 0 });
    expect(await rebuild(on.intake)).toMatchObject({ readAnew: 2 });
    const again = (await on.get(path))['items'] as Json[];
    const times = (rows: unknown) => (rows as Json[]).map(({ recorded_at: _at, ...row }) => row);
    expect(times(again)).toEqual(times(before['items']));
  });
});

describe('decisions while bundles arrive', () => {
  test('leave what the bundles and the decisions say, and nothing else', async () => {
    const on = await auditWeb();
    try {
      const N = 4;
      const names = Array.from({ length: N }, (_, n) => n);
      const host = (n: number) => ({ product_serial: `RACE-${n}`, system_uuid: uuid(100 + n) });
      const shared = { serial: 'RACESHARED01', slot: 'Bay.0' };
      const look = (n: number, day: number) =>
        report(host(n), at(day), [
          { serial: `RACEDRIVE00${n}`, slot: 'Bay.1' },
          ...(day % N === n ? [shared] : []),
          { slot: 'Bay.7' },
        ]);
      const ids: string[] = [];
      for (const n of names) ids.push(placeOf(await on.upload(look(n, 1))));
      const cards = await on.database.db('identity_cards').orderBy('id').select('id', 'place_id');
      const idOf = async (serial: string) => (await on.all(`/v1/components?serial=${serial}`))[0]?.['id'];
      const sharedId = await idOf(shared.serial);
      const driveIds = await Promise.all(names.map((n) => idOf(`RACEDRIVE00${n}`)));
      const wrong: unknown[] = [];
      const decide = async (body: Json): Promise<string | undefined> => {
        const done = await on.ask('/v1/identity/decisions', { body: { reason: 'race', ...body } });
        if (done.status !== 201 && done.status !== 409 && done.status !== 400) wrong.push(done.text);
        return done.status === 201 ? String(done.json['decision_id']) : undefined;
      };
      const upload = async (document: Json): Promise<void> => {
        const done = await on.upload(document);
        if (done.status !== 201 && done.status !== 200) wrong.push(done.text);
      };
      const standing: string[] = [];
      for (let round = 0; round < 4; round += 1) {
        const uploads = names.flatMap((n) => [
          upload(look(n, 2 + round)),
          upload(
            report({ ...host(n), board_serial: `RACEBOARD${n}${round}` }, at(2 + round, 13), [
              { serial: `RACEDRIVE00${n}`, slot: 'Bay.2' },
            ]),
          ),
        ]);
        const [from, to] = [ids[round % N] ?? '', ids[(round + 1) % N] ?? ''];
        const deciding = [
          decide({ kind: 'merge-assets', from, to }),
          decide({ kind: 'split-component', component_id: sharedId, place_id: to }),
          decide({ kind: 'merge-components', from: driveIds[round % N], to: sharedId }),
          decide({ kind: 'assign-card', card_id: cards[round % N]?.id, asset_id: ids[(round + 2) % N] }),
          ...standing.splice(0).map(async (id) => {
            const done = await on.ask(`/v1/identity/decisions/${id}/revoke`, { body: { reason: 'race' } });
            if (done.status !== 200) wrong.push(done.text);
            return undefined;
          }),
        ];
        for (const id of await Promise.all(deciding)) if (id !== undefined) standing.push(id);
        await Promise.all(uploads);
      }
      expect(wrong).toEqual([]);
      expect(await faultsOf(on)).toEqual([]);
      for (const id of standing) await on.ask(`/v1/identity/decisions/${id}/revoke`, { body: { reason: 'end' } });
      expect(await faultsOf(on)).toEqual([]);
      // Without decisions it is as if there had been none.
      const plain = await auditWeb();
      try {
        for (const n of names)
          for (const document of [
            look(n, 1),
            ...[0, 1, 2, 3].flatMap((round) => [
              look(n, 2 + round),
              report({ ...host(n), board_serial: `RACEBOARD${n}${round}` }, at(2 + round, 13), [
                { serial: `RACEDRIVE00${n}`, slot: 'Bay.2' },
              ]),
            ]),
          ])
            await plain.upload(document);
        expect(await beliefs(on)).toEqual(await beliefs(plain));
      } finally {
        await plain.close();
      }
    } finally {
      await on.close();
    }
  });
});
