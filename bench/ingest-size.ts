import type { Pool } from 'mysql2/promise';

/** Of one table, in bytes. */
export interface Size {
  /** The file; it grows by up to four megabytes at a time. */
  file: number;
  /** What the file has on the disk. */
  allocated: number;
  /** Pages that hold rows, of the table and its indexes. */
  leaves: number;
}

const NO_SIZE: Size = { file: 0, allocated: 0, leaves: 0 };

export async function sizesOf(pool: Pool, schema: string): Promise<Map<string, Size>> {
  const [tables] = await pool.query(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'",
    [schema],
  );
  const sizes = new Map<string, Size>();
  for (const { name } of tables as { name: string }[]) {
    await pool.query('ANALYZE TABLE ??.??', [schema, name]);
    const [files] = await pool.query(
      'SELECT file_size AS file, allocated_size AS allocated FROM information_schema.innodb_sys_tablespaces WHERE name = ?',
      [`${schema}/${name}`],
    );
    const [leaves] = await pool.query(
      "SELECT sum(stat_value) * @@innodb_page_size AS leaves FROM mysql.innodb_index_stats WHERE database_name = ? AND table_name = ? AND stat_name = 'n_leaf_pages'",
      [schema, name],
    );
    const [file] = files as { file: number; allocated: number }[];
    const [used] = leaves as { leaves: number | string | null }[];
    sizes.set(name, {
      file: Number(file?.file ?? 0),
      allocated: Number(file?.allocated ?? 0),
      leaves: Number(used?.leaves ?? 0),
    });
  }
  return sizes;
}

/** Tables that grew, the most first. */
export function growth(before: ReadonlyMap<string, Size>, after: ReadonlyMap<string, Size>): [string, Size][] {
  return [...after]
    .map(([name, now]): [string, Size] => {
      const was = before.get(name) ?? NO_SIZE;
      return [
        name,
        { file: now.file - was.file, allocated: now.allocated - was.allocated, leaves: now.leaves - was.leaves },
      ];
    })
    .filter(([, size]) => size.file !== 0 || size.leaves !== 0)
    .toSorted(([, a], [, b]) => b.file - a.file || b.leaves - a.leaves);
}
