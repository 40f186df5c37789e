import { z } from 'zod';
import { HubError } from '../../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../../core/page.ts';
import { get, type Route } from '../../core/route.ts';
import { IdParams } from '../../core/schemas.ts';
import type { Ctx } from '../../core/ctx.ts';
import type { Subject } from '../../core/event.ts';
import { readTimeline } from '../../events/reads.ts';
import { TimelineEntryView, viewTimelineEntry } from '../../events/timeline-view.ts';
import { exists } from '../reads.ts';
import { AsOf, clocksOf, inUtc, KnownAt, Since } from './clocks.ts';

const TimelinePage = pageOf(TimelineEntryView).meta({ id: 'TimelinePage' });

const SUBJECTS = [
  { type: 'asset', path: 'assets', tag: 'Assets', scope: 'assets:read', id: 'getAssetTimeline', what: 'a server' },
  {
    type: 'component',
    path: 'components',
    tag: 'Components',
    scope: 'components:read',
    id: 'getComponentTimeline',
    what: 'a part',
  },
  {
    type: 'location',
    path: 'locations',
    tag: 'Locations',
    scope: 'registry:read',
    id: 'getLocationTimeline',
    what: 'a place',
  },
] as const;

/** What happened, newest first: to servers, parts and places in one way. */
export const timelineRoutes: Route[] = SUBJECTS.map(({ type, path, tag, scope, id, what }) =>
  get(
    {
      id,
      path: `/v1/${path}/{id}/timeline`,
      summary: `What happened to ${what}, newest first`,
      tag,
      scope,
      params: IdParams,
      query: z.object({
        type: z
          .string()
          .max(500)
          .optional()
          .meta({ description: 'Types, separated by commas, e.g. INSTALLED,REMOVED,asset.discovered' }),
        since: Since,
        as_of: AsOf,
        known_at: KnownAt,
        cursor: Cursor,
        limit: Limit,
      }),
      answers: { 200: { says: 'A page of it', schema: TimelinePage } },
    },
    async (ctx, { params, query }) => {
      const before = fromTimeCursor(query.cursor);
      await mustExist(ctx, { type, id: params.id });
      const { asOf, knownAt } = clocksOf(query);
      const rows = await readTimeline(
        ctx,
        { type, id: params.id },
        {
          limit: query.limit + 1,
          before,
          types: query.type?.split(',').map((one) => one.trim()),
          since: inUtc(query.since),
          asOf: asOf ?? undefined,
          knownAt: knownAt ?? undefined,
        },
      );
      const page = toPage(rows, query.limit, (last) => [last.timestamp, last.id]);
      return { status: 200, body: { items: page.rows.map(viewTimelineEntry), next: page.next } };
    },
  ),
);

async function mustExist(ctx: Ctx, subject: Subject): Promise<void> {
  if (!(await exists(ctx, subject))) throw new HubError('not-found', `There is no ${subject.type} ${subject.id}`);
}
