import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { atLeast } from 'netbox-client';
import type { Database, Row } from './database.ts';
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
  /** Whether any rule listens to this model: else nothing has to be rendered. */
  wanted(model: ModelName): boolean;
  /** Queues what the enabled event rules ask for; the answer to the write does not wait. `bulk`: they wait behind other jobs. */
  dispatch(events: ModelEvent[], request: EventRequest, bulk?: boolean): void;
  /** The next ones never leave, as when the worker was restarted. */
  lose(count: number): void;
  /** The next ones are sent twice. */
  repeat(count: number): void;
  /** All that was queued so far has been tried. */
  idle(): Promise<void>;
  close(): void;
}

/** At most once and in no order that anybody promised, as RQ with its default of no retries. */
export function createWebhookSender(options: {
  database: Database;
  version: string;
  delayMs: number;
  bulkDelayMs: number;
}): WebhookSender {
  const { database, version, delayMs, bulkDelayMs } = options;
  let toLose = 0;
  let toRepeat = 0;
  const sent: SentWebhook[] = [];
  const running = new Set<Promise<void>>();
  const abort = new AbortController();

  async function send({ url, secret, timeoutMs, verifyTls }: Target, body: string, afterMs: number): Promise<void> {
    await sleep(afterMs, undefined, { signal: abort.signal });
    const signature = secret === '' ? null : createHmac('sha512', secret).update(body).digest('hex');
    const answer = await post({ url, body, signature, timeoutMs, verifyTls, signal: abort.signal });
    sent.push({ url, body, signature, answer });
    if (sent.length > 10_000) sent.shift();
  }

  function timesToSend(): number {
    if (toLose > 0) {
      toLose -= 1;
      return 0;
    }
    if (toRepeat === 0) return 1;
    toRepeat -= 1;
    return 2;
  }

  return {
    sent,
    wanted: (model) => rulesFor(database, model).length > 0,
    dispatch(events, request, bulk = false) {
      const timestamp = `${new Date().toISOString().slice(0, -1)}000+00:00`;
      for (const event of coalesced(events)) {
        for (const target of targets(database, event)) {
          const body = JSON.stringify(payload(event, request, timestamp, version));
          for (let times = timesToSend(); times > 0; times -= 1) {
            const task = send(target, body, bulk ? bulkDelayMs : delayMs).catch(() => {});
            running.add(task);
            void task.then(() => running.delete(task));
          }
        }
      }
    },
    lose: (count) => void (toLose += count),
    repeat: (count) => void (toRepeat += count),
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    close: () => abort.abort(),
  };
}

/** One per object and request: what was made and changed is still `created`, what goes is `deleted`. */
function coalesced(events: readonly ModelEvent[]): ModelEvent[] {
  const byObject = new Map<string, ModelEvent>();
  for (const event of events) {
    const key = `${event.model}:${event.id}`;
    const first = byObject.get(key);
    if (first?.event === 'deleted') continue;
    const kind = first && event.event !== 'deleted' ? first.event : event.event;
    byObject.set(key, first ? { ...event, event: kind, prechange: first.prechange } : event);
  }
  return [...byObject.values()];
}

interface Target {
  url: string;
  secret: string;
  timeoutMs: number;
  verifyTls: boolean;
}

/** The enabled rules for this type. Conditions are not modelled: a rule with one never fires. */
function rulesFor(database: Database, model: ModelName): Row[] {
  return database.all('eventRule').filter((rule) => {
    const types = rule.object_types as string[];
    const sends = rule.enabled === true && rule.conditions === null && rule.action_type === 'webhook';
    return sends && types.includes(MODELS[model].objectType);
  });
}

function targets(database: Database, { event, model }: ModelEvent): Target[] {
  return rulesFor(database, model)
    .filter((rule) => (rule.event_types as string[]).includes(`object_${event}`))
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
