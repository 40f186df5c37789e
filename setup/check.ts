// `npm run check`: everything that needs no services. One line per step, and the output of those that failed.

import { runChild, type ChildResult } from './run-child.ts';

type Step = { name: string; program: string; args: string[] };

const steps: Step[] = [
  { name: 'types', program: 'tsc', args: ['--noEmit'] },
  { name: 'lint', program: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'format', program: 'oxfmt', args: ['--check'] },
  { name: 'unused', program: 'knip', args: ['--no-progress'] },
  {
    name: 'unit and architecture tests',
    program: 'vitest',
    args: ['run', '--project', 'unit', '--project', 'architecture'],
  },
];

async function runStep(step: Step): Promise<{ step: Step; result: ChildResult }> {
  const begin = performance.now();
  const result = await runChild(step.program, step.args, { collect: true, env: { FORCE_COLOR: '0', NO_COLOR: '1' } });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${result.code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
  return { step, result };
}

const results = await Promise.all(steps.map(runStep));
const failed = results.filter(({ result }) => result.code !== 0);
for (const { step, result } of failed) {
  console.log(
    `\n--- ${step.name}: ${step.program} ${step.args.join(' ')} (exit ${result.code})\n${result.output.trim()}`,
  );
}
if (failed.length > 0) process.exitCode = 1;
