import type { Knex } from 'knex';
import { toIso, toSql } from '../core/time.ts';

/** Of several workers one gets it: moves the last time from what was read to now. @returns whether it was this one */
export async function takeTurn(db: Knex, name: string, last: string | null, now: Date): Promise<boolean> {
  if (last === null) {
    const [result] = await db.raw(
      'INSERT INTO schedules (name, last_at) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name)',
      [name, toSql(now)],
    );
    return result.affectedRows === 1;
  }
  return (
    (await db('schedules')
      .where({ name, last_at: toSql(last) })
      .update({ last_at: toSql(now) })) === 1
  );
}

/** When each recurring job was last handed on. */
export async function readSchedules(db: Knex): Promise<Map<string, string>> {
  const rows = await db('schedules').select('name', 'last_at');
  return new Map(rows.map((row) => [String(row.name), toIso(String(row.last_at))]));
}
