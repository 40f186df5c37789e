import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { type Erasure, lockErasures } from '../store.ts';
import { endErase } from './advance-erase.ts';

/**
 * What was not sent yet is not sent any more. What a BMC was asked for cannot be called back.
 * @param serials of the drives; null: all of which nothing was sent
 * @throws HubError not-found | conflict where a drive that is named was sent or is over, or nothing is left to cancel
 */
export async function cancelErase(
  tx: TxCtx,
  { requestId, serials, reason }: { requestId: string; serials: readonly string[] | null; reason: string },
): Promise<void> {
  const all = await lockErasures(tx.db, requestId);
  if (all.length === 0) throw new HubError('not-found', `There is no request for an erasure ${requestId}`);
  const unknown = serials?.find((serial) => !all.some((one) => one.serial === serial));
  if (unknown !== undefined)
    throw new HubError('not-found', `Drive ${unknown} is not in this request; it names ${serialsOf(all)}`);
  const named = serials === null ? all : all.filter(({ serial }) => serials.includes(serial));
  const unsent = named.filter(({ endedAt, announcedAt }) => endedAt === null && announcedAt === null);
  if (unsent.length === 0 || (serials !== null && unsent.length < named.length))
    throw new HubError('conflict', `Nothing was cancelled: ${named.flatMap(whyNot).join('; ')}`);
  const why = `cancelled by ${tx.actor}: ${reason}`;
  for (const one of unsent) await endErase(tx, one, { state: 'failed', why, evidence: one.evidence });
}

function whyNot({ serial, state, announcedAt, endedAt }: Erasure): string[] {
  if (endedAt !== null) return [`drive ${serial} is over: it is ${state}`];
  if (announcedAt === null) return [];
  return [`the erasure of drive ${serial} was sent at ${announcedAt}, and no BMC lets go of one that it has taken`];
}

function serialsOf(all: readonly Erasure[]): string {
  return all.map(({ serial }) => serial).join(', ');
}
