import type { Ctx } from '../core/ctx.ts';
import { type Before, newestFirst } from '../core/keyset.ts';
import type { LoggedEvent, Subject } from '../core/event.ts';
import { fromJson } from '../core/json.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import type { Catalogue } from './catalogue.ts';
import { topicOf } from './cloud-event.ts';
import { toEventRow } from './store.ts';

/** The feed after a place: complete and in order, because places are given after the commit, one relay at a time. */
export async function readFeed(
  ctx: Ctx,
  catalogue: Catalogue,
  want: { after: number; limit: number; types?: string[] | undefined },
): Promise<LoggedEvent[]> {
  const query = ctx.db('events').where('events.sequence', '>', want.after).orderBy('events.sequence').limit(want.limit);
  if (want.types && want.types.length > 0) void query.whereIn('events.type', want.types);
  const rows: Record<string, unknown>[] = await query.select('events.*');
  return rows.map((row) => {
    const event = toEventRow(row);
    const type = catalogue.get(event.type);
    const parsed = type?.Data.safeParse(event.data);
    return {
      ...event,
      topic: topicOf(type, event.type),
      sentence: type && parsed?.success ? type.sentence(parsed.data) : event.type,
      sequence: Number(row['sequence']),
    };
  });
}

/** The newest place that has been given. */
export async function feedPosition(ctx: Ctx): Promise<number> {
  const [row] = await ctx.db('feed_position').where({ id: 1 }).select('sequence');
  return Number(row?.sequence ?? 0);
}

/** Age of the oldest event that the relay has not placed, in seconds; 0 when there is none. */
export async function outboxLagSeconds(ctx: Ctx): Promise<{ waiting: number; oldestSeconds: number }> {
  const [row] = await ctx
    .db('outbox')
    .select(
      ctx.db.raw('count(*) AS waiting'),
      ctx.db.raw('coalesce(timestampdiff(MICROSECOND, min(created_at), utc_timestamp(6)) / 1e6, 0) AS oldest'),
    );
  return { waiting: Number(row.waiting), oldestSeconds: Math.max(0, Number(row.oldest)) };
}

export interface TimelineEntry {
  id: string;
  type: string;
  timestamp: string;
  sentence: string;
  actor: string;
  cause: string | null;
  data: Record<string, unknown>;
  recordedAt: string;
  retractedAt: string | null;
}

export interface TimelineFilter {
  limit: number;
  before?: Before | undefined;
  types?: readonly string[] | undefined;
  /** Only what happened at or after this; ISO 8601. */
  since?: string | undefined;
  /** Only what happened by then. */
  asOf?: string | undefined;
  /** What was known then, with what was retracted since; without it, what is believed now. */
  knownAt?: string | undefined;
}

/** Newest first; `before` is the last entry of the page before. A page never shifts because something newer happened. */
export async function readTimeline(ctx: Ctx, subject: Subject, want: TimelineFilter): Promise<TimelineEntry[]> {
  const query = ctx
    .db('timeline_events')
    .where({ 'timeline_events.subject_type': subject.type, 'timeline_events.subject_id': subject.id })
    .limit(want.limit);
  if (want.types && want.types.length > 0) void query.whereIn('timeline_events.type', want.types);
  if (want.since !== undefined) void query.where('timeline_events.timestamp', '>=', toSql(want.since));
  if (want.asOf !== undefined) void query.where('timeline_events.timestamp', '<=', toSql(want.asOf));
  if (want.knownAt === undefined) void query.whereNull('timeline_events.retracted_at');
  else {
    const known = toSql(want.knownAt);
    void query
      .where('timeline_events.recorded_at', '<=', known)
      .andWhere((held) =>
        held.whereNull('timeline_events.retracted_at').orWhere('timeline_events.retracted_at', '>', known),
      );
  }
  newestFirst(query, { time: 'timeline_events.timestamp', id: 'timeline_events.id' }, want.before);
  const rows: Record<string, unknown>[] = await query.select('timeline_events.*');
  return rows.map((row) => ({
    id: String(row['id']),
    type: String(row['type']),
    timestamp: toIso(String(row['timestamp'])),
    sentence: String(row['sentence']),
    actor: String(row['actor']),
    cause: row['cause'] === null ? null : String(row['cause']),
    data: fromJson(row['data']),
    recordedAt: toIso(String(row['recorded_at'])),
    retractedAt: toIsoOrNull(row['retracted_at'] as string | null),
  }));
}
