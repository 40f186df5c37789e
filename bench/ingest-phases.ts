import mysql, { type Pool } from 'mysql2/promise';
import type { Goal } from './bench.ts';
import { type Baseline, plainInserts } from './ingest-baseline.ts';
import { type Change, changeOf, dayOf, reportOf } from './ingest-fleet.ts';
import { ingestAll, sum, type Timed } from './ingest-load.ts';
import { growth, sizesOf } from './ingest-size.ts';
import { countRepeats, countStatements } from './ingest-statements.ts';
import type { Found } from './ingest-table.ts';
import type { IngestPart, IngestScale, Stand } from './ingest.ts';

/** So many uploads are held in memory at once; making them is not timed. */
const AT_ONCE = 1000;
/** Looks like this one come first and are not counted: what runs for the first time is slow. */
const WARM_UP = 60;

/** The fleet looked at on one day. */
export async function ingestFleet(
  stand: Stand,
  scale: Pick<IngestScale, 'servers' | 'pace'>,
  day: number,
  changes: (n: number) => Change[],
  from = 0,
): Promise<Timed> {
  const all: Timed[] = [];
  for (let start = 0; start < scale.servers; start += AT_ONCE) {
    const count = Math.min(AT_ONCE, scale.servers - start);
    const uploads = Array.from({ length: count }, (_, at) => {
      const n = from + start + at;
      return reportOf(n, dayOf(day), changes(n));
    });
    all.push(await ingestAll(stand, uploads, scale.pace));
  }
  return sum(all);
}

const PHASES = [
  { part: 'a', what: 'a. first look' },
  { part: 'b', what: 'b. unchanged' },
  { part: 'c', what: 'c. one part changed' },
  { part: 'd', what: 'd. late, between two equal looks' },
  { part: 'd', what: 'd. late, and different from both' },
] as const;

export async function measurePhases(stand: Stand, scale: IngestScale, say: (line: string) => void): Promise<Found[]> {
  const wants = (part: IngestPart): boolean => scale.only.includes(part);
  const last = PHASES.findLastIndex(({ part }) => wants(part));
  if (last < 0 && !wants('f')) return [];
  const inserts = wants('profile') || last < 0 ? undefined : await baselineOf(stand, scale);
  const pool = mysql.createPool({ uri: stand.url, connectionLimit: 1 });
  const found: Found[] = [];
  try {
    await warmUp(stand, scale);
    await inserts?.catchUp();
    // A later phase needs what the earlier ones have made, so they run, too, and are not told of.
    for (const [at, { part, what }] of PHASES.entries()) {
      if (at > Math.max(0, last)) break;
      const counted = wants('profile') && wants(part) ? countStatements(stand.ctx.db) : undefined;
      const repeats = countRepeats(stand.ctx.db);
      const timed = await runPhase(stand, scale, at);
      const bare = await inserts?.catchUp();
      if (wants(part)) {
        found.push(lineOf(part, what, timed, bare));
        say(`${what}: ${costs(timed)}${bare ? `; INSERTs alone: ${costs({ ...bare, count: timed.count })}` : ''}`);
        if (bare) say(`   rows per server: ${rowsPer(bare, timed.count)}`);
        for (const line of [...repeats.lines(), ...(counted?.lines(timed.count) ?? [])]) say(`   ${line}`);
      }
      counted?.stop();
      repeats.stop();
      if (part === 'b' && wants('b')) found.push(...(await measureGrowth(stand, scale, pool, say)));
    }
    return found;
  } finally {
    await inserts?.close();
    await pool.end();
  }
}

function baselineOf(stand: Stand, { pace }: IngestScale): Promise<Baseline> {
  const schemas = { hub: stand.schema, bare: 'bare' };
  return plainInserts(stand.url, schemas, { lanes: pace.lanes, databasePid: stand.databasePid });
}

async function warmUp(stand: Stand, { pace }: IngestScale): Promise<void> {
  const few = { servers: WARM_UP, pace };
  for (const day of [0, 1]) await ingestFleet(stand, few, day, () => [], 900_000);
  await ingestFleet(stand, few, 2, (n) => [changeOf(n, 0)], 900_000);
}

