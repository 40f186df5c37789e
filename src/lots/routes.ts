import { z } from 'zod';
import { allRows, csvAnswer, type CsvColumn, ListFormat } from '../core/csv.ts';
import { HubError } from '../core/error.ts';
import { Cursor, fromCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, patch, post, type Route } from '../core/route.ts';
import { IdParams, Id, Nullable, Time } from '../core/schemas.ts';
import type { Classify } from './classify.ts';
import { changeLot } from './commands/change-lot.ts';
import { createLot } from './commands/create-lot.ts';
import { setLot } from './commands/set-lot.ts';
import { LotCode, LotFacts, LotKind, type Lot } from './model.ts';
import { countInLot, findLot, listLots, unclassified } from './reads.ts';

const tag = 'Lots';

const LotView = z
  .object({
    id: z.string(),
    code: z.string(),
    kind: LotKind,
    title: z.string(),
    facts: LotFacts,
    notes: Nullable.text,
    origin: z.enum(['rule', 'person']),
    created_at: Time,
  })
  .meta({ id: 'Lot' });

const UnclassifiedView = z.object({
  groups: z.array(
    z.object({
      kind: z.string(),
      missing: z.array(z.string()),
      count: z.int(),
      examples: z.array(
        z.object({
          manufacturer: Nullable.text,
          model: Nullable.text,
          part_number: Nullable.text,
          count: z.int(),
          component_id: z.string(),
        }),
      ),
    }),
  ),
});

const LOT_COLUMNS: CsvColumn<Lot>[] = [
  { name: 'id', of: (lot) => lot.id },
  { name: 'code', of: (lot) => lot.code },
  { name: 'kind', of: (lot) => lot.kind },
  { name: 'title', of: (lot) => lot.title },
  { name: 'facts', of: (lot) => lot.facts },
  { name: 'notes', of: (lot) => lot.notes },
  { name: 'origin', of: (lot) => lot.origin },
  { name: 'created_at', of: (lot) => lot.createdAt },
];

const Title = z.string().trim().min(1).max(200);
const Notes = z.string().trim().max(2000).nullable();
const Reason = z.string().trim().min(1).max(500);

export function lotRoutes(classify: Classify): Route[] {
  return [
    get(
      {
        id: 'listLots',
        path: '/v1/lots',
        summary: 'List lots (classes of parts that stand in for each other), by code',
        tag,
        scope: 'components:read',
        query: z.object({
          kind: LotKind.optional(),
          q: z.string().max(200).optional().meta({ description: 'Words that stand in the code or the title' }),
          cursor: Cursor,
          limit: Limit,
          format: ListFormat,
        }),
        answers: { 200: { says: 'A page of them', schema: pageOf(LotView).meta({ id: 'LotPage' }) } },
      },
      async (ctx, { query }) => {
        const { kind, q } = query;
        if (query.format === 'csv') {
          const rows = allRows<Lot>((last) => listLots(ctx, { kind, q, after: last?.id, limit: 1000 }));
          return csvAnswer(LOT_COLUMNS, rows, 'lots.csv');
        }
        const [after] = fromCursor(query.cursor, 1) ?? [];
        const rows = await listLots(ctx, { kind, q, after, limit: query.limit + 1 });
        const page = toPage(rows, query.limit, (last) => [last.id]);
        return { status: 200, body: { items: page.rows.map(viewLot), next: page.next } };
      },
    ),
    // Before `{id}`, which would take the word for one.
    get(
      {
        id: 'listUnclassified',
        path: '/v1/lots/unclassified',
        summary: 'Components without a lot, by what is missing, with examples',
        tag,
        scope: 'components:read',
        query: z.object({ kind: LotKind.optional(), examples: z.coerce.number().int().min(1).max(50).default(5) }),
        answers: { 200: { says: 'The groups, the largest first', schema: UnclassifiedView } },
      },
      async (ctx, { query }) => {
        const groups = await unclassified(ctx, { kind: query.kind, examples: query.examples });
        return {
          status: 200,
          body: {
            groups: groups.map(({ examples, ...group }) => ({
              ...group,
              examples: examples.map(({ partNumber, componentId, ...one }) => ({
                ...one,
                part_number: partNumber,
                component_id: componentId,
              })),
            })),
          },
        };
      },
    ),
    get(
      {
        id: 'getLot',
        path: '/v1/lots/{id}',
        summary: 'One lot, and how many components are of it',
        tag,
        scope: 'components:read',
        params: IdParams,
        answers: {
          200: { says: 'The lot', schema: LotView.extend({ components: z.int() }).meta({ id: 'LotWithCount' }) },
        },
      },
      async (ctx, { params }) => {
        const lot = await findLot(ctx, params.id);
        if (!lot) throw new HubError('not-found', `There is no lot ${params.id}`);
        return { status: 200, body: { ...viewLot(lot), components: await countInLot(ctx, lot.id) } };
      },
    ),
    post(
      {
        id: 'createLot',
        path: '/v1/lots',
        summary: 'Make a lot that no rule knows',
        tag,
        scope: 'components:write',
        body: z.strictObject({
          code: LotCode,
          kind: LotKind,
          title: Title,
          facts: LotFacts.default({}),
          notes: Notes.default(null),
        }),
        answers: { 201: { says: 'Made', schema: LotView } },
      },
      async (tx, { body }) => {
        const lot = await createLot(tx, body);
        return { status: 201, body: viewLot(lot), headers: { location: `/v1/lots/${lot.id}` } };
      },
    ),
    patch(
      {
        id: 'changeLot',
        path: '/v1/lots/{id}',
        summary: 'Change what people read of a lot',
        tag,
        scope: 'components:write',
        params: IdParams,
        body: z.strictObject({ title: Title.optional(), notes: Notes.optional() }),
        answers: { 200: { says: 'Changed', schema: LotView } },
      },
      async (tx, { params, body }) => ({ status: 200, body: viewLot(await changeLot(tx, { id: params.id, ...body })) }),
    ),
    post(
      {
        id: 'setComponentLot',
        path: '/v1/components/{id}/lot',
        summary: 'Choose the lot of a component, or (null) give it back to the rules',
        tag,
        scope: 'components:write',
        params: IdParams,
        body: z.strictObject({ lot_id: Id.nullable(), reason: Reason.nullish() }),
        answers: {
          200: {
            says: 'As it is now',
            schema: z.object({
              component_id: z.string(),
              lot_id: Nullable.text,
              lot: Nullable.text,
              rule: Nullable.text,
              missing: z.array(z.string()),
            }),
          },
        },
      },
      async (tx, { params, body }) => {
        const placed = await setLot(tx, classify, {
          componentId: params.id,
          lotId: body.lot_id,
          reason: body.reason ?? null,
        });
        const missing = placed.lotMissing === null ? [] : placed.lotMissing.split(',');
        return {
          status: 200,
          body: {
            component_id: placed.componentId,
            lot_id: placed.lotId,
            lot: placed.lot,
            rule: placed.lotRule,
            missing,
          },
        };
      },
    ),
  ];
}

function viewLot(lot: Lot): z.infer<typeof LotView> {
  const { id, code, kind, title, facts, notes, origin } = lot;
  return { id, code, kind, title, facts, notes, origin, created_at: lot.createdAt };
}
