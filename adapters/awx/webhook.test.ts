import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '#src/ports/adapter.ts';
import { startAwxSimulator } from './simulator.ts';
import { createWebhookDoor } from './webhook.ts';
import { corpusPath } from '#test/kit/corpus.ts';

const door = createWebhookDoor('t0ken');

function delivery(body: string | Buffer, headers: Record<string, string> = {}): Delivery {
  return { headers, body: Buffer.from(body), receivedAt: new Date('2026-11-01T10:00:00Z') };
}

describe('verify', () => {
  test.each([[{ authorization: 'Bearer t0ken' }], [{ 'x-reanimator-token': 't0ken' }]])('takes %o', (headers) => {
    expect(door.verify(delivery('{}', headers as Record<string, string>))).toEqual({ ok: true });
  });
  test.each([
    [{}],
    [{ authorization: 'Bearer t0ke' }],
    [{ authorization: 'Basic t0ken' }],
    [{ 'x-reanimator-token': '' }],
    [{ authorization: 'Bearer t0ken', 'x-reanimator-token': 'x' }],
  ])('refuses %o, and tells no secret', (headers) => {
    const verdict = door.verify(delivery('{}', headers as Record<string, string>));
    expect(verdict.ok).toBe(false);
    expect(JSON.stringify(verdict)).not.toContain('t0ken');
  });
  test('without a token it refuses everything', () => {
    expect(createWebhookDoor(undefined).verify(delivery('{}', { authorization: 'Bearer t0ken' })).ok).toBe(false);
    expect(createWebhookDoor(undefined).verify(delivery('{}', { authorization: 'Bearer undefined' })).ok).toBe(false);
  });
});

describe('translate', () => {
  test('the fixture is a hint', () => {
    const body = readFileSync(new URL('./fixtures/24.6.1/notification-job.json', import.meta.url));
    expect(door.translate(delivery(body))).toEqual({
      result: 'observed',
      observations: [{ kind: 'playbook-run-changed', runId: '223', observedAt: '2026-11-01T09:30:00.123Z' }],
    });
  });
  test.each([
    ['{"id":1}', 'observed'],
    ['{"id":"12","finished":null}', 'observed'],
    ['{"id":1,"friendly_name":"Workflow Job"}', 'ignored'],
    ['{"id":1,"url":"https://awx.example/#/jobs/project/1"}', 'ignored'],
    ['{"body":"Ansible Tower Test Notification 1 https://awx.example"}', 'ignored'],
    ['{"body":"The approval node \\"x\\" needs review"}', 'unsupported'],
    ['{"id":"1; drop"}', 'unsupported'],
    ['{"id":1.5}', 'unsupported'],
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
        (value) => void door.translate(delivery(JSON.stringify({ id: 1, finished: value, url: value }))),
      ),
    );
  });
});

test('what the simulator sends when a job is over, the door takes', async () => {
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
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/awx`;
  const simulator = await startAwxSimulator({
    token: 't',
    templates: [{ name: 'x' }],
    runMs: 10,
    notify: { url, headers: { authorization: 'Bearer t0ken' } },
  });
  await fetch(`${simulator.url}/api/v2/job_templates/7/launch/`, {
    method: 'POST',
    headers: { authorization: 'Bearer t' },
  });
  await expect.poll(() => arrived.length).toBe(1);
  await simulator.close();
  receiver.close();
  expect(arrived.map((one) => [door.verify(one), door.translate(one)])).toEqual([
    [
      { ok: true },
      { result: 'observed', observations: [expect.objectContaining({ kind: 'playbook-run-changed', runId: '1' })] },
    ],
  ]);
});

const corpus = new URL(`${corpusPath('awx/notification-recordings')}/`, 'file://');
const recordings = list(corpus);
if (recordings.length === 0)
  console.info('skipped: recorded notifications, because no corpus is present (REANIMATOR_CORPUS)');
describe.skipIf(recordings.length === 0)('recorded notifications', () => {
  test.each(recordings)('%s', (name) => {
    expect(door.translate(delivery(readFileSync(new URL(name, corpus))))).toMatchObject({
      result: 'observed',
      observations: [{ runId: expect.stringMatching(/^(1|2722)$/) }],
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
