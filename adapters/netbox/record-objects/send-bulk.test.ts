import { type BulkAnswer, type NetBoxClient, type RawRow } from 'netbox-client';
import { describe, expect, test } from 'vitest';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { typeNamed } from './record-types.ts';
import { namedRefusals, wordsOf } from './refusal-words.ts';
import { type BulkJob, type Entry, sendBulk } from './send-bulk.ts';
import type { Writing } from './writing.ts';

type Bulk = (entries: { id?: number; bad?: string }[], etags: readonly string[]) => BulkAnswer;

const type = typeNamed('netbox', 'device');
const error = new AdapterError('rejected', 'no', { system: 'netbox' });
const no = (status: number, body: unknown): BulkAnswer => ({ done: false, status, body, error });
const yes = (rows: RawRow[]): BulkAnswer => ({ done: true, rows, requestId: 'r' });

function netbox(
  bulk: Bulk,
  now: Record<number, string> = {},
  actions: string[] = [],
): { with_: Writing; requests: number[] } {
  const requests: number[] = [];
  const client = {
    async bulk(_method: string, _resource: string, entries: object[], { etags }: { etags: string[] }) {
      requests.push(entries.length);
      return bulk(entries, etags);
    },
    async readPage(_resource: string, { filters }: { filters: Record<string, unknown> }) {
      const ids = (filters['id'] as number[]).filter((id) => id in now);
      const rows = ids.map((id) => ({ id, last_updated: now[id] }));
      return { rows, count: rows.length, next: null };
    },
    actions: async () => actions,
  } as unknown as NetBoxClient;
  const settings = { tag: 't', bulkSize: 100, createMissing: [] };
  return { with_: { client, system: 'netbox', signal: AbortSignal.timeout(5_000), key: 'k', settings }, requests };
}

const patch = (count: number, bad: number[] = []): Entry[] =>
  Array.from({ length: count }, (_, place) => ({
    ...{ place, id: place + 1, version: null },
    body: bad.includes(place + 1) ? { bad: 'yes' } : {},
  }));
const job = (entries: Entry[], method: BulkJob['method'] = 'PATCH'): BulkJob => ({ method, type, entries, size: 100 });
const badIds = (entries: { id?: number; bad?: string }[]): number[] =>
  entries.flatMap(({ id, bad }) => (bad ? [id ?? 0] : []));

describe('before 4.7', () => {
  test('the one that NetBox refuses without naming it is found by halves, and all others are written', async () => {
    const { with_, requests } = netbox((entries) =>
      badIds(entries).length > 0
        ? no(400, { status: ['not a valid choice.'] })
        : yes(entries.map(({ id }) => ({ id: id ?? 0 }))),
    );
    const results = await sendBulk(with_, job(patch(100, [37])));
    expect([...results].filter(([, { outcome }]) => outcome !== 'written')).toEqual([
      [36, { outcome: 'refused', reason: 'status: not a valid choice.' }],
    ]);
    expect(results.size).toBe(100);
    expect(requests.length).toBeLessThan(17);
  });

  test('a list with one item per creation names them at once', async () => {
    const { with_, requests } = netbox((entries) => {
      if (entries.length < 3) return yes(entries.map((_, at) => ({ id: at + 1 })));
      return no(
        400,
        entries.map(({ bad }) => (bad ? { name: ['must be unique'] } : {})),
      );
    });
    const entries = patch(3, [2]).map(({ place, version, body }) => ({ place, version, body }));
    const results = await sendBulk(with_, job(entries, 'POST'));
    expect(results.get(1)).toEqual({ outcome: 'refused', reason: 'name: must be unique' });
    expect(requests).toEqual([3, 2]);
  });

  test('an id that is passed over in silence is gone', async () => {
    const { with_ } = netbox(() => yes([{ id: 1 }]));
    expect((await sendBulk(with_, job(patch(2)))).get(1)).toEqual({ outcome: 'gone' });
  });
});

