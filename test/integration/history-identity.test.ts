import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Called } from '#test/kit/call.ts';
import { type AuditWeb, auditWeb, beliefs, type Json, placeOf, report, statement } from './history-audit-web.ts';

let on: AuditWeb;
beforeAll(async () => void (on = await auditWeb()));
afterAll(() => on.close());

const at = (day: number, hour = 12) =>
  `2026-05-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;
const uuid = (n: number) => `22222222-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function send(document: object, query = ''): Promise<Called> {
  const answer = await on.upload(document, query);
  expect(answer.status, answer.text).toBe(201);
  return answer;
}
const server = async (...told: Parameters<typeof report>): Promise<string> => placeOf(await send(report(...told)));

async function reviews(kind: string, subject?: string): Promise<Json[]> {
  const all = await on.all(`/v1/identity/reviews?kind=${kind}`);
  return all.filter((one) => subject === undefined || String(one['subject']).includes(subject));
}
async function review(kind: string, subject: string): Promise<Json> {
  const [found, ...more] = await reviews(kind, subject);
  expect([found === undefined, more.length], `${kind} ${subject}`).toEqual([false, 0]);
  return found ?? {};
}
const decide = (body: Json): Promise<Called> =>
  on.ask('/v1/identity/decisions', { body: { reason: 'looked at it', ...body } });
async function decided(body: Json): Promise<string> {
  const answer = await decide(body);
  expect(answer.status, answer.text).toBe(201);
  return String(answer.json['decision_id']);
}
async function takeBack(id: string): Promise<void> {
  const answer = await on.ask(`/v1/identity/decisions/${id}/revoke`, { body: { reason: 'was wrong' } });
  expect(answer.status, answer.text).toBe(200);
}
const partId = async (serial: string): Promise<string> =>
  String((await on.all(`/v1/components?serial=${serial}`))[0]?.['id']);
const stays = async (id: string): Promise<unknown[]> =>
  ((await on.get(`/v1/components/${id}/installations`))['items'] as Json[]).map((one) => one['asset_id']);
const inside = async (id: string): Promise<unknown[]> => {
  const answer = await on.ask(`/v1/assets/${id}/inventory`);
  return ((answer.json['components'] ?? []) as Json[]).map(({ serial }) => serial).toSorted();
};
const merged = async (id: string): Promise<unknown> => (await on.get(`/v1/assets/${id}`))['merged_into'];
const listed = async (id: string): Promise<boolean> =>
  (await on.all('/v1/assets?limit=1000')).some((one) => one['id'] === id);
const fault = ({ status, json }: Called): unknown[] => [status, (json['errors'] as Json[] | undefined)?.[0]?.['field']];

/** What is decided and taken back leaves nothing behind. */
async function leavesNothing(body: Json, meanwhile: () => Promise<void>): Promise<void> {
  const before = await beliefs(on);
  const id = await decided(body);
  expect(await beliefs(on)).not.toEqual(before);
  await meanwhile();
  await takeBack(id);
  expect(await beliefs(on)).toEqual(before);
}

