import { createApiKey } from '#src/access/commands/create-api-key.ts';
import { bootstrapRecords } from '#src/bootstrap-records.ts';
import { adapterDefinitions, composeHub, createLog } from '#src/compose.ts';
import { readConfig } from '#src/config.ts';
import { newId } from '#src/core/id.ts';
import { connectDatabase } from '#src/database.ts';
import { applyByItself } from './apply-by-itself.ts';
import { migrate } from '#src/migrate.ts';

/** An empty database becomes a hub's: schema, an API key, and NetBox prepared. */
export async function prepareHub(
  env: Record<string, string>,
): Promise<{ apiKey: string; bootstrapped: { object: string; name: string; did: string }[] }> {
  const config = readConfig(env, adapterDefinitions);
  const db = connectDatabase(config.DATABASE_URL, 2);
  await migrate(db);
  await db.destroy();
  const hub = await composeHub(config, createLog('error'));
  try {
    const { text } = await createApiKey(hub.ctx, config.SECRET_KEY, {
      name: `demo-${newId().slice(-8)}`,
      scopes: ['*'],
      expiresAt: null,
    });
    const bootstrapped = await bootstrapRecords(hub, false);
    await applyByItself(hub);
    return { apiKey: text, bootstrapped };
  } finally {
    await hub.close();
  }
}
