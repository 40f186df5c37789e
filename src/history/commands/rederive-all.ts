import type { Ctx } from '../../core/ctx.ts';
import { tx } from '../../core/tx.ts';
import { believedOf } from '../belief-store.ts';
import { lockPlaces } from '../card-store.ts';
import { lockComponents, pageOfComponents } from '../component-store.ts';
import type { Moment } from '../derive/look.ts';
import { failuresOf } from '../failure-store.ts';
import { kindsBySource, loadLooks, loadObservations } from '../look-store.ts';
import { toMoment } from '../moment.ts';
import { placesOf } from '../observation-store.ts';
import { historyOf, rederive } from '../rederive.ts';
import { tellChanges } from '../tell-changes.ts';

const PAGE = 200;

/** Works out every component's history again. @returns how many there were, and what had to be changed */
export async function rederiveAll(
  ctx: Ctx,
  tellProgress: (done: number) => void,
): Promise<{ components: number; changed: number; added: number; retracted: number }> {
  const sum = { components: 0, changed: 0, added: 0, retracted: 0 };
  for (let after: string | null = null; ;) {
    const ids = await pageOfComponents(ctx.db, after, PAGE);
    if (ids.length === 0) return sum;
    const done = await tx(
      ctx,
      async (inside) => {
        const now = toMoment(inside.now());
        const places = await placesOf(inside.db, ids);
        await lockPlaces(inside, places);
        const revised = await rederive(inside, new Set(ids), now, new Set(places.map(({ id }) => id)));
        const changed = revised.filter((one) => one.installations || one.added.length > 0 || one.retracted.length > 0);
        return { changed: changed.length, ...(await tellChanges(inside, revised, now)) };
      },
      { isolation: 'read committed' },
    );
    sum.components += ids.length;
    sum.changed += done.changed;
    sum.added += done.added;
    sum.retracted += done.retracted;
    tellProgress(sum.components);
    after = ids.at(-1) ?? null;
  }
}

export interface Deviation {
  componentId: string;
  kind: string;
  serial: string | null;
  what: string;
}

/** Compares what is believed with what the looks say, and changes nothing. */
export async function findDeviations(ctx: Ctx, tellProgress: (done: number) => void): Promise<Deviation[]> {
  const found: Deviation[] = [];
  let done = 0;
  for (let after: string | null = null; ;) {
    const ids = await pageOfComponents(ctx.db, after, PAGE);
    if (ids.length === 0) return found;
    found.push(...(await tx(ctx, async (inside) => deviationsOf(inside.db, ids), { isolation: 'read committed' })));
    done += ids.length;
    tellProgress(done);
    after = ids.at(-1) ?? null;
  }
}

async function deviationsOf(db: Parameters<typeof lockComponents>[0], ids: readonly string[]): Promise<Deviation[]> {
  const components = [...(await lockComponents(db, ids)).values()];
  const sightings = await loadObservations(db, ids);
  const looks = await loadLooks(db, components, sightings);
  const leads = await kindsBySource(db, [...new Set(components.flatMap(({ assetId }) => assetId ?? []))]);
  const failures: Map<string, Moment[]> = await failuresOf(db, ids);
  const believed = await believedOf(db, ids);
  return components.flatMap((component) => {
    const { id, kind, serial } = component;
    const history = historyOf(component, looks.get(id) ?? [], leads, failures.get(id) ?? []);
    return believed(component, history).map((what) => ({ componentId: id, kind, serial, what }));
  });
}
