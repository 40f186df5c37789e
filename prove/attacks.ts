import type { SimulatorServer } from '#src/kit/simulator.ts';
import type { Services } from '#setup/services.ts';
import type { Stage } from '#demo/stage.ts';
import type { LossyProxy } from '#test/kit/lossy-proxy.ts';

export interface Target {
  stage: Stage;
  services: Services;
  proxy: LossyProxy;
  /** SIGKILL; it is started again after a while. */
  killWorker(downMs: number): Promise<void>;
  killWeb(downMs: number): Promise<void>;
  say(line: string): void;
}

/** One thing that goes wrong, once, at a moment that follows from the seed. */
export interface Attack {
  name: string;
  arm(target: Target): void;
}

type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const between = (random: Random, low: number, high: number): number => Math.round(low + random() * (high - low));

/** The steps of the story as the other systems see them. */
const STEPS = [
  { system: 'bmc', match: /^POST .*Sessions/ },
  { system: 'bmc', match: /^GET .*(Systems|Memory|Storage|Chassis)/ },
  { system: 'bmc', match: /^DELETE .*Sessions/ },
  { system: 'netbox', match: /^GET \/api\/dcim\/(devices|interfaces|mac-addresses)/ },
  { system: 'netbox', match: /^PATCH \/api\/dcim\/devices/ },
  { system: 'netbox', match: /^POST \/api\/dcim\/devices/ },
  { system: 'netbox', match: /^POST \/api\/dcim\/interfaces/ },
  { system: 'netbox', match: /^POST \/api\/dcim\/mac-addresses/ },
  { system: 'netbox', match: /^POST \/api\/ipam\/ip-addresses/ },
  { system: 'awx', match: /^POST .*hosts/ },
  { system: 'awx', match: /^POST .*launch/ },
  { system: 'awx', match: /^GET .*jobs\/\d+/ },
  { system: 'jira', match: /^POST .*\/issue$/ },
  { system: 'jira', match: /^POST .*search/ },
] as const;

function serversOf(stage: Stage, system: (typeof STEPS)[number]['system']): SimulatorServer[] {
  if (system === 'bmc') return [...stage.bmcs.values()];
  if (system === 'netbox') return [stage.netbox.server];
  return [stage[system]];
}