describe('two servers that show one UUID', () => {
  test('are two, until somebody says that they are one, and again when that is taken back', async () => {
    const one = await server({ product_serial: 'TWO-1', system_uuid: uuid(1) }, at(1), [
      { serial: 'TWOUUID0001', slot: 'Bay.1' },
      { slot: 'Bay.8' },
    ]);
    const two = await server({ product_serial: 'TWO-2', system_uuid: uuid(1) }, at(2), [
      { serial: 'TWOUUID0002', slot: 'Bay.2' },
      { slot: 'Bay.9' },
    ]);
    expect(one).not.toBe(two);
    const asked = await review('evidence-of-several-servers', uuid(1));
    expect(asked).toMatchObject({ state: 'open', evidence: { claims: [one, two].toSorted() } });
    await leavesNothing({ kind: 'merge-assets', from: two, to: one, review_id: asked['id'] }, async () => {
      expect(await inside(one)).toEqual(['TWOUUID0002', null]);
      expect(await merged(two)).toBe(one);
      expect([await listed(two), await listed(one)]).toEqual([false, true]);
      expect((await review('evidence-of-several-servers', uuid(1)))['state']).toBe('decided');
      expect(fault(await decide({ kind: 'merge-assets', from: one, to: two }))).toEqual([409, '/to']);
      expect(fault(await decide({ kind: 'merge-assets', from: two, to: two }))).toEqual([400, '/to']);
    });
    expect((await review('evidence-of-several-servers', uuid(1)))['state']).toBe('open');
    expect([await merged(two), await listed(two)]).toEqual([null, true]);
    await leavesNothing({ kind: 'merge-assets', from: two, to: one }, async () => {
      expect((await review('evidence-of-several-servers', uuid(1)))['state']).toBe('obsolete');
    });
    expect((await review('evidence-of-several-servers', uuid(1)))['state']).toBe('open');
  });

  test('a bundle that comes late follows a decision, and goes back with it', async () => {
    const one = await server({ product_serial: 'LATE-1' }, at(2), [{ serial: 'LATEDRIVE001', slot: 'Bay.1' }]);
    const two = await server({ product_serial: 'LATE-2' }, at(4), [{ serial: 'LATEDRIVE001', slot: 'Bay.2' }]);
    const id = await decided({ kind: 'merge-assets', from: two, to: one });
    const part = await partId('LATEDRIVE001');
    expect(await stays(part)).toEqual([one, one]);
    expect(await server({ product_serial: 'LATE-2' }, at(3), [{ serial: 'LATEDRIVE002', slot: 'Bay.3' }])).toBe(one);
    expect(await server({ product_serial: 'LATE-2', board_serial: 'LATE-2-BOARD' }, at(6), [])).toBe(one);
    await takeBack(id);
    expect(await stays(part)).toEqual([one, two]);
    expect(await stays(await partId('LATEDRIVE002'))).toEqual([two]);
    expect(await inside(one)).toEqual([]);
  });

  test('merges lead on to the last one, in whatever order they are taken back', async () => {
    const [a = '', b = '', c = ''] = await Promise.all(
      [1, 2, 3].map((n) =>
        server({ product_serial: `CHAIN-${n}` }, at(1), [{ serial: `CHAINDRIVE${n}`, slot: `Bay.${n}` }]),
      ),
    );
    const before = await beliefs(on);
    const first = await decided({ kind: 'merge-assets', from: a, to: b });
    const between = await beliefs(on);
    const second = await decided({ kind: 'merge-assets', from: b, to: c });
    expect([await inside(a), await inside(b), await inside(c)]).toEqual([
      [],
      [],
      ['CHAINDRIVE1', 'CHAINDRIVE2', 'CHAINDRIVE3'],
    ]);
    expect(fault(await decide({ kind: 'merge-assets', from: c, to: a }))).toEqual([409, '/to']);
    await takeBack(first);
    expect([await inside(a), await inside(c)]).toEqual([['CHAINDRIVE1'], ['CHAINDRIVE2', 'CHAINDRIVE3']]);
    const again = await decided({ kind: 'merge-assets', from: a, to: c });
    await takeBack(second);
    await takeBack(again);
    expect(await beliefs(on)).toEqual(before);
    await decided({ kind: 'merge-assets', from: a, to: b });
    expect(await beliefs(on)).toEqual(between);
  });
});

describe('one serial with two UUIDs', () => {
  test('is a board that was changed, or two servers: evidence can be assigned', async () => {
    const one = await server({ product_serial: 'SWAP-1', system_uuid: uuid(11) }, at(1), [
      { serial: 'SWAPDRIVE0001', slot: 'Bay.1' },
    ]);
    expect(
      await server({ product_serial: 'SWAP-1', system_uuid: uuid(12) }, at(3), [
        { serial: 'SWAPDRIVE0002', slot: 'Bay.1' },
      ]),
    ).toBe(one);
    const asked = await review('serial-claimed-twice', 'SWAP-1');
    expect(asked['state']).toBe('open');
    const cards = (asked['evidence'] as { cards: { id: string; keys: string[] }[] }).cards;
    const second = cards.find(({ keys }) => keys.includes(`uuid:${uuid(12)}`))?.id ?? '';
    const other = String((await on.ask('/v1/assets', { body: { name: 'swap-2' } })).json['id']);
    const assign = { kind: 'assign-card', card_id: second, asset_id: other, review_id: asked['id'] };
    await leavesNothing(assign, async () => {
      expect([await inside(one), await inside(other)]).toEqual([['SWAPDRIVE0001'], ['SWAPDRIVE0002']]);
      expect((await on.get(`/v1/assets/${other}`))['first_seen_at']).toBe(at(3).replace('Z', '.000Z'));
      expect(await merged(one)).toBeNull();
    });
    const id = await decided(assign);
    // Whoever shows this evidence, and more of it, is that server, too; whoever shows other evidence is not.
    const parts = [
      { serial: 'SWAPDRIVE0002', slot: 'Bay.1' },
      { serial: 'SWAPDRIVE0003', slot: 'Bay.2' },
    ];
    const more = { product_serial: 'SWAP-1', system_uuid: uuid(12), board_serial: 'SWAP-BOARD-2' };
    expect(await server(more, at(5), parts)).toBe(other);
    expect(await server({ product_serial: 'SWAP-1', board_serial: 'SWAP-BOARD-1' }, at(2), [])).toBe(one);
    expect(await server({ system_uuid: uuid(12) }, at(4), [parts[0] ?? {}])).toBe(other);
    await takeBack(id);
    expect(await inside(one)).toEqual(['SWAPDRIVE0002', 'SWAPDRIVE0003']);
    expect(await inside(other)).toEqual([]);
    expect([await merged(other), (await on.get(`/v1/assets/${other}`))['first_seen_at']]).toEqual([null, null]);
    expect((await review('serial-claimed-twice', 'SWAP-1'))['state']).toBe('open');
    const dismissed = await decided({ kind: 'dismiss', review_id: asked['id'] });
    expect((await review('serial-claimed-twice', 'SWAP-1'))['state']).toBe('decided');
    await takeBack(dismissed);
    expect((await review('serial-claimed-twice', 'SWAP-1'))['state']).toBe('open');
    expect(fault(await on.ask(`/v1/identity/decisions/${dismissed}/revoke`, { body: { reason: 'x' } }))[0]).toBe(409);
  });
});

