// A worker as a process of its own: is handed what to take, and may be killed at any moment. Not started by hand.
import { connectDatabase } from '#src/database.ts';
import { takeUntilTaken } from './play.ts';
import type { Schedule } from './schedule.ts';

const { DATABASE_URL } = process.env;
if (DATABASE_URL === undefined) throw new Error('no DATABASE_URL');
const pool = connectDatabase(DATABASE_URL, 4);
const schedule = await new Promise<Schedule>((resolve) =>
  process.once('message', (message) => resolve(message as Schedule)),
);
await pool.raw('SELECT 1');
process.send?.('begins');
await Promise.all(
  schedule.map(async (batches) => {
    for (const batch of batches) await takeUntilTaken(pool, batch, false);
  }),
);
await pool.destroy();
process.exit(0);
