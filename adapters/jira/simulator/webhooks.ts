import { createHmac, randomUUID } from 'node:crypto';
import { createRenderer, type Flavour } from './render.ts';
import { HUB_USER, type JiraStore, type SimulatedIssue } from './store.ts';

export interface SentWebhook {
  event: string;
  issueKey: string;
  headers: Record<string, string>;
  body: string;
  /** What the receiver answered; undefined while waiting or when it was not reached. */
  status: number | undefined;
}

export interface WebhookSender {
  sent: SentWebhook[];
  send(event: string, issue: SimulatedIssue, change?: { from: string; to: string }): void;
  /** Sends one again, as Jira does when it was not taken: the same identifier, a new body where `rewritten`. */
  resend(delivery: SentWebhook, rewritten: boolean): void;
  /** Waits for those under way. */
  settled(): Promise<void>;
}

/** Sends as Jira does: raw body signed, `self` links of v2, plain text for rich text. Without a target it sends nothing. */
export function createWebhookSender(
  store: JiraStore,
  flavour: () => Flavour,
  target: { url: string; secret?: string } | undefined,
): WebhookSender {
  const sent: SentWebhook[] = [];
  const underWay = new Set<Promise<void>>();

  async function deliver(url: string, delivery: SentWebhook): Promise<void> {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: delivery.headers,
        body: delivery.body,
        signal: AbortSignal.timeout(10_000),
      });
      delivery.status = answer.status;
      await answer.arrayBuffer();
    } catch {
      delivery.status = undefined; // not reached; a real Jira would try again
    }
  }

  function signed(body: string): Record<string, string> {
    if (target?.secret === undefined) return {};
    return { 'x-hub-signature': `sha256=${createHmac('sha256', target.secret).update(body).digest('hex')}` };
  }

  function start(delivery: SentWebhook): void {
    sent.push(delivery);
    const job = deliver(target?.url ?? '', delivery).finally(() => underWay.delete(job));
    underWay.add(job);
  }

  return {
    sent,
    send(event, issue, change) {
      if (target === undefined) return;
      const own = flavour();
      const render = createRenderer(store, { ...own, version: '2' });
      const items =
        change === undefined
          ? []
          : [
              {
                field: 'status',
                fieldtype: 'jira',
                fieldId: 'status',
                from: '',
                fromString: change.from,
                to: issue.status.id,
                toString: change.to,
              },
            ];
      const body = JSON.stringify({
        timestamp: Date.now(),
        webhookEvent: event,
        issue_event_type_name: change === undefined ? event.replace('jira:', '') : 'issue_generic',
        user: render.user(HUB_USER),
        issue: render.issue(issue, undefined, []),
        ...(items.length > 0 ? { changelog: { id: String(Date.now()), items } } : {}),
      });
      const headers: Record<string, string> = {
        'content-type': 'application/json; charset=UTF-8',
        'user-agent': 'Atlassian Webhook HTTP Client',
        'x-atlassian-webhook-identifier': randomUUID(),
        ...(own.deployment === 'cloud' ? { 'x-atlassian-webhook-flow': 'Primary' } : {}),
        ...signed(body),
      };
      start({ event, issueKey: issue.key, headers, body, status: undefined });
    },
    resend(delivery, rewritten) {
      const times = Number(delivery.headers['x-atlassian-webhook-retry'] ?? 0) + 1;
      const body = rewritten
        ? JSON.stringify({ ...(JSON.parse(delivery.body) as object), timestamp: Date.now() + 1 })
        : delivery.body;
      const headers = { ...delivery.headers, ...signed(body), 'x-atlassian-webhook-retry': String(times) };
      start({ ...delivery, body, headers, status: undefined });
    },
    settled: async () => void (await Promise.all(underWay)),
  };
}
