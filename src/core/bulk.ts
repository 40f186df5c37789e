import { z } from 'zod';
import { readCsv } from './csv.ts';
import { type FieldFault, HubError, type HubErrorKind } from './error.ts';
import { type Answer, invalid } from './route.ts';
import { toFaults } from './to-faults.ts';

const BulkDid = z.enum(['created', 'updated', 'unchanged', 'refused']);
const BulkResult = z
  .object({
    did: BulkDid,
    id: z.string().nullable(),
    reason: z.string().nullable().meta({ description: 'Why it was refused' }),
    pointer: z.string().nullable().meta({ description: 'E.g. /items/3/name; a line of CSV is an item' }),
  })
  .meta({ id: 'BulkResult' });
type BulkResult = z.infer<typeof BulkResult>;
export const BulkAnswer = z
  .object({ results: z.array(BulkResult), counts: z.record(BulkDid, z.int()) })
  .meta({ id: 'BulkAnswer' });

const BULK_ITEMS = 1000;

/** Which version the caller means to change: in the body, or as the ETag of what was read. undefined: whichever is there. */
export function wantedVersion(headers: Record<string, string>, version: number | undefined): number | undefined {
  const tag = headers['if-match'];
  if (version !== undefined || tag === undefined || tag === '*') return version;
  const digits = /^(?:W\/)?"?(\d{1,10})"?$/.exec(tag.trim())?.[1];
  if (digits === undefined) throw invalid('header If-Match', 'is not an ETag of this hub: send the one that was read');
  return Number(digits);
}

/** JSON, or the text of a CSV. Items are checked one by one, so that one that is wrong does not stop the others. */
export function bulkBody(itemSchemaId: string) {
  const item = z.unknown().meta({ override: { $ref: `#/components/schemas/${itemSchemaId}` } });
  const atomic = z.boolean().default(false).meta({ description: 'All or none; for CSV: Prefer: handling=strict' });
  return z.union([z.strictObject({ atomic, items: z.array(item).min(1).max(BULK_ITEMS) }), z.string()]);
}

export interface Bulk<I> {
  body: { atomic: boolean; items: unknown[] } | string;
  headers: Record<string, string>;
  Item: z.ZodType<I>;
  /** Which columns of a CSV hold numbers. */
  numbers: readonly string[];
  /** What makes it the same thing; also the order in which they are saved, so that two batches at once do not block each other. */
  keyOf(item: I): string;
  /** Throws a HubError only before it has written anything, so that the items beside it can stay. */
  save(item: I): Promise<{ id: string; did: 'created' | 'updated' | 'unchanged' }>;
}

/** @throws HubError invalid or conflict where it was to be all or none, and some were refused */
export async function runBulk<I>(bulk: Bulk<I>): Promise<Answer> {
  const { body } = bulk;
  const isCsv = typeof body === 'string';
  const items = isCsv ? readCsv(body, bulk.numbers) : body.items;
  const atomic = isCsv ? /\bhandling=strict\b/.test(bulk.headers['prefer'] ?? '') : body.atomic;
  if (items.length === 0 || items.length > BULK_ITEMS)
    throw invalid('body', `between 1 and ${BULK_ITEMS} items, not ${items.length}: send the rest in another request`);
  const results: BulkResult[] = [];
  const refusals: { kind: HubErrorKind; fault: FieldFault }[] = [];
  const refuse = (index: number, { kind, message, fields }: HubError): void => {
    const [fault = { field: '/', message }] = fields;
    const pointer = `/items/${index}${fault.field.startsWith('/') ? fault.field : ''}`.replace(/\/$/, '');
    results[index] = { did: 'refused', id: null, reason: fault.message, pointer };
    refusals.push({ kind, fault: { field: pointer, message: fault.message } });
  };
  const sound = new Map<string, { index: number; item: I }>();
  items.forEach((raw, index) => {
    const { data: item, error } = bulk.Item.safeParse(raw);
    if (error) return refuse(index, new HubError('invalid', 'not valid', { fields: toFaults(error, '') }));
    const before = sound.get(bulk.keyOf(item as I));
    if (before) return refuse(index, new HubError('invalid', `the same as /items/${before.index}: say each one once`));
    sound.set(bulk.keyOf(item as I), { index, item: item as I });
  });
  for (const [, { index, item }] of [...sound].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      results[index] = { ...(await bulk.save(item)), reason: null, pointer: null };
    } catch (error) {
      if (!(error instanceof HubError) || error.kind === 'internal' || error.kind === 'unavailable') throw error;
      refuse(index, error);
    }
  }
  if (atomic && refusals.length > 0) {
    const kind = refusals.every((refusal) => refusal.kind === 'invalid') ? 'invalid' : 'conflict';
    const fields = refusals.map(({ fault }) => fault);
    throw new HubError(kind, `Nothing was changed: ${fields.length} of ${items.length} were refused`, { fields });
  }
  const count = (did: string): number => results.filter((result) => result.did === did).length;
  const counts = Object.fromEntries(BulkDid.options.map((did) => [did, count(did)]));
  return { status: 200, body: { results, counts } };
}
