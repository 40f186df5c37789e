import os from 'node:os';
import { startServices } from '#setup/services.ts';
import type { Bench } from './bench.ts';
import { type Found, tableOf } from './ingest-table.ts';
import { measureFleet } from './redfish/measure-fleet.ts';
import { measureTrees } from './redfish/measure-trees.ts';
import { GOAL_BMCS, redfishScale, type RedfishWishes } from './redfish/scale.ts';

export function benchRedfish(wishes: RedfishWishes): Bench {
  return {
    says: 'requests per inventory and per health poll of recorded machines; a fleet of BMCs polled by one worker',
    async run(say) {
      const scale = redfishScale(wishes);
      const found: Found[] = [];
      if (scale.only.includes('trees')) found.push(...(await measureTrees(say)));
      if (scale.only.includes('fleet')) {
        say(`${os.availableParallelism()} cores for worker, database, Redis, BMCs and bench`);
        const services = await startServices({ name: 'bench' });
        try {
          found.push(...(await measureFleet(services, scale, say)));
        } finally {
          await services.stop();
        }
        if (scale.bmcs < GOAL_BMCS) say(`the time of a round has a goal at --bmcs ${GOAL_BMCS} only`);
      }
      for (const line of tableOf(found)) say(line);
      return found.flatMap(({ goal }) => (goal ? [goal] : []));
    },
  };
}
