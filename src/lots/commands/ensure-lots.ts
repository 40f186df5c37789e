import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import type { FoundLot } from '../classify.ts';
import { lotCreated } from '../events.ts';
import { lotId, type Lot } from '../model.ts';
import { insertLot, knownCodes } from '../store.ts';

export interface NewLot extends Pick<FoundLot, 'lot' | 'title' | 'facts'> {
  kind: Lot['kind'];
}

/**
 * Makes the lots that are met for the first time. In the order of their codes, so that two that make the same ones wait for each other
 * instead of locking each other out.
 */
export async function ensureLots(tx: TxCtx, found: readonly NewLot[]): Promise<void> {
  const byCode = new Map(found.map((one) => [one.lot, one]));
  const known = await knownCodes(tx.db, [...byCode.keys()]);
  const missing = [...byCode.values()].filter(({ lot }) => !known.has(lot));
  for (const { lot: code, kind, title, facts } of missing.toSorted((a, b) => (a.lot < b.lot ? -1 : 1))) {
    const id = lotId(code);
    const createdAt = tx.now().toISOString();
    if (!(await insertLot(tx.db, { id, code, kind, title, facts, notes: null, origin: 'rule', createdAt }))) continue;
    await append(tx, lotCreated, { subject: { type: 'lot', id }, data: { code, kind, title, origin: 'rule' } });
  }
}
