import type { NetBoxClient, RawRow } from 'netbox-client';
import { expect, test } from 'vitest';
import { refuseUnknownFields } from './custom-field-names.ts';
import { type Item, itemOf } from './prepare-bodies.ts';
import { typeNamed } from './record-types.ts';

/** The reasons of the refused, and how many requests it took. */
async function refusals(version: string, rows: RawRow[], items: Item[]): Promise<[(string | undefined)[], number]> {
  let requests = 0;
  const client = {
    isAtLeast: async (wanted: string) => version >= wanted,
    async readPage() {
      requests += 1;
      return { rows, count: rows.length, next: null };
    },
  } as unknown as NetBoxClient;
  const with_ = { client, system: 'netbox', signal: AbortSignal.timeout(5_000) };
  await refuseUnknownFields(with_, typeNamed('netbox', 'device'), items);
  return [items.map(({ refused }) => refused?.reason), requests];
}

const items = (): Item[] => [
  itemOf(0, null, { 'custom_fields.cpu_count': 2, status: 'active' }),
  itemOf(1, null, { 'custom_fields.cpu_count': 2, 'custom_fields.cpus': null }),
  itemOf(2, null, { status: 'active' }),
];
const row = { id: 1, custom_fields: { cpu_count: null } };

test('a custom field that NetBox lacks is refused where NetBox would pass over it', async () => {
  const why = 'custom_fields.cpus: NetBox has no such custom field for dcim.device; make it there, or map another one';
  expect(await refusals('4.4', [row], items())).toEqual([[undefined, why, undefined], 1]);
  expect(await refusals('4.5', [{ id: 1, custom_fields: {} }], items())).toMatchObject([
    [expect.stringContaining('cpu_count'), expect.stringContaining('cpu_count, custom_fields.cpus'), undefined],
    1,
  ]);
});

test('nothing is asked where NetBox says so itself, or where no custom field is written', async () => {
  expect(await refusals('4.6', [row], items())).toEqual([[undefined, undefined, undefined], 0]);
  expect(await refusals('4.4', [row], items().slice(2))).toEqual([[undefined], 0]);
  expect(await refusals('4.4', [], items())).toEqual([[undefined, undefined, undefined], 1]);
});
