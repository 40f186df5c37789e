import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HubRefusal, until } from '../../demo/hub-client.ts';
import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
import { certificateAuthority } from '#adapters/redfish/simulator/signing.ts';
import { hubWithServer } from '#test/kit/hub-with-server.ts';
import { type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
let id: string;
let bmc: BmcSimulator;
beforeAll(async () => {
  ({ on, id, bmc } = await hubWithServer({ bmcTls: true }));
}, 180_000);
afterAll(() => on.close());

interface JobShown {
  state: string;
  result: Record<string, unknown> | null;
  error: { kind?: string; message?: string } | null;
}
interface Shown {
  fingerprint256: string | null;
  signing_request: string | null;
  pending_fingerprint256: string | null;
  failure: string | null;
}
const reason = 'a test';
const shown = (): Promise<Shown> => on.client.get(`/v1/assets/${id}/bmc-access/certificate`);

async function ended(path: string, body: object): Promise<JobShown> {
  const { jobs } = await on.client.post<{ jobs: string }>(`/v1/assets/${id}/bmc-access/${path}`, { reason, ...body });
  return until(
    'the end of the job',
    async () => {
      const { items } = await on.client.get<{ items: JobShown[] }>(jobs);
      return items.find(({ state }) => state === 'done' || state === 'dead');
    },
    30_000,
  );
}
const names = { common_name: 'bmc-1.example', alternative_names: ['bmc-1.example'] };

test('requested from the BMC, signed by somebody, installed, and expected from then on', async () => {
  const before = await shown();
  expect(before.fingerprint256).toBe(bmc.fingerprint256);
  expect((await ended('signing-requests', names)).result).toMatchObject({ outcome: 'made' });
  const { signing_request: csr } = await shown();
  const pem = certificateAuthority().sign(csr ?? '');
  const job = await ended('certificates', { pem });
  expect(job).toMatchObject({ state: 'done', result: { outcome: 'installed' } });
  const { fingerprint256 } = new X509Certificate(pem);
  expect(bmc.fingerprint256).toBe(fingerprint256);
  expect(await shown()).toMatchObject({ fingerprint256, signing_request: null, pending_fingerprint256: null });
  const polled = await on.client.post<{ jobs: string }>(`/v1/assets/${id}/health/polls`, { reason });
  const poll = await until('the poll', async () => {
    const { items } = await on.client.get<{ items: JobShown[] }>(polled.jobs);
    return items.find(({ state }) => state === 'done');
  });
  expect(poll.result).toMatchObject({ outcome: 'answered' });
});

test('a lost answer changes nothing: what is shown tells', async () => {
  await ended('signing-requests', names);
  const pem = certificateAuthority().sign((await shown()).signing_request ?? '');
  bmc.addFault({ match: 'POST .*ReplaceCertificate', kind: 'drop-answer', times: 1 });
  expect(await ended('certificates', { pem })).toMatchObject({ state: 'done' });
  expect((await shown()).fingerprint256).toBe(new X509Certificate(pem).fingerprint256);
});

test('one that does not belong to the BMC is refused, and the old one is expected still', async () => {
  const before = await shown();
  await ended('signing-requests', names);
  const { signing_request: csr } = await shown();
  await ended('signing-requests', names);
  const job = await ended('certificates', { pem: certificateAuthority().sign(csr ?? '') });
  expect(job).toMatchObject({ state: 'dead', error: { kind: 'rejected' } });
  const after = await shown();
  expect(after).toMatchObject({ fingerprint256: before.fingerprint256, pending_fingerprint256: null });
  expect(after.failure).toContain('does not belong');
});

test.each([
  ['nothing at all', () => 'hello', 'no certificate'],
  ['a key', () => '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----', 'without its key'],
  ['one that has run out', (csr: string) => certificateAuthority().sign(csr, -3), 'ran out'],
  [
    'a chain of strangers',
    (csr: string) => certificateAuthority().sign(csr) + certificateAuthority('Other').cert,
    'did not issue',
  ],
])('%s is not taken', async (_what, make, says) => {
  const pem = make((await shown()).signing_request ?? '');
  const refused = await on.client
    .post(`/v1/assets/${id}/bmc-access/certificates`, { reason, pem })
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HubRefusal);
  expect((refused as HubRefusal).message).toContain(says);
});
