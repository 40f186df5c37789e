import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../demo/hub-client.ts';
import { startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import type { JobCtx } from '#jobs/job-ctx.ts';
import { reportFirmware } from '#jobs/report-firmware.ts';
import { findAsset } from '#src/assets/reads.ts';
import { composeHealth } from '#src/compose-health.ts';
import { readFirmwarePolicy } from '#src/compose-firmware.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { readInstalled } from '#src/firmware/reads.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
beforeAll(async () => {
  on = await testHub({ without: ['NETBOX', 'JIRA', 'AWX'], env: { HEALTH_POLL_MS: '0', LOG_POLL_MS: '0' } });
}, 180_000);
afterAll(() => on.close());

test('firmware that is not the baseline opens one ticket, told once and not at each look, and is over when it is', async () => {
  const { env } = on.stage;
  const host = `127.87.7.${1 + (process.pid % 250)}`;
  const login = { username: 'root', password: env['REDFISH_PASSWORD'] ?? '' };
  const bmc = await startBmcSimulator({
    ...{ tree: simulatedTree('dell'), host, port: Number(env['BMC_PORT']) },
    ...login,
  });
  try {
    const { ctx } = on.hub;
    const [id, now] = [newId(), toSql(new Date())];
    const times = { state_since: now, created_at: now, updated_at: now };
    await ctx.db('assets').insert({ id, name: 'fw-1', lifecycle_state: 'HARDENED', bmc_address: host, ...times });
    await on.client.post(`/v1/assets/${id}/inspections`, { reason: 'a test' });
    const bios = await until('the look', async () =>
      (await readInstalled(ctx, id)).rows.find(({ id: component }) => component.startsWith('BIOS')),
    );
    const { settings } = composeHealth(on.hub.config, ctx.log);
    const report = async (version: string): Promise<number> => {
      const baselines = [{ vendor: '*', model: '*', versions: { bios: version } }];
      const policy = { ...readFirmwarePolicy(), baselines };
      const asset = await findAsset(ctx, id);
      if (asset === undefined) throw new Error('it is gone');
      return reportFirmware(
        { ...ctx, settings: { firmware: { policy }, health: settings } } as unknown as JobCtx,
        asset,
      );
    };
    const told = async () => {
      const { items } = await on.client.get<{ items: { type: string; message: string }[] }>(
        `/v1/telemetry?asset=${id}`,
      );
      return items.map(({ type, message }) => `${type}: ${message}`);
    };
    expect(await report('9.9.9')).toBe(1);
    expect(await report('9.9.9')).toBe(0);
    expect(await told()).toEqual([`FIRMWARE_BELOW_BASELINE: installed ${bios.version}, the baseline is 9.9.9`]);
    const ticket = await until('the ticket', async () => {
      const { items } = await on.client.get<{ items: { type: string; component: string }[] }>(
        `/v1/tickets?asset_id=${id}`,
      );
      return items[0];
    });
    expect(ticket).toMatchObject({ type: 'UPDATE_FIRMWARE', component: bios.id });
    expect(await report(bios.version ?? '')).toBe(1);
    expect(await report(bios.version ?? '')).toBe(0);
    expect(await told()).toHaveLength(2);
  } finally {
    await bmc.close();
  }
});
