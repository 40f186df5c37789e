import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery, Translated, Verdict, WebhookDoor } from '../../src/ports/adapter.ts';
import type { LeaseObserved } from '../../src/ports/observation.ts';
import { Lease } from './schema.ts';

/** How far the clock of a DHCP server may be off, in milliseconds. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

export interface DhcpDoorSettings {
  secret: string;
  maxAgeMs: number;
}

/** The door `/hooks/dhcp`. README.md has the format. */
export function dhcpDoor(settings: DhcpDoorSettings): WebhookDoor {
  return {
    verify: (delivery) => verify(delivery, settings.secret),
    translate: (delivery) => translate(delivery, settings.maxAgeMs),
  };
}

function verify(delivery: Delivery, secret: string): Verdict {
  const signature = delivery.headers['x-reanimator-signature'];
  // A delivery that carries both stands by its signature: the bearer must not be a way round a stale or wrong one.
  if (signature !== undefined) return verifySignature(delivery, signature, secret);
  const authorization = delivery.headers['authorization'];
  if (authorization === undefined) return no('neither X-Reanimator-Signature nor Authorization is there');
  const bearer = /^bearer +(.+)$/i.exec(authorization)?.[1];
  if (bearer === undefined) return no('Authorization is not "Bearer <secret>"');
  return same(bearer.trimEnd(), secret) ? { ok: true } : no('wrong secret');
}

function verifySignature(delivery: Delivery, header: string, secret: string): Verdict {
  const parts = new Map(header.split(',').map((part) => splitAt(part.trim(), '=')));
  const time = parts.get('t');
  const given = parts.get('v1');
  if (time === undefined || given === undefined || !/^\d{1,12}$/.test(time)) {
    return no('X-Reanimator-Signature is not "t=<unix seconds>,v1=<hex>"');
  }
  const wanted = createHmac('sha256', secret).update(`${time}.`).update(delivery.body).digest('hex');
  if (!same(given.toLowerCase(), wanted))
    return no('wrong signature: another secret, or the body was changed on the way');
  const offMs = Number(time) * 1000 - delivery.receivedAt.getTime();
  if (Math.abs(offMs) <= CLOCK_TOLERANCE_MS) return { ok: true };
  return no(
    `signed ${Math.round(Math.abs(offMs) / 1000)} s ${offMs < 0 ? 'ago' : 'ahead'}: check the clocks of both machines`,
  );
}

/** Signs a body as the hooks do. */
export function signLease(body: string | Buffer, secret: string, now: Date): string {
  const time = Math.floor(now.getTime() / 1000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex')}`;
}

function translate(delivery: Delivery, maxAgeMs: number): Translated {
  const body = readJson(delivery.body);
  if (body === undefined) return { result: 'unsupported', reason: 'the body is not JSON' };
  const items: unknown[] = Array.isArray(body) ? body : [body];
  const observations: LeaseObserved[] = [];
  const ignored = new Set<string>();
  for (const [index, item] of items.entries()) {
    const lease = Lease.safeParse(item);
    // One bad lease refuses its whole array: half a delivery would look like a whole one.
    if (!lease.success)
      return { result: 'unsupported', reason: `${Array.isArray(body) ? `[${index}].` : ''}${firstIssue(lease.error)}` };
    const observed = observe(lease.data, delivery.receivedAt, maxAgeMs);
    if ('reason' in observed) ignored.add(observed.reason);
    else observations.push(observed);
  }
  if (observations.length > 0) return { result: 'observed', observations };
  return { result: 'ignored', reason: [...ignored].join('; ') || 'an empty list' };
}

function observe(lease: Lease, receivedAt: Date, maxAgeMs: number): LeaseObserved | { reason: string } {
  if (receivedAt.getTime() - lease.at.getTime() > maxAgeMs)
    return { reason: `older than ${maxAgeMs} ms: ${lease.at.toISOString()}` };
  if (lease.mac === null) return { reason: `${lease.event} of ${lease.ip} without a MAC address` };
  const { mac, event, ip, hostname, vendorClass, clientId, subnetId, relay, source } = lease;
  // A DHCP server whose clock is ahead: nothing was seen later than it was told.
  const observedAt = new Date(Math.min(lease.at.getTime(), receivedAt.getTime())).toISOString();
  return { kind: 'lease', event, mac, ip, hostname, vendorClass, clientId, subnetId, relay, source, observedAt };
}

function firstIssue(error: { issues: { path: PropertyKey[]; message: string }[] }): string {
  const issue = error.issues[0];
  return `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'unexpected'}`;
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** In constant time, whatever the lengths. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function no(reason: string): Verdict {
  return { ok: false, reason };
}
