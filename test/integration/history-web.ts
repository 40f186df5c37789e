import { Readable } from 'node:stream';
import { createApiKey } from '#src/access/commands/create-api-key.ts';
import { createDoorman } from '#src/access/doorman.ts';
import { keptAnswers } from '#src/access/kept-answers.ts';
import { composeHistory } from '#src/compose-history.ts';
import type { Configuration } from '#src/config.ts';
import { newId } from '#src/core/id.ts';
import type { Route } from '#src/core/route.ts';
import { insertRows } from '#src/core/insert-rows.ts';
import type { Intake } from '#src/history/intake/intake.ts';
import { failureRoutes } from '#src/history/routes/failure-routes.ts';
import { sightingRoutes } from '#src/history/routes/sighting-routes.ts';
import { createRegistry } from '#src/kit/registry.ts';
import { createMetrics } from '#src/metrics.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { Adapters } from '#src/ports/adapters.ts';
import type { ObjectStore } from '#src/ports/object-store.ts';
import { ticketLinkRoutes } from '#src/tickets/link-routes.ts';
import { ticketRoutes } from '#src/tickets/routes.ts';
import { createWebApp, listen } from '#src/web.ts';
import { call, type Call, type Called } from '#test/kit/call.ts';
import { silent, testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

export interface HistoryWeb {
  ctx: ReturnType<typeof testCtx>;
  database: TestDatabase;
  intake: Intake;
  /** What was kept, by key. */
  objects: Map<string, Buffer>;
  ask(path: string, options?: Call): Promise<Called>;
  keyFor(scopes: string[]): Promise<string>;
  /** A report of an agent that looks at all drives of a server: what it does not show is not there. */
  look(assetId: string, at: string, drives: readonly { serial: string; slot: string }[]): Promise<void>;
  addAsset(name: string): Promise<string>;
  addLocation(name: string): Promise<string>;
  /** The stays of a part, told in short: `asset:NAME/SLOT 05-01..05-03 failed`. */
  stays(componentId: string, query?: string): Promise<string[]>;
  close(): Promise<void>;
}

/** The routes of the history and of tickets over HTTP, on a database of their own, with objects in memory. */
export async function historyWeb(more: readonly Route[] = []): Promise<HistoryWeb> {
  const database = await testDatabase();
  const ctx = testCtx(database.connect());
  const secret = 'k'.repeat(64);
  const objects = new Map<string, Buffer>();
  const adapters = createRegistry([], {
    log: silent,
    now: () => new Date(),
    observeHttp: () => {},
    observeCall: () => {},
    lockouts: () => {
      throw new Error('there is no adapter that could be locked out');
    },
  });
  const { intake, routes } = composeHistory(
    { UPLOAD_PATH: '/nowhere', UPLOAD_MAX_BYTES: 1_000_000 } as Configuration,
    { use: () => inMemory(objects) } as unknown as Adapters,
  );
  const app = createWebApp(ctx, {
    doorman: createDoorman(secret),
    kept: keptAnswers,
    checkAnswers: true,
    routes: [...routes, ...failureRoutes, ...sightingRoutes(intake), ...ticketRoutes, ...ticketLinkRoutes, ...more],
    adapters,
    metrics: createMetrics(),
    uiFolder: undefined,
  });
  const web = await listen(app, '127.0.0.1', 0);
  const keyFor = async (scopes: string[]): Promise<string> =>
    (await createApiKey(ctx, secret, { name: `test-${newId().slice(-12)}`, scopes, expiresAt: null })).text;
  const key = await keyFor(['*']);
  const ask = (path: string, options: Call = {}): Promise<Called> => call(web.url + path, { key, ...options });
  const add = async (table: string, fields: Record<string, unknown>): Promise<string> => {
    const id = newId();
    const row = { id, created_at: '2026-01-01 00:00:00', updated_at: '2026-01-01 00:00:00', ...fields };
    await insertRows(database.db, table, Object.keys(row), [Object.values(row)]);
    return id;
  };
  return {
    ...{ ctx, database, intake, objects, ask, keyFor },
    addAsset: (name) =>
      add('assets', { name, lifecycle_state: 'ACTIVE', state_reason: null, state_since: '2026-01-01 00:00:00' }),
    addLocation: (name) => add('locations', { name, type: 'bin' }),
    async look(assetId, at, drives) {
      const report = {
        schema: 'reanimator.report/v1',
        source: 'agent',
        collected_at: at,
        host: { asset_id: assetId },
        scope: ['drive'],
        components: drives.map((drive) => ({
          kind: 'drive',
          manufacturer: 'Samsung',
          model: 'MZ7LH960HAJR-00005',
          attributes: { capacityBytes: 960_197_124_096 },
          ...drive,
        })),
      };
      await intake.takeDocument(ctx, Buffer.from(JSON.stringify(report)));
    },
    async stays(componentId, query = '') {
      const { json } = await ask(`/v1/components/${componentId}/installations${query}`);
      const day = (time: unknown): string => (time === null ? '' : String(time).slice(5, 10));
      return (json['items'] as Record<string, unknown>[]).map((one) =>
        [
          `${one['asset_id'] === null ? 'location' : 'asset'}:${one['place_name']}/${one['slot'] ?? '-'}`,
          `${day(one['installed_at'])}..${day(one['removed_at'])}`,
          ...(one['removal_reason'] === null ? [] : [one['removal_reason']]),
        ].join(' '),
      );
    },
    async close() {
      await web.stop();
      await adapters.close();
      await database.close();
    },
  };
}

function inMemory(objects: Map<string, Buffer>): ObjectStore {
  return {
    async put(key, content) {
      if (!Buffer.isBuffer(content)) throw new Error('these tests put bytes, not files');
      objects.set(key, content);
    },
    async get(key) {
      const found = objects.get(key);
      if (found === undefined) throw new AdapterError('not-found', `no object ${key}`, { system: 'memory' });
      return Readable.from([found]);
    },
    has: async (key) => objects.has(key),
    list: async () => [],
    remove: async (key) => void objects.delete(key),
  };
}
