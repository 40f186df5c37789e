import type { Knex } from 'knex';

/** A multi-row INSERT costs a tenth of as many single ones; beyond some hundreds of rows a statement gains no more. */
const ROWS_PER_STATEMENT = 500;

/**
 * Inserts rows, each in the order of `columns`.
 * @param onDuplicate what follows ON DUPLICATE KEY UPDATE; without it an existing key is an error (1062). Sort rows by key where others
 *   may insert the same ones at the same time: unsorted ones deadlock.
 */
export async function insertRows(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  onDuplicate?: string,
): Promise<void> {
  const names = columns.map((column) => `\`${column}\``).join(', ');
  const row = `(${columns.map(() => '?').join(', ')})`;
  const tail = onDuplicate === undefined ? '' : ` ON DUPLICATE KEY UPDATE ${onDuplicate}`;
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    const some = rows.slice(at, at + ROWS_PER_STATEMENT);
    const values = some.map(() => row).join(', ');
    await db.raw(`INSERT INTO \`${table}\` (${names}) VALUES ${values}${tail}`, some.flat() as Knex.RawBinding[]);
  }
}

/** For lists of keys in an IN: long ones in parts. */
export async function inParts<K, R>(keys: readonly K[], read: (part: K[]) => Promise<R[]>): Promise<R[]> {
  const found: R[] = [];
  for (let at = 0; at < keys.length; at += 1000) found.push(...(await read(keys.slice(at, at + 1000))));
  return found;
}
