import { setHistoryStage, WORKERS } from './stage.ts';
import { drawFleet } from './fleet.ts';
import { drawSchedule, plainSchedule } from './schedule.ts';
import { checkCase } from './check-case.ts';
import { seeded } from '#test/kit/seeded.ts';
const stage = await setHistoryStage();
const [FROM, TO] = process.argv.slice(2).map(Number) as [number, number];
const attack = (process.argv[4] ?? 'calm') as 'calm';
const size = (process.argv[5] ?? 'small') as 'small';
const t0 = Date.now();
let bad = 0;
const classes = new Map<string, string>();
const counts = new Map<string, number>();
for (let seed = FROM; seed <= TO; seed++) {
  const fleet = drawFleet(seed, size, `Z${seed}X`);
  const schedule = process.argv[6] === 'plain' ? plainSchedule(fleet.bundles) : drawSchedule(fleet, seeded(seed + 99), WORKERS);
  let diff: string[];
  try { diff = await checkCase(stage, fleet, schedule, attack); } catch (e) { diff = ['THROWN ' + String((e as Error).stack).slice(0,500)]; }
  if (diff.length) bad++;
  const own = new Map<string,string>();
  for (const d of diff) { const k = d.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#').replace(/\d{4}-\d\d-\d\d \S+/g, 't').replace(/[0-9a-f]{32}/g,'h').replace(/Z\d+X\w+/g,'S').replace(/(agent|redfish|tools|person)(:\d+)?/g,'src').replace(/\\"after\\":\\"[^"]*"/,'').slice(0, 110); own.set(k, d); }
  for (const [k, d] of own) { counts.set(k, (counts.get(k) ?? 0) + 1); if (!classes.has(k)) classes.set(k, `seed ${seed}: ${d}`); }
}
console.log('bad', bad, 'of', TO - FROM + 1, Date.now() - t0, 'ms');
for (const [k, d] of classes) console.log(counts.get(k), d.slice(0, 450));
await stage.close();
