import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createApiKey } from '#src/access/commands/create-api-key.ts';
import { createDoorman } from '#src/access/doorman.ts';
import { keptAnswers } from '#src/access/kept-answers.ts';
import { assetRoutes } from '#src/assets/routes.ts';
import { composeHistory } from '#src/compose-history.ts';
import type { Configuration } from '#src/config.ts';
import { newId } from '#src/core/id.ts';
import type { Intake } from '#src/history/intake/intake.ts';
import { createRegistry } from '#src/kit/registry.ts';
import { locationRoutes } from '#src/locations/routes.ts';
import { createMetrics } from '#src/metrics.ts';
import type { Adapters } from '#src/ports/adapters.ts';
import type { ObjectStore } from '#src/ports/object-store.ts';
import { createWebApp, listen } from '#src/web.ts';
import { call, type Call, type Called } from '#test/kit/call.ts';
import { silent, testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

export type Json = Record<string, unknown>;

export interface AuditWeb {
  ctx: ReturnType<typeof testCtx>;
  database: TestDatabase;
  intake: Intake;
  folder: string;
  ask(path: string, options?: Call): Promise<Called>;
  /** The answer's body; anything but 200 fails the test. */
  get(path: string): Promise<Json>;
  /** All pages. */
  all(path: string): Promise<Json[]>;
  upload(document: object, query?: string): Promise<Called>;
  close(): Promise<void>;
}

/** What auditors and operators reach: the history, servers and places, on a database of its own, with objects in memory. */
export async function auditWeb(): Promise<AuditWeb> {
  const database = await testDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'audit-'));
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
  const store = inMemory();
  const { intake, routes } = composeHistory(
    { UPLOAD_PATH: folder, UPLOAD_MAX_BYTES: 4_000_000 } as Configuration,
    { use: () => store } as unknown as Adapters,
  );
  const app = createWebApp(ctx, {
    doorman: createDoorman(secret),
    kept: keptAnswers,
    checkAnswers: true,
    routes: [...routes, ...assetRoutes, ...locationRoutes],
    adapters,
    metrics: createMetrics(),
    uiFolder: undefined,
  });
  const web = await listen(app, '127.0.0.1', 0);
  const { text: key } = await createApiKey(ctx, secret, {
    name: `test-${newId().slice(-12)}`,
    scopes: ['*'],
    expiresAt: null,
  });
  const ask = (at: string, options: Call = {}): Promise<Called> => call(web.url + at, { key, ...options });
  const get = async (at: string): Promise<Json> => {
    const answer = await ask(at);
    if (answer.status !== 200) throw new Error(`GET ${at}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  return {
    ...{ ctx, database, intake, folder, ask, get },
    async all(at) {
      const items: Json[] = [];
      for (let cursor = ''; ;) {
        const page = await get(`${at}${at.includes('?') ? '&' : '?'}${cursor}`);
        items.push(...(page['items'] as Json[]));
        if (page['next'] === null) return items;
        cursor = `cursor=${encodeURIComponent(String(page['next']))}`;
      }
    },
    upload: (document, query = '') =>
      ask(`/v1/ingest/logbundle${query}`, {
        body: new TextEncoder().encode(JSON.stringify(document)),
        headers: { 'content-type': 'application/octet-stream' },
      }),
    async close() {
      await web.stop();
      await adapters.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function inMemory(): ObjectStore {
  const objects = new Map<string, Buffer>();
  return {
    async put(key, content) {
      objects.set(key, Buffer.isBuffer(content) ? content : await readFile(content.path));
    },
    async get(key) {
      const found = objects.get(key);
      if (found === undefined) throw new Error(`no object ${key}`);
      return Readable.from([found]);
    },
    has: async (key) => objects.has(key),
    list: async () => [],
    remove: async (key) => void objects.delete(key),
  };
}

export interface Part {
  kind?: string;
  serial?: string | null;
  slot?: string | null;
  maker?: string | null;
  firmware?: string;
  model?: string;
}

/** What an agent (or another source) tells of a server: drives, unless it says otherwise, and all of them. */
export function report(
  host: Json,
  at: string,
  parts: readonly Part[],
  more: { source?: string; scope?: string[] } = {},
): Json {
  return {
    schema: 'reanimator.report/v1',
    source: more.source ?? 'agent',
    collected_at: at,
    host,
    scope: more.scope ?? ['drive'],
    components: parts.map(({ kind = 'drive', serial = null, slot = null, maker = 'Samsung', firmware, model }) => ({
      ...{ kind, serial, slot, manufacturer: maker, model: model ?? 'MZ7LH960HAJR-00005' },
      ...(firmware === undefined ? {} : { firmware }),
    })),
  };
}

export function statement(
  where: Json,
  at: string,
  told: { present?: { serial: string; kind: string; slot?: string }[]; absent?: { serial: string; reason: string }[] },
): Json {
  return {
    schema: 'reanimator.statement/v1',
    ...{ observed_at: at, by: 'ann', method: 'scan', confidence: 1, where },
    ...(told.present ? { present: told.present.map((one) => ({ manufacturer: 'Samsung', ...one })) } : {}),
    ...(told.absent ? { absent: told.absent } : {}),
  };
}

/** Where the (first) snapshot of an upload belongs. */
export function placeOf(answer: Called): string {
  const [first] = answer.json['snapshots'] as { place: { id: string } | null }[];
  if (!first?.place) throw new Error(`it has no place: ${answer.status} ${answer.text}`);
  return first.place.id;
}

/** What is believed now, in any database, without when it became known. */
export async function beliefs(on: Pick<AuditWeb, 'database'>): Promise<Record<string, Json[]>> {
  const { db } = on.database;
  const installations: Json[] = await db('installations').orderBy('id').select('*');
  const events: Json[] = await db('timeline_events')
    .where({ actor: 'history' })
    .whereNull('retracted_at')
    .orderBy(['subject_type', 'subject_id', 'timestamp', 'id'])
    .select('*');
  const assets: Json[] = await db('assets').orderBy('id').select('id', 'first_seen_at', 'merged_into');
  const without = ({ recorded_at: _at, ...row }: Json): Json => row;
  return { installations: installations.map(without), events: events.map(without), assets };
}

export async function tick(): Promise<string> {
  // Two beliefs of one millisecond cannot be told apart by who asks in milliseconds.
  await new Promise((resolve) => setTimeout(resolve, 4));
  return new Date().toISOString();
}
