import { randomUUID } from 'node:crypto';
import { createApiKey } from '#src/access/commands/create-api-key.ts';
import { createDoorman } from '#src/access/doorman.ts';
import { keptAnswers } from '#src/access/kept-answers.ts';
import { assetRoutes } from '#src/assets/routes.ts';
import { caseRoutes } from '#src/cases/routes.ts';
import { newId, sha256 } from '#src/core/id.ts';
import type { Ctx } from '#src/core/ctx.ts';
import type { Route } from '#src/core/route.ts';
import { upsertDrifts } from '#src/drift/drift-store.ts';
import type { PlannedRow } from '#src/drift/model.ts';
import type { Reconciled } from '#src/drift/reconciled.ts';
import { driftRoutes } from '#src/drift/routes.ts';
import { createCatalogue } from '#src/events/catalogue.ts';
import { eventRoutes } from '#src/events/routes.ts';
import * as driftEvents from '#src/drift/events.ts';
import { feedRoutes } from '#src/feeds/routes.ts';
import { inventoryRoutes } from '#src/history/routes/inventory-routes.ts';
import { timelineRoutes } from '#src/history/routes/timeline-routes.ts';
import { createRegistry } from '#src/kit/registry.ts';
import { locationRoutes } from '#src/locations/routes.ts';
import { parseMapping } from '#src/mapping/parse-mapping.ts';
import { createMetrics } from '#src/metrics.ts';
import { ticketRoutes } from '#src/tickets/routes.ts';
import { createWebApp, listen } from '#src/web.ts';
import { call, type Call, type Called } from '#test/kit/call.ts';
import { silent, testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

const DEVICE = `version: 1
system: netbox
object: device
hub: server
match: [{ fields: [serial], find: serial }]
create: { there: always, here: review, needs: [serial] }
fields:
  - { name: serial, theirs: serial, ours: serial, authority: ours }
  - { name: name, theirs: name, ours: name, authority: theirs }
  - { name: rack, theirs: rack, ours: rack, authority: theirs }
  - { name: tenant, theirs: tenant, ours: tenant, authority: review, direction: in }
  - { name: biosVersion, theirs: bios, ours: bios, authority: ours, direction: out }
tests: [{ theirs: { serial: A }, values: { serial: A } }]
`;
const MODULE = `version: 1
system: netbox
object: module
hub: module
parent: device
match: [{ fields: [serial] }]
create: { there: always, here: never, needs: [serial] }
remove: { there: true }
fields:
  - { name: serial, theirs: serial, ours: serial, authority: ours }
tests: [{ theirs: { serial: A }, values: { serial: A } }]
`;

export const MAPPING_HASH = sha256('as the test has it');

export function reconciledForTests(): Reconciled {
  const mappings = [parseMapping(DEVICE, 'netbox-device.yaml'), parseMapping(MODULE, 'netbox-module.yaml')];
  return {
    mappings: new Map([['netbox', mappings]]),
    mappingHash: () => MAPPING_HASH,
    urlOf: (_system, type, id) => `https://netbox.example/dcim/${type}s/${id}/`,
  };
}

export interface DriftWeb {
  ctx: ReturnType<typeof testCtx>;
  database: TestDatabase;
  url: string;
  key: string;
  ask(path: string, options?: Call): Promise<Called>;
  keyFor(scopes: string[]): Promise<string>;
  close(): Promise<void>;
}

/** The drift routes over HTTP on a database of their own, with as much of the hub beside them as their screens show. */
export async function driftWeb(options: { uiFolder?: string; routes?: Route[] } = {}): Promise<DriftWeb> {
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
    routes: [
      ...driftRoutes(reconciledForTests()),
      ...assetRoutes,
      ...locationRoutes,
      ...feedRoutes,
      ...inventoryRoutes,
      ...timelineRoutes,
      ...ticketRoutes,
      ...caseRoutes,
      ...eventRoutes(createCatalogue(driftEvents), 'http://127.0.0.1'),
      ...(options.routes ?? []),
    ],
    adapters,
    metrics: createMetrics(),
    uiFolder: options.uiFolder,
  });
  const web = await listen(app, '127.0.0.1', 0);
  const keyFor = async (scopes: string[]): Promise<string> =>
    (await createApiKey(ctx, secret, { name: `test-${newId().slice(-12)}`, scopes, expiresAt: null })).text;
  const key = await keyFor(['*']);
  return {
    ...{ ctx, database, keyFor, key, url: web.url },
    ask: (path, more = {}) => call(web.url + path, { key, ...more }),
    async close() {
      await web.stop();
      await adapters.close();
      await database.close();
    },
  };
}

/** One value of one server that differs; `more` says otherwise. */
export function driftRow(more: Partial<PlannedRow> = {}): PlannedRow {
  const hubId = more.hubId === undefined ? randomUUID() : more.hubId;
  const theirId = more.theirId === undefined ? '7' : more.theirId;
  return {
    ...{ object: 'device', label: 'ams-r01-u04', field: 'rack', kind: 'differs', action: 'adopt', decision: 'review' },
    ...{ reason: 'first comparison', theirs: 'r1', ours: 'r2', agreed: undefined, hubId, theirId },
    root: { type: 'device', hubId, theirId },
    ...more,
  };
}

/** As a look at everything leaves them. */
export async function seedDrifts(ctx: Ctx, rows: readonly PlannedRow[], at: Date = ctx.now()): Promise<void> {
  await upsertDrifts(ctx.db, 'netbox', null, rows, at);
}
