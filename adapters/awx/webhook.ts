import { createHash, timingSafeEqual } from 'node:crypto';
import type { Delivery, Translated, Verdict, WebhookDoor } from '#src/ports/adapter.ts';
import { Notification } from './schema.ts';

/** AWX signs nothing, but its notification templates can send headers: a shared token is all there is. Without one nothing enters. */
export function createWebhookDoor(token: string | undefined): WebhookDoor {
  return {
    verify: (delivery) => verify(delivery, token),
    translate,
  };
}

function verify(delivery: Delivery, token: string | undefined): Verdict {
  if (token === undefined) return { ok: false, reason: 'no webhookToken is configured' };
  const bearer = /^Bearer (.+)$/i.exec(delivery.headers['authorization'] ?? '')?.[1];
  const given = delivery.headers['x-reanimator-token'] ?? bearer;
  if (given === undefined) return { ok: false, reason: 'no token: send Authorization: Bearer … or X-Reanimator-Token' };
  return timingSafeEqual(digest(given), digest(token)) ? { ok: true } : { ok: false, reason: 'token does not match' };
}

/** Equal lengths whatever was given, so that the comparison tells nothing by its time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function translate(delivery: Delivery): Translated {
  const body = parseBody(delivery.body);
  if (body === undefined) return { result: 'unsupported', reason: 'not JSON' };
  if (isTest(body)) return { result: 'ignored', reason: 'test notification' };
  const parsed = Notification.safeParse(body);
  if (!parsed.success) return { result: 'unsupported', reason: 'not a job notification' };
  const { id, friendly_name: kind, url, finished } = parsed.data;
  // Ids are shared by jobs, project updates and workflow jobs; only jobs are runs of a playbook.
  if (kind !== undefined && kind !== 'Job') return { result: 'ignored', reason: `about a ${kind}` };
  if (url !== undefined && /\/jobs\/(?!playbook\/)[a-z_]+\/\d/.test(url))
    return { result: 'ignored', reason: 'not about a playbook' };
  return {
    result: 'observed',
    observations: [
      { kind: 'playbook-run-changed', runId: String(id), observedAt: toTime(finished, delivery.receivedAt) },
    ],
  };
}

/** What the button "Test notification" sends: `{"body": "Ansible Tower Test Notification 1 https://…"}`. */
function isTest(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'body')) return false;
  const text = (body as { body: unknown }).body;
  return typeof text === 'string' && /test notification/i.test(text);
}

function parseBody(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}

function toTime(text: string | null | undefined, receivedAt: Date): string {
  const time = new Date(text ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? receivedAt.toISOString() : time.toISOString();
}
