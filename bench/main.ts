import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { benchDiscover } from './discover.ts';
import { benchWebhook } from './webhook.ts';

const benches: Record<string, Bench> = { webhook: benchWebhook, discover: benchDiscover };

const { positionals } = parseArgs({ allowPositionals: true });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (positionals.length === 0 || positionals.some((name) => !(name in benches))) {
  say('usage: npm run bench -- NAME …');
  for (const [name, { says }] of Object.entries(benches)) say(`  ${name}: ${says}`);
  process.exit(2);
}
for (const name of positionals) {
  const bench = benches[name];
  if (!bench) continue;
  say(`== ${name}: ${bench.says}`);
  for (const goal of await bench.run((line) => say(`   ${line}`))) {
    const met = goal.relation === '>=' ? goal.value >= goal.target : goal.value <= goal.target;
    say(
      `goal ${goal.name} ${Number(goal.value.toPrecision(4))} ${goal.unit} ${goal.relation} ${goal.target} ${met ? 'ok' : 'short'}`,
    );
  }
}
process.exit(0);
