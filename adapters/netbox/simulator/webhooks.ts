import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { atLeast } from 'netbox-client';
import type { Database } from './database.ts';
import { MODELS, type ModelName } from './model.ts';

export interface ModelEvent {
  event: 'created' | 'updated' | 'deleted';
  model: ModelName;
  id: number;
  /** As the REST API shows the object, links without origin. */
  data: Record<string, unknown>;
  prechange: Record<string, unknown> | null;
  postchange: Record<string, unknown> | null;
}

export interface EventRequest {
  id: string;
  method: string;
  path: string;
  user: string;
}

/** A webhook that was sent, or tried. */
export interface SentWebhook {
  url: string;
  body: string;
  signature: string | null;
  /** HTTP status, or why there was none. */
  answer: number | string;
}

export interface WebhookSender {
  sent: SentWebhook[];
  /** Queues what the enabled event rules ask for; the answer to the write does not wait. */
  dispatch(events: ModelEvent[], request: EventRequest): void;
  /** All that was queued so far has been tried. */
  idle(): Promise<void>;
  close(): void;
}

/** At most once and in no order that anybody promised, as RQ with its default of no retries. */
export function createWebhookSender(options: { database: Database; version: string; delayMs: number }): WebhookSender {
  const { database, version, delayMs } = options;
  const sent: SentWebhook[] = [];
  const running = new Set<Promise<void>>();
  const abort = new AbortController();

  async function send(url: string, secret: string, body: string, timeoutMs: number, verifyTls: boolean): Promise<void> {
    await sleep(delayMs, undefined, { signal: abort.signal });
    const signature = secret === '' ? null : createHmac('sha512', secret).update(body).digest('hex');
    const answer = await post({ url, body, signature, timeoutMs, verifyTls, signal: abort.signal });
    sent.push({ url, body, signature, answer });
    if (sent.length > 10_000) sent.shift();
  }

  return {
    sent,
    dispatch(events, request) {
      const timestamp = `${new Date().toISOString().slice(0, -1)}000+00:00`;
      for (const event of events) {
        for (const { url, secret, timeoutMs, verifyTls } of targets(database, event)) {
          const body = JSON.stringify(payload(event, request, timestamp, version));
          const task = send(url, secret, body, timeoutMs, verifyTls).catch(() => {});
          running.add(task);
          void task.then(() => running.delete(task));
        }
      }
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    close: () => abort.abort(),
  };
}

/** The enabled rules for this type and event. Conditions are not modelled: a rule with one never fires. */
function targets(
  database: Database,
  { event, model }: ModelEvent,
): { url: string; secret: string; timeoutMs: number; verifyTls: boolean }[] {
  const rules = database.all('eventRule').filter((rule) => {
    const types = rule.object_types as string[];
    const events = rule.event_types as string[];
    return (
      rule.enabled === true &&
      rule.conditions === null &&
      rule.action_type === 'webhook' &&
      types.includes(MODELS[model].objectType) &&
      events.includes(`object_${event}`)
    );
  });
  return rules
    .map((rule) => database.find('webhook', rule.action_object_id))
    .filter((webhook) => webhook !== undefined)
    .map((webhook) => ({
      url: String(webhook.payload_url),
      secret: String(webhook.secret),
      timeoutMs: Number(webhook.timeout ?? 60) * 1000,
      verifyTls: webhook.ssl_verification === true,
    }));
}

/** The body's shape by version; see adapters/netbox/fixtures. */
function payload(
  event: ModelEvent,
  request: EventRequest,
  timestamp: string,
  version: string,
): Record<string, unknown> {
  const { objectType } = MODELS[event.model];
  const body: Record<string, unknown> = { event: event.event, timestamp, object_type: objectType };
  if (!atLeast(version, '4.5')) body.model = objectType.split('.')[1];
  if (!atLeast(version, '4.7')) Object.assign(body, { username: request.user, request_id: request.id });
  body.data = event.data;
  if (atLeast(version, '4.6'))
    body.request = { ...request, ...(atLeast(version, '4.7') ? { path_info: request.path, GET: {} } : {}) };
  body.snapshots = { prechange: event.prechange, postchange: event.postchange };
  return body;
}

function post(to: {
  url: string;
  body: string;
  signature: string | null;
  timeoutMs: number;
  verifyTls: boolean;
  signal: AbortSignal;
}): Promise<number | string> {
  return new Promise((resolve) => {
    const send = to.url.startsWith('https:') ? httpsRequest : httpRequest;
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(to.body),
      ...(to.signature === null ? {} : { 'x-hook-signature': to.signature }),
    };
    // Node's own client: it can be told not to look at the certificate, as NetBox can.
    const call = send(
      to.url,
      {
        method: 'POST',
        headers,
        timeout: to.timeoutMs,
        signal: to.signal,
        rejectUnauthorized: to.verifyTls,
        agent: false,
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', (error) => resolve(error.message));
    call.end(to.body);
  });
}
