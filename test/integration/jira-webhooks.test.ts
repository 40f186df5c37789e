import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type Called } from '#test/kit/call.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

const SECRET = 'signed by Jira';
let on: TestHub;
beforeAll(
  async () =>
    void (on = await testHub({
      machines: 0,
      parts: ['web'],
      without: ['NETBOX', 'AWX'],
      env: { JIRA_WEBHOOK_SECRET: SECRET },
    })),
);
afterAll(() => on.close());

const bodyAt = (timestamp: number): string =>
  JSON.stringify({ timestamp, webhookEvent: 'jira:issue_updated', issue: { id: '10000', key: 'HW-1' } });

function deliver(body: string, headers: Record<string, string>, secret = SECRET): Promise<Called> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return call(`${on.url}/hooks/jira`, { body, headers: { ...headers, 'x-hub-signature': `sha256=${signature}` } });
}
const kept = async (): Promise<{ headers: string }[]> =>
  on.database.db('deliveries').where({ adapter: 'jira' }).select('headers');

test('a delivery that Jira tries again with another body is one delivery', async () => {
  const name = { 'x-atlassian-webhook-identifier': '9a1f-1' };
  const first = await deliver(bodyAt(Date.now()), { ...name, 'x-atlassian-webhook-flow': 'Primary' });
  expect([first.status, first.json['repeated']]).toEqual([202, false]);
  const again = await deliver(bodyAt(Date.now() + 1), {
    ...name,
    'x-atlassian-webhook-flow': 'Secondary',
    'x-atlassian-webhook-retry': '2',
  });
  expect([again.status, again.json['repeated']]).toEqual([202, true]);
  const [row, ...more] = await kept();
  expect(more).toEqual([]);
  expect(row?.headers).toContain('9a1f-1');
});

test('another name is another delivery; without a name the bytes are it', async () => {
  const before = (await kept()).length;
  const body = bodyAt(Date.now());
  for (const name of ['9a1f-2', '9a1f-3']) await deliver(body, { 'x-atlassian-webhook-identifier': name });
  expect((await kept()).length).toBe(before + 2);
  const nameless = [await deliver(body, {}), await deliver(body, {})];
  expect(nameless.map(({ json }) => json['repeated'])).toEqual([false, true]);
});

test('a name is believed of nobody who cannot sign', async () => {
  const before = (await kept()).length;
  const answer = await deliver(bodyAt(Date.now()), { 'x-atlassian-webhook-identifier': '9a1f-4' }, 'another secret');
  expect(answer.status).toBe(401);
  expect((await kept()).length).toBe(before);
  expect((await deliver(bodyAt(Date.now()), { 'x-atlassian-webhook-identifier': '9a1f-4' })).json['repeated']).toBe(
    false,
  );
});
