import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { castOf } from '#demo/cast.ts';
import { hubClient, HubRefusal, type HubClient, until } from '#demo/hub-client.ts';
import { type HubProcess, startHubProcess } from '#demo/hub-process.ts';
import { prepareHub } from '#demo/prepare-hub.ts';
import { setStage } from '#demo/stage.ts';
import {
  adoptStrangers,
  appear,
  expectMachines,
  fallIll,
  movedInRecord,
  type StoryOptions,
  untilHardened,
} from '#demo/story.ts';
import { brokenInvariants } from '#demo/verify.ts';
import { connectDatabase } from '#src/database.ts';
import { startServices } from '#setup/services.ts';
import { startLossyProxy } from '#test/kit/lossy-proxy.ts';
import { seeded } from '#test/kit/seeded.ts';
import { disarm, scheduleOf } from './attacks.ts';
import { brokenJournal, describeStall, whatIsLeft } from './journal-invariants.ts';
import type { Proof } from './proof.ts';

const TIMEOUT_MS = 60_000;

/** Short waits, so that a proof is about order and not about patience. None is shorter than what it waits for. */
const IMPATIENT = {
  WORKER_LEASE_MS: '1500',
  SETTLE_MS: '1500',
  FOLLOW_MS: '200',
  NETBOX_TIMEOUT_MS: '1200',
  JIRA_TIMEOUT_MS: '1200',
  AWX_TIMEOUT_MS: '1200',
  REDFISH_TIMEOUT_MS: '1200',
  REDFISH_FIRMWARE_TIMEOUT_MS: '1200',
  LOG_LEVEL: 'info',
};

export const proveStory: Proof = {
  says: 'the whole story under kills, outages and lost answers ends with exactly one device, one AWX job and one issue each',
  async run({ seed, say }) {
    const random = seeded(seed);
    const cleanups: (() => Promise<void>)[] = [];
    try {
      const services = await startServices({ name: 'prove' });
      cleanups.push(() => services.stop());
      const databaseUrl = await services.createDatabase('reanimator');
      const proxy = await startLossyProxy(databaseUrl);
      cleanups.push(() => proxy.close());
      const cast = castOf({ recorded: false, only: 3 });
      const stage = await setStage({
        cast,
        via: 'http',
        network: `127.85.${seed % 250}`,
        bmcTls: false,
        runMs: 400,
        jiraLagMs: 300,
      });
      cleanups.push(() => stage.close());
      const base = { ...stage.env, ...IMPATIENT, REDIS_URL: services.redis.url };
      const { apiKey } = await prepareHub({ ...base, DATABASE_URL: databaseUrl });

      const logs = path.join(services.folder, 'hub');
      mkdirSync(logs, { recursive: true });
      const hubs = supervise({ ...base, DATABASE_URL: proxy.url }, logs, say);
      cleanups.push(() => hubs.stop());
      await hubs.start();

      const attacks = scheduleOf(seed, random);
      for (const attack of attacks) {
        say(`attack: ${attack.name}`);
        attack.arm({
          stage,
          services,
          proxy,
          say,
          killWorker: (downMs) => hubs.kill('worker', downMs),
          killWeb: (downMs) => hubs.kill('web', downMs),
        });
      }

      const db = connectDatabase(databaseUrl, 2);
      cleanups.push(() => db.destroy());
      const progress = setInterval(
        () =>
          void describeStall(db).then(
            (line) => say(line),
            () => undefined,
          ),
        20_000,
      );
      cleanups.push(async () => clearInterval(progress));
      const hub = stubborn(hubClient(stage.hubUrl, apiKey));
      const story: StoryOptions = {
        stage: { ...stage, dhcp: insistent(stage.dhcp, random) },
        hub,
        cast,
        say,
        timeoutMs: TIMEOUT_MS,
      };
      await expectMachines(story);
      await appear(story);
      await adoptStrangers(story);
      const assets = await untilHardened(story);
      const [first] = assets.values();
      if (first) await movedInRecordOrNot(story, first);
      const tickets = await fallIll(story, assets);

      await until('all work is done', async () => (await whatIsLeft(db)) === undefined, 60_000).catch(
        async (error: Error) => {
          throw new Error(`${error.message}: ${await whatIsLeft(db)}`);
        },
      );
      const broken = [
        ...brokenInvariants(stage, cast, assets, tickets, { sessionsMayLeak: true }),
        ...(await brokenJournal(db, cast)),
      ];
      if (broken.length > 0) throw new Error(`${broken.join('; ')} (logs: ${logs})`);
    } finally {
      disarm();
      for (const cleanup of cleanups.toReversed()) await cleanup();
    }
  },
};

/** Web and worker as processes that are started again when they were killed, as systemd or Kubernetes would. */
function supervise(env: Record<string, string>, logs: string, say: (line: string) => void) {
  const running: Partial<Record<HubProcess['part'], HubProcess>> = {};
  const restarts = new Set<Promise<void>>();
  let stopped = false;

  async function start(part: HubProcess['part']): Promise<void> {
    while (!stopped) {
      try {
        running[part] = await startHubProcess(part, env, path.join(logs, `${part}.log`));
        return;
      } catch (error) {
        say(
          `${part} could not start (${error instanceof Error ? error.message.split('\n')[0] : String(error)}); again`,
        );
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
  }

  return {
    async start() {
      await Promise.all([start('web'), start('worker')]);
    },
    async kill(part: HubProcess['part'], downMs: number): Promise<void> {
      const victim = running[part];
      if (!victim || stopped) return;
      delete running[part];
      say(`killed ${part}`);
      await victim.kill();
      const restart = new Promise<void>((resolve) => setTimeout(resolve, downMs)).then(() => start(part));
      restarts.add(restart);
    },
    async stop() {
      stopped = true;
      await Promise.all(restarts);
      await Promise.all(Object.values(running).map((process) => process.kill()));
    },
  };
}

/** Whoever gets no answer asks again; the same request again must be harmless. */
function stubborn(hub: HubClient): HubClient {
  async function again<T>(call: () => Promise<T>): Promise<T> {
    const end = Date.now() + TIMEOUT_MS;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        const final = error instanceof HubRefusal && error.status < 500 && error.status !== 429;
        if (final || Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    }
  }
  return {
    get: (where) => again(() => hub.get(where)),
    post: (where, body) => {
      const key = { 'idempotency-key': crypto.randomUUID() };
      return again(() => hub.post(where, body, key));
    },
  };
}

/** A DHCP server whose hook repeats itself, and sends what the hub did not take until it does. */
function insistent(dhcp: StoryOptions['stage']['dhcp'], random: () => number): StoryOptions['stage']['dhcp'] {
  return {
    ...dhcp,
    async discover(mac, client) {
      const times = 1 + Math.floor(random() * 3);
      let lease: Awaited<ReturnType<typeof dhcp.discover>> | undefined;
      for (let n = 0; n < times; n += 1)
        lease = await until(`the hub takes the lease of ${mac}`, () => dhcp.discover(mac, client), TIMEOUT_MS);
      if (!lease) throw new Error('no lease');
      return lease;
    },
  };
}

/** NetBox sends a webhook once and never again: where web was away just then, only a later look finds the change. That is not this proof's. */
async function movedInRecordOrNot(story: StoryOptions, first: Parameters<typeof movedInRecord>[1]): Promise<void> {
  await movedInRecord({ ...story, timeoutMs: 3000 }, first).catch(() => undefined);
}
