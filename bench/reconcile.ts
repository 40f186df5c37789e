import os from 'node:os';
import { startServices } from '#setup/services.ts';
import type { Bench } from './bench.ts';
import { type Found, tableOf } from './ingest-table.ts';
import { measureLook } from './reconcile/measure-look.ts';
import { measureMemory } from './reconcile/measure-memory.ts';
import { measureReal } from './reconcile/measure-real.ts';
import { measureStorm } from './reconcile/measure-storm.ts';
import { GOAL_SCALE, reconcileScale, type ReconcileWishes } from './reconcile/scale.ts';
import { setStand } from './reconcile/stand.ts';

export function benchReconcile(wishes: ReconcileWishes): Bench {
  return {
    says: 'a fleet compared with NetBox, beside the same reads with undici and JSON.parse alone; memory by size; a storm of webhooks; a thousand devices in a real NetBox, beside pynetbox',
    async run(say) {
      const scale = reconcileScale(wishes);
      const cache = 3 * 2 ** 30;
      const services = await startServices({
        name: 'bench',
        mariaDbSettings: { innodb_buffer_pool_size: String(cache), innodb_log_file_size: '1G' },
      });
      try {
        say(
          `innodb_buffer_pool_size ${cache / 2 ** 30} GiB of ${(os.totalmem() / 2 ** 30).toFixed(1)}, ${os.availableParallelism()} cores for hub, database, NetBox and bench`,
        );
        const found: Found[] = [];
        if (scale.only.includes('look') || scale.only.includes('storm')) {
          const stand = await setStand(services, scale, say);
          try {
            if (scale.only.includes('look')) found.push(...(await measureLook(stand, scale, say)));
            else for (const reason of ['the first one', 'the second one']) await stand.look(reason);
            if (scale.only.includes('storm')) found.push(...(await measureStorm(stand, scale, say)));
          } finally {
            await stand.close();
          }
        }
        if (scale.only.includes('memory')) found.push(...(await measureMemory(services, scale, say)));
        if (scale.only.includes('real')) found.push(...(await measureReal(say)));
        for (const line of tableOf(found)) say(line);
        const { devices, parts, fleets } = GOAL_SCALE;
        if (scale.devices < devices || scale.parts < parts)
          say(
            `requests, CPU and memory have goals at --devices ${devices} --parts ${parts} --fleets ${fleets.join(',')} only`,
          );
        return found.flatMap(({ goal }) => (goal ? [goal] : []));
      } finally {
        await services.stop();
      }
    },
  };
}
