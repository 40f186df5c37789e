import express from 'express';
import { createApiKey } from '#src/access/commands/create-api-key.ts';
import { createDoorman } from '#src/access/doorman.ts';
import { keptAnswers } from '#src/access/kept-answers.ts';
import { assetRoutes } from '#src/assets/routes.ts';
import { newId } from '#src/core/id.ts';
import type { Route } from '#src/core/route.ts';
import { projectRoutes } from '#src/customers/project-routes.ts';
import { customerRoutes } from '#src/customers/routes.ts';
import { createRegistry } from '#src/kit/registry.ts';
import { locationRoutes } from '#src/locations/routes.ts';
import { createMetrics } from '#src/metrics.ts';
import { createWebApp, listen } from '#src/web.ts';
import { call, type Call, type Called } from '#test/kit/call.ts';
import { silent, testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

export interface RegistryWeb {
  ctx: ReturnType<typeof testCtx>;
  database: TestDatabase;
  ask(path: string, options?: Call): Promise<Called>;
  keyFor(scopes: string[]): Promise<string>;
  close(): Promise<void>;
}

/** The registry's routes (and others) over HTTP on a database of their own, and nothing else of the hub. */
export async function registryWeb(more: readonly Route[] = []): Promise<RegistryWeb> {
  const database = await testDatabase();
  const ctx = testCtx(database.connect());
  const secret = 'k'.repeat(64);
  const adapters = createRegistry([], {
    log: silent,
    now: () => new Date(),
    observeHttp: () => {},
    observeCall: () => {},
    lockouts: () => {
      throw new Error('there is no adapter that could be locked out');
    },
  });
  const app = createWebApp(ctx, {
    doorman: createDoorman(secret),
    kept: keptAnswers,
    checkAnswers: true,
    routes: [...assetRoutes, ...customerRoutes, ...projectRoutes, ...locationRoutes, ...more],
    adapters,
    metrics: createMetrics(),
    uiFolder: undefined,
  });
  const outer = express()
    .use(express.text({ type: 'text/csv', limit: '4mb' }))
    .use(app);
  const web = await listen(outer, '127.0.0.1', 0);
  const keyFor = async (scopes: string[]): Promise<string> =>
    (await createApiKey(ctx, secret, { name: `test-${newId().slice(-12)}`, scopes, expiresAt: null })).text;
  const key = await keyFor(['*']);
  return {
    ...{ ctx, database, keyFor },
    ask: (path, options = {}) => call(web.url + path, { key, ...options }),
    async close() {
      await web.stop();
      await adapters.close();
      await database.close();
    },
  };
}
