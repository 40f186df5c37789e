import mysql, { type Pool } from 'mysql2/promise';
import { timeIt, type Timed } from './ingest-load.ts';

const ROWS_PER_STATEMENT = 1000;
/** So many rows are fetched between two stretches that are timed. */
const ROWS_AT_ONCE = 40_000;

/** Markers of transactions are swept after an hour, and what the outbox holds is taken out by the relay. */
const LEFT_OUT = new Set(['commits', 'migrations', 'migrations_lock']);

/** The same tables once more in a schema beside the hub's, indexes included, filled with nothing but INSERTs. */
export interface Baseline {
  /**
   * What the hub's tables hold otherwise than these, since the last time: inserted with the plain driver, in the order of the keys (the
   * cheapest order there is), a thousand rows a statement. Only the INSERTs are timed.
   */
  catchUp(): Promise<Timed & { rows: number; tables: Map<string, number> }>;
  close(): Promise<void>;
}

interface Table {
  name: string;
  columns: string[];
  keys: string[];
}

export async function plainInserts(
  url: string,
  schemas: { hub: string; bare: string },
  options: { lanes: number; databasePid: number },
): Promise<Baseline> {
  const pool = mysql.createPool({
    uri: url,
    connectionLimit: options.lanes,
    dateStrings: true,
    supportBigNumbers: true,
    charset: 'utf8mb4',
  });
  await pool.query('DROP DATABASE IF EXISTS ??', [schemas.bare]);
  await pool.query('CREATE DATABASE ?? CHARACTER SET utf8mb4', [schemas.bare]);
  const tables = await tablesOf(pool, schemas.hub);
  for (const { name } of tables)
    await pool.query('CREATE TABLE ??.?? LIKE ??.??', [schemas.bare, name, schemas.hub, name]);

  async function catchUpTable(table: Table): Promise<Timed> {
    const todo = `${schemas.bare}.todo_${table.name}`;
    await pool.query(
      `CREATE TABLE ${todo} (nth bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY) ${newRows(table, schemas)}`,
    );
    const columns = table.columns.map((column) => `\`${column}\``).join(', ');
    const insert = `INSERT INTO ${schemas.bare}.\`${table.name}\` (${columns}) VALUES ?
      ON DUPLICATE KEY UPDATE ${table.columns.map((column) => `\`${column}\` = VALUES(\`${column}\`)`).join(', ')}`;
    const plain = insert.slice(0, insert.indexOf('VALUES ?') + 'VALUES ?'.length);
    // Only where the hub has changed rows, the driver has to.
    const changed = await changedRows(pool, table, schemas);
    const sql = changed > 0 ? insert : plain;
    const total = { count: 0, seconds: 0, nodeSeconds: 0, databaseSeconds: 0 };
    for (let from = 0; ; from += ROWS_AT_ONCE) {
      const [rows] = await pool.query({
        sql: `SELECT ${columns} FROM ${todo} WHERE nth > ? AND nth <= ? ORDER BY nth`,
        values: [from, from + ROWS_AT_ONCE],
        rowsAsArray: true,
      });
      const all = rows as unknown[][];
      if (all.length === 0) break;
      const timed = await timeIt(options.databasePid, () => insertAll(pool, sql, all, options.lanes));
      total.count += all.length;
      total.seconds += timed.seconds;
      total.nodeSeconds += timed.nodeSeconds;
      total.databaseSeconds += timed.databaseSeconds;
    }
    await pool.query(`DROP TABLE ${todo}`);
    await pool.query(removeGone(table, schemas));
    return total;
  }

  return {
    async catchUp() {
      const counts = new Map<string, number>();
      const total = { count: 0, rows: 0, seconds: 0, nodeSeconds: 0, databaseSeconds: 0 };
      for (const table of tables) {
        const timed = await catchUpTable(table);
        if (timed.count > 0) counts.set(table.name, timed.count);
        total.rows += timed.count;
        total.seconds += timed.seconds;
        total.nodeSeconds += timed.nodeSeconds;
        total.databaseSeconds += timed.databaseSeconds;
      }
      return { ...total, tables: counts };
    },
    async close() {
      await pool.query('DROP DATABASE IF EXISTS ??', [schemas.bare]);
      await pool.end();
    },
  };
}

async function insertAll(pool: Pool, sql: string, rows: readonly unknown[][], lanes: number): Promise<void> {
  let next = 0;
  async function lane(): Promise<void> {
    while (next < rows.length) {
      const some = rows.slice(next, next + ROWS_PER_STATEMENT);
      next += ROWS_PER_STATEMENT;
      await pool.query(sql, [some]);
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function tablesOf(pool: Pool, schema: string): Promise<Table[]> {
  const [rows] = await pool.query(
    `SELECT c.table_name AS name, c.column_name AS col, c.column_key AS is_key
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = ? AND t.table_type = 'BASE TABLE' AND c.generation_expression IS NULL
     ORDER BY c.table_name, c.ordinal_position`,
    [schema],
  );
  const byName = Map.groupBy(rows as { name: string; col: string; is_key: string }[], ({ name }) => name);
  return [...byName]
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, own]) => ({
      name,
      columns: own.map(({ col }) => col),
      keys: own.filter(({ is_key: key }) => key === 'PRI').map(({ col }) => col),
    }));
}

function joined(table: Table, left: string, right: string): string {
  const on = table.keys.map((key) => `a.\`${key}\` = b.\`${key}\``).join(' AND ');
  return `${left}.\`${table.name}\` a LEFT JOIN ${right}.\`${table.name}\` b ON ${on}`;
}

function differs({ columns }: Table): string {
  return `NOT (${columns.map((column) => `a.\`${column}\` <=> b.\`${column}\``).join(' AND ')})`;
}

function newRows(table: Table, { hub, bare }: { hub: string; bare: string }): string {
  const order = table.keys.map((key) => `a.\`${key}\``).join(', ');
  return `SELECT a.* FROM ${joined(table, hub, bare)} WHERE b.\`${table.keys[0]}\` IS NULL OR ${differs(table)} ORDER BY ${order}`;
}

async function changedRows(pool: Pool, table: Table, { hub, bare }: { hub: string; bare: string }): Promise<number> {
  const [rows] = await pool.query(
    `SELECT count(*) AS many FROM ${joined(table, hub, bare)} WHERE b.\`${table.keys[0]}\` IS NOT NULL AND ${differs(table)}`,
  );
  return Number((rows as { many: number }[])[0]?.many ?? 0);
}

/** Rows that the hub has deleted; not timed, as the baseline is INSERTs only. */
function removeGone(table: Table, { hub, bare }: { hub: string; bare: string }): string {
  return `DELETE a FROM ${joined(table, bare, hub)} WHERE b.\`${table.keys[0]}\` IS NULL`;
}
