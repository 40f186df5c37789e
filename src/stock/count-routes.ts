import { z } from 'zod';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { Id, IdParams, Nullable, Time } from '../core/schemas.ts';
import { findPlaces } from '../locations/reads.ts';
import { approveCount } from './commands/approve-count.ts';
import { countItems } from './commands/count-items.ts';
import { cancelCount, openCount } from './commands/open-count.ts';
import { type CountLine, findCount, linesOf, listCounts, type StockCount } from './count-store.ts';
import { findLotNamed } from './lot-reads.ts';
import { Condition, FoundInput, Reason } from './model.ts';

const tag = 'Stock';
const isolation = 'read committed' as const;

const CountView = z
  .object({
    id: z.string(),
    location_id: z.string(),
    place: Nullable.text,
    state: z.enum(['open', 'approved', 'cancelled']),
    opened_at: Time,
    opened_by: z.string(),
    closed_at: Nullable.time,
    closed_by: Nullable.text,
    reason: Nullable.text,
  })
  .meta({ id: 'StockCount' });

const Finding = z.enum(['not counted', 'as expected', 'missing', 'fewer', 'more', 'booked elsewhere', 'not known']);
const LineView = z
  .object({
    id: z.string(),
    item_id: Nullable.text,
    lot_id: Nullable.text,
    lot: Nullable.text,
    kind: z.string(),
    serial: Nullable.text,
    barcode: Nullable.text,
    condition: Condition,
    place: Nullable.text,
    expected: z.int(),
    counted: Nullable.number,
    variance: Nullable.number.meta({ description: 'counted - expected; null where nobody has looked' }),
    finding: Finding,
    counted_at: Nullable.time,
    counted_by: Nullable.text,
  })
  .meta({ id: 'StockCountLine' });

const CountWithLines = CountView.extend({
  lines: z.array(LineView),
  variance: z.object({ more: z.int(), fewer: z.int(), not_counted: z.int() }),
}).meta({ id: 'StockCountWithLines' });

export const stockCountRoutes: Route[] = [
  get(
    {
      id: 'listStockCounts',
      path: '/v1/stock/counts',
      summary: 'Counts, latest first',
      tag,
      scope: 'stock:read',
      query: z.object({ state: z.enum(['open', 'approved', 'cancelled']).optional(), cursor: Cursor, limit: Limit }),
      answers: { 200: { says: 'A page of them', schema: pageOf(CountView).meta({ id: 'StockCountPage' }) } },
    },
    async (ctx, { query }) => {
      const before = fromTimeCursor(query.cursor);
      const rows = await listCounts(ctx.db, { state: query.state, before, limit: query.limit + 1 });
      const page = toPage(rows, query.limit, (last) => [last.openedAt, last.id]);
      const items = await Promise.all(page.rows.map((count) => viewCount(ctx, count)));
      return { status: 200, body: { items, next: page.next } };
    },
  ),
  post(
    {
      id: 'openStockCount',
      path: '/v1/stock/counts',
      summary: 'Begin to count a warehouse or bin: what should lie there',
      tag,
      scope: 'stock:write',
      body: z
        .strictObject({ location_id: Id.nullish(), location: z.string().trim().min(1).max(1000).nullish() })
        .refine(
          (said) => (typeof said.location_id === 'string') !== (typeof said.location === 'string'),
          'say location_id, or location (its path)',
        ),
      answers: { 201: { says: 'Open', schema: CountWithLines } },
      isolation,
    },
    async (tx, { body }) => {
      const count = await openCount(tx, { locationId: body.location_id, location: body.location });
      return {
        status: 201,
        headers: { location: `/v1/stock/counts/${count.id}` },
        body: await withLines(tx, count.id),
      };
    },
  ),
  get(
    {
      id: 'getStockCount',
      path: '/v1/stock/counts/{id}',
      summary: 'One count: expected and counted, line by line',
      tag,
      scope: 'stock:read',
      params: IdParams,
      answers: { 200: { says: 'The count', schema: CountWithLines } },
    },
    async (ctx, { params }) => ({ status: 200, body: await withLines(ctx, params.id) }),
  ),
  post(
    {
      id: 'countStock',
      path: '/v1/stock/counts/{id}/found',
      summary: 'What was found, by serial, barcode, item or LOT; books nothing',
      tag,
      scope: 'stock:write',
      params: IdParams,
      body: z.strictObject({ found: z.array(FoundInput).min(1).max(500) }),
      answers: { 200: { says: 'The count as it stands', schema: CountWithLines } },
      isolation,
    },
    async (tx, { params, body }) => {
      await countItems(tx, { countId: params.id, found: body.found });
      return { status: 200, body: await withLines(tx, params.id) };
    },
  ),
  post(
    {
      id: 'approveStockCount',
      path: '/v1/stock/counts/{id}/approve',
      summary: 'Book what was counted',
      tag,
      scope: 'stock:write',
      params: IdParams,
      body: z.strictObject({
        reason: Reason,
        uncounted: z
          .enum(['leave', 'missing'])
          .default('leave')
          .meta({ description: 'What becomes of what nobody looked at' }),
      }),
      answers: { 200: { says: 'Booked', schema: CountWithLines } },
      isolation,
    },
    async (tx, { params, body }) => {
      await approveCount(tx, { countId: params.id, ...body });
      return { status: 200, body: await withLines(tx, params.id) };
    },
  ),
  post(
    {
      id: 'cancelStockCount',
      path: '/v1/stock/counts/{id}/cancel',
      summary: 'End a count without booking anything',
      tag,
      scope: 'stock:write',
      params: IdParams,
      body: z.strictObject({ reason: Reason }),
      answers: { 200: { says: 'Cancelled', schema: CountWithLines } },
    },
    async (tx, { params, body }) => {
      await cancelCount(tx, { countId: params.id, reason: body.reason });
      return { status: 200, body: await withLines(tx, params.id) };
    },
  ),
];

