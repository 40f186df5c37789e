import type { Knex } from 'knex';
import { fromJson } from '../core/json.ts';
import type { Moment } from './derive/look.ts';
import { ANYWHERE, follow, type Links, splitId } from './link-store.ts';

/** Which part was which at another time: by the decisions that stood then. There are as many of them as people have made. */
export async function linksKnown(db: Knex, known: Moment): Promise<Pick<Links, 'resolve'>> {
  const rows: Record<string, unknown>[] = await db('identity_decisions')
    .whereIn('kind', ['merge-components', 'split-component'])
    .andWhere('decided_at', '<=', known)
    .andWhere((held) => held.whereNull('revoked_at').orWhere('revoked_at', '>', known))
    .orderBy(['decided_at', 'id'])
    .select('kind', 'data');
  const links = new Map<string, string>();
  for (const row of rows) {
    const about = fromJson<{ from: string; to: string; componentId: string; placeId: string }>(row['data']);
    if (row['kind'] === 'merge-components') links.set(`${about.from} ${ANYWHERE}`, about.to);
    else links.set(`${about.componentId} ${about.placeId}`, splitId(about));
  }
  return { resolve: (baseId, placeId) => follow(links, baseId, placeId) };
}
