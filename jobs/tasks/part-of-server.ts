import type { Ctx } from '#src/core/ctx.ts';
import { everAt } from '#src/history/believed-reads.ts';
import { findKnown } from '#src/history/find-known.ts';

/** The one part of this serial; of several, the one that was ever in the server. Else why nobody can tell. */
export async function findPartOfServer(
  ctx: Ctx,
  serial: string,
  assetId: string,
): Promise<{ componentId: string } | { outcome: string }> {
  const found = (await findKnown(ctx, { serial })).map(({ id }) => id);
  if (found.length === 0) return { outcome: `nobody knows a part with the serial ${serial}` };
  const here = found.length === 1 ? found : [...(await everAt(ctx, found, assetId))];
  const [componentId] = here;
  if (componentId === undefined || here.length > 1)
    return { outcome: `the serial ${serial} is that of ${found.length} parts` };
  return { componentId };
}
