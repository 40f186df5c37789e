import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '#src/ports/adapter.ts';
import { startJiraSimulator } from './simulator.ts';
import { createWebhookDoor } from './webhook.ts';
import { corpusPath } from '#test/kit/corpus.ts';

const door = createWebhookDoor('s3cret');
const FIXTURES = new URL('./fixtures/cloud-v3/', import.meta.url);

function delivery(
  body: string | Buffer,
  headers: Record<string, string> = {},
  receivedAt = new Date('2026-11-01T10:00:00Z'),
): Delivery {
  return { headers, body: Buffer.from(body), receivedAt };
}
function signed(body: string, secret = 's3cret'): Delivery {
  return delivery(body, { 'x-hub-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` });
}

describe('verify', () => {
  const body = JSON.stringify({
    webhookEvent: 'jira:issue_updated',
    timestamp: Date.parse('2026-11-01T09:59:00Z'),
    issue: { id: '1' },
  });

  test('takes what the secret signed', () => {
    expect(door.verify(signed(body))).toEqual({ ok: true });
  });
  test.each([
    ['nothing', delivery(body)],
    ['another secret', signed(body, 'other')],
    ['a changed body', { ...signed(body), body: Buffer.from(`${body} `) }],
    ['half a signature', delivery(body, { 'x-hub-signature': 'sha256=abcd' })],
    ['sha1', delivery(body, { 'x-hub-signature': `sha1=${createHmac('sha1', 's3cret').update(body).digest('hex')}` })],
    ['a replay after two days', { ...signed(body), receivedAt: new Date('2026-11-03T10:00:00Z') }],
  ])('refuses %s, and tells no secret', (_, bad) => {
    const verdict = door.verify(bad);
    expect(verdict.ok).toBe(false);
    expect(JSON.stringify(verdict)).not.toContain('s3cret');
  });
  test('without a secret it refuses everything', () => {
    expect(createWebhookDoor(undefined).verify(signed(body)).ok).toBe(false);
    expect(createWebhookDoor(undefined).verify(signed(body, '')).ok).toBe(false);
  });
});

test('its name is the identifier that Jira gives it, where it gives one', () => {
  const name = (headers: Record<string, string>): string | undefined => door.identify?.(delivery('{}', headers));
  expect(name({ 'x-atlassian-webhook-identifier': ' 3f9a ' })).toBe('3f9a');
  expect(name({ 'x-atlassian-webhook-identifier': '' })).toBeUndefined();
  expect(name({})).toBeUndefined();
});

describe('translate', () => {
  test('Data Center names people by name and key, and its issue is a hint all the same', () => {
    const user = { self: 'https://jira.example/rest/api/2/user?username=mia', name: 'mia', key: 'JIRAUSER10100' };
    const body = JSON.stringify({
      ...{ timestamp: Date.parse('2026-11-01T09:00:00Z'), webhookEvent: 'jira:issue_updated', user },
      ...{ issue_event_type_name: 'issue_assigned', issue: { id: '10000', key: 'HW-1', fields: { assignee: user } } },
      changelog: {
        id: '1',
        items: [{ field: 'assignee', fieldtype: 'jira', from: null, fromString: null, to: 'mia' }],
      },
    });
    expect(door.translate(delivery(body))).toMatchObject({ observations: [{ ticketId: '10000', ticketKey: 'HW-1' }] });
  });

  test('a status change of the fixture is a hint by id', () => {
    const body = readFileSync(new URL('webhook-issue-updated.json', FIXTURES), 'utf8');
    expect(door.translate(delivery(body))).toEqual({
      result: 'observed',
      observations: [
        { kind: 'ticket-changed', ticketId: '10000', ticketKey: 'HW-1', observedAt: '2026-11-01T09:00:00.000Z' },
      ],
    });
  });
  test('a comment carries a reduced issue, and is a hint too', () => {
    const body = JSON.stringify({ webhookEvent: 'comment_created', comment: { body: 'text' }, issue: { id: 10000 } });
    expect(door.translate(delivery(body))).toMatchObject({
      result: 'observed',
      observations: [{ ticketId: '10000', ticketKey: null, observedAt: '2026-11-01T10:00:00.000Z' }],
    });
  });
  test.each([
    ['{"webhookEvent":"user_created","user":{}}', 'ignored'],
    ['{"webhookEvent":"jira:version_released","version":{}}', 'ignored'],
    ['{"webhookEvent":7,"issue":{"id":"1"}}', 'unsupported'],
    ['{"issue":{"id":"1"}}', 'unsupported'],
    ['{"webhookEvent":"jira:issue_updated","issue":{"id":{}}}', 'unsupported'],
    ['{"webhookEvent":"jira:issue_updated","issue":{"id":"1"},"timestamp":8.64e99}', 'observed'],
    ['[]', 'unsupported'],
    ['null', 'unsupported'],
    ['', 'unsupported'],
    ['<html>', 'unsupported'],
  ])('%s is %s', (body, result) => {
    expect(door.translate(delivery(body)).result).toBe(result);
  });
  test('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void door.translate(delivery(Buffer.from(bytes)))));
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => void door.translate(delivery(JSON.stringify({ webhookEvent: 'x', issue: value, timestamp: value }))),
      ),
    );
  });
});

test('what the simulator sends, the door takes', async () => {
  const arrived: Delivery[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      arrived.push({
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks),
        receivedAt: new Date(),
      });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/jira`;
  const simulator = await startJiraSimulator({
    email: 'a',
    apiToken: 't',
    projects: [{ key: 'HW' }],
    webhook: { url, secret: 's3cret' },
  });
  const made = await fetch(`${simulator.url}/rest/api/3/issue`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('a:t')}` },
    body: JSON.stringify({ fields: { project: { key: 'HW' }, issuetype: { name: 'Task' }, summary: 'x' } }),
  });
  expect(made.status).toBe(201);
  simulator.transition('HW-1', 'Done');
  await simulator.settled();
  simulator.resend(simulator.webhooks[1]!, true);
  await simulator.close();
  receiver.close();
  expect(simulator.webhooks.map((one) => [one.event, one.status])).toEqual([
    ['jira:issue_created', 202],
    ['jira:issue_updated', 202],
    ['jira:issue_updated', 202],
  ]);
  const names = arrived.map((one) => door.identify?.(one));
  expect(names[1]).toBe(names[2]);
  expect(new Set(names).size).toBe(2);
  expect(arrived[1]?.body.equals(arrived[2]?.body ?? Buffer.alloc(0))).toBe(false);
  for (const one of arrived) {
    expect(door.verify(one)).toEqual({ ok: true });
    expect(door.translate(one)).toMatchObject({
      result: 'observed',
      observations: [{ ticketId: '10000', ticketKey: 'HW-1' }],
    });
  }
});

const corpus = new URL(`${corpusPath('jira/webhook-recordings')}/`, 'file://');
const recordings = list(corpus);
if (recordings.length === 0)
  console.info('skipped: recorded webhooks, because no corpus is present (REANIMATOR_CORPUS)');
describe.skipIf(recordings.length === 0)('recorded webhooks', () => {
  test.each(recordings)('%s', (name) => {
    const translated = door.translate(delivery(readFileSync(new URL(name, corpus))));
    expect(translated).toMatchObject({
      result: 'observed',
      observations: [{ kind: 'ticket-changed', ticketId: '10000' }],
    });
  });
});

function list(folder: URL): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}
