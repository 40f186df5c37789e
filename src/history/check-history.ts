import type { Ctx } from '../core/ctx.ts';
import { findDeviations } from './commands/rederive-all.ts';
import { regroup } from './derive/regroup.ts';
import { type FoundBundle, listBundles } from './intake/bundle-reads.ts';
import { type Intake, keyOf } from './intake/intake.ts';
import { placesWithSnapshots, strayLooks } from './place-reads.ts';
import { loadRuns } from './run-store.ts';
import { loadSightings } from './snapshot-store.ts';

export interface Fault {
  where: string;
  what: string;
}

/** Everything that can be checked without changing anything: beliefs against looks, runs against single looks, bundles against their bytes. */
export async function checkHistory(
  ctx: Ctx,
  intake: Intake,
  options: { objects: boolean; tell: (text: string) => void },
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const { componentId, kind, serial, what } of await findDeviations(ctx, (done) =>
    options.tell(`${done} components compared`),
  ))
    faults.push({ where: `component ${componentId} (${kind} ${serial ?? 'without a serial'})`, what });
  faults.push(...(await checkRuns(ctx, options.tell)));
  if (options.objects) faults.push(...(await checkObjects(ctx, intake, options.tell)));
  return faults;
}

async function checkRuns(ctx: Ctx, tell: (text: string) => void): Promise<Fault[]> {
  const faults: Fault[] = [];
  let done = 0;
  for (let after: string | null = null; ;) {
    const places: string[] = await placesWithSnapshots(ctx.db, after, 100);
    if (places.length === 0) return faults;
    for (const { placeId, cardId } of await strayLooks(ctx.db, places))
      faults.push({ where: `place ${placeId}`, what: `looks of the evidence ${cardId}, which belongs elsewhere` });
    for (const placeId of places) {
      const runs = await loadRuns(ctx.db, [placeId]);
      const looks = await loadSightings(ctx.db, [placeId]);
      const expected = [...Map.groupBy(looks, ({ source }) => source)].flatMap(([source, own]) =>
        regroup(own).map((run) => `${source} ${run.first} ${run.last} ${run.inventoryId}`),
      );
      const found = runs.map((run) => `${run.source} ${run.first} ${run.last} ${run.inventoryId}`);
      const differs = [
        ...expected.filter((one) => !found.includes(one)),
        ...found.filter((one) => !expected.includes(one)),
      ];
      if (differs.length > 0)
        faults.push({
          where: `place ${placeId}`,
          what: `runs differ from the single looks: ${differs.slice(0, 5).join('; ')}`,
        });
    }
    done += places.length;
    tell(`${done} places compared`);
    after = places.at(-1) ?? null;
  }
}

async function checkObjects(ctx: Ctx, intake: Intake, tell: (text: string) => void): Promise<Fault[]> {
  const faults: Fault[] = [];
  let done = 0;
  for (let before: number | undefined; ;) {
    const page: FoundBundle[] = await listBundles(ctx, { before, limit: 200 });
    for (const { sha256 } of page) {
      if (!(await intake.store().has(keyOf(sha256), ctx.signal)))
        faults.push({ where: `bundle ${sha256}`, what: 'its bytes are not in the object store' });
    }
    done += page.length;
    before = page.at(-1)?.id;
    if (before === undefined) return faults;
    tell(`${done} bundles looked up`);
  }
}
