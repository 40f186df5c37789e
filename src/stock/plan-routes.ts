import { z } from 'zod';
import { csvAnswer, type CsvColumn, ListFormat } from '../core/csv.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, invalid, post, type Route } from '../core/route.ts';
import { Id, IdParams, Nullable } from '../core/schemas.ts';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';
import type { StockCandidate } from './candidate-reads.ts';
import { prolongById, releaseById } from './commands/change-reservation.ts';
import { setLevel } from './commands/set-level.ts';
import type { Judged } from './choose-spare.ts';
import { findSpares } from './find-spares.ts';
import { showItem } from './item-reads.ts';
import { findLotNamed } from './lot-reads.ts';
import { Match, Reason, RESERVATION_STATES } from './model.ts';
import { findReservation, listReservations, type Reservation } from './reservation-reads.ts';
import { type StockSum, stockSummary } from './summary-reads.ts';
import { ReservationView, StockItemView, SumView, viewItem, viewReservation, viewSum } from './views.ts';

const tag = 'Stock';
const isolation = 'read committed' as const;
const Name = z.string().trim().min(1).max(100);

const SUM_COLUMNS: CsvColumn<StockSum>[] = SumView.keyof().options.map((name) => ({
  name,
  of: (sum) => viewSum(sum)[name],
}));

const LevelView = z
  .object({ lot_id: z.string(), lot: z.string(), site_id: z.string(), site: z.string(), min: z.int(), target: z.int() })
  .meta({ id: 'StockLevel' });

const SpareView = z
  .object({
    item: StockItemView,
    verdict: z.enum(['takeable', 'elsewhere', 'refused']),
    match: Match.nullable(),
    rule: Nullable.text.meta({ description: 'Of mappings/spare-rules.yaml' }),
    why: z.string(),
  })
  .meta({ id: 'SpareCandidate' });

