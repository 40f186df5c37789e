import { randomUUID } from 'node:crypto';
import {
  startSimulatorServer,
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
} from '#src/kit/simulator.ts';
import { answerAccount } from './simulator/account.ts';
import { answerApi } from './simulator/api.ts';
import { answerChangeLog } from './simulator/change-log.ts';
import { createDatabase, type Database, type Row } from './simulator/database.ts';
import { MODELS, MODEL_NAMES, type ModelName } from './simulator/model.ts';
import { change, create, destroy, type Operation, type World } from './simulator/operations.ts';
import { answerPage } from './simulator/pages.ts';
import { render } from './simulator/render.ts';
import { seedWorld, type Seed } from './simulator/seed.ts';
import { createWebhookSender, type SentWebhook } from './simulator/webhooks.ts';

export type { Seed, SeedDevice } from './simulator/seed.ts';
export type { SentWebhook } from './simulator/webhooks.ts';

export interface NetboxSimulatorOptions {
  port?: number;
  host?: string;
  tls?: { key: string; cert: string };
  /** 4.4 to 4.7: what the answers, headers and webhooks look like. Default 4.7.3. */
  version?: string;
  /** Accepted: `nbt_<key>.<token>` as Bearer, anything else as Token. Default `simulator-token`. */
  token?: string;
  /** May read only. */
  readOnlyToken?: string;
  /** Between a write and its webhook, in milliseconds (the real one: 34–81 when idle). Default 5. */
  webhookDelayMs?: number;
}

export interface NetboxSimulator {
  url: string;
  /** Requests, faults, close. */
  server: SimulatorServer;
  token: string;
  /** Raw state, for looking at. */
  database: Database;
  /** Webhooks that were sent or tried. */
  sent: SentWebhook[];
  /** All webhooks of the writes so far have been tried. */
  webhooksSent(): Promise<void>;
  /** Devices' ids by name. Sends webhooks as any other write. */
  seed(seed: Seed): Map<string, number>;
  /** An object as the API shows it; undefined: none. */
  show(model: ModelName, id: number): Record<string, unknown> | undefined;
  /** What a person does in NetBox; with its webhooks and change-log rows. @throws Invalid */
  as(user: string): {
    create(model: ModelName, body: Record<string, unknown>): number;
    change(model: ModelName, id: number, body: Record<string, unknown>): void;
    remove(model: ModelName, id: number): void;
  };
  close(): Promise<void>;
}

const HTML_404: SimulatedAnswer = {
  status: 404,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html><html lang="en"><title>Page Not Found | NetBox</title><p>The requested page does not exist.</p></html>',
};

/** A stateful small NetBox: see README.md for what it does as the real one, and what it leaves out. */
export async function startNetboxSimulator(options: NetboxSimulatorOptions = {}): Promise<NetboxSimulator> {
  const version = options.version ?? '4.7.3';
  const token = options.token ?? 'simulator-token';
  const database = createDatabase();
  const webhooks = createWebhookSender({ database, version, delayMs: options.webhookDelayMs ?? 5 });
  const world: World = { database, version, webhooks };

  function begin(user: string, method: string, path: string, id: string = randomUUID()): Operation {
    return { world, events: [], request: { id, method, path, user } };
  }

  function answer(request: SimulatedRequest, requestId: string): SimulatedAnswer {
    const url = new URL(`${options.tls ? 'https' : 'http'}://${request.headers.host ?? 'localhost'}${request.path}`);
    url.search = request.query.toString();
    if (!request.path.startsWith('/api/'))
      return (request.method === 'GET' && answerPage(database, version, request.path)) || HTML_404;
    // The API's root needs no token: pynetbox reads the version from its headers.
    if (request.path === '/api/')
      return {
        status: 200,
        body: Object.fromEntries(MODEL_NAMES.map((name) => [name, `${url.origin}${MODELS[name].path}`])),
      };
    const refused = refuse(request.headers.authorization, [token, options.readOnlyToken]);
    if (refused) return refused;
    if (request.path === '/api/status/')
      return {
        status: 200,
        body: { 'django-version': '6.1.2', 'netbox-version': version, plugins: {}, 'rq-workers-running': 1 },
      };
    const mayWrite = !presents(request.headers.authorization, options.readOnlyToken);
    const presented = request.headers.authorization?.split(' ')[1] ?? '';
    const account = { version, token: presented, mayWrite, superuser: mayWrite, path: request.path };
    const told = request.method === 'GET' ? answerAccount(account) : undefined;
    if (told) return told;
    if (request.path === '/api/core/object-changes/' && request.method === 'GET')
      return answerChangeLog(database.changeLog, url);
    const operation = begin('hub', request.method, request.path, requestId);
    const found = answerApi({ world, request, url, operation, mayWrite });
    if (!found) return HTML_404;
    if (found.status < 300) webhooks.dispatch(operation.events, operation.request);
    return found;
  }

  const server = await startSimulatorServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.tls ? { tls: options.tls } : {}),
    handle(request) {
      const requestId = randomUUID();
      const found = answer(request, requestId);
      const more = { 'x-request-id': requestId, 'api-version': version.split('.').slice(0, 2).join('.') };
      return { ...found, headers: { ...more, ...found.headers } };
    },
  });

  function existing(model: ModelName, id: number): Row {
    const row = database.find(model, id);
    if (!row) throw new Error(`no ${model} ${id}`);
    return row;
  }

  function within<T>(user: string, act: (operation: Operation) => T): T {
    const operation = begin(user, 'POST', '/dcim/devices/');
    const result = act(operation);
    webhooks.dispatch(operation.events, operation.request);
    return result;
  }

  return {
    url: server.url,
    server,
    token,
    database,
    sent: webhooks.sent,
    webhooksSent: () => webhooks.idle(),
    seed: (seed) => within('admin', (operation) => seedWorld(operation, seed)),
    show(model, id) {
      const row = database.find(model, id);
      return row && render({ database, version, origin: server.url }, model, row);
    },
    as: (user) => ({
      create: (model, body) => within(user, (operation) => create(operation, model, body).id),
      change: (model, id, body) => within(user, (operation) => change(operation, model, existing(model, id), body)),
      remove: (model, id) => within(user, (operation) => destroy(operation, model, existing(model, id), {})),
    }),
    async close() {
      webhooks.close();
      await server.close();
    },
  };
}

function presents(authorization: string | undefined, token: string | undefined): boolean {
  return token !== undefined && (authorization === `Token ${token}` || authorization === `Bearer ${token}`);
}

/** 403 with the real one's words, never 401. */
function refuse(
  authorization: string | undefined,
  tokens: readonly (string | undefined)[],
): SimulatedAnswer | undefined {
  if (tokens.some((token) => presents(authorization, token))) return undefined;
  const given = /^(Token|Bearer) (.+)$/.exec(authorization ?? '')?.[2];
  if (given === undefined) return { status: 403, body: { detail: 'Authentication credentials were not provided.' } };
  return { status: 403, body: { detail: `Invalid v${given.startsWith('nbt_') ? 2 : 1} token` } };
}
