import { createHmac, randomUUID } from 'node:crypto';
import { createRenderer, USER } from './render.ts';
import type { JiraStore, SimulatedIssue } from './store.ts';

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
  /** Waits for those under way. */
  settled(): Promise<void>;
}

/** Sends as Jira does: raw body signed, `self` links of v2, plain text for rich text. Without a target it sends nothing. */
export function createWebhookSender(
  store: JiraStore,
  origin: () => string,
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

  return {
    sent,
    send(event, issue, change) {
      if (target === undefined) return;
      const render = createRenderer(store, origin(), '2');
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
        user: { ...USER, self: `${origin()}/rest/api/2/user?accountId=${USER.accountId}` },
        issue: render.issue(issue, undefined, []),
        ...(items.length > 0 ? { changelog: { id: String(Date.now()), items } } : {}),
      });
      const headers: Record<string, string> = {
        'content-type': 'application/json; charset=UTF-8',
        'user-agent': 'Atlassian Webhook HTTP Client',
        'x-atlassian-webhook-identifier': randomUUID(),
        'x-atlassian-webhook-flow': 'Primary',
        ...(target.secret === undefined
          ? {}
          : { 'x-hub-signature': `sha256=${createHmac('sha256', target.secret).update(body).digest('hex')}` }),
      };
      const delivery: SentWebhook = { event, issueKey: issue.key, headers, body, status: undefined };
      sent.push(delivery);
      const job = deliver(target.url, delivery).finally(() => underWay.delete(job));
      underWay.add(job);
    },
    settled: async () => void (await Promise.all(underWay)),
  };
}
