import { parseArgs } from 'node:util';
import { proveHistory } from './history/run.ts';
import type { Proof, SharedProof } from './proof.ts';
import { proveReconcile } from './reconcile/run.ts';
import { proveRedfish } from './redfish/run.ts';
import { proveStory } from './story.ts';
import { proveTickets } from './tickets/run.ts';

const proofs: Record<string, Proof | SharedProof> = {
  story: proveStory,
  history: proveHistory,
  reconcile: proveReconcile,
  redfish: proveRedfish,
  tickets: proveTickets,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '5' },
    quiet: { type: 'boolean', default: false },
    kill: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const [name] = positionals;
const proof = name === undefined ? undefined : proofs[name];
const [first, runs] = [Number(values.seed), Number(values.runs)];
if (!proof || !Number.isInteger(first) || !Number.isInteger(runs) || runs < 1) {
  say('usage: npm run prove -- NAME [--seed N] [--runs N] [--quiet] [--kill]');
  for (const [known, { says }] of Object.entries(proofs)) say(`  ${known}: ${says}`);
  process.exit(2);
}

/** A run that does not end is broken too. Its processes go with this one. */
const DEADLINE_MS = 150_000;
async function withinDeadline(run: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not end within ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
  });
  await Promise.race([run, late]).finally(() => clearTimeout(timer));
}

const started = Date.now();
const opened = 'open' in proof ? await proof.open({ kill: values.kill }) : { run: proof.run, close: async () => {} };
for (let seed = first; seed < first + runs; seed += 1) {
  const begun = Date.now();
  const lines: string[] = [];
  try {
    await withinDeadline(opened.run({ seed, say: (line) => (values.quiet ? lines.push(line) : say(`   ${line}`)) }));
    // Hundreds of short runs would bury what a log is read for.
    if (!values.quiet || !('open' in proof) || seed % 100 === 0)
      say(`seed ${seed}: held (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  } catch (error) {
    for (const line of lines) say(`   ${line}`);
    say(`seed ${seed}: BROKEN: ${error instanceof Error ? error.message : String(error)}`);
    say(`again: npm run prove -- ${name} --seed ${seed} --runs 1`);
    await opened.close();
    process.exit(1);
  }
}
await opened.close();
say(`prove ${name}: ${runs} run(s) held in ${((Date.now() - started) / 1000).toFixed(0)} s`);
process.exit(0);