describe('a serial in two servers at once', () => {
  test('is split, and one again when that is taken back', async () => {
    const [one, two] = [
      await server({ product_serial: 'CLONE-1' }, at(1), [{ serial: 'CLONED000001', slot: 'Bay.1' }]),
      await server({ product_serial: 'CLONE-2' }, at(2), [{ serial: 'CLONED000001', slot: 'Bay.2' }]),
    ];
    await server({ product_serial: 'CLONE-1' }, at(3), [{ serial: 'CLONED000001', slot: 'Bay.1' }]);
    await server({ product_serial: 'CLONE-2' }, at(4), [{ serial: 'CLONED000001', slot: 'Bay.2' }]);
    const part = await partId('CLONED000001');
    const asked = await review('component-in-two-places', part);
    expect(asked['state']).toBe('open');
    const conflicts = async () => (await on.all(`/v1/assets/${two}/timeline?type=CONFLICTING_SIGHTING`)).length;
    expect(await conflicts()).toBe(1);
    await leavesNothing(
      { kind: 'split-component', component_id: part, place_id: two, review_id: asked['id'] },
      async () => {
        expect([await stays(part), await conflicts()]).toEqual([[one], 0]);
        const both = await on.all('/v1/components?serial=CLONED000001');
        expect(both).toHaveLength(2);
        expect(fault(await decide({ kind: 'split-component', component_id: part, place_id: two }))).toEqual([
          409,
          '/place_id',
        ]);
      },
    );
    expect((await review('component-in-two-places', part))['state']).toBe('open');
    expect(await on.all('/v1/components?serial=CLONED000001')).toHaveLength(1);
    for (const [filter, place] of [
      [`asset_id=${one}`, one],
      [`asset_id=${two}`, two],
    ] as const)
      expect((await on.all(`/v1/components?${filter}`)).map(({ id, where }) => [id, (where as Json)['id']])).toEqual([
        [part, place],
      ]);
  });
});