async function viewCount(ctx: Ctx, count: StockCount): Promise<z.infer<typeof CountView>> {
  const places = await findPlaces(ctx, [count.locationId]);
  return {
    id: count.id,
    location_id: count.locationId,
    place: places.get(count.locationId)?.path ?? null,
    state: count.state,
    opened_at: count.openedAt,
    opened_by: count.openedBy,
    closed_at: count.closedAt,
    closed_by: count.closedBy,
    reason: count.reason,
  };
}

async function withLines(ctx: Ctx, id: string): Promise<z.infer<typeof CountWithLines>> {
  const count = await findCount(ctx.db, id);
  if (!count) throw new HubError('not-found', `There is no count ${id}`);
  const lines = await linesOf(ctx.db, id);
  const places = await findPlaces(
    ctx,
    lines.map(({ foundAt }) => foundAt),
  );
  const lotIds = [...new Set(lines.flatMap(({ lotId }) => lotId ?? []))];
  const lots = new Map(
    await Promise.all(lotIds.map(async (lotId) => [lotId, await findLotNamed(ctx, lotId)] as const)),
  );
  const views = lines.map((line): z.infer<typeof LineView> => ({
    id: line.id,
    item_id: line.itemId,
    lot_id: line.lotId,
    lot: lots.get(line.lotId ?? '')?.code ?? null,
    kind: line.kind,
    serial: line.serial,
    barcode: line.barcode,
    condition: line.condition,
    place: places.get(line.foundAt)?.path ?? null,
    expected: line.expected,
    counted: line.counted,
    variance: line.counted === null ? null : line.counted - line.expected,
    finding: findingOf(line),
    counted_at: line.countedAt,
    counted_by: line.countedBy,
  }));
  const sum = (sign: number): number =>
    views.reduce((total, { variance }) => total + Math.max(0, sign * (variance ?? 0)), 0);
  const notCounted = views.filter(({ counted }) => counted === null).length;
  return {
    ...(await viewCount(ctx, count)),
    lines: views,
    variance: { more: sum(1), fewer: sum(-1), not_counted: notCounted },
  };
}

function findingOf(line: CountLine): z.infer<typeof Finding> {
  if (line.counted === null) return 'not counted';
  if (line.itemId === null) return 'not known';
  if (line.counted === line.expected) return 'as expected';
  if (line.expected === 0) return 'booked elsewhere';
  if (line.counted === 0) return 'missing';
  return line.counted < line.expected ? 'fewer' : 'more';
}
