// A worker of the hub reduced to what it does at one BMC: forked by shared-bmc.test.ts, and killed by it.
// Arguments: URL of Redis, URL of the BMC, how long a session may be idle (ms). Does what it is told over the channel and tells the outcome.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBmc } from '#adapters/redfish/client.ts';
import { closeBroker } from '#adapters/redfish/broker.ts';
import { Settings } from '#adapters/redfish/settings.ts';
import { connectRedis } from '#jobs/wake.ts';
import { createSeal } from '#src/core/seal.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { createSharedStore } from '#src/shared-store.ts';

const [redisUrl = '', url = '', idle = '60000'] = process.argv.slice(2);
const secretKey = 'a key for all of these workers, which is long enough';
const redis = connectRedis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2000 });
redis.on('error', () => undefined); // it may be away
const own = kitForTests('redfish');
const store = createSharedStore({ redis, seal: createSeal(secretKey), secretKey, log: own.log });
const kit = { ...own, shared: store.of('redfish') };
const settings = Settings.parse({ sessionIdleMs: Number(idle), timeoutMs: 5_000 });
const target = { url, username: 'admin', password: 'password', fingerprint256: null };

/** `reads`: so many uses one after the other, each with three reads at once. */
async function work({ reads, password = target.password }: { reads: number; password?: string }): Promise<string[]> {
  const failures: string[] = [];
  for (let at = 0; at < reads; at += 1) {
    try {
      const bmc = await openBmc({ ...target, password }, settings, kit, new AbortController().signal);
      const links = [bmc.root.Systems, bmc.root.Chassis, bmc.root.Managers].filter((link) => link !== null);
      await Promise.all(links.map((link) => bmc.read(link))).finally(() => bmc.close());
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  return failures;
}

process.on('message', (told: { reads: number; password?: string } | 'stop') => {
  if (told === 'stop') {
    void closeBroker(kit).then(() => {
      store.close();
      redis.disconnect();
      process.disconnect();
    });
    return;
  }
  void work(told).then((failures) => process.send?.(failures));
});
await Promise.race([once(redis, 'ready').catch(() => undefined), sleep(1_000)]);
process.send?.('ready');
