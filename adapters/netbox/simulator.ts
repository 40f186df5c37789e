import { randomUUID } from 'node:crypto';
import { startSimulatorServer, type SimulatorServer } from '#src/kit/simulator.ts';
import type { SimulatedToken } from './simulator/access.ts';
import { createAnswerCache } from './simulator/answer-cache.ts';
import { createAnswering } from './simulator/answer.ts';
import { createChangeLogControl } from './simulator/change-log.ts';
import { createDatabase, type ChangeLogRow, type Database, type Row } from './simulator/database.ts';
import { createFaults, type NetboxFaults } from './simulator/faults.ts';
import type { ModelName } from './simulator/model.ts';
import { change, create, destroy } from './simulator/operations.ts';
import { render, rendering } from './simulator/render.ts';
import { seedFleet, type Fleet } from './simulator/seed-fleet.ts';
import { seedWorld, type Seed } from './simulator/seed.ts';
import type { Operation, World } from './simulator/tell.ts';
import { createWebhookSender, type SentWebhook } from './simulator/webhooks.ts';

export type { SimulatedToken } from './simulator/access.ts';
export type { NetboxFaults } from './simulator/faults.ts';
export type { ModelName } from './simulator/model.ts';
export type { Fleet } from './simulator/seed-fleet.ts';
export type { Seed, SeedDevice } from './simulator/seed.ts';
export type { SentWebhook } from './simulator/webhooks.ts';

export interface NetboxSimulatorOptions {
  port?: number;
  host?: string;
  tls?: { key: string; cert: string };
  /** 4.4 to 4.7: what the answers, headers and webhooks look like. Default 4.7.3. */
  version?: string;
  /** Of a superuser. `nbt_<key>.<token>` or anything else, as Token or as Bearer. Default `simulator-token`. */
  token?: string;
  /** Of the same user; may read only. */
  readOnlyToken?: string;
  /** More tokens, with the permissions of their users. */
  tokens?: readonly SimulatedToken[];
  /** Between a write and its webhook, in milliseconds (the real one: 34–81 when idle). Default 5. */
  webhookDelayMs?: number;
  /** The same after a bulk write, where webhooks wait behind search jobs: 76–80 s as installed. Default: as the other. */
  bulkWebhookDelayMs?: number;
  /** Webhooks arrive before the answer to the write, as it happens after bulk writes. */
  webhookBeforeResponse?: boolean;
  /** How long the change-log rows of a bulk write stay unseen: then they appear with lower ids and earlier times than others. Default 0. */
  changeLogDelayMs?: number;
  /** NetBox's clock is so much ahead of ours. */
  clockAheadMs?: number;
  /** As `/api/status/` shows them. Without one no webhook leaves a real NetBox; here they do. Default 1. */
  rqWorkers?: number;
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
  /** Query parameters that were no filter, so that a whole table went out: `devices: serial_number`. */
  ignoredFilters: string[];
  faults: NetboxFaults;
  /** All webhooks of the writes so far have been tried. */
  webhooksSent(): Promise<void>;
  /** The next ones never leave. */
  loseWebhooks(count: number): void;
  /** The next ones come twice. */
  repeatWebhooks(count: number): void;
  /** Devices' ids by name. Sends webhooks as any other write. */
  seed(seed: Seed): Map<string, number>;
  /** A whole fleet at once, for benchmarks: no webhooks, no change log. */
  seedFleet(fleet: Fleet): void;
  /** An object as the API shows it; undefined: none. */
  show(model: ModelName, id: number): Record<string, unknown> | undefined;
  /** What a person does in NetBox; with its webhooks and change-log rows. @throws Invalid, Protected */
  as(user: string): {
    create(model: ModelName, body: Record<string, unknown>): number;
    change(model: ModelName, id: number, body: Record<string, unknown>): void;
    remove(model: ModelName, id: number): void;
  };
  /** Changes raw rows without any trace: no webhook, no change log, no last_updated; as a script in NetBox's shell. */
  nbshell(script: (database: Database) => void): void;
  /** From now on change-log rows (those that fit; default: all) are written and not seen, as those of an open transaction. */
  holdChangeLog(which?: (row: ChangeLogRow) => boolean): void;
  /** They are seen now. */
  releaseChangeLog(): void;
  /** Rows older than that are gone, as after CHANGELOG_RETENTION. */
  expireChangeLog(before: Date): void;
  /** All as it is now, ids and change log too; call what comes back to restore it. For small worlds. */
  backUp(): () => void;
  close(): Promise<void>;
}

