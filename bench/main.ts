import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { benchDiscover } from './discover.ts';
import { benchIngest } from './ingest.ts';
import { isMet } from './ingest-table.ts';
import { benchReconcile } from './reconcile.ts';
import { benchRedfish } from './redfish.ts';
import { benchTelemetry } from './telemetry.ts';
import { benchWebhook } from './webhook.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean' },
    servers: { type: 'string' },
    batch: { type: 'string' },
    lanes: { type: 'string' },
    devices: { type: 'string' },
    parts: { type: 'string' },
    fleets: { type: 'string' },
    bmcs: { type: 'string' },
    'at-once': { type: 'string' },
    heap: { type: 'string' },
    events: { type: 'string' },
  },
});
const benches: Record<string, Bench> = {
  webhook: benchWebhook,
  discover: benchDiscover,
  ingest: benchIngest(values),
  reconcile: benchReconcile(values),
  redfish: benchRedfish({ ...values, atOnce: values['at-once'] }),
  telemetry: benchTelemetry(values),
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);
if (positionals.length === 0 || positionals.some((name) => !(name in benches))) {
  say('usage: npm run bench -- NAME …');
  say('  of ingest: [--quick] [--servers N] [--batch N] [--lanes N] [--only a,b,c,d,e,f,door,paces,profile]');
  say('  of reconcile: [--devices N] [--parts N of each] [--fleets N,N,…] [--only look,memory,storm,real]');
  say('  of redfish: [--bmcs N] [--at-once N] [--heap MB] [--only trees,fleet]');
  say('  of telemetry: [--events N] [--servers N] [--batch N] [--lanes N] [--only rules,rate,tickets,profile]');
  for (const [name, { says }] of Object.entries(benches)) say(`  ${name}: ${says}`);
  process.exit(2);
}
for (const name of positionals) {
  const bench = benches[name];
  if (!bench) continue;
  say(`== ${name}: ${bench.says}`);
  for (const goal of await bench.run((line) => say(`   ${line}`))) {
    say(
      `goal ${goal.name} ${Number(goal.value.toPrecision(4))} ${goal.unit} ${goal.relation} ${goal.target} ${isMet(goal) ? 'ok' : 'short'}`,
    );
  }
}
process.exit(0);