describe('one part that two sources know by two makers', () => {
  test('may be one: whoever decides so joins their lives, over a chain, too', async () => {
    const host = { product_serial: 'TWIN-1' };
    const one = await server(host, at(1), [{ serial: 'TWIN00000001', slot: 'Bay.1' }]);
    const two = await server(
      { product_serial: 'TWIN-2' },
      at(3),
      [{ serial: 'TWIN00000001', slot: '/c0/e1/s1', maker: null, model: 'Virtual Thing 9' }],
      { source: 'tools' },
    );
    const three = await server({ product_serial: 'TWIN-3' }, at(5), [
      { serial: 'TWIN00000001', slot: 'Bay.3', maker: 'Acme Drives', model: 'Thing 9' },
    ]);
    await server({ product_serial: 'TWIN-4' }, at(5), [
      { serial: 'SHORT', slot: 'Bay.1' },
      { serial: 'TWIN00000001', slot: 'P1', kind: 'psu', maker: 'Delta' },
    ]);
    await server({ product_serial: 'TWIN-5' }, at(5), [{ serial: 'SHORT', slot: 'Bay.1', maker: 'Acme Drives' }]);
    const asked = await reviews('maybe-one-component');
    expect(asked).toHaveLength(3);
    const at_ = async (place: string): Promise<string> =>
      String(((await on.get(`/v1/assets/${place}/inventory`))['components'] as Json[])[0]?.['component_id']);
    const [a, b, c] = [await at_(one), await at_(two), await at_(three)];
    const open = async () =>
      (await reviews('maybe-one-component'))
        .filter(({ state }) => state === 'open')
        .map(({ subject }) => subject)
        .toSorted();
    const all = await open();
    const before = await beliefs(on);
    const first = await decided({ kind: 'merge-components', from: a, to: b });
    expect(await stays(b)).toEqual([one, two]);
    expect(await stays(a)).toEqual([]);
    expect((await on.get(`/v1/components/${a}`))['merged_into']).toBe(b);
    expect(fault(await decide({ kind: 'merge-components', from: a, to: c }))).toEqual([409, '/from']);
    expect(fault(await decide({ kind: 'merge-components', from: b, to: a }))).toEqual([409, '/to']);
    const second = await decided({ kind: 'merge-components', from: b, to: c });
    expect(await stays(c)).toEqual([one, two, three]);
    expect((await on.all('/v1/components?serial=TWIN00000001&kind=drive')).map(({ id }) => id)).toEqual([c]);
    expect(fault(await decide({ kind: 'merge-components', from: c, to: a }))).toEqual([409, '/to']);
    await server(host, at(7), [{ serial: 'TWIN00000001', slot: 'Bay.1' }]);
    expect(await stays(c)).toEqual([one, two, three, one]);
    await takeBack(first);
    expect([await stays(a), await stays(c)]).toEqual([[one], [two, three]]);
    await takeBack(second);
    expect([await stays(b), await stays(c)]).toEqual([[two], [three]]);
    expect(await open()).toEqual(all);
    const other = async () => (await beliefs(on))['installations']?.filter((row) => row['component_id'] !== a);
    expect(await other()).toEqual(before['installations']?.filter((row) => row['component_id'] !== a));
  });
});

