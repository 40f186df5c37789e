import type { TxCtx } from '../../core/ctx.ts';
import { append } from '../../events/append.ts';
import type { AlertObserved, Observation } from '../../ports/observation.ts';
import type { WebhookDoor } from '../../ports/adapter.ts';
import { externalTicketChanged, playbookRunChanged, recordChanged } from '../events.ts';
import { settleDelivery, type StoredDelivery } from '../store.ts';

/** What the hub does with an observation of each kind; leases belong to the arrivals, events of BMCs to the health and alerts to a room of their own, so they are handed in. */
export interface Observers {
  lease(tx: TxCtx, observation: Extract<Observation, { kind: 'lease' }>): Promise<void>;
  bmcEvent(tx: TxCtx, observation: Extract<Observation, { kind: 'bmc-event' }>): Promise<void>;
  /** All of a delivery at once. */
  alerts(tx: TxCtx, adapter: string, observations: AlertObserved[]): Promise<void>;
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
  const caused = { ...tx, cause: delivery.id };
  const alerts: AlertObserved[] = [];
  for (const observation of translated.observations) {
    if (observation.kind === 'alert') alerts.push(observation);
    else await observe(caused, delivery.adapter, observation, observers);
  }
  if (alerts.length > 0) await observers.alerts(caused, delivery.adapter, alerts);
  const reason = translated.note ?? null;
  if (reason !== null) tx.log.warn({ adapter: delivery.adapter, delivery: delivery.id, reason }, 'delivery not whole');
  await settleDelivery(tx.db, delivery.id, { state: 'observed', reason }, tx.now());
}

type Single = Exclude<Observation, AlertObserved>;

async function observe(tx: TxCtx, adapter: string, observation: Single, observers: Observers): Promise<void> {
  const subject = { type: 'adapter' as const, id: adapter };
  if (observation.kind === 'lease') return observers.lease(tx, observation);
  if (observation.kind === 'bmc-event') return observers.bmcEvent(tx, observation);
  if (observation.kind === 'record-changed') {
    const { objectType, objectId, change, deviceId, deviceIds, requestId } = observation;
    const data = { adapter, objectType, objectId, change, deviceId, deviceIds, requestId };
    await append(tx, recordChanged, { subject, data });
  } else if (observation.kind === 'playbook-run-changed') {
    await append(tx, playbookRunChanged, { subject, data: { adapter, runId: observation.runId } });
  } else {
    await append(tx, externalTicketChanged, {
      subject,
      data: { adapter, ticketId: observation.ticketId, ticketKey: observation.ticketKey },
    });
  }
}