/** A stateful small NetBox: see simulator/README.md for what it does as the real one, and what it leaves out. */
export async function startNetboxSimulator(options: NetboxSimulatorOptions = {}): Promise<NetboxSimulator> {
  const version = options.version ?? '4.7.3';
  const token = options.token ?? 'simulator-token';
  const tokens: SimulatedToken[] = [{ token }, ...(options.tokens ?? [])];
  if (options.readOnlyToken !== undefined) tokens.push({ token: options.readOnlyToken, readOnly: true });
  const clock = (): number => Date.now() + (options.clockAheadMs ?? 0);
  const database = createDatabase(clock);
  const delayMs = options.webhookDelayMs ?? 5;
  const webhooks = createWebhookSender({
    database,
    version,
    delayMs,
    bulkDelayMs: options.bulkWebhookDelayMs ?? delayMs,
  });
  const changeLog = createChangeLogControl(database, clock, options.changeLogDelayMs ?? 0);
  const users = [...new Set([...tokens.map((one) => one.user ?? 'hub'), 'admin'])];
  const answers = createAnswerCache(database);
  const world: World = { database, version, webhooks, answers, users };
  const ignoredFilters: string[] = [];
  const faults = createFaults(() => server);
  const server = await startSimulatorServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.tls ? { tls: options.tls } : {}),
    handle: createAnswering({ world, tokens, changeLog, clock, ignoredFilters, faults, options }),
  });

  function existing(model: ModelName, id: number): Row {
    const row = database.find(model, id);
    if (!row) throw new Error(`no ${model} ${id}`);
    return row;
  }

  function within<T>(user: string, act: (operation: Operation) => T): T {
    if (!users.includes(user)) users.push(user);
    const request = { id: randomUUID(), method: 'POST', path: '/dcim/devices/', user };
    const operation: Operation = {
      world,
      events: [],
      request,
      visibleFrom: (row) => changeLog.visibleFrom(row, false),
    };
    const result = database.atomically(() => act(operation));
    webhooks.dispatch(operation.events, operation.request);
    return result;
  }

  return {
    url: server.url,
    server,
    token,
    database,
    sent: webhooks.sent,
    ignoredFilters,
    faults,
    webhooksSent: () => webhooks.idle(),
    loseWebhooks: (count) => webhooks.lose(count),
    repeatWebhooks: (count) => webhooks.repeat(count),
    seed: (seed) => within('admin', (operation) => seedWorld(operation, seed)),
    seedFleet: (fleet) => seedFleet(database, fleet),
    show(model, id) {
      const row = database.find(model, id);
      return row && render(rendering(database, version, server.url), model, row);
    },
    as: (user) => ({
      create: (model, body) => within(user, (operation) => create(operation, model, body).id),
      change: (model, id, body) => within(user, (operation) => change(operation, model, existing(model, id), body)),
      remove: (model, id) => within(user, (operation) => destroy(operation, model, existing(model, id), {})),
    }),
    nbshell(script) {
      script(database);
      database.touchedFromOutside();
    },
    holdChangeLog: (which = () => true) => changeLog.hold(which),
    releaseChangeLog: () => changeLog.release(),
    expireChangeLog: (before) => changeLog.expire(before),
    backUp: () => database.backUp(),
    async close() {
      webhooks.close();
      await server.close();
    },
  };
}
