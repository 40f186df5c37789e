import { afterAll, beforeAll, expect, test } from 'vitest';
import { testHub, type TestHub } from '../kit/test-hub.ts';

let hub: TestHub;
let worker: Awaited<ReturnType<TestHub['hub']['startWorker']>>;

beforeAll(async () => {
  hub = await testHub({ parts: [], machines: 1 });
  worker = await hub.hub.startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await hub?.close();
});

test('a worker is ready while its loops come round, and tells its metrics', async () => {
  const ready = await fetch(`${worker.metricsUrl}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ ready: true, checks: { loops: { ok: true }, database: { ok: true } } });
  const metrics = await (await fetch(`${worker.metricsUrl}/metrics`)).text();
  for (const name of [
    'reanimator_queue_age_seconds',
    'reanimator_outbox_lag_seconds',
    'reanimator_adapter_breaker{adapter="netbox"}',
    'reanimator_jobs{state="dead"}',
  ]) {
    expect(metrics).toContain(`${name} 0`);
  }
  expect((await fetch(`${worker.metricsUrl}/v1/assets`)).status).toBe(404);
});
