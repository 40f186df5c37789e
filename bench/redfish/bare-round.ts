import { Pool } from 'undici';
import { fleetBmc, LOGIN } from './fleet.ts';
import type { RedfishScale } from './scale.ts';

/** Three resources of each BMC that is well, as many BMCs at a time: nobody who logs in, parses and keeps gets under that. */
const PATHS = ['/redfish/v1/Systems', '/redfish/v1/Chassis', '/redfish/v1/Managers'];

export async function bareRound(
  { bmcs, atOnce }: RedfishScale,
  port: number,
): Promise<{ seconds: number; cpuSeconds: number }> {
  const authorization = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')}`;
  const queue = Array.from({ length: bmcs }, (_, nth) => fleetBmc(nth)).filter(({ mood }) => mood === 'well');
  const [started, used] = [performance.now(), process.cpuUsage()];
  async function worker(): Promise<void> {
    for (let bmc = queue.shift(); bmc !== undefined; bmc = queue.shift()) {
      const pool = new Pool(`https://${bmc.address}:${port}`, {
        connections: 1,
        connect: { rejectUnauthorized: false },
      });
      for (const path of PATHS) {
        const { body } = await pool.request({ method: 'GET', path, headers: { authorization } });
        await body.dump({ limit: 1e9 });
      }
      await pool.close();
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
}
