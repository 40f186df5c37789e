import type { Fault } from '#src/kit/simulator.ts';
import type { LossyProxy } from '#test/kit/lossy-proxy.ts';
import { JIRA_TIMEOUT_MS, type TicketStage, WORKERS } from './stage.ts';

/** One thing that goes wrong, once, at a moment that follows from the seed. */
export interface Attack {
  name: string;
  arm(stage: TicketStage, say: (line: string) => void): void;
}

type Random = () => number;
const between = (random: Random, low: number, high: number): number => Math.round(low + random() * (high - low));
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** What a ticket leads to there, as Jira sees it. */
const CALLS = {
  create: /^POST \/rest\/api\/\d\/issue$/,
  search: /^POST \/rest\/api\/\d\/search/,
  comment: /^POST \/rest\/api\/\d\/issue\/[^/]+\/comment$/,
  transition: /^POST \/rest\/api\/\d\/issue\/[^/]+\/transitions$/,
  link: /^POST \/rest\/api\/\d\/issue\/[^/]+\/remotelink$/,
} as const;

const PHASES = ['before', 'after', 'instead of'] as const;

function killAround(call: keyof typeof CALLS, phase: (typeof PHASES)[number], random: Random): Attack {
  const nth = between(random, 1, 4);
  const downMs = between(random, 0, 500);
  return {
    name: `SIGKILL of the worker ${phase} call no. ${nth} of ${call}, ${downMs} ms down`,
    arm(stage, say) {
      let seen = 0;
      onCall(stage, async (line, body, now) => {
        if (now !== (phase === 'after' ? 'after' : 'before') || !CALLS[call].test(line)) return;
        seen += 1;
        if (seen !== nth) return;
        if (phase === 'instead of') stage.jira.addFault({ match: CALLS[call].source, kind: 'reset', times: 1 });
        say(`killed ${phase} ${line}`);
        await stage.killHolder(/ticket-([0-9a-f-]{36})/.exec(body)?.[1], downMs);
      });
    },
  };
}

function breakCall(call: keyof typeof CALLS, kind: Fault['kind'], random: Random): Attack {
  const times = between(random, 1, 3);
  const match = CALLS[call].source;
  return {
    name: `Jira's ${call}: ${kind}, ${times} time(s)`,
    arm: ({ jira }) =>
      jira.addFault({ match, kind, times, status: 503, ms: JIRA_TIMEOUT_MS + between(random, 50, 400) }),
  };
}

/** The first seeds take each in turn, so that a short run has met all. */
const KINDS: ((random: Random) => Attack)[] = [
  (random) => killAround('create', 'after', random),
  // Made there, and nobody is told: the worst that can come back from a call that may not be repeated.
  (random) => breakCall('create', 'drop-answer', random),
  (random) => killAround('create', 'before', random),
  // Answers only after the hub has given up; what it does then it does all the same.
  (random) => breakCall('create', 'slow', random),
  (random) => killAround('create', 'instead of', random),
  (random) => breakCall('create', 'hang', random),
  function outage(random) {
    const [at, lasts] = [between(random, 0, 800), between(random, 2000, 6000)];
    const kind = pick(random, ['reset', 'status'] as const);
    return {
      name: `Jira is down from ${at} ms on, for ${lasts} ms (${kind})`,
      arm({ jira }) {
        after(at, () => {
          jira.addFault({ kind, status: 503 });
          after(lasts, () => jira.clearFaults());
        });
      },
    };
  },
  function cutDatabase(random) {
    const [at, lasts] = [between(random, 0, 2500), between(random, 100, 1500)];
    return {
      name: `all connections to MariaDB are cut after ${at} ms, for ${lasts} ms`,
      arm({ proxy }) {
        after(at, () => {
          proxy.pause();
          after(lasts, () => proxy.resume());
        });
      },
    };
  },
  function loseCommits(random) {
    const [first, count] = [between(random, 1, 60), between(random, 1, 6)];
    const loss = pick(random, ['before', 'after', 'racing', 'late'] as const);
    return {
      name: `${count} COMMIT(s) from no. ${first} on: ${loss}`,
      arm({ proxy }) {
        const start = commitsSoFar(proxy) + first;
        proxy.decide = (nth) => (nth >= start && nth < start + count ? loss : 'pass');
      },
    };
  },
  function flushRedis(random) {
    const [at, downMs] = [between(random, 0, 2500), between(random, 0, 1500)];
    return {
      name: `Redis loses all its data after ${at} ms, ${downMs} ms down`,
      arm({ services }) {
        after(at, async () => {
          await services.killRedis('SIGKILL', { loseData: true });
          after(downMs, () => services.startRedis());
        });
      },
    };
  },
  (random) => killAround('search', pick(random, PHASES), random),
  (random) => breakCall('search', pick(random, ['garbage', 'hang', 'status', 'drop-answer']), random),
  (random) => killAround('comment', pick(random, PHASES), random),
  (random) => breakCall('comment', pick(random, ['drop-answer', 'hang', 'slow', 'reset']), random),
  (random) => killAround('transition', pick(random, PHASES), random),
  (random) => breakCall('transition', pick(random, ['drop-answer', 'hang', 'slow', 'reset']), random),
  (random) => breakCall('link', pick(random, ['drop-answer', 'status', 'reset']), random),
  function killSome(random) {
    const [at, count] = [between(random, 0, 2500), between(random, 1, WORKERS)];
    const downMs = between(random, 0, 500);
    return {
      name: `SIGKILL of ${count} worker(s) after ${at} ms, ${downMs} ms down`,
      arm(stage) {
        after(at, async () => {
          for (let worker = 0; worker < count; worker += 1) await stage.kill(worker, downMs);
        });
      },
    };
  },
];

export function scheduleOf(seed: number, random: Random): Attack[] {
  const sure = KINDS[seed % KINDS.length] as (typeof KINDS)[number];
  return [sure, ...Array.from({ length: between(random, 1, 3) }, () => pick(random, KINDS))].map((kind) =>
    kind(random),
  );
}

function commitsSoFar({ counts }: LossyProxy): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

const timers = new Set<NodeJS.Timeout>();
function after(ms: number, act: () => unknown): void {
  const timer = setTimeout(() => {
    timers.delete(timer);
    void Promise.resolve(act()).catch((error: unknown) => process.stdout.write(`   attack failed: ${String(error)}\n`));
  }, ms);
  timers.add(timer);
}

type Listener = (line: string, body: string, phase: 'before' | 'after') => Promise<void>;
let listeners: Listener[] = [];
function onCall(stage: TicketStage, listener: Listener): void {
  listeners.push(listener);
  stage.jira.watch(async ({ method, path, body }, phase) => {
    for (const one of listeners) await one(`${method} ${path}`, body.toString('utf8'), phase);
  });
}

/** What has not come by now does not come in the next run; what is away comes back. */
export async function disarm({ jira, proxy, services }: TicketStage): Promise<void> {
  for (const timer of timers) clearTimeout(timer);
  timers.clear();
  listeners = [];
  jira.clearFaults();
  proxy.decide = () => 'pass';
  proxy.resume();
  if (services.pids.redis === undefined) await services.startRedis();
}
