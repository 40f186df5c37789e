import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type BmcSimulator, type BmcSimulatorOptions, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree, type SimulatedTreeName } from '#adapters/redfish/simulator/simulated-tree.ts';
import { type HubProcess, startHubProcess } from '#demo/hub-process.ts';
import { freePort, startServices } from '#setup/services.ts';
import { adapterDefinitions, composeHub, createLog } from '#src/compose.ts';
import { readConfig } from '#src/config.ts';
import type { Ctx } from '#src/core/ctx.ts';
import type { Seal } from '#src/core/seal.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { connectDatabase } from '#src/database.ts';
import { migrate } from '#src/migrate.ts';

/** A hub whose worker is a process of its own that may be killed, and BMCs that come and go. */
export interface RedfishStage {
  ctx: Ctx;
  seal: Seal;
  /** A server with a BMC of its own. */
  newServer(
    tree: SimulatedTreeName,
    options: Partial<BmcSimulatorOptions>,
  ): Promise<{ assetId: string; bmc: BmcSimulator }>;
  /** SIGKILL; another one is started at once. */
  killWorker(): Promise<void>;
  /** There is a worker again. */
  workerRuns(): Promise<void>;
  logs: string;
  close(): Promise<void>;
}

/** Short waits: a proof is about order and not about patience. None is shorter than what it waits for. */
const IMPATIENT = {
  WORKER_LEASE_MS: '1500',
  FOLLOW_MS: '100',
  FIRMWARE_DEADLINE_MS: '40000',
  FIRMWARE_QUIET_MS: '4000',
  ERASE_DEADLINE_MS: '40000',
  REDFISH_TIMEOUT_MS: '1500',
  REDFISH_FIRMWARE_TIMEOUT_MS: '1500',
  // What a killed worker had under way holds its places at the BMC for ten seconds: there are places for the next.
  REDFISH_MAX_IN_FLIGHT: '4',
  RECONCILE_FOLLOW_MS: '0',
  HEALTH_POLL_MS: '0',
  LOG_POLL_MS: '0',
  LOG_LEVEL: 'info',
};

export async function setRedfishStage(): Promise<RedfishStage> {
  const services = await startServices({ name: 'prove-redfish' });
  const databaseUrl = await services.createDatabase('reanimator');
  const db = connectDatabase(databaseUrl, 2);
  await migrate(db);
  const [bmcPort, metricsPort] = [await freePort(), await freePort()];
  const env = {
    ...IMPATIENT,
    DATABASE_URL: databaseUrl,
    REDIS_URL: services.redis.url,
    SECRET_KEY: 'a key of this proof, which is long enough for everybody',
    PUBLIC_URL: 'http://127.0.0.1:1',
    METRICS_PORT: String(metricsPort),
    DIRECTORY_PATH: path.join(services.folder, 'objects'),
    UPLOAD_PATH: path.join(services.folder, 'uploads'),
    BMC_SCHEME: 'http',
    BMC_PORT: String(bmcPort),
    REDFISH_USERNAME: 'admin',
    REDFISH_PASSWORD: 'password',
  };
  const hub = await composeHub(readConfig(env, adapterDefinitions), createLog('error'));
  const logs = path.join(services.folder, 'hub');
  mkdirSync(logs, { recursive: true });
  const start = (): Promise<HubProcess> => startHubProcess('worker', env, path.join(logs, 'worker.log'));
  let worker = start();
  await worker;
  let servers = 0;

  return {
    ctx: { ...hub.ctx, actor: 'prove' },
    seal: hub.seal,
    logs,
    async newServer(tree, options) {
      servers += 1;
      const host = `127.86.${Math.floor(servers / 200)}.${1 + (servers % 200)}`;
      const bmc = await startBmcSimulator({ tree: simulatedTree(tree), host, port: bmcPort, ...options });
      const assetId = newId();
      const now = toSql(new Date());
      await db('assets').insert({
        ...{ id: assetId, name: `prove-${servers}`, lifecycle_state: 'HARDENED', bmc_address: host },
        ...{ state_since: now, created_at: now, updated_at: now },
      });
      return { assetId, bmc };
    },
    async killWorker() {
      const victim = await worker;
      await victim.kill();
      worker = start();
    },
    workerRuns: async () => void (await worker),
    async close() {
      await (await worker).kill();
      await hub.close();
      await db.destroy();
      await services.stop();
    },
  };
}
