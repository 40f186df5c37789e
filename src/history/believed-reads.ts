import { inParts } from '../core/insert-rows.ts';
import type { Ctx } from '../core/ctx.ts';
import { toIso } from '../core/time.ts';
import { DERIVER } from './belief-store.ts';

/** A derived event on the timeline of a component. */
export interface BelievedChange {
  id: string;
  componentId: string;
  type: string;
  occurredAt: string;
  sentence: string;
}

/** All that is believed of these components now, in order of time. */
export async function believedOf(ctx: Ctx, componentIds: readonly string[]): Promise<BelievedChange[]> {
  const rows: Record<string, unknown>[] = await inParts(componentIds, (part) =>
    ctx
      .db('timeline_events')
      .where({ subject_type: 'component', actor: DERIVER })
      .whereIn('subject_id', part)
      .whereNull('retracted_at')
      .orderBy(['timestamp', 'id'])
      .select('id', 'subject_id', 'type', 'timestamp', 'sentence'),
  );
  return rows.map((row) => ({
    id: String(row['id']),
    componentId: String(row['subject_id']),
    type: String(row['type']),
    occurredAt: toIso(String(row['timestamp'])),
    sentence: String(row['sentence']),
  }));
}

/** Those of these components that were ever seen in this server. */
export async function everAt(ctx: Ctx, componentIds: readonly string[], assetId: string): Promise<Set<string>> {
  const rows: { component_id: string }[] = await inParts(componentIds, (part) =>
    ctx.db('installations').whereIn('component_id', part).andWhere({ asset_id: assetId }).distinct('component_id'),
  );
  return new Set(rows.map((row) => String(row.component_id)));
}
