import { createHash } from 'node:crypto';
import type { Ctx } from '../../core/ctx.ts';
import { newId } from '../../core/id.ts';
import { insertDelivery } from '../store.ts';

/** Headers worth keeping: what a translation or a person may need, and nothing that proves who somebody is. */
const KEPT_HEADERS = ['content-type', 'user-agent', 'x-atlassian-webhook-identifier', 'x-netbox-event', 'x-request-id'];

/** Keeps a verified delivery, raw, before anybody says 202. One insert; the same bytes again change nothing. */
export async function keepDelivery(
  ctx: Ctx,
  delivery: { adapter: string; headers: Readonly<Record<string, string>>; body: Buffer; receivedAt: Date },
): Promise<{ id: string; isNew: boolean }> {
  const id = newId();
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = delivery.headers[name];
    if (value !== undefined) headers[name] = value.slice(0, 500);
  }
  const hash = createHash('sha256').update(delivery.body).digest();
  const isNew = await insertDelivery(ctx.db, { ...delivery, id, hash, headers });
  if (isNew) ctx.wake('deliveries');
  return { id, isNew };
}
