import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditWeb, auditWeb, type Json, placeOf, report, statement, tick } from './history-audit-web.ts';

let on: AuditWeb;
beforeAll(async () => void (on = await auditWeb()));
afterAll(() => on.close());

const A = { product_serial: 'CLOCK-A', system_uuid: '11111111-0000-4000-8000-0000000000a1', host_name: 'clock-a' };
const B = { product_serial: 'CLOCK-B', system_uuid: '11111111-0000-4000-8000-0000000000b1' };
const drive = (slot: string, firmware = 'HXT7404Q') => ({ serial: 'S45NNA0R501234', slot, firmware });
const other = { serial: 'S45NNA0R509999', slot: 'Bay.9', firmware: 'X1' };
const at = (day: number, hour = 12) =>
  `2026-05-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;

/** All that an auditor may have looked at, as one text. */
async function picture(known = ''): Promise<string> {
  const ids = [...assets];
  const found: Json = {};
  for (const id of ids) {
    for (const asOf of ['', 'as_of=2026-05-03', 'as_of=2026-05-08T00:00:00Z']) {
      const answer = await on.ask(`/v1/assets/${id}/inventory?${asOf}${known}`);
      const { known_at: _known, detail: _detail, instance: _instance, ...body } = answer.json;
      found[`inventory ${id} ${asOf}`] = answer.status === 200 ? body : answer.status;
    }
    found[`timeline ${id}`] = await on.all(`/v1/assets/${id}/timeline?limit=9${known}`);
  }
  for (const id of [...components]) {
    found[`stays ${id}`] = await on.get(`/v1/components/${id}/installations?${known}`);
    found[`life ${id}`] = await on.all(`/v1/components/${id}/timeline?limit=7${known}`);
  }
  return JSON.stringify(found, undefined, 1);
}

const assets = new Set<string>();
const components = new Set<string>();
const pictures: { known: string; text: string; what: string; seen: number }[] = [];

async function step(what: string, document: Json): Promise<void> {
  const answer = await on.upload(document);
  expect(answer.status, answer.text).toBe(201);
  const [first] = answer.json['snapshots'] as { place: { id: string; type: string } | null }[];
  if (first?.place?.type === 'asset') assets.add(first.place.id);
  for (const { id } of await on.all('/v1/components')) components.add(String(id));
  const known = await tick();
  pictures.push({ known, what, text: await picture(), seen: assets.size + components.size });
  await tick();
}

describe('two clocks', () => {
  let [a, b, id] = ['', '', ''];

  test('a story that comes late and out of order is told the same again at each of its moments', async () => {
    // All subjects are known from the first step on, so that each picture shows the same ones.
    await step('both servers, empty', report(A, at(1, 1), [other]));
    await step('the other one', report(B, at(1, 1), []));
    await step('seen in A on the 10th', report(A, at(10), [drive('Bay.1', 'HXT7504Q'), other]));
    [a = '', b = ''] = [...assets];
    id = String((await on.all('/v1/components?serial=S45NNA0R501234'))[0]?.['id']);
    await step('late: in A on the 2nd, with older firmware', report(A, at(2), [drive('Bay.1'), other]));
    await step('late: in another slot on the 4th', report(A, at(4), [drive('Bay.2'), other]));
    await step('late: in B on the 6th', report(B, at(6), [drive('Bay.7')]));
    await step('late: B without it on the 8th', report(B, at(8), []));
    await step('the same again on the 12th', report(A, at(12), [drive('Bay.1', 'HXT7504Q'), other]));
    await step('a BMC names places otherwise', {
      ...report(A, at(13), [{ ...drive('Disk.Bay.1'), firmware: 'HXT7604Q' }, other], { source: 'redfish' }),
      system: { biosVersion: '2.1' },
    });
    await step(
      'somebody says that it failed',
      statement({ asset_id: a }, at(14), { absent: [{ serial: 'S45NNA0R501234', reason: 'failed' }] }),
    );
    await step('late: the BMC looked at no drives on the 5th', report(A, at(5), [], { source: 'redfish', scope: [] }));
    const last = await picture();
    expect(last).toBe(pictures.at(-1)?.text);
    for (const { known, text, what, seen } of pictures) {
      // Who was not known yet was not asked about then.
      if (seen < assets.size + components.size) continue;
      expect(await picture(`&known_at=${known}`), what).toBe(text);
    }
    expect(pictures.filter(({ seen }) => seen === assets.size + components.size).length).toBeGreaterThanOrEqual(8);
    expect(new Set(pictures.map(({ text }) => text)).size).toBe(pictures.length);
  });

  test('what was in a server at a time', async () => {
    const inside = async (server: string, asOf: string): Promise<unknown[]> => {
      const { components: parts } = await on.get(`/v1/assets/${server}/inventory?as_of=${asOf}`);
      return (parts as Json[])
        .filter(({ serial }) => serial !== other.serial)
        .map(({ slot, firmware }) => `${String(slot)} ${String(firmware)}`);
    };
    expect(await inside(a, '2026-05-01')).toEqual([]);
    expect(await inside(a, at(2))).toEqual(['Bay.1 HXT7404Q']);
    expect(await inside(a, '2026-05-03')).toEqual(['Bay.1 HXT7404Q']);
    expect(await inside(a, '2026-05-04')).toEqual(['Bay.2 HXT7404Q']);
    expect(await inside(a, at(4, 11))).toEqual(['Bay.1 HXT7404Q']);
    expect(await inside(a, '2026-05-06')).toEqual([]);
    expect(await inside(b, '2026-05-06')).toEqual(['Bay.7 HXT7404Q']);
    expect(await inside(b, '2026-05-08')).toEqual([]);
    expect(await inside(a, '2026-05-14')).toEqual([]);
    expect(await inside(a, '2026-05-13')).toHaveLength(1);
  });

  test('what was believed at one time about another', async () => {
    const before = pictures.find(({ what }) => what.includes('in another slot'))?.known ?? '';
    const asked = await on.get(`/v1/assets/${a}/inventory?as_of=2026-05-06&known_at=${before}`);
    expect((asked['components'] as Json[]).map(({ slot }) => slot)).toContain('Bay.2');
    const stays = await on.get(`/v1/components/${id}/installations?as_of=2026-05-03&known_at=${before}`);
    expect((stays['items'] as Json[]).map(({ slot, removed_at }) => [slot, removed_at])).toEqual([['Bay.1', null]]);
    const never = await on.ask(`/v1/assets/${a}/inventory?known_at=2020-01-01`);
    expect(never.status).toBe(404);
    expect((await on.get(`/v1/components/${id}/installations?known_at=2020-01-01`))['items']).toEqual([]);
  });

  test('what differs between two moments', async () => {
    const diff = await on.get(`/v1/assets/${a}/diff?from=2026-05-03&to=2026-05-04`);
    expect(diff).toMatchObject({ installed: [], removed: [] });
    expect((diff['changed'] as Json[]).map(({ what, from, to }) => [what, from, to])).toEqual([
      ['slot', 'Bay.1', 'Bay.2'],
    ]);
    const gone = await on.get(`/v1/assets/${a}/diff?from=2026-05-04&to=2026-05-07`);
    expect((gone['removed'] as Json[]).map(({ component_id }) => component_id)).toEqual([id]);
    const back = await on.get(`/v1/assets/${a}/diff?from=2026-05-07&to=2026-05-12`);
    expect((back['installed'] as Json[]).map(({ component_id, firmware }) => [component_id, firmware])).toEqual([
      [id, 'HXT7504Q'],
    ]);
    const before = pictures.find(({ what }) => what.startsWith('seen in A'))?.known ?? '';
    const then = await on.get(`/v1/assets/${a}/diff?from=2026-05-04&to=2026-05-07&known_at=${before}`);
    expect(then).toMatchObject({ installed: [], removed: [], changed: [] });
    for (const query of ['', 'from=yesterday', 'from=2026-05-01&to=2026-13-01', 'from=2026-05-03T10:00:00'])
      expect((await on.ask(`/v1/assets/${a}/diff?${query}`)).status, query).toBe(400);
  });

  test('when they were seen first, and what is retracted', async () => {
    expect((await on.get(`/v1/assets/${a}`))['first_seen_at']).toBe('2026-05-01T01:00:00.000Z');
    expect((await on.get(`/v1/components/${id}`))['first_seen_at']).toBe('2026-05-02T12:00:00.000Z');
    const types = async (query: string): Promise<unknown[]> =>
      (await on.all(`/v1/components/${id}/timeline?${query}`)).map(
        ({ type, timestamp }) => `${String(type)} ${String(timestamp)}`,
      );
    const wrong = 'FIRST_SEEN 2026-05-10T12:00:00.000Z';
    expect(await types('')).not.toContain(wrong);
    expect(await types(`known_at=${pictures[2]?.known ?? ''}`)).toContain(wrong);
    expect((await types('type=FIRST_SEEN')).length).toBe(1);
    const ofAsset = await on.all(`/v1/assets/${a}/timeline?type=FIRST_SEEN`);
    expect(ofAsset.map(({ timestamp }) => timestamp)).toEqual(['2026-05-01T01:00:00.000Z']);
  });

  test('addresses without a version', async () => {
    for (const path of [
      `/assets/${a}/inventory`,
      `/assets/${a}/timeline`,
      `/components/${id}`,
      `/components/${id}/timeline`,
      '/assets',
      '/components',
    ])
      expect(await on.get(path), path).toEqual(await on.get(`/v1${path}`));
  });
});

describe('a timeline by pages', () => {
  test('has no row twice and loses none while late and new events arrive', async () => {
    const host = { product_serial: 'PAGES-1' };
    const serial = 'S45PAGES000001';
    const look = (day: number, firmware: string, slot = 'Bay.1') => report(host, at(day), [{ serial, slot, firmware }]);
    let server = '';
    for (const day of [2, 6, 10, 14, 18]) server = placeOf(await on.upload(look(day, `F${day}`)));
    const [part] = await on.all(`/v1/components?serial=${serial}`);
    const path = `/v1/components/${String(part?.['id'])}/timeline`;
    const keyOf = ({ id, timestamp }: Json): string => `${String(timestamp)} ${String(id)}`;
    let minute = 10;
    const known = `limit=4&known_at=${await tick()}`;
    for (const filter of [
      'limit=6',
      'limit=4&type=FIRMWARE_CHANGED,INSTALLED',
      'limit=5&since=2026-05-04',
      'limit=3&as_of=2026-05-15',
      known,
    ]) {
      const before = (await on.all(`${path}?${filter}`)).map(keyOf);
      const read: string[] = [];
      for (let cursor = ''; ;) {
        const page = await on.get(`${path}?${filter}${cursor}`);
        read.push(...(page['items'] as Json[]).map(keyOf));
        minute += 1;
        // One that is newer than all, and one that comes late and changes what follows it.
        for (const day of [20, 3])
          await on.upload(
            report(host, `2026-05-${String(day).padStart(2, '0')}T13:${minute}:00Z`, [
              { serial, slot: 'Bay.1', firmware: `M${minute}-${day}` },
            ]),
          );
        if (page['next'] === null) break;
        cursor = `&cursor=${encodeURIComponent(String(page['next']))}`;
      }
      const after = new Set((await on.all(`${path}?${filter}`)).map(keyOf));
      expect(new Set(read).size, filter).toBe(read.length);
      expect(
        before.filter((key) => after.has(key) && !read.includes(key)),
        filter,
      ).toEqual([]);
      expect(read.toSorted().toReversed(), filter).toEqual(read);
      if (filter === known) expect(read).toEqual(before);
    }
    const faults = await on.ask(`${path}?cursor=e30`);
    expect([faults.status, (faults.json['errors'] as Json[])[0]?.['field']]).toEqual([400, 'query.cursor']);
    expect(server).not.toBe('');
  });
});
