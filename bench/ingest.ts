import os from 'node:os';
import type { Configuration } from '#src/config.ts';
import { composeHistory } from '#src/compose-history.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { connectDatabase } from '#src/database.ts';
import type { Log } from '#src/kit/kit.ts';
import { migrate } from '#src/migrate.ts';
import { startServices } from '#setup/services.ts';
import type { Bench } from './bench.ts';
import { measureDoor } from './ingest-door.ts';
import { measureAsOf } from './ingest-inventory.ts';
import { measurePhases } from './ingest-phases.ts';
import { measurePaces } from './ingest-paces.ts';
import { type Found, tableOf } from './ingest-table.ts';
import { measureTimeline } from './ingest-timeline.ts';
import type { Ingesting, Pace } from './ingest-load.ts';

/** What of it to measure. `profile`: where the time goes, instead of what to compare it with. */
export const INGEST_PARTS = ['a', 'b', 'c', 'd', 'e', 'f', 'paces', 'door', 'profile'] as const;
export type IngestPart = (typeof INGEST_PARTS)[number];

export interface IngestScale {
  only: readonly IngestPart[];
  servers: number;
  /** Unchanged snapshots that the growth of the database is measured over. */
  snapshots: number;
  timelineEvents: number;
  pace: Pace;
}

const FULL = { servers: 10_000, snapshots: 50_000, timelineEvents: 10_000_000 };
const QUICK = { servers: 300, snapshots: 1_500, timelineEvents: 200_000 };
/** The best of those that `--only paces` tries. */
const PACE: Pace = { batch: 50, lanes: 4 };

export interface IngestWishes {
  only?: string | undefined;
  quick?: boolean | undefined;
  servers?: string | undefined;
  batch?: string | undefined;
  lanes?: string | undefined;
}

/** Everything that the parts need. */
export interface Stand extends Ingesting {
  url: string;
  schema: string;
  redisUrl: string;
  folder: string;
  /** On an empty database with the hub's schema. */
  another(schema: string): Promise<{ ctx: Ctx; url: string }>;
}

export function benchIngest(wishes: IngestWishes): Bench {
  return {
    says: 'bundles of a fleet into the history, beside plain multi-row INSERTs of the same rows; then reads of that history',
    async run(say) {
      const scale = scaleOf(wishes);
      const cache = cacheBytes();
      const services = await startServices({
        name: 'bench',
        mariaDbSettings: { innodb_buffer_pool_size: String(cache), innodb_log_file_size: '1G' },
      });
      const ends: (() => Promise<unknown>)[] = [() => services.stop()];
      try {
        const another = async (schema: string): Promise<{ ctx: Ctx; url: string }> => {
          const url = await services.createDatabase(schema);
          const db = connectDatabase(url, Math.max(10, scale.pace.lanes));
          ends.push(() => db.destroy());
          await migrate(db);
          return { ctx: ctxOf(db), url };
        };
        const schema = 'reanimator';
        const stand: Stand = {
          ...(await another(schema)),
          schema,
          another,
          redisUrl: services.redis.url,
          folder: services.folder,
          intake: intakeOf(services.folder),
          databasePid: services.pids.mariaDb ?? 0,
        };
        say(
          `${scale.servers} servers of 40 parts; ${scale.pace.batch} bundles a transaction, ${scale.pace.lanes} at once; innodb_buffer_pool_size ${(cache / 2 ** 30).toFixed(1)} GiB of ${(os.totalmem() / 2 ** 30).toFixed(1)}, ${os.availableParallelism()} cores for database, hub and bench`,
        );
        const found: Found[] = [];
        for (const part of [measurePaces, measurePhases, measureDoor, measureAsOf, measureTimeline])
          found.push(...(await part(stand, scale, say)));
        for (const line of tableOf(found)) say(line);
        return found.flatMap(({ goal }) => (goal ? [goal] : []));
      } finally {
        for (const end of ends.toReversed()) await end();
      }
    },
  };
}

function scaleOf(wishes: IngestWishes): IngestScale {
  const size = wishes.quick ? QUICK : FULL;
  const only = wishes.only?.split(',') ?? ['a', 'b', 'c', 'd', 'e', 'f', 'door'];
  const unknown = only.filter((part) => !INGEST_PARTS.some((one) => one === part));
  if (unknown.length > 0) throw new Error(`--only takes ${INGEST_PARTS.join(', ')}; not ${unknown.join(', ')}`);
  return {
    ...size,
    only: only as IngestPart[],
    servers: numberOf(wishes.servers, size.servers),
    pace: { batch: numberOf(wishes.batch, PACE.batch), lanes: numberOf(wishes.lanes, PACE.lanes) },
  };
}

function numberOf(text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${text} is no count`);
  return number;
}

/** Half of what the machine has free: the rest is this process', and the page cache of the files. */
function cacheBytes(): number {
  return Math.max(128 * 2 ** 20, Math.floor(os.freemem() / 2 / 2 ** 27) * 2 ** 27);
}

/** As the hub composes it. Only its reading is used here, which needs no object store. */
function intakeOf(folder: string): Ingesting['intake'] {
  const config = { UPLOAD_PATH: folder, UPLOAD_MAX_BYTES: 2 ** 30 } as Configuration;
  const use = (): never => {
    throw new Error('the bench has no adapters in its own process');
  };
  return composeHistory(config, { use }).intake;
}

function ctxOf(db: Ctx['db']): Ctx {
  const log: Log = { debug() {}, info() {}, warn() {}, error: (...told) => console.error(...told), child: () => log };
  return {
    db,
    actor: 'bench',
    cause: null,
    log,
    signal: new AbortController().signal,
    now: () => new Date(),
    wake() {},
  };
}
