import { z } from 'zod';
import { pageOf } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { answerSorted, sortedQuery } from '../core/sorted-list.ts';
import { Id, IdParams } from '../core/schemas.ts';
import { endMaintenance, planMaintenance } from './commands/plan-maintenance.ts';
import { viewWindow, WINDOW_COLUMNS, WindowView } from './views.ts';
import { listWindows, WINDOW_ORDER } from './window-reads.ts';

const tag = 'Maintenance';
const Moment = z.iso.datetime({ offset: true });

export const windowRoutes: Route[] = [
  get(
    {
      id: 'listMaintenanceWindows',
      path: '/v1/maintenance-windows',
      summary: 'List maintenance windows, those that end last first, or export them as CSV',
      tag,
      scope: 'tickets:read',
      query: z.object({
        subject_id: Id.optional().meta({ description: 'A server or a place' }),
        at: Moment.optional().meta({ description: 'Only those that this moment falls in' }),
        ...sortedQuery(WINDOW_ORDER, '-until'),
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(WindowView).meta({ id: 'MaintenanceWindowPage' }) } },
    },
    async (ctx, { query }) => {
      const filter = {
        subjectId: query.subject_id,
        at: query.at === undefined ? undefined : new Date(query.at).toISOString(),
      };
      return answerSorted({
        ...{ columns: WINDOW_ORDER, query, view: viewWindow, csv: WINDOW_COLUMNS, file: 'maintenance-windows.csv' },
        read: (order, limit) => listWindows(ctx, { ...filter, order, limit }),
      });
    },
  ),
  post(
    {
      id: 'planMaintenance',
      path: '/v1/maintenance-windows',
      summary: 'Plan the maintenance of a server, a rack, a site: what shows then opens no ticket',
      tag,
      scope: 'tickets:write',
      body: z.strictObject({
        subject_type: z.enum(['asset', 'location']),
        subject_id: Id,
        from: Moment.optional().meta({ description: 'Left out: from now on' }),
        until: Moment,
        reason: z.string().trim().min(1).max(500),
      }),
      answers: { 201: { says: 'Planned', schema: WindowView } },
    },
    async (tx, { body }) => {
      const window = await planMaintenance(tx, {
        subject: { type: body.subject_type, id: body.subject_id.toLowerCase() },
        startsAt: (body.from === undefined ? tx.now() : new Date(body.from)).toISOString(),
        endsAt: new Date(body.until).toISOString(),
        reason: body.reason,
      });
      return { status: 201, body: viewWindow(window) };
    },
  ),
  post(
    {
      id: 'endMaintenance',
      path: '/v1/maintenance-windows/{id}/end',
      summary: 'End a maintenance before its time; one that is over stays as it was',
      tag,
      scope: 'tickets:write',
      params: IdParams,
      answers: { 200: { says: 'Ended', schema: WindowView } },
    },
    async (tx, { params }) => ({ status: 200, body: viewWindow(await endMaintenance(tx, params.id)) }),
  ),
];