export const stockPlanRoutes: Route[] = [
  get(
    {
      id: 'getStockSummary',
      path: '/v1/stock/summary',
      summary: 'Per LOT and datacenter: on hand, reserved, available, and what it shall be',
      tag,
      scope: 'stock:read',
      query: z.object({
        lot: z.string().trim().min(1).max(80).optional().meta({ description: 'Id or code' }),
        kind: z.enum(COMPONENT_KINDS).optional(),
        site: Name.optional(),
        below: z.enum(['true', 'false']).default('false').meta({ description: 'true: only what is below its minimum' }),
        format: ListFormat,
      }),
      answers: { 200: { says: 'By datacenter and LOT', schema: z.object({ items: z.array(SumView) }) } },
    },
    async (ctx, { query }) => {
      const lotId = query.lot === undefined ? undefined : await lotIdOf(ctx, query.lot);
      const all = await stockSummary(ctx, { lotId, kind: query.kind, site: query.site });
      const sums = query.below === 'true' ? all.filter(({ reorder }) => reorder > 0) : all;
      if (query.format === 'csv') return csvAnswer(SUM_COLUMNS, eachOf(sums), 'stock-summary.csv');
      return { status: 200, body: { items: sums.map(viewSum) } };
    },
  ),
  get(
    {
      id: 'findSpares',
      path: '/v1/stock/spares',
      summary: 'Which spare would be taken for a part, everything that was looked at, and why (not); keeps nothing',
      tag,
      scope: 'stock:read',
      query: z.object({
        asset: Id.optional().meta({ description: 'The server: says the datacenter' }),
        component: Id.optional().meta({ description: 'The part to replace' }),
        lot: z.string().trim().min(1).max(80).optional().meta({ description: 'Its LOT instead: id or code' }),
        kind: z.enum(COMPONENT_KINDS).optional(),
        site: Name.optional().meta({ description: 'Another datacenter than the server’s' }),
      }),
      answers: {
        200: {
          says: 'The best first, then what lies elsewhere, then what was refused',
          schema: z.object({
            site: Nullable.text,
            lot: Nullable.text,
            kind: Nullable.text,
            under_warranty: z.boolean().nullable().meta({ description: 'The part to replace; null: not known' }),
            why_none: Nullable.text.meta({
              description: 'Why nothing here would be taken; null where something would',
            }),
            reorder: z.object({ lot: z.string(), quantity: z.int() }).nullable(),
            candidates: z.array(SpareView),
          }),
        },
      },
    },
    async (ctx, { query }) => {
      const { asset = null, component = null, kind = null, site = null } = query;
      if (asset === null && site === null) throw invalid('query.asset', 'say the server, or the site');
      const lotId = query.lot === undefined ? null : await lotIdOf(ctx, query.lot);
      const { wish, choice, reorder } = await findSpares(ctx, {
        assetId: asset,
        componentId: component,
        lotId,
        kind,
        site,
      });
      const until = wish.warrantyUntil;
      return {
        status: 200,
        body: {
          site: wish.site,
          lot: wish.part.lot?.code ?? null,
          kind: wish.part.kind,
          under_warranty: until === null ? null : until > wish.now,
          why_none: choice.takeable.length > 0 ? null : choice.why,
          reorder: reorder === null ? null : { lot: reorder.lotCode, quantity: reorder.quantity },
          candidates: [
            ...choice.takeable.map((one) => viewSpare(one, 'takeable')),
            ...choice.elsewhere.map((one) => viewSpare(one, 'elsewhere')),
            ...choice.refused.map((one) => viewSpare(one, 'refused')),
          ],
        },
      };
    },
  ),
  post(
    {
      id: 'setStockLevel',
      path: '/v1/stock/levels',
      summary: 'How many of a LOT a datacenter shall keep; both 0: none in particular',
      tag,
      scope: 'stock:write',
      body: z
        .strictObject({
          lot: z.string().trim().min(1).max(80).meta({ description: 'Id or code' }),
          site: Name.meta({ description: 'Id or name' }),
          min: z.int().min(0).max(1_000_000),
          target: z.int().min(0).max(1_000_000).meta({ description: 'Up to so many are ordered' }),
        })
        .refine(({ min, target }) => target >= min, { path: ['target'], message: 'must not be below min' }),
      answers: { 200: { says: 'As it is now', schema: LevelView } },
    },
    async (tx, { body }) => {
      const { lot, siteId, site, min, target } = await setLevel(tx, body);
      return { status: 200, body: { lot_id: lot.id, lot: lot.code, site_id: siteId, site, min, target } };
    },
  ),
  get(
    {
      id: 'listStockReservations',
      path: '/v1/stock/reservations',
      summary: 'Which parts are kept for which tickets, newest first',
      tag,
      scope: 'stock:read',
      query: z.object({
        state: z.enum(RESERVATION_STATES).optional(),
        ticket_id: Id.optional(),
        item_id: Id.optional(),
        cursor: Cursor,
        limit: Limit,
      }),
      answers: {
        200: { says: 'A page of them', schema: pageOf(ReservationView).meta({ id: 'StockReservationPage' }) },
      },
    },
    async (ctx, { query }) => {
      const { state, ticket_id: ticketId, item_id: itemId, limit } = query;
      const before = fromTimeCursor(query.cursor);
      const rows = await listReservations(ctx, { state, ticketId, itemId, before, limit: limit + 1 });
      const page = toPage(rows, limit, (last) => [last.createdAt, last.id]);
      const items = await Promise.all(page.rows.map((one) => withItem(ctx, one)));
      return { status: 200, body: { items, next: page.next } };
    },
  ),
  post(
    {
      id: 'releaseStockReservation',
      path: '/v1/stock/reservations/{id}/release',
      summary: 'Set a reserved part free',
      tag,
      scope: 'stock:write',
      params: IdParams,
      body: z.strictObject({ reason: Reason }),
      answers: { 200: { says: 'Released', schema: ReservationView } },
      isolation,
    },
    async (tx, { params, body }) => {
      await releaseById(tx, { id: params.id, reason: body.reason });
      return { status: 200, body: await reservationAt(tx, params.id) };
    },
  ),
  post(
    {
      id: 'prolongStockReservation',
      path: '/v1/stock/reservations/{id}/prolong',
      summary: 'Keep a reserved part for so many hours from now on',
      tag,
      scope: 'stock:write',
      params: IdParams,
      body: z.strictObject({ hours: z.number().positive().max(8760) }),
      answers: { 200: { says: 'With its new end', schema: ReservationView } },
      isolation,
    },
    async (tx, { params, body }) => {
      await prolongById(tx, { id: params.id, hours: body.hours });
      return { status: 200, body: await reservationAt(tx, params.id) };
    },
  ),
];

function viewSpare(
  { candidate, verdict, why }: Judged<StockCandidate>,
  is: 'takeable' | 'elsewhere' | 'refused',
): z.infer<typeof SpareView> {
  const item = viewItem({ ...candidate.item, lotCode: candidate.lot?.code ?? null, shelf: candidate.shelf });
  return { item, verdict: is, match: verdict.match, rule: verdict.rule, why };
}

async function lotIdOf(ctx: Ctx, lot: string): Promise<string> {
  const found = await findLotNamed(ctx, lot);
  if (!found) throw invalid('query.lot', `there is no lot ${lot}: see /v1/lots`);
  return found.id;
}

async function withItem(ctx: Ctx, reservation: Reservation): Promise<z.infer<typeof ReservationView>> {
  return viewReservation(reservation, await showItem(ctx, reservation.itemId));
}

async function reservationAt(ctx: Ctx, id: string): Promise<z.infer<typeof ReservationView>> {
  const reservation = await findReservation(ctx, id);
  if (!reservation) throw new HubError('not-found', `There is no reservation ${id}`);
  return withItem(ctx, reservation);
}

async function* eachOf<T>(rows: readonly T[]): AsyncGenerator<T> {
  yield* rows;
}
