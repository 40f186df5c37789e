import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import type { Observation } from '../../ports/observation.ts';
import type { WebhookDoor } from '../../ports/adapter.ts';
import { externalTicketChanged, playbookRunChanged, recordChanged } from '../events.ts';
import { settleDelivery, type StoredDelivery } from '../store.ts';

/** What the hub does with an observation of each kind; leases belong to the arrivals and events of BMCs to the health, so they are handed in. */
export interface Observers {
  lease(tx: TxCtx, observation: Extract<Observation, { kind: 'lease' }>): Promise<void>;
  bmcEvent(tx: TxCtx, observation: Extract<Observation, { kind: 'bmc-event' }>): Promise<void>;
}

/** One kept delivery → observations → what they mean here, all in one transaction. */
export async function handleDelivery(
  tx: TxCtx,
  delivery: StoredDelivery,
  door: WebhookDoor | undefined,
  observers: Observers,
): Promise<void> {
  if (!door)
    return settleDelivery(
      tx.db,
      delivery.id,
      { state: 'failed', reason: `adapter ${delivery.adapter} is not configured any more` },
      tx.now(),
    );
  const translated = door.translate(delivery);
  if (translated.result !== 'observed') {
    return settleDelivery(tx.db, delivery.id, { state: translated.result, reason: translated.reason }, tx.now());
  }
  for (const observation of translated.observations)
    await observe({ ...tx, cause: delivery.id }, delivery.adapter, observation, observers);
  await settleDelivery(tx.db, delivery.id, { state: 'observed', reason: null }, tx.now());
}

async function observe(tx: TxCtx, adapter: string, observation: Observation, observers: Observers): Promise<void> {
  const subject = { type: 'adapter' as const, id: adapter };
  if (observation.kind === 'lease') return observers.lease(tx, observation);
  if (observation.kind === 'bmc-event') return observers.bmcEvent(tx, observation);
  if (observation.kind === 'record-changed') {
    const { objectType, objectId, change, deviceId, requestId } = observation;
    await append(tx, recordChanged, { subject, data: { adapter, objectType, objectId, change, deviceId, requestId } });
  } else if (observation.kind === 'playbook-run-changed') {
    await append(tx, playbookRunChanged, { subject, data: { adapter, runId: observation.runId } });
  } else {
    await append(tx, externalTicketChanged, {
      subject,
      data: { adapter, ticketId: observation.ticketId, ticketKey: observation.ticketKey },
    });
  }
}
