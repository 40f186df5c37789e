import { createHash } from 'node:crypto';
import type { Ctx } from '../../core/ctx.ts';
import { newId } from '../../core/id.ts';
import { insertDeliveries, type NewDelivery } from '../store.ts';

/** Headers worth keeping: what a translation or a person may need, and nothing that proves who somebody is. */
const KEPT_HEADERS = [
  'content-type',
  'user-agent',
  'x-atlassian-webhook-identifier',
  'x-atlassian-webhook-retry',
  'x-atlassian-webhook-flow',
  'x-netbox-event',
  'x-request-id',
];

export type KeepDelivery = (delivery: {
  adapter: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  receivedAt: Date;
  /** What the sender calls it, where it calls it something. */
  identity?: string | undefined;
}) => Promise<{
  id: string;
  isNew: boolean;
}>;

/** Rows and bytes of one INSERT, at most. */
const MOST_ROWS = 64;
const MOST_BYTES = 4 * 1024 * 1024;
/** Inserts under way at once. */
const LANES = 2;

interface Waiting {
  delivery: NewDelivery;
  resolve(kept: { id: string; isNew: boolean }): void;
  reject(error: unknown): void;
}

/**
 * Keeps verified deliveries, raw, before anybody says 202. Those that come while an insert is under way share the next one, and so
 * its flush to disk: nobody waits for company, and a burst costs few commits. The same delivery again changes nothing.
 */
export function createKeeper(ctx: Ctx): KeepDelivery {
  const waiting: Waiting[] = [];
  let inserting = 0;

  function takeBatch(): Waiting[] {
    let bytes = 0;
    let rows = 0;
    for (const { delivery } of waiting) {
      if (rows === MOST_ROWS || (rows > 0 && bytes + delivery.body.length > MOST_BYTES)) break;
      bytes += delivery.body.length;
      rows += 1;
    }
    return waiting.splice(0, rows);
  }

  async function insert(): Promise<void> {
    inserting += 1;
    const batch = takeBatch();
    try {
      const fresh = await insertDeliveries(
        ctx.db,
        batch.map(({ delivery }) => delivery),
      );
      if (fresh.size > 0) ctx.wake('deliveries');
      for (const { delivery, resolve } of batch) resolve({ id: delivery.id, isNew: fresh.has(delivery.id) });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      inserting -= 1;
      if (waiting.length > 0) void insert();
    }
  }

  return ({ adapter, headers, body, receivedAt, identity }) =>
    new Promise((resolve, reject) => {
      const hash = createHash('sha256')
        .update(identity === undefined ? body : `identity\n${identity}`)
        .digest();
      waiting.push({
        delivery: { id: newId(), adapter, hash, headers: keptHeaders(headers), body, receivedAt },
        resolve,
        reject,
      });
      // After this turn of the event loop, so that what came in one read goes in one insert.
      if (inserting < LANES) setImmediate(() => inserting < LANES && waiting.length > 0 && void insert());
    });
}

function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value.slice(0, 500);
  }
  return kept;
}
