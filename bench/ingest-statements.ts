import type { Knex } from 'knex';

interface Kind {
  count: number;
  rows: number;
  ms: number;
}

/**
 * Counts statements by kind, with how long each took to answer. At one transaction at a time that is the database's time and the way
 * there; at several, what they waited for each other and for this process stands in it, too.
 */
export function countStatements(db: Knex): { lines(per: number): string[]; stop(): void } {
  const kinds = new Map<string, Kind>();
  const sent = new Map<string, { kind: string; at: number; rows: number }>();
  const started = (query: { sql: string; __knexQueryUid: string }): void => {
    const rows = query.sql.startsWith('INSERT') ? (query.sql.match(/\((\?(, )?)+\)/g)?.length ?? 1) : 0;
    sent.set(query.__knexQueryUid, { kind: kindOf(query.sql), at: performance.now(), rows });
  };
  const ended = (_: unknown, query: { __knexQueryUid: string }): void => {
    const one = sent.get(query.__knexQueryUid);
    if (one === undefined) return;
    sent.delete(query.__knexQueryUid);
    const kind = kinds.get(one.kind) ?? { count: 0, rows: 0, ms: 0 };
    kinds.set(one.kind, kind);
    kind.count += 1;
    kind.rows += one.rows;
    kind.ms += performance.now() - one.at;
  };
  db.on('query', started).on('query-response', ended);
  return {
    stop: () => void db.removeListener('query', started).removeListener('query-response', ended),
    lines(per) {
      const all = [...kinds].toSorted(([, a], [, b]) => b.ms - a.ms);
      const total = all.reduce((ms, [, one]) => ms + one.ms, 0);
      const count = all.reduce((many, [, one]) => many + one.count, 0);
      return [
        `${(count / per).toFixed(2)} statements and ${(total / per).toFixed(2)} ms per server`,
        ...all.map(([kind, one]) => {
          const rows = one.rows === 0 ? '' : `, ${(one.rows / per).toFixed(2)} rows/server`;
          return `${((100 * one.ms) / total).toFixed(1).padStart(5)} %  ${(one.ms / per).toFixed(3)} ms/server, ${(one.count / per).toFixed(3)} per server${rows}: ${kind}`;
        }),
      ];
    },
  };
}

/** The statement without its values: lists of any length are one kind. */
function kindOf(sql: string): string {
  return sql
    .replaceAll(/\((\?(, )?)+\)(, \((\?(, )?)+\))*/g, '(…)')
    .replaceAll(/(WHEN \? THEN \? ?)+/g, 'WHEN … ')
    .replaceAll(/ON DUPLICATE KEY UPDATE (.{0,40}).*/g, 'ON DUPLICATE KEY UPDATE $1…')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 220);
}

/** Statements that the database refused because of a deadlock or a wait: each of them has cost a transaction, which was then repeated. */
export function countRepeats(db: Knex): { lines(): string[]; stop(): void } {
  const kinds = new Map<string, number>();
  const failed = (error: { errno?: number }, query: { sql: string }): void => {
    const kind = `${error.errno}: ${kindOf(query.sql)}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  };
  db.on('query-error', failed);
  return {
    stop: () => void db.removeListener('query-error', failed),
    lines: () => [...kinds].map(([kind, times]) => `repeated ${times} times after error ${kind}`),
  };
}
