import mysql, { type Connection } from 'mysql2/promise';
import type { Subject } from '#src/core/event.ts';
import { readTimeline, type TimelineEntry } from '#src/events/reads.ts';
import { share, type Found } from './ingest-table.ts';
import type { IngestScale, Stand } from './ingest.ts';

const PAGE = 50;
const HOT_EVENTS = 100_000;
const EVENTS_PER_SUBJECT = 250;
const PER_STATEMENT = 250_000;
const READS = 2_000;
const HOT = 'ffffffff-0000-8000-8000-000000000000';

/** A page of a timeline among millions of events, by the hub's own read and by the query alone. */
export async function measureTimeline(stand: Stand, scale: IngestScale, say: (line: string) => void): Promise<Found[]> {
  if (!scale.only.includes('e')) return [];
  const { ctx, url } = await stand.another('timeline');
  const connection = await mysql.createConnection({
    uri: url,
    dateStrings: true,
    supportBigNumbers: true,
    charset: 'utf8mb4',
  });
  try {
    const subjects = await fill(connection, scale.timelineEvents, say);
    const found: Found[] = [];
    for (const [what, pageOf] of [
      [
        'e. timeline page, the first of any server',
        () => ({ id: subjectId(Math.floor(Math.random() * subjects)), before: undefined }),
      ],
      ['e. timeline page, deep in a long one', () => ({ id: HOT, before: placeInHot() })],
    ] as const) {
      const [ours, bare]: [number[], number[]] = [[], []];
      for (let nth = 0; nth < READS; nth += 1) {
        const { id, before } = pageOf();
        // In turns, and each first every second time: whoever comes second finds the pages in the cache.
        const reads = [
          async () =>
            void ours.push(await msOf(() => readTimeline(ctx, { type: 'asset', id }, { limit: PAGE, before }))),
          async () => void bare.push(await msOf(() => query(connection, id, before))),
        ];
        for (const read of nth % 2 === 0 ? reads : reads.toReversed()) await read();
      }
      const [p95, base] = [share(ours, 0.95), share(bare, 0.95)];
      found.push({
        what,
        figure: `p95 ${p95.toFixed(2)} ms, p50 ${share(ours, 0.5).toFixed(2)} ms`,
        baseline: `p95 ${base.toFixed(2)} ms, p50 ${share(bare, 0.5).toFixed(2)} ms`,
        ratio: (p95 / base).toFixed(2),
        goal: {
          name: before95(what),
          value: p95 / base,
          unit: 'x query',
          relation: '<=',
          target: 2,
        },
      });
    }
    return found;
  } finally {
    await connection.end();
  }
}

function before95(what: string): string {
  return what.includes('deep') ? 'timeline-deep-p95' : 'timeline-first-p95';
}

async function msOf(read: () => Promise<TimelineEntry[] | unknown[]>): Promise<number> {
  const started = performance.now();
  const rows = await read();
  const ms = performance.now() - started;
  if (rows.length !== PAGE) throw new Error(`a page of ${rows.length} events instead of ${PAGE}`);
  return ms;
}

async function query(
  connection: Connection,
  id: string,
  before: { time: string; id: string } | undefined,
): Promise<unknown[]> {
  const subject: Subject = { type: 'asset', id };
  const page = before === undefined ? '' : 'AND timestamp <= ? AND (timestamp < ? OR id < ?)';
  const place = before === undefined ? [] : [sqlTime(before.time), sqlTime(before.time), before.id];
  const [rows] = await connection.query(
    `SELECT * FROM timeline_events WHERE subject_type = ? AND subject_id = ? AND retracted_at IS NULL ${page}
     ORDER BY timestamp DESC, id DESC LIMIT ?`,
    [subject.type, subject.id, ...place, PAGE],
  );
  return rows as unknown[];
}

const FIRST_SECOND = Date.UTC(2016, 0, 1) / 1000;
/** Between two events of the long one. */
const HOT_STEP_SECONDS = 600;

function placeInHot(): { time: string; id: string } {
  const nth = PAGE + Math.floor(Math.random() * (HOT_EVENTS - 2 * PAGE));
  return {
    time: new Date((FIRST_SECOND + nth * HOT_STEP_SECONDS) * 1000).toISOString(),
    id: 'ffffffff-ffff-4fff-8fff-ffffffffffff',
  };
}

function sqlTime(iso: string): string {
  return iso.slice(0, 23).replace('T', ' ');
}

function subjectId(nth: number): string {
  return `00000000-0000-8000-8000-${nth.toString(16).padStart(12, '0')}`;
}

/** Straight from a sequence, in the order of the key. @returns how many servers there are beside the one with a long timeline */
async function fill(connection: Connection, events: number, say: (line: string) => void): Promise<number> {
  const started = performance.now();
  const rest = events - HOT_EVENTS;
  for (let from = 0; from < rest; from += PER_STATEMENT) {
    const to = Math.min(rest, from + PER_STATEMENT) - 1;
    const subject = `concat('00000000-0000-8000-8000-', lpad(lower(hex(seq DIV ${EVENTS_PER_SUBJECT})), 12, '0'))`;
    await insert(connection, subject, `(seq MOD ${EVENTS_PER_SUBJECT}) * 86400`, from, to);
  }
  await insert(connection, `'${HOT}'`, `seq * ${HOT_STEP_SECONDS}`, 0, Math.min(events, HOT_EVENTS) - 1);
  await connection.query('ANALYZE TABLE timeline_events');
  const [rows] = await connection.query(
    'SELECT table_rows AS many, data_length + index_length AS bytes FROM information_schema.tables WHERE table_schema = database() AND table_name = ?',
    ['timeline_events'],
  );
  const [table] = rows as { many: number; bytes: number }[];
  say(
    `timeline: ${events} events in ${((performance.now() - started) / 1000).toFixed(0)} s, ${(Number(table?.bytes) / 2 ** 30).toFixed(2)} GiB; ${HOT_EVENTS} of them of one server`,
  );
  return Math.floor(rest / EVENTS_PER_SUBJECT);
}

async function insert(
  connection: Connection,
  subject: string,
  seconds: string,
  from: number,
  to: number,
): Promise<void> {
  // Ids are random, as hashes are; version 4, because not every hash is a UUID that MariaDB takes.
  const hash = `md5(concat(${subject}, seq))`;
  await connection.query(
    `INSERT INTO timeline_events (subject_type, subject_id, timestamp, id, type, sentence, actor, cause, data, recorded_at)
     SELECT 'asset', ${subject}, from_unixtime(${FIRST_SECOND} + ${seconds}),
       concat(substr(${hash}, 1, 12), '4', substr(${hash}, 14, 3), '8', substr(${hash}, 18)),
       'FIRMWARE_CHANGED', concat('drive S64GNE0', seq, ': firmware GDC5602Q → GDC5902Q'), 'history', NULL,
       concat('{"component_id":"', md5(seq), '","kind":"drive","serial":"S64GNE0', seq, '","after":"2026-01-01T00:00:00.000000Z","from":"GDC5602Q","to":"GDC5902Q"}'),
       utc_timestamp(6)
     FROM seq_${from}_to_${to}`,
  );
}
