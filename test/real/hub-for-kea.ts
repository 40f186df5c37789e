import { randomBytes } from 'node:crypto';
import { adapterDefinitions, composeHub, createLog } from '#src/compose.ts';
import { readConfig } from '#src/config.ts';
import { connectDatabase } from '#src/database.ts';
import { migrate } from '#src/migrate.ts';
import { startServices } from '#setup/services.ts';
import type { RealHub } from './kea/checks.ts';

/** The hub's web part on a private MariaDB and Redis: what its DHCP door kept is what arrived. */
export async function startRealHub(host: string): Promise<RealHub> {
  const services = await startServices({ name: 'real-kea' });
  const secret = randomBytes(24).toString('hex');
  const config = readConfig(
    {
      DATABASE_URL: await services.createDatabase('reanimator'),
      REDIS_URL: services.redis.url,
      SECRET_KEY: randomBytes(32).toString('hex'),
      HTTP_HOST: host,
      HTTP_PORT: '0',
      DHCP_SECRET: secret,
    },
    adapterDefinitions,
  );
  const db = connectDatabase(config.DATABASE_URL, 4);
  await migrate(db);
  const hub = await composeHub(config, createLog('error'));
  const web = await hub.startWeb();
  return {
    url: `${web.url}/hooks/dhcp`,
    secret,
    async deliveries() {
      const rows: { body: Buffer }[] = await db('deliveries').orderBy(['received_at', 'id']).select('body');
      return rows.flatMap(({ body }) => JSON.parse(body.toString('utf8')));
    },
    async stop() {
      await web.stop();
      await hub.close();
      await db.destroy();
      await services.stop();
    },
  };
}
