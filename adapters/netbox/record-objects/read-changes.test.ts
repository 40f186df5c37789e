import type { NetBoxClient, PageQuery, RawPage, RawRow } from 'netbox-client';
import { describe, expect, test } from 'vitest';
import type { ChangesSince } from '#src/ports/record-objects.ts';
import { readChanges } from './read-changes.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const OVERLAP = 120_000;
const types = ['device', 'interface', 'ip-address', 'cable'];

interface LogRow {
  id: number;
  /** Seconds after the start. */
  at: number;
  visible: boolean;
  type?: string;
  object?: number;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

/** A change log whose rows can be hidden, as those of a transaction that has not ended, and the interfaces that it points to. */
function fakeLog(rows: LogRow[], interfaces: Record<number, number> = {}) {
  const asked: PageQuery[] = [];
  const shown = (): RawRow[] =>
    rows
      .filter(({ visible }) => visible)
      .map(({ id, at, type = 'dcim.device', object = id, before, after }) => ({
        ...{ id, time: new Date(START + at * 1000).toISOString(), user_name: 'alice', request_id: `r${id}` },
        ...{ action: { value: 'update', label: 'Updated' }, changed_object_type: type, changed_object_id: object },
        ...{ prechange_data: before ?? null, postchange_data: after ?? {} },
      }));
  async function readPage(resource: string, query: PageQuery): Promise<RawPage> {
    const { filters, limit } = query;
    if (resource === 'cables') {
      const at = (id: number) => [{ object_type: 'dcim.interface', object: { id: 5, device: { id } } }];
      const feed = [
        { object_type: 'dcim.powerfeed', object: { id: 5 } },
        { object_type: 'dcim.rearport', object: null },
      ];
      const found = (filters['id'] as number[]).filter((id) => id === 9);
      const ends = found.map((id) => ({ id, a_terminations: at(12), b_terminations: [...at(13), ...feed] }));
      return { rows: ends, count: ends.length, next: null };
    }
    if (resource === 'powerPorts') return { rows: [], count: 0, next: null };
    if (resource === 'interfaces') {
      const ids = (filters['id'] as number[]).filter((id) => id in interfaces);
      const found = ids.map((id) => ({ id, device: { id: interfaces[id] } }));
      return { rows: found, count: found.length, next: null };
    }
    asked.push(query);
    const since = filters['time_after'];
    const matching = shown()
      .filter((row) => filters['id__gt'] === undefined || row.id > Number(filters['id__gt']))
      .filter((row) => filters['id__lte'] === undefined || row.id <= Number(filters['id__lte']))
      .filter((row) => filters['id'] === undefined || (filters['id'] as number[]).includes(row.id))
      .filter((row) => since === undefined || Date.parse(String(row['time'])) >= Date.parse(String(since)))
      .toSorted((a, b) => (filters['ordering'] === '-id' ? b.id - a.id : a.id - b.id));
    const page = matching.slice(0, limit);
    return { rows: page, count: matching.length, next: matching.length > limit ? { limit, start: null } : null };
  }
  const client = { readPage } as unknown as NetBoxClient;
  const read = (cursor: string | null): Promise<ChangesSince> =>
    readChanges({ client, system: 'netbox', signal: AbortSignal.timeout(5_000) }, { types, cursor }, OVERLAP);
  return { read, rows, asked };
}

const ids = ({ changes }: ChangesSince): number[] =>
  changes.map(({ changeId }) => Number(changeId)).toSorted((a, b) => a - b);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const row = (id: number, at: number, visible = true): LogRow => ({ id, at, visible });

describe('rows that become visible out of order', () => {
  test('239 rows with lower ids and earlier times are handed out once, when their transaction ends', async () => {
    const log = fakeLog([row(1, 0), ...range(2, 240).map((id) => row(id, 1 + id / 10, false)), row(241, 60)]);
    const first = await log.read((await fakeLog([row(1, 0)]).read(null)).cursor);
    expect(ids(first)).toEqual([241]);
    for (const one of log.rows) one.visible = true;
    log.rows.push(row(242, 70));
    const second = await log.read(first.cursor);
    expect(ids(second)).toEqual(range(2, 242).filter((id) => id !== 241));
    expect(ids(await log.read(second.cursor))).toEqual([]);
    expect(second.reset).toBe(false);
  });

  test('what runs while the first cursor is made is not lost', async () => {
    const log = fakeLog([row(1, 0), row(2, 5, false), row(3, 6)]);
    const { cursor } = await log.read(null);
    for (const one of log.rows) one.visible = true;
    expect(ids(await log.read(cursor))).toEqual([2]);
  });

  test('a new row with an old time is read by its id', async () => {
    const log = fakeLog([row(1, 0), row(2, 1_000)]);
    const { cursor } = await log.read(null);
    log.rows.push(row(3, 10));
    const next = await log.read(cursor);
    expect(ids(next)).toEqual([3]);
    expect(ids(await log.read(next.cursor))).toEqual([]);
  });

  test('the cursor stays small: it forgets what is before the overlap, and keeps runs', async () => {
    const log = fakeLog(range(1, 3_000).map((id) => row(id, id)));
    let { cursor } = await log.read(null);
    log.rows.push(...range(3_001, 3_100).map((id) => row(id, id)));
    ({ cursor } = await log.read(cursor));
    expect(JSON.parse(cursor)).toMatchObject({ last: 3_100, seen: [[2_980, 3_100]] });
  });
});

test('a long absence is caught up with in pages, and nothing comes twice', async () => {
  const log = fakeLog([row(1, 0)]);
  let { cursor } = await log.read(null);
  log.rows.push(...range(2, 5_000).map((id) => row(id, id / 10)));
  const got: number[] = [];
  let calls = 0;
  for (let more = true; more; calls += 1) {
    const next = await log.read(cursor);
    got.push(...ids(next));
    ({ cursor, more } = next);
  }
  expect(got).toEqual(range(2, 5_000));
  expect(calls).toBe(3);
});

describe('a log that does not reach back', () => {
  test('the rows before were thrown away', async () => {
    const log = fakeLog([row(1, 0)]);
    const { cursor } = await log.read(null);
    log.rows.splice(0, 1, row(50, 500));
    const next = await log.read(cursor);
    expect(next).toMatchObject({ reset: true, changes: [], more: false });
    log.rows.push(row(51, 501));
    expect(await log.read(next.cursor)).toMatchObject({ reset: false, changes: [{ changeId: '51' }] });
  });

  test('the database was restored, even where its ids have come past the cursor again', async () => {
    const log = fakeLog(range(1, 100).map((id) => row(id, id)));
    const { cursor } = await log.read(null);
    log.rows.splice(89, 11, ...range(90, 200).map((id) => row(id, 5_000 + id)));
    expect((await log.read(cursor)).reset).toBe(true);
    const shorter = fakeLog(range(1, 80).map((id) => row(id, id)));
    expect((await shorter.read(cursor)).reset).toBe(true);
  });

  test('an empty log: what comes first is read; what comes later than first is not trusted', async () => {
    const log = fakeLog([]);
    const { cursor } = await log.read(null);
    expect(await log.read(cursor)).toMatchObject({ changes: [], reset: false });
    log.rows.push(row(1, 0));
    expect(await log.read(cursor)).toMatchObject({ changes: [{ changeId: '1' }], reset: false });
    log.rows.splice(0, 1, row(7, 0));
    expect((await log.read(cursor)).reset).toBe(true);
  });

  test('what is no cursor is said', async () => {
    await expect(fakeLog([]).read('{}')).rejects.toThrow('is no cursor');
    await expect(fakeLog([]).read('nonsense')).rejects.toThrow('is no cursor');
  });
});

test('what a change belonged to: both devices of what moved, the interface of a MAC, the cable of an end', async () => {
  const log = fakeLog([row(1, 0)], { 70: 7, 80: 8 });
  const { cursor } = await log.read(null);
  const of = (id: number, type: string, before: object, after: object): LogRow => ({
    ...row(id, id),
    ...{ type, object: 500 + id, before: { ...before }, after: { ...after } },
  });
  log.rows.push(
    of(2, 'dcim.interface', { device: 3 }, { device: 4 }),
    of(3, 'ipam.ipaddress', { assigned_object_id: 70 }, { assigned_object_id: 80 }),
    of(4, 'ipam.ipaddress', { assigned_object_id: 99 }, { assigned_object_id: null }),
    of(5, 'dcim.macaddress', {}, { assigned_object_id: 80 }),
    of(6, 'dcim.cabletermination', { cable: 9, termination_id: 70 }, {}),
    of(9, 'dcim.cabletermination', { cable: 10, termination_id: 80 }, {}),
    of(7, 'dcim.device', { site: 1 }, { site: 2 }),
    of(8, 'dcim.rack', {}, {}),
  );
  const { changes } = await log.read(cursor);
  expect(changes.map(({ type, objectId, parentIds, user }) => [type, objectId, parentIds, user])).toEqual([
    ['interface', '502', ['3', '4'], 'alice'],
    ['ip-address', '503', ['7', '8'], 'alice'],
    ['ip-address', '504', [], 'alice'],
    ['interface', '80', ['8'], 'alice'],
    // The cable is there still, and says where its other ends are.
    ['cable', '9', ['7', '12', '13'], 'alice'],
    ['device', '507', [], 'alice'],
    ['cable', '10', ['8'], 'alice'],
  ]);
});
