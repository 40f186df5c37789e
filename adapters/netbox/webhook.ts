import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Delivery, Translated, Verdict, WebhookDoor } from '#src/ports/adapter.ts';

/** Clocks differ; a time further ahead than this is not a clock. */
const AHEAD_MS = 10 * 60_000;

const Identified = z.object({ id: z.number() });

/** What a cable ends at, as far as that is part of a device. */
const CableEnds = z
  .array(z.object({ object: z.object({ device: Identified.nullish() }).nullish().catch(null) }))
  .nullish()
  .catch(null);
/** A cable's ends in a snapshot: their own ids. */
const Ends = z
  .object({ a_terminations: z.array(z.number()).optional(), b_terminations: z.array(z.number()).optional() })
  .nullish()
  .catch(null);

/** What we read of a delivery, 4.4 to 4.7: `model` went with 4.5, `request` came with 4.6, `request_id` went with 4.7. */
const Payload = z.object({
  event: z.string(),
  timestamp: z.string(),
  object_type: z.string().optional(),
  model: z.string().optional(),
  request_id: z.string().nullish(),
  request: z.object({ id: z.string() }).nullish(),
  data: z.object({
    id: z.number(),
    device: Identified.nullish().catch(null),
    assigned_object_type: z.string().nullish().catch(null),
    assigned_object: z.object({ device: Identified.nullish() }).nullish().catch(null),
    a_terminations: CableEnds,
    b_terminations: CableEnds,
  }),
  snapshots: z.object({ prechange: Ends, postchange: Ends }).nullish().catch(null),
  active_branch: z.unknown().optional(),
  context: z.object({ active_branch: z.unknown().optional() }).nullish().catch(null),
});
type Payload = z.infer<typeof Payload>;

/** All that the door itself reads. */
const Stamped = z.object({ timestamp: z.string() });

/** Before 4.4 a delivery names only the model; these names are unambiguous among NetBox's own. */
const OBJECT_TYPES: Readonly<Record<string, string>> = {
  device: 'dcim.device',
  interface: 'dcim.interface',
  macaddress: 'dcim.macaddress',
  ipaddress: 'ipam.ipaddress',
  site: 'dcim.site',
  location: 'dcim.location',
  rack: 'dcim.rack',
  cable: 'dcim.cable',
  powerport: 'dcim.powerport',
};

const CHANGES: Readonly<Record<string, 'created' | 'updated' | 'deleted'>> = {
  created: 'created',
  updated: 'updated',
  deleted: 'deleted',
};
const NO_OBJECT = new Set(['job_started', 'job_ended', 'job_completed', 'job_failed', 'job_errored']);

/** NetBox's webhooks: hex HMAC-SHA512 over the raw body in `X-Hook-Signature`; the only time is the one inside the body. */
export function webhookDoor(settings: { webhookSecret?: string | undefined; maxDeliveryAgeMs: number }): WebhookDoor {
  return {
    verify(delivery) {
      if (settings.webhookSecret === undefined) return refused('webhookSecret is not set');
      const signature = delivery.headers['x-hook-signature'];
      if (signature === undefined || signature === '')
        return refused('no X-Hook-Signature: set the secret of the webhook in NetBox');
      // Buffer.from(…, 'hex') stops at the first odd character without a word.
      if (!/^[0-9a-f]{128}$/i.test(signature)) return refused('X-Hook-Signature is not a hex SHA-512');
      const expected = createHmac('sha512', settings.webhookSecret).update(delivery.body).digest();
      if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) return refused('signature does not match');
      return checkAge(delivery, settings.maxDeliveryAgeMs);
    },
    translate,
  };
}

function checkAge(delivery: Delivery, maxAgeMs: number): Verdict {
  const sent = Date.parse(readTimestamp(delivery.body) ?? '');
  // Nothing else in a delivery tells a replay from the first one.
  if (Number.isNaN(sent)) return refused('no timestamp in the body: leave the body template of the webhook empty');
  const age = delivery.receivedAt.getTime() - sent;
  if (age > maxAgeMs) return refused(`timestamp is ${Math.round(age / 1000)} s old`);
  if (age < -AHEAD_MS) return refused(`timestamp is ${Math.round(-age / 1000)} s ahead of this clock`);
  return { ok: true };
}

function readTimestamp(body: Buffer): string | undefined {
  return Stamped.safeParse(parse(body)).data?.timestamp;
}

function translate(delivery: Delivery): Translated {
  const read = Payload.safeParse(parse(delivery.body));
  if (!read.success) {
    const issue = read.error.issues[0];
    return {
      result: 'unsupported',
      reason: `not a delivery of NetBox: ${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'unexpected'}`,
    };
  }
  const payload = read.data;
  // netbox-branching: ids inside a branch may not exist in main.
  if (payload.active_branch ?? payload.context?.active_branch)
    return { result: 'ignored', reason: 'a change inside a branch' };
  if (NO_OBJECT.has(payload.event)) return { result: 'ignored', reason: `${payload.event} is about no object` };
  const change = CHANGES[payload.event];
  if (!change) return { result: 'unsupported', reason: `unknown event "${payload.event}"` };
  const objectType = payload.object_type ?? OBJECT_TYPES[payload.model ?? ''];
  if (!objectType)
    return { result: 'unsupported', reason: `neither object_type nor a model that we know ("${payload.model ?? ''}")` };
  const time = Date.parse(payload.timestamp);
  return {
    result: 'observed',
    observations: [
      {
        kind: 'record-changed',
        objectType,
        objectId: String(payload.data.id),
        change,
        deviceId: deviceIdOf(objectType, payload.data),
        deviceIds: objectType === 'dcim.cable' ? connectedBy(change, payload) : [],
        requestId: payload.request?.id ?? payload.request_id ?? null,
        observedAt: (Number.isNaN(time) ? delivery.receivedAt : new Date(time)).toISOString(),
      },
    ],
  };
}

/**
 * The device that has to be read again. What moved from one device to another names only the new one: the snapshots hold the old
 * interface's id and nothing more, so the periodic compare has to find the other.
 */
function deviceIdOf(objectType: string, data: Payload['data']): string | null {
  if (objectType === 'dcim.device') return String(data.id);
  if (objectType.startsWith('dcim.') && data.device) return String(data.device.id);
  const onInterface = data.assigned_object_type === 'dcim.interface';
  return onInterface && data.assigned_object?.device ? String(data.assigned_object.device.id) : null;
}

/** Of a cable that only got another label: none. Of one that was moved: where it is now; the ports that it left tell of themselves. */
function connectedBy(change: 'created' | 'updated' | 'deleted', { data, snapshots }: Payload): string[] {
  const [before, after] = [snapshots?.prechange, snapshots?.postchange].map((one) =>
    one?.a_terminations && one.b_terminations ? JSON.stringify([one.a_terminations, one.b_terminations]) : undefined,
  );
  if (change === 'updated' && before !== undefined && before === after) return [];
  const ends = [...(data.a_terminations ?? []), ...(data.b_terminations ?? [])];
  return [...new Set(ends.flatMap(({ object }) => (object?.device ? [String(object.device.id)] : [])))];
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refused(reason: string): Verdict {
  return { ok: false, reason };
}