/** What can go wrong, each with its own random moment. */
const KINDS: ((random: Random) => Attack)[] = [
  function killAtStep(random) {
    const step = pick(random, STEPS);
    const phase = pick(random, ['before', 'after'] as const);
    const nth = between(random, 1, 2);
    const downMs = between(random, 0, 400);
    return {
      name: `SIGKILL worker at ${step.system} ${step.match.source} (${phase}, no. ${nth}), ${downMs} ms down`,
      arm({ stage, killWorker }) {
        let seen = 0;
        for (const server of serversOf(stage, step.system)) {
          onRequest(server, async (line, at) => {
            if (at !== phase || !step.match.test(line)) return;
            seen += 1;
            if (seen === nth) await killWorker(downMs);
          });
        }
      },
    };
  },
  function killAtCommit(random) {
    const nth = between(random, 1, 60);
    const loss = pick(random, ['before', 'after', 'pass'] as const);
    const downMs = between(random, 0, 400);
    return {
      name: `SIGKILL worker at COMMIT no. ${nth} (${loss}), ${downMs} ms down`,
      arm({ proxy, killWorker }) {
        onCommit(proxy, nth, () => {
          void killWorker(downMs);
          return loss;
        });
      },
    };
  },
  function loseCommitAnswers(random) {
    const first = between(random, 1, 60);
    const count = between(random, 1, 5);
    const loss = pick(random, ['after', 'before', 'racing'] as const);
    return {
      name: `lose the answer of ${count} COMMIT(s) from no. ${first} on (${loss})`,
      arm({ proxy }) {
        for (let nth = first; nth < first + count; nth += 1) onCommit(proxy, nth, () => loss);
      },
    };
  },
  function loseRedis(random) {
    const [at, downMs] = [between(random, 0, 5000), between(random, 0, 2500)];
    return {
      name: `SIGKILL Redis with all its data after ${at} ms, ${downMs} ms down`,
      arm({ services }) {
        after(at, async () => {
          await services.killRedis('SIGKILL', { loseData: true });
          after(downMs, () => services.startRedis());
        });
      },
    };
  },
  function restartMariaDb(random) {
    const [at, downMs] = [between(random, 0, 5000), between(random, 0, 2500)];
    return {
      name: `SIGKILL MariaDB after ${at} ms, ${downMs} ms down`,
      arm({ services }) {
        after(at, async () => {
          await services.killMariaDb('SIGKILL');
          after(downMs, () => services.startMariaDb());
        });
      },
    };
  },
  function killWeb(random) {
    const [at, downMs] = [between(random, 0, 5000), between(random, 0, 1500)];
    return {
      name: `SIGKILL web after ${at} ms, ${downMs} ms down`,
      arm: (target) => after(at, () => target.killWeb(downMs)),
    };
  },
  function breakStep(random) {
    const step = pick(random, STEPS);
    const kind = pick(random, ['drop-answer', 'reset', 'status', 'hang', 'garbage'] as const);
    const times = between(random, 1, 2);
    return {
      name: `${step.system} ${step.match.source}: ${kind}, ${times} time(s)`,
      arm({ stage }) {
        for (const server of serversOf(stage, step.system))
          server.addFault({ match: step.match.source, kind, times, status: 503 });
      },
    };
  },
  function outage(random) {
    const system = pick(random, ['netbox', 'awx', 'jira'] as const);
    const [at, lasts] = [between(random, 0, 3000), between(random, 500, 3000)];
    return {
      name: `${system} answers 500 from ${at} ms on, for ${lasts} ms`,
      arm({ stage }) {
        after(at, () => {
          const [server] = serversOf(stage, system);
          server?.addFault({ kind: 'status', status: 500 });
          after(lasts, () => server?.clearFaults());
        });
      },
    };
  },
];

/** The first seeds take each kind in turn, so that a short run has met all; beside it come two to four more by chance. */
export function scheduleOf(seed: number, random: Random): Attack[] {
  const sure = KINDS[seed % KINDS.length] as (typeof KINDS)[number];
  return [sure, ...Array.from({ length: between(random, 2, 4) }, () => pick(random, KINDS))].map((kind) =>
    kind(random),
  );
}

const timers = new Set<NodeJS.Timeout>();
function after(ms: number, act: () => unknown): void {
  const timer = setTimeout(() => {
    timers.delete(timer);
    void Promise.resolve(act()).catch((error: unknown) => process.stdout.write(`   attack failed: ${String(error)}\n`));
  }, ms);
  timers.add(timer);
}

/** Several attacks listen to one simulator. */
const listeners = new WeakMap<SimulatorServer, ((line: string, phase: 'before' | 'after') => Promise<void>)[]>();
function onRequest(
  server: SimulatorServer,
  listener: (line: string, phase: 'before' | 'after') => Promise<void>,
): void {
  const known = listeners.get(server);
  if (known) return void known.push(listener);
  const list = [listener];
  listeners.set(server, list);
  server.watch(async (request, phase) => {
    for (const one of list) await one(`${request.method} ${request.path}`, phase);
  });
}

type Loss = ReturnType<LossyProxy['decide']>;
const commits = new WeakMap<LossyProxy, Map<number, () => Loss>>();
function onCommit(proxy: LossyProxy, nth: number, act: () => Loss): void {
  const planned = commits.get(proxy) ?? new Map<number, () => Loss>();
  commits.set(proxy, planned);
  planned.set(nth, act);
  proxy.decide = (now) => planned.get(now)?.() ?? 'pass';
}

/** Nothing of one run's schedule reaches into the next. */
export function disarm(): void {
  for (const timer of timers) clearTimeout(timer);
  timers.clear();
}
