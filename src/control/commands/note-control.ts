import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import type { BootState, MediaState, PowerAction, PowerResult, PowerState } from '../../ports/bmc-control.ts';
import { bootOverridden, identifyChanged, mediaChanged, powerChanged } from '../events.ts';
import { type ControlState, controlStateOf, saveControlState } from '../store.ts';

/** Of which request, and of which server. Said once, however often the job runs. */
interface Of {
  assetId: string;
  requestId: string;
}

const subjectOf = ({ assetId }: Of) => ({ type: 'asset', id: assetId }) as const;

/** `state`: what was read last, which may be later than what the request brought back. */
export async function notePower(
  tx: TxCtx,
  of: Of & { action: PowerAction; done: PowerResult; state: PowerState | null },
): Promise<void> {
  const { action, done, state } = of;
  const before = await controlStateOf(tx.db, of.assetId);
  await saveControlState(tx.db, of.assetId, {
    power: { state, allowed: before.power?.allowed ?? null, at: nowOf(tx) },
  });
  // What was sent may have done it though its answer was lost: then it is "already" so, and was not before.
  const isNews = before.power !== null && before.power.state !== state;
  if (done.resetType === null && !isNews) return;
  const data = {
    action,
    resetType: done.resetType,
    from: done.resetType === null ? (before.power?.state ?? null) : done.before,
    to: state,
  };
  await append(tx, powerChanged, { subject: subjectOf(of), once: of.requestId, data });
}

/** `changed`: the BMC was asked to, and something else stood there before. */
export async function noteBoot(tx: TxCtx, of: Of & { boot: BootState; changed: boolean }): Promise<void> {
  const { target, enabled, mode, allowed } = of.boot;
  await saveControlState(tx.db, of.assetId, { boot: { target, enabled, mode, allowed, at: nowOf(tx) } });
  if (of.changed)
    await append(tx, bootOverridden, { subject: subjectOf(of), once: of.requestId, data: { target, enabled, mode } });
}

/** `drives`: all of them after an eject, the one that was filled after an insert. */
export async function noteMedia(tx: TxCtx, of: Of & { drives: MediaState[] }): Promise<void> {
  const before = await controlStateOf(tx.db, of.assetId);
  const others = before.media?.drives.filter(({ id }) => !of.drives.some((one) => one.id === id)) ?? [];
  const drives = [...others, ...of.drives].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const inserted = drives.filter((one) => one.inserted === true).map(({ id, image }) => ({ drive: id, image }));
  await saveControlState(tx.db, of.assetId, { media: { drives, at: nowOf(tx) } });
  const was = before.media?.drives
    .filter((one) => one.inserted === true)
    .map(({ id, image }) => ({ drive: id, image }));
  if (JSON.stringify(was) === JSON.stringify(inserted)) return;
  await append(tx, mediaChanged, { subject: subjectOf(of), once: of.requestId, data: { inserted } });
}

export async function noteLight(tx: TxCtx, of: Of & { lit: boolean | null }): Promise<void> {
  const before = await controlStateOf(tx.db, of.assetId);
  await saveControlState(tx.db, of.assetId, { light: { lit: of.lit, at: nowOf(tx) } });
  if (of.lit === null || before.light?.lit === of.lit) return;
  await append(tx, identifyChanged, { subject: subjectOf(of), once: of.requestId, data: { lit: of.lit } });
}

/** What somebody looked at, without changing anything. */
export async function noteLook(
  tx: TxCtx,
  seen: { assetId: string; power: { state: PowerState | null; allowed: string[] }; boot: BootState | null },
): Promise<void> {
  const at = nowOf(tx);
  const boot: Partial<ControlState> = seen.boot === null ? {} : { boot: { ...seen.boot, at } };
  await saveControlState(tx.db, seen.assetId, { power: { ...seen.power, at }, ...boot });
}

function nowOf(tx: TxCtx): string {
  return tx.now().toISOString();
}