test('4.7 names what it refuses and what is not there; the rest goes out again', async () => {
  const { with_, requests } = netbox((entries) => {
    if (entries.some(({ id }) => id === 5))
      return no(400, { detail: '1 of 6', errors: [{ id: 5, errors: { id: ['Object with ID 5 does not exist'] } }] });
    if (badIds(entries).length > 0)
      return no(409, { detail: 'x', errors: badIds(entries).map((id) => ({ id, errors: { __all__: ['in use'] } })) });
    return yes(entries.map(({ id }) => ({ id: id ?? 0 })));
  });
  const results = await sendBulk(with_, job(patch(6, [2, 3])));
  expect([...results.values()].map(({ outcome }) => outcome).toSorted()).toEqual([
    'gone',
    'refused',
    'refused',
    'written',
    'written',
    'written',
  ]);
  expect(results.get(1)).toEqual({ outcome: 'refused', reason: 'in use' });
  expect(requests).toEqual([6, 5, 3]);
});

test('whoever was changed is found by reading again, and the rest is written under the same guard', async () => {
  const time = (second: number): string => `2026-11-21T12:00:0${second}.1Z`;
  const etag = (second: number): string => `W/"2026-11-21T12:00:0${second}.1+00:00"`;
  const now: Record<number, string> = { 1: time(1), 2: time(9), 4: time(4) };
  const { with_ } = netbox((entries, etags) => {
    expect(etags).toHaveLength(entries.length);
    return entries.some(({ id }) => id === 2 || id === 3)
      ? no(412, {})
      : yes(entries.map(({ id }) => ({ id: id ?? 0 })));
  }, now);
  const entries = patch(4).map((entry) => ({ ...entry, version: etag(entry.place + 1) }));
  const results = await sendBulk(with_, job(entries));
  expect([0, 1, 2, 3].map((place) => results.get(place)?.outcome)).toEqual(['written', 'stale', 'gone', 'written']);
});

test('those without a version go by themselves: `If-Match` would hold for them too', async () => {
  const seen: [number, number][] = [];
  const { with_ } = netbox((entries, etags) => {
    seen.push([entries.length, etags.length]);
    return yes(entries.map(({ id }) => ({ id: id ?? 0 })));
  });
  await sendBulk(
    with_,
    job(patch(5).map((entry) => ({ ...entry, version: entry.place < 2 ? `W/"${entry.place}"` : null }))),
  );
  expect(seen).toEqual([
    [2, 2],
    [3, 0],
  ]);
});

describe('a lacking permission', () => {
  const denied = no(403, { detail: 'You do not have permission to perform this action.' });

  test('on the whole type is said once for all, without trying each', async () => {
    const { with_, requests } = netbox(() => denied);
    const results = await sendBulk(with_, job(patch(50)));
    expect(results.get(49)).toEqual({
      outcome: 'refused',
      reason: 'the token\'s user lacks the permission "change" on dcim.device',
    });
    expect(requests).toEqual([50]);
  });

  test('on one object refuses that one', async () => {
    const { with_ } = netbox(
      (entries) => (badIds(entries).length > 0 ? denied : yes(entries.map(({ id }) => ({ id: id ?? 0 })))),
      {},
      ['POST', 'PUT'],
    );
    const results = await sendBulk(with_, job(patch(8, [8])));
    expect([...results.values()].filter(({ outcome }) => outcome === 'refused')).toHaveLength(1);
  });
});

test('where fewer came back than were made, nobody knows', async () => {
  const { with_ } = netbox(() => yes([{ id: 1 }]));
  const entries = patch(2).map(({ place, version, body }) => ({ place, version, body }));
  await expect(sendBulk(with_, job(entries, 'POST'))).rejects.toMatchObject({ kind: 'malformed' });
});

test("NetBox's words, as one line", () => {
  expect(wordsOf({ status: ['a', 'b'], __all__: ['c'], custom_fields: { x: ['d'] } })).toBe(
    'status: a b; c; custom_fields.x: d',
  );
  expect(wordsOf({ detail: 'e' })).toBe('e');
  expect(wordsOf([{ name: ['f'] }])).toBe('name: f');
  expect(wordsOf({})).toBe('NetBox gave no reason');
  expect(namedRefusals({ detail: 'x', errors: [{ errors: {} }, null, { id: 1 }, { id: 2, errors: {} }] })).toEqual([
    { id: 2, errors: {} },
  ]);
});
