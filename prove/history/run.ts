import { seeded } from '#test/kit/seeded.ts';
import type { SharedProof } from '../proof.ts';
import { checkCase } from './check-case.ts';
import { drawFleet } from './fleet.ts';
import type { CaseBundle } from './fleet-case.ts';
import type { Attack } from './play.ts';
import { drawSchedule, type Schedule } from './schedule.ts';
import { type Plan, plansOf, shrink } from './shrink.ts';
import { setHistoryStage, type Stage, WORKERS } from './stage.ts';
import { tellCase } from './tell-case.ts';

export const proveHistory: SharedProof = {
  says: 'bundles in any order, batch and repetition, over four workers that are cut off and killed, give the history of the reference model',
  async open({ kill }) {
    const stage = await setHistoryStage();
    return {
      run: (options) => proveCase(stage, { ...options, attack: kill ? 'killed' : attackOf(options.seed) }),
      close: () => stage.close(),
    };
  },
};

/** In turn, so that a few hundred seeds have met all. Processes take seconds to start: rare. */
function attackOf(seed: number): Attack {
  if (seed % 100 === 50) return 'killed';
  if (seed % 20 === 7) return 'cut';
  if (seed % 40 === 13) return 'lossy';
  return 'calm';
}

async function proveCase(
  stage: Stage,
  { seed, attack, say }: { seed: number; attack: Attack; say(line: string): void },
): Promise<void> {
  const size = seed % 27 === 0 ? 'large' : 'small';
  const again = counter();
  const draw = () => drawFleet(seed, size, `H${seed}N${again()}X`);
  const fleet = draw();
  const schedule = drawSchedule(fleet, seeded(seed + 1), WORKERS);
  say(`${size}, ${attack}: ${fleet.bundles.length} bundles in ${schedule.flat().length} batches`);
  const wrong = await checkCase(stage, fleet, schedule, attack);
  if (wrong.length === 0) return;

  const check = async (plan: Plan): Promise<{ wrong: string[]; story: string[] }> => {
    const whole = draw();
    const batches = plan.map((batch) => batch.map((index) => whole.bundles[index]).filter((one) => one !== undefined));
    const own = { ...whole, bundles: batches.flat() };
    return { wrong: await checkCase(stage, own, [batches], 'calm'), story: tellCase(own, batches) };
  };
  const fails = async (plan: Plan) => (await check(plan)).wrong.length > 0;
  for (const plan of plansOf(fleet, schedule)) {
    if (!(await fails(plan))) continue;
    const shortest = await check(await shrink(plan, fails));
    throw new Error(['one worker is enough', ...shortest.story, ...shortest.wrong].join('\n'));
  }
  throw new Error(['only with several workers', ...tellWorkers(fleet, schedule), ...wrong].join('\n'));
}

function tellWorkers(fleet: Parameters<typeof tellCase>[0], schedule: Schedule): string[] {
  return schedule.flatMap((batches: CaseBundle[][], index) => [
    `worker ${index}`,
    ...tellCase({ ...fleet, registered: [] }, batches),
  ]);
}

function counter(): () => number {
  let count = 0;
  return () => (count += 1);
}
