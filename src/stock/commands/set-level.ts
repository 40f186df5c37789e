import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import { findLocation } from '../../locations/reads.ts';
import { stockLevelChanged } from '../events.ts';
import { invalidAt, mustFindLot } from '../hold-shelf.ts';
import { deleteLevel, lockLevel, saveLevel } from '../level-store.ts';
import { sitesNamed } from '../shelf-reads.ts';

export interface LevelSet {
  lot: { id: string; code: string };
  siteId: string;
  site: string;
  min: number;
  target: number;
}

/** How many of a lot a site shall have. Both 0: nobody watches it any more. @throws HubError invalid where lot or site are not there */
export async function setLevel(
  tx: TxCtx,
  want: { lot: string; site: string; min: number; target: number },
): Promise<LevelSet> {
  const lot = await mustFindLot(tx, want.lot);
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(want.site);
  const site = isId ? await findLocation(tx, want.site) : undefined;
  const named = isId ? [] : await sitesNamed(tx, want.site);
  if (named.length > 1) throw invalidAt('/site', `${named.length} sites are called ${want.site}: say its id`);
  const siteId = site?.type === 'site' ? site.id : named[0]?.id;
  if (siteId === undefined) throw invalidAt('/site', `there is no site ${want.site}: see /v1/locations?type=site`);
  const name = site?.name ?? want.site;
  const { min, target } = want;
  const before = await lockLevel(tx.db, lot.id, siteId);
  const set = { lot: { id: lot.id, code: lot.code }, siteId, site: name, min, target };
  if ((before?.min ?? 0) === min && (before?.target ?? 0) === target) return set;
  if (min === 0 && target === 0) await deleteLevel(tx.db, lot.id, siteId);
  else
    await saveLevel(tx.db, {
      lotId: lot.id,
      siteId,
      min,
      target,
      updatedAt: tx.now().toISOString(),
      updatedBy: tx.actor,
    });
  await append(tx, stockLevelChanged, {
    subject: { type: 'lot', id: lot.id },
    related: [{ type: 'location', id: siteId }],
    data: { lot: lot.code, site: name, min, target },
  });
  return set;
}
