import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { tx } from '../../core/tx.ts';
import { AdapterError } from '../../ports/adapter-error.ts';
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
  /** Whose bytes are not in the object store as they came, or cannot be read any more. What is known from them stays. */
  lost: { sha256: string; why: string }[];
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
  const sum = { bundles: 0, readAnew: 0, lost: [] as Rebuilt['lost'] };
  for (let before: number | undefined; ;) {
    const page = await listBundles(ctx, { before, limit: 100 });
    for (const bundle of page) {
      const did = await readAgain(ctx, intake, bundle, placed.get(bundle.sha256) ?? null, options.folder);
      sum.bundles += 1;
      if (did === 'anew') sum.readAnew += 1;
      if (typeof did === 'object') sum.lost.push({ sha256: bundle.sha256, why: did.lost });
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
): Promise<'same' | 'anew' | { lost: string }> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${bundle.sha256}.upload`);
  try {
    const lost = await fetchTo(file, ctx, intake, bundle.sha256);
    if (lost !== null) return { lost };
    const read = await intake.prepare(
      ctx,
      { sha256: bundle.sha256, bytes: bundle.bytes, content: { path: file } },
      { ...bundle.report.hint, assetId: assetId ?? bundle.report.hint.assetId },
      bundle.receivedAt,
    );
    return await replaceWhereOther(ctx, intake, bundle, { ...read, id: bundle.id });
  } catch (error) {
    // One that was taken once and is refused now must not keep all others from being read.
    if (!(error instanceof HubError) || !['invalid', 'too-large'].includes(error.kind)) throw error;
    return { lost: `it is refused now: ${error.message}` };
  } finally {
    await rm(file, { force: true });
  }
}

/** @returns why there is nothing to read; null: the file is there, with the bytes as they came */
async function fetchTo(file: string, ctx: Ctx, intake: Intake, sha256: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    const content = await intake.store().get(keyOf(sha256), ctx.signal);
    const hashed = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(content, hashed, createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error;
    if (error.kind === 'not-found') return 'its bytes are not in the object store';
    if (error.kind === 'malformed') return `its bytes are damaged in the object store: ${error.message}`;
    throw error;
  }
  return hash.digest('hex') === sha256 ? null : 'its bytes in the object store are not those that came';
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