describe('a bundle that does not say whose it is', () => {
  test('is given a server, and taken from it again', async () => {
    const lost = await send(report({}, at(9), [{ serial: 'LOSTDRIVE001', slot: 'Bay.1' }]));
    expect(lost.json['snapshots']).toMatchObject([{ place: null }]);
    const sha256 = String(lost.json['sha256']);
    const asked = await review('bundle-without-place', sha256);
    const home = await server({ product_serial: 'HOME-1' }, at(1), [{ serial: 'HOMEDRIVE001', slot: 'Bay.0' }]);
    const unknown = uuid(999);
    expect(fault(await decide({ kind: 'place-bundle', sha256, asset_id: unknown }))).toEqual([400, '/asset_id']);
    expect(fault(await decide({ kind: 'place-bundle', sha256: 'f'.repeat(64), asset_id: home }))).toEqual([
      400,
      '/sha256',
    ]);
    expect((await on.ask(`/v1/assets/${unknown}`)).status).toBe(404);
    await leavesNothing({ kind: 'place-bundle', sha256, asset_id: home, review_id: asked['id'] }, async () => {
      expect(await inside(home)).toEqual(['LOSTDRIVE001']);
      expect((await review('bundle-without-place', sha256))['state']).toBe('decided');
      expect(fault(await decide({ kind: 'place-bundle', sha256, asset_id: home }))).toEqual([409, '/sha256']);
      expect((await on.get(`/v1/bundles/${sha256}`))['snapshots']).toMatchObject([{ place: { id: home } }]);
    });
    expect((await review('bundle-without-place', sha256))['state']).toBe('open');
    expect((await on.get(`/v1/bundles/${sha256}`))['snapshots']).toMatchObject([{ place: null }]);
    const [racing] = [await Promise.all([1, 2, 3].map(() => decide({ kind: 'place-bundle', sha256, asset_id: home })))];
    expect(racing.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect(await inside(home)).toEqual(['LOSTDRIVE001']);
    const said = await send(report({ product_serial: 'HOME-2' }, at(9), []));
    expect(fault(await decide({ kind: 'place-bundle', sha256: said.json['sha256'], asset_id: home }))).toEqual([
      409,
      '/sha256',
    ]);
  });
});

describe('better evidence', () => {
  test('shows that a server was another one all along', async () => {
    const guess = await server({ system_uuid: uuid(31), host_name: 'node-31' }, at(1), [
      { serial: 'BETTER000001', slot: 'Bay.1' },
      { slot: 'Bay.5' },
    ]);
    const known = await on.get(`/v1/assets/${guess}`);
    expect(known).toMatchObject({ merged_into: null, first_seen_at: at(1).replace('Z', '.000Z') });
    const then = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const real = await server(
      { product_serial: 'BETTER-1', system_uuid: uuid(31) },
      at(3),
      [{ serial: 'BETTER000001', slot: 'Bay.1' }],
      { source: 'redfish' },
    );
    expect(real).not.toBe(guess);
    expect([await merged(guess), await listed(guess), await listed(real)]).toEqual([real, false, true]);
    expect(await stays(await partId('BETTER000001'))).toEqual([real]);
    expect((await on.get(`/v1/assets/${real}`))['first_seen_at']).toBe(at(1).replace('Z', '.000Z'));
    expect((await on.get(`/v1/assets/${guess}`))['first_seen_at']).toBeNull();
    expect((await on.ask(`/v1/assets/${guess}/inventory`)).status).toBe(404);
    const believed = await on.get(`/v1/assets/${guess}/inventory?known_at=${then}`);
    expect((believed['components'] as Json[]).map(({ slot, model }) => [slot, model])).toEqual([
      ['Bay.1', 'MZ7LH960HAJR-00005'],
      ['Bay.5', 'MZ7LH960HAJR-00005'],
    ]);
    expect(believed['sources']).toMatchObject([{ source: 'agent', first_collected_at: at(1).replace('Z', '.000Z') }]);
    // The name of the guess leads to the server that it is.
    expect(fault(await decide({ kind: 'merge-assets', from: real, to: guess }))).toEqual([409, '/to']);
    const types = (await on.all(`/v1/assets/${guess}/timeline`)).map(({ type }) => type);
    expect(types).toContain('asset.merged');
    expect(types.filter((type) => ['INSTALLED', 'LOG_COLLECTED', 'FIRST_SEEN'].includes(String(type)))).toEqual([]);
  });

  test('takes along what people said of the server under its first id', async () => {
    const guess = await server({ system_uuid: uuid(41) }, at(1), [{ serial: 'PEOPLE000001', slot: 'Bay.1' }]);
    await send(
      statement({ asset_id: guess }, at(2), { present: [{ serial: 'PEOPLE000002', kind: 'drive', slot: 'Bay.2' }] }),
    );
    const real = await server({ product_serial: 'PEOPLE-1', system_uuid: uuid(41) }, at(3), [
      { serial: 'PEOPLE000001', slot: 'Bay.1' },
      { serial: 'PEOPLE000002', slot: 'Bay.2' },
    ]);
    expect(await merged(guess)).toBe(real);
    expect(await stays(await partId('PEOPLE000002'))).toEqual([real]);
    // Said after that, of the id that somebody had written down.
    expect(
      placeOf(
        await send(statement({ asset_id: guess }, at(4), { present: [{ serial: 'PEOPLE000003', kind: 'drive' }] })),
      ),
    ).toBe(real);
  });
});

describe('a decision about what is not there', () => {
  test('names the field', async () => {
    const a = await server({ product_serial: 'KNOWN-1' }, at(1), [{ serial: 'KNOWN0000001', slot: 'Bay.1' }]);
    const part = await partId('KNOWN0000001');
    const none = uuid(998);
    const wrong: [Json, number, string][] = [
      [{ kind: 'merge-assets', from: none, to: a }, 400, '/from'],
      [{ kind: 'merge-assets', from: a, to: none }, 400, '/to'],
      [{ kind: 'assign-card', card_id: none, asset_id: a }, 400, '/card_id'],
      [{ kind: 'assign-card', card_id: none, asset_id: none }, 400, '/asset_id'],
      [{ kind: 'merge-components', from: none, to: part }, 400, '/from'],
      [{ kind: 'merge-components', from: part, to: none }, 400, '/to'],
      [{ kind: 'merge-components', from: part, to: part }, 400, '/to'],
      [{ kind: 'split-component', component_id: none, place_id: a }, 400, '/component_id'],
      [{ kind: 'split-component', component_id: part, place_id: none }, 400, '/place_id'],
      [{ kind: 'dismiss', review_id: none }, 400, '/review_id'],
      [{ kind: 'merge-components', from: part, to: part, review_id: none }, 400, '/review_id'],
      [{ kind: 'merge-assets', from: a, to: 'x' }, 400, '/to'],
      [{ kind: 'merge-assets', from: a, to: a, reason: ' ' }, 400, '/reason'],
      [{ kind: 'bless', from: a }, 400, '/kind'],
    ];
    for (const [body, status, field] of wrong)
      expect(fault(await decide(body)), JSON.stringify(body)).toEqual([status, field]);
    expect((await on.ask(`/v1/identity/decisions/${none}/revoke`, { body: { reason: 'x' } })).status).toBe(404);
    expect((await on.ask(`/v1/identity/reviews/${none}`)).status).toBe(404);
  });
});
