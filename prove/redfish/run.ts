import type { BmcSimulator } from '#adapters/redfish/simulator.ts';
import type { SharedProof } from '../proof.ts';
import { type RedfishStage, setRedfishStage } from './stage.ts';
import { type Work, WORKS } from './works.ts';

/** A request of the work to its BMC, and whether the worker dies before the BMC acts on it, after, or so that the BMC never gets it. */
interface Boundary {
  nth: number;
  phase: 'before' | 'after' | 'instead of';
}

const TIMEOUT_MS = 90_000;

export const proveRedfish: SharedProof = {
  says: 'updates, erasures and new passwords whose worker is killed at each request: begun once, never lost, and the outcome known in the end',
  async open() {
    const stage = await setRedfishStage();
    const known = new Map<string, Boundary[]>();
    return {
      async run({ seed, say }) {
        const work = WORKS[seed % WORKS.length] as Work;
        const all = known.get(work.name) ?? boundariesOf(await prove(stage, work, null, () => {}));
        known.set(work.name, all);
        const at = Math.floor(seed / WORKS.length) % all.length;
        const boundary = all[at] as Boundary;
        say(`${work.name}: SIGKILL ${boundary.phase} request ${boundary.nth} (${at + 1} of ${all.length} boundaries)`);
        await prove(stage, work, boundary, say);
      },
      close: () => stage.close(),
    };
  },
};

/** Of what a BMC was asked undisturbed; those of the writes first, and some of the looks that follow. */
function boundariesOf(requests: readonly string[]): Boundary[] {
  const isWrite = (line: string): boolean => /^(POST|PATCH|DELETE)/.test(line) && !/Sessions/.test(line);
  const most = requests.findLastIndex(isWrite) + 8;
  const numbered = requests.slice(0, most).map((line, at) => ({ nth: at + 1, rank: isWrite(line) ? 0 : 1 }));
  return numbered
    .toSorted((a, b) => a.rank - b.rank || a.nth - b.nth)
    .flatMap(({ nth, rank }) => {
      const phases: Boundary['phase'][] = rank === 0 ? ['before', 'after', 'instead of'] : ['before', 'after'];
      return phases.map((phase) => ({ nth, phase }));
    });
}

/** @returns what the BMC was asked, in order */
async function prove(
  stage: RedfishStage,
  work: Work,
  boundary: Boundary | null,
  say: (line: string) => void,
): Promise<string[]> {
  await stage.workerRuns();
  const { assetId, bmc } = await stage.newServer(work.tree, work.bmc);
  try {
    if (boundary !== null) killAt(stage, bmc, boundary, say);
    const id = await work.ask(stage.ctx, assetId);
    const end = Date.now() + TIMEOUT_MS;
    while (!(await work.hasEnded(stage.ctx, id))) {
      if (Date.now() > end)
        throw new Error(`${work.name}: no end within ${TIMEOUT_MS / 1000} s; ${await jobsOf(stage, assetId)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const wrong = await work.broken(stage.ctx, id, bmc, stage.seal);
    if (wrong.length > 0) throw new Error(`${work.name}: ${wrong.join('; ')} (logs: ${stage.logs})`);
    return bmc.requests.map(({ method, path }) => `${method} ${path}`);
  } finally {
    await bmc.close();
  }
}

function killAt(stage: RedfishStage, bmc: BmcSimulator, { nth, phase }: Boundary, say: (line: string) => void): void {
  let seen = 0;
  bmc.watch(async ({ method, path }, now) => {
    if (now === 'before') seen += 1;
    if (now !== (phase === 'after' ? 'after' : 'before') || seen !== nth) return;
    seen += 1_000_000;
    if (phase === 'instead of') bmc.addFault({ kind: 'reset', times: 1 });
    say(`killed ${phase} ${method} ${path}`);
    await stage.killWorker();
  });
}

async function jobsOf({ ctx }: RedfishStage, assetId: string): Promise<string> {
  const jobs = await ctx.db('jobs').where({ subject_id: assetId }).select('name', 'state', 'progress', 'error');
  return JSON.stringify(jobs);
}