/** As often as the growth of the database needs, within 40 days. */
async function ingestUnchanged(stand: Stand, scale: IngestScale, firstDay: number): Promise<Timed> {
  const rounds = scale.only.includes('b') ? Math.ceil(scale.snapshots / scale.servers) : 1;
  const all: Timed[] = [];
  for (let round = 0; round < rounds; round += 1)
    all.push(await ingestFleet(stand, scale, firstDay + (40 * round) / rounds, () => []));
  return sum(all);
}

/** The fleet is delivered on day 0, looked at from day 10 on, and has its first change on day 100. */
async function runPhase(stand: Stand, scale: IngestScale, at: number): Promise<Timed> {
  switch (at) {
    case 0:
      return ingestFleet(stand, scale, 0, () => []);
    case 1:
      return ingestUnchanged(stand, scale, 10);
    case 2:
      return ingestFleet(stand, scale, 100, (n) => [changeOf(n, 0)]);
    case 3:
      return ingestFleet(stand, scale, 5, () => []);
    default:
      return ingestFleet(stand, scale, 6, () => [{ drive: 7, firmware: 'GDC5402Q' }]);
  }
}

function lineOf(part: 'a' | 'b' | 'c' | 'd', what: string, timed: Timed, bare: Timed | undefined): Found {
  const rate = timed.count / timed.seconds;
  const base = bare === undefined ? Number.NaN : timed.count / bare.seconds;
  const line = {
    what,
    figure: `${rate.toFixed(0)} servers/s`,
    ...(bare ? { baseline: `${base.toFixed(0)}/s`, ratio: (rate / base).toFixed(3) } : {}),
  };
  const goal = goalOf(part, rate, bare === undefined ? undefined : rate / base);
  return goal ? { ...line, goal } : line;
}

function goalOf(part: 'a' | 'b' | 'c' | 'd', rate: number, ratio: number | undefined): Goal | undefined {
  if (part === 'b') return { name: 'ingest-unchanged', value: rate, unit: 'servers/s', relation: '>=', target: 500 };
  if (part !== 'c' || ratio === undefined) return undefined;
  return { name: 'ingest-changed', value: ratio, unit: 'x INSERTs', relation: '>=', target: 0.4 };
}

function costs({ count, seconds, nodeSeconds, databaseSeconds }: Timed): string {
  const per = (all: number): string => `${((1000 * all) / count).toFixed(2)} ms`;
  return `${(count / seconds).toFixed(0)} servers/s; per server ${per(seconds)}, of processors here ${per(nodeSeconds)}, of the database ${per(databaseSeconds)}`;
}

function rowsPer({ tables }: { tables: Map<string, number> }, servers: number): string {
  return [...tables].map(([name, rows]) => `${name} ${(rows / servers).toFixed(1)}`).join(', ');
}

/** Over a second stretch of looks, because a small table's file has room for some megabytes more than there are rows. */
async function measureGrowth(
  stand: Stand,
  scale: IngestScale,
  pool: Pool,
  say: (line: string) => void,
): Promise<Found[]> {
  const before = await sizesOf(pool, stand.schema);
  const { count } = await ingestUnchanged(stand, scale, 55);
  const grown = growth(before, await sizesOf(pool, stand.schema));
  const per = (bytes: number): string => (bytes / count).toFixed(1);
  for (const [name, { file, allocated, pages }] of grown)
    say(
      `   per unchanged look, ${name}: pages ${per(pages)} bytes, file ${per(file)}, of it on the disk ${per(allocated)}${name === 'commits' ? ' (swept after an hour, not counted)' : ''}`,
    );
  const counted = grown.filter(([name]) => name !== 'commits');
  const total = (of: 'file' | 'pages'): number => counted.reduce((all, [, size]) => all + size[of], 0) / count;
  return [
    {
      what: `b. growth per unchanged look, over ${count}`,
      figure: `pages ${total('pages').toFixed(0)} bytes, files ${total('file').toFixed(0)}`,
      goal: { name: 'ingest-unchanged-bytes', value: total('pages'), unit: 'bytes', relation: '<=', target: 200 },
    },
  ];
}
