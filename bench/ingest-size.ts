import type { Pool } from 'mysql2/promise';

/** Of one table, in bytes. */
export interface Size {
  /** The file; it grows by up to four megabytes at a time. */
  file: number;
  /** What the file has on the disk. */
  allocated: number;
  /** Pages that the table and its indexes take up in it. */
  pages: number;
}

const NO_SIZE: Size = { file: 0, allocated: 0, pages: 0 };

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
    // Not the count of leaf pages beside it: for tables with a column of type uuid, MariaDB 10.11 says 1 whatever there is.
    const [pages] = await pool.query(
      'SELECT (clustered_index_size + sum_of_other_index_sizes) * @@innodb_page_size AS pages FROM mysql.innodb_table_stats WHERE database_name = ? AND table_name = ?',
      [schema, name],
    );
    const [file] = files as { file: number; allocated: number }[];
    const [used] = pages as { pages: number | string }[];
    sizes.set(name, {
      file: Number(file?.file ?? 0),
      allocated: Number(file?.allocated ?? 0),
      pages: Number(used?.pages ?? 0),
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
        { file: now.file - was.file, allocated: now.allocated - was.allocated, pages: now.pages - was.pages },
      ];
    })
    .filter(([, size]) => size.file !== 0 || size.pages !== 0)
    .toSorted(([, a], [, b]) => b.file - a.file || b.pages - a.pages);
}
