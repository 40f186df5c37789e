import { readFileSync } from 'node:fs';

import { createDatabase, databaseUrl, dropDatabase, type MySqlAccess } from './services/databases.ts';
import type { Services } from './services.ts';

export type AttachedServices = Pick<
  Services,
  'name' | 'mysql' | 'redis' | 'databaseUrl' | 'createDatabase' | 'dropDatabase'
>;

/**
 * For a test file: the services that `npm test` started. They are shared with the other files, so a test makes its own
 * database, and one that kills servers starts its own with startServices.
 */
export function attachServices(file = process.env.TEST_SERVICES_FILE): AttachedServices {
  if (file === undefined) throw new Error('no services: run this through `npm test -- <file>`');
  const { name, mysql, redis }: { name: string; mysql: MySqlAccess; redis: Services['redis'] } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return {
    name,
    mysql,
    redis,
    databaseUrl: (database) => databaseUrl(mysql, database),
    createDatabase: (database) => createDatabase(mysql, database),
    dropDatabase: (database) => dropDatabase(mysql, database),
  };
}
