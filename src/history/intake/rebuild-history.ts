import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Ctx } from '../../core/ctx.ts';
import { tx } from '../../core/tx.ts';
import type { EnteredBundle } from '../commands/ingest-bundles.ts';
import { rederiveAll } from '../commands/rederive-all.ts';
import { standingDecisions } from '../decision-store.ts';
import { toMoment } from '../moment.ts';
import { snapshotsOf } from '../snapshot-store.ts';
import { type FoundBundle, listBundles } from './bundle-reads.ts';
import { type Intake, keyOf } from './intake.ts';
import { lockPlacesOf, replaceSnapshots } from './replace-snapshots.ts';

export interface Rebuilt {
  bundles: number;
  /** That are read differently now, because a format has learnt. */
  readAnew: number;
  /** Whose bytes are not in the object store. */
  lost: string[];
  components: number;
  changed: number;
  added: number;
  retracted: number;
}

/** Reads every bundle again from its bytes, and works every history out again. Where nothing has been learnt, nothing changes. */
export async function rebuildHistory(
  ctx: Ctx,
  intake: Intake,
  options: { folder: string; tell: (text: string) => void },
): Promise<Rebuilt> {
  const placed = new Map<string, string>();
  for (const { decision } of await standingDecisions(ctx.db, ['place-bundle']))
    if (decision.kind === 'place-bundle') placed.set(decision.sha256, decision.assetId);
  const sum = { bundles: 0, readAnew: 0, lost: [] as string[] };
  for (let before: number | undefined; ;) {
    const page = await listBundles(ctx, { before, limit: 100 });
    for (const bundle of page) {
      const did = await readAgain(ctx, intake, bundle, placed.get(bundle.sha256) ?? null, options.folder);
      sum.bundles += 1;
      if (did === 'anew') sum.readAnew += 1;
      if (did === 'lost') sum.lost.push(bundle.sha256);
      if (sum.bundles % 100 === 0) options.tell(`${sum.bundles} bundles read`);
    }
    before = page.at(-1)?.id;
    if (before === undefined) break;
  }
  const derived = await rederiveAll(ctx, (done) => options.tell(`${done} components worked out`));
  return { ...sum, ...derived };
}

async function readAgain(
  ctx: Ctx,
  intake: Intake,
  bundle: FoundBundle,
  assetId: string | null,
  folder: string,
): Promise<'same' | 'anew' | 'lost'> {
  const key = keyOf(bundle.sha256);
  if (!(await intake.store().has(key, ctx.signal))) return 'lost';
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${bundle.sha256}.upload`);
  try {
    await pipeline(await intake.store().get(key, ctx.signal), createWriteStream(file, { mode: 0o600 }));
    const read = await intake.prepare(
      ctx,
      { sha256: bundle.sha256, bytes: bundle.bytes, content: { path: file } },
      { ...bundle.report.hint, assetId: assetId ?? bundle.report.hint.assetId },
      bundle.receivedAt,
    );
    return await replaceWhereOther(ctx, intake, bundle, { ...read, id: bundle.id });
  } finally {
    await rm(file, { force: true });
  }
}

async function replaceWhereOther(
  ctx: Ctx,
  intake: Intake,
  bundle: FoundBundle,
  read: EnteredBundle,
): Promise<'same' | 'anew'> {
  return tx(
    ctx,
    async (inside) => {
      const places = await lockPlacesOf(inside, bundle);
      const was = await snapshotsOf(inside.db, bundle.id, [...places.keys()]);
      const text = (list: readonly { hash: string; at: string }[]) =>
        JSON.stringify(list.map(({ hash, at }) => `${at} ${hash}`).toSorted());
      const kept = read.snapshots.filter(({ card, locationId }) => card.keys.length > 0 || locationId !== null);
      if (text(was) === text(kept.map(({ hash, collectedAt }) => ({ hash: hash.toString('hex'), at: collectedAt }))))
        return 'same';
      await replaceSnapshots(inside, intake.sort, { bundle, read }, toMoment(inside.now()));
      return 'anew';
    },
    { isolation: 'read committed' },
  );
}
