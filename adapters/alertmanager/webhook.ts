import { createHash, timingSafeEqual } from 'node:crypto';
import type { Delivery, Translated, Verdict, WebhookDoor } from '#src/ports/adapter.ts';
import type { AlertObserved } from '#src/ports/observation.ts';
import type { AlertMapping } from './mapping.ts';
import { meaningOf } from './meaning.ts';
import { WebhookAlert, WebhookMessage } from './schema.ts';

export interface AlertDoorSettings {
  /** Any of them opens: the old and the new one, while a token is changed. */
  tokens: readonly string[];
  /** As it is now. */
  mapping(): AlertMapping;
}

/** The door `/hooks/alertmanager`. Alertmanager signs nothing: it sends `Authorization: Bearer <token>`. */
export function alertmanagerDoor({ tokens, mapping }: AlertDoorSettings): WebhookDoor {
  return {
    // A connection between Prometheus and Alertmanager that is back fires again with the bytes of the first time.
    sameBytesAreNews: true,
    verify: (delivery) => verify(delivery, tokens),
    translate: (delivery) => translate(delivery, mapping()),
  };
}

function verify(delivery: Delivery, tokens: readonly string[]): Verdict {
  if (tokens.length === 0) return no('no webhookToken is configured');
  const authorization = delivery.headers['authorization'];
  if (authorization === undefined) return no('no Authorization: set http_config.authorization.credentials');
  const given = /^bearer +(.+)$/i.exec(authorization)?.[1]?.trimEnd();
  if (given === undefined) return no('Authorization is not "Bearer <webhookToken>"');
  // All are compared, so that the time says nothing of which one is near.
  const fits = tokens.map((token) => same(given, token));
  return fits.includes(true) ? { ok: true } : no('wrong token');
}

function translate(delivery: Delivery, mapping: AlertMapping): Translated {
  const body = WebhookMessage.safeParse(readJson(delivery.body));
  if (!body.success) return { result: 'unsupported', reason: `no webhook of version 4: ${firstIssue(body.error)}` };
  const observations: AlertObserved[] = [];
  const odd: string[] = [];
  for (const [index, entry] of body.data.alerts.entries()) {
    const alert = WebhookAlert.safeParse(entry);
    // Each stands by itself: one that cannot be read must not cost the others.
    if (alert.success) observations.push(observe(alert.data, delivery, mapping));
    else odd.push(`alerts[${index}].${firstIssue(alert.error)}`);
  }
  const { truncatedAlerts } = body.data;
  const notes = [
    ...(truncatedAlerts > 0 ? [`${truncatedAlerts} more alerts were left out: raise max_alerts of the receiver`] : []),
    ...(odd.length > 0 ? [`${odd.length} alerts cannot be read: ${odd.slice(0, 3).join('; ')}`] : []),
  ];
  const note = notes.join('; ');
  if (observations.length > 0) return { result: 'observed', observations, ...(note === '' ? {} : { note }) };
  return odd.length > 0
    ? { result: 'unsupported', reason: note }
    : { result: 'ignored', reason: note || 'a message without alerts' };
}

function observe(alert: WebhookAlert, delivery: Delivery, mapping: AlertMapping): AlertObserved {
  const receivedAt = delivery.receivedAt.toISOString();
  const { labels, annotations, fingerprint, generatorURL } = alert;
  const ended = alert.endsAt === undefined || isYearOne(alert.endsAt) ? receivedAt : utc(alert.endsAt);
  return {
    kind: 'alert',
    fingerprint: fingerprint.toLowerCase(),
    startsAt: utc(alert.startsAt),
    // What fires may carry a time until which it is believed; it has not ended for that.
    endsAt: alert.status === 'resolved' ? ended : null,
    name: labels['alertname'] ?? '',
    severity: labels['severity'] ?? null,
    summary: annotations['summary'] ?? annotations['description'] ?? null,
    labels,
    sourceUrl: generatorURL === undefined || generatorURL === '' ? null : generatorURL,
    meaning: meaningOf(mapping, { labels, annotations }),
    observedAt: receivedAt,
  };
}

function isYearOne(time: string): boolean {
  return time.startsWith('0001-');
}

/** In UTC to the microsecond, which is what the hub keeps: Go's nanoseconds would make two of one. */
function utc(time: string): string {
  const [, micros = ''] = /\.(\d{1,6})/.exec(time) ?? [];
  const seconds = new Date(time.replace(/\.\d+/, '')).toISOString().slice(0, 19);
  return `${seconds}.${micros.padEnd(6, '0')}Z`;
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function firstIssue(error: { issues: { path: PropertyKey[]; message: string }[] }): string {
  const issue = error.issues[0];
  return `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'unexpected'}`;
}

/** In constant time, whatever the lengths. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function no(reason: string): Verdict {
  return { ok: false, reason };
}
