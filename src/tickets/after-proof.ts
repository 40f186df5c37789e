import type { Ticket } from './store.ts';

/** Of a ticket that is opened again: the next repair is about the part that is there now, and what that one shows begins then. */
export function afterProof({ proof }: Pick<Ticket, 'proof'>, since: string): Partial<Ticket> {
  if (proof === null) return {};
  return { serial: proof.newSerial, partId: proof.newComponentId, firstEventAt: since, proof: null, provenAt: null };
}
