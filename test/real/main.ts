import { parseArgs } from 'node:util';
import { type RealTest, realTests } from './catalogue.ts';
import type { RealResult } from './real-result.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const unknown = positionals.filter((name) => !realTests.some((one) => one.name === name));
if (unknown.length > 0) {
  say(`unknown: ${unknown.join(', ')}. There are: ${realTests.map((one) => one.name).join(', ')}`);
  process.exit(2);
}

const wanted = realTests.filter((one) => positionals.length === 0 || positionals.includes(one.name));
const totals: RealResult = { passed: 0, failed: 0, skipped: [] };

async function runOne({ name, says, run }: RealTest): Promise<void> {
  const started = Date.now();
  say(`\n== ${name}: ${says}`);
  try {
    const result = await run({ log: (line) => say(`   ${name}: ${line}`) });
    totals.passed += result.passed;
    totals.failed += result.failed;
    totals.skipped.push(...result.skipped);
    for (const skip of result.skipped) say(`   ${name}: skipped ${skip.name}: ${skip.reason}`);
    say(
      `== ${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped.length} skipped in ${((Date.now() - started) / 1000).toFixed(0)} s`,
    );
  } catch (error) {
    totals.failed += 1;
    say(`== ${name}: failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** NetBox alone takes as long as all others together, most of it in one process: it has a lane of its own. */
const lanes = [wanted.filter(({ name }) => name === 'netbox'), wanted.filter(({ name }) => name !== 'netbox')];
await Promise.all(
  lanes.map(async (lane) => {
    for (const one of lane) await runOne(one);
  }),
);
say(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped.length} skipped`);
process.exit(totals.failed > 0 ? 1 : 0);
