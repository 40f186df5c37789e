import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import type { UpdateHandle } from '../../ports/bmc-firmware.ts';
import { componentUpdated, updateCompleted, updateFailed, updateStarted } from '../events.ts';
import { hopsOf } from '../reads.ts';
import {
  announceHop,
  type Announced,
  beginUpdate,
  endUpdate,
  type FirmwareUpdate,
  type Hop,
  insertHops,
  lockUpdate,
  takeBackAnnouncement,
  updateHop,
} from '../store.ts';

type Steps = Pick<Hop, 'component' | 'name' | 'from' | 'to' | 'image'>[];
const subjectOf = ({ assetId }: FirmwareUpdate) => ({ type: 'asset', id: assetId }) as const;
const stepOf = ({ name, from, to }: Pick<Hop, 'name' | 'from' | 'to'>) => ({ component: name, from, to });

/** What will be done, in its order. Nothing was sent yet. */
export async function keepPlan(tx: TxCtx, updateId: string, steps: Steps): Promise<void> {
  const update = await lockOpen(tx, updateId);
  if (update === undefined || update.state !== 'requested') return;
  await beginUpdate(tx.db, updateId, tx.now());
  await insertHops(
    tx.db,
    steps.map((step, number) => ({ ...step, updateId, number })),
  );
  const data = { updateId, steps: steps.map(stepOf) };
  await append(tx, updateStarted, { subject: subjectOf(update), once: updateId, data });
}

/** Kept before anything is sent: what the BMC is busy with already is not ours. */
export async function prepareHop(tx: TxCtx, hop: Hop, knownTasks: string[]): Promise<void> {
  await updateHop(tx.db, hop, { state: 'starting', knownTasks });
}

/** @throws HubError conflict where it was announced before (the request may be under way, and must not go out twice), or was cancelled meanwhile */
export async function announce(
  tx: TxCtx,
  hop: Hop,
  { what, as }: { what: Announced; as?: UpdateHandle | undefined },
): Promise<void> {
  if ((await lockOpen(tx, hop.updateId)) === undefined)
    throw new HubError('conflict', `${hop.name}: the update was ended meanwhile, and nothing more is sent`);
  if (!(await announceHop(tx.db, hop, what, tx.now())))
    throw new HubError('conflict', `${hop.name}: this was sent before, and is not sent again`);
  if (what === 'start' && as !== undefined) await updateHop(tx.db, hop, { handle: as });
}

/** A restart that begins what waits for one, whoever asked for it: also after an earlier one that did not help. */
export async function announceReset(tx: TxCtx, hop: Hop): Promise<void> {
  await takeBackAnnouncement(tx.db, hop, 'reset');
  await announce(tx, hop, { what: 'reset' });
}

export async function takeBack(tx: TxCtx, hop: Hop, what: Announced): Promise<void> {
  await takeBackAnnouncement(tx.db, hop, what);
  if (what === 'start') await updateHop(tx.db, hop, { handle: null });
}

/** `null` of `quietSince`: there is something to see again. */
export async function noteProgress(
  tx: TxCtx,
  hop: Hop,
  seen: {
    state?: 'following' | 'going-back';
    handle?: UpdateHandle;
    said?: string;
    percent?: number | null;
    quietSince?: string | null;
    why?: string;
  },
): Promise<void> {
  await updateHop(tx.db, hop, seen);
}

/** `left`: what of it could not be tidied up on the BMC; null: nothing. */
export async function finishHop(tx: TxCtx, hop: Hop, left: string | null): Promise<void> {
  const update = await lockOpen(tx, hop.updateId);
  if (update === undefined) return;
  const told = left === null ? {} : { why: left };
  await updateHop(tx.db, hop, { state: 'done', percent: 100, endedAt: tx.now().toISOString(), ...told });
  const once = `${hop.updateId}-${hop.number}`;
  const data = { updateId: hop.updateId, ...stepOf(hop) };
  await append(tx, componentUpdated, { subject: subjectOf(update), once, data });
}

export async function completeUpdate(tx: TxCtx, updateId: string): Promise<void> {
  const update = await lockOpen(tx, updateId);
  if (update === undefined) return;
  await endUpdate(tx.db, updateId, { state: 'done', error: null, now: tx.now() });
  const data = { updateId, steps: (await hopsOf(tx, updateId)).map(stepOf) };
  await append(tx, updateCompleted, { subject: subjectOf(update), once: updateId, data });
}

/** `hop`: at which it ended; none of the later ones was begun. */
export async function failUpdate(tx: TxCtx, updateId: string, hop: Hop | null, why: string): Promise<void> {
  const update = await lockOpen(tx, updateId);
  if (update === undefined) return;
  if (hop !== null) await updateHop(tx.db, hop, { state: 'failed', why, endedAt: tx.now().toISOString() });
  await endUpdate(tx.db, updateId, { state: 'failed', error: why, now: tx.now() });
  const done = (await hopsOf(tx, updateId)).filter(({ state }) => state === 'done').map(stepOf);
  const data = { updateId, component: hop?.name ?? null, why, done };
  await append(tx, updateFailed, { subject: subjectOf(update), once: updateId, data });
}

async function lockOpen(tx: TxCtx, updateId: string): Promise<FirmwareUpdate | undefined> {
  const update = await lockUpdate(tx.db, updateId);
  return update === undefined || update.finishedAt !== null ? undefined : update;
}
