import type { Knex } from 'knex';
import { isDuplicate } from '../core/tx.ts';
import { toSql } from '../core/time.ts';

export interface PartialUpload {
  id: string;
  sha256: string;
  bytes: number;
  fileName: string | null;
}

/** The unfinished upload of these bytes by this caller, or a new one. */
export async function startUpload(
  db: Knex,
  wanted: PartialUpload & { actor: string; now: Date },
): Promise<{ upload: PartialUpload; isNew: boolean }> {
  const sha = Buffer.from(wanted.sha256, 'hex');
  try {
    await db('uploads').insert({
      id: wanted.id,
      sha256: sha,
      bytes: wanted.bytes,
      file_name: wanted.fileName,
      actor: wanted.actor,
      created_at: toSql(wanted.now),
    });
    return { upload: wanted, isNew: true };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const [row] = await db('uploads').where({ sha256: sha, actor: wanted.actor }).select('*');
    if (!row) throw error;
    return { upload: toUpload(row), isNew: false };
  }
}

export async function findUpload(db: Knex, want: { id: string; actor: string }): Promise<PartialUpload | undefined> {
  const [row] = await db('uploads').where({ id: want.id, actor: want.actor }).select('*');
  return row ? toUpload(row) : undefined;
}

/** One writer at a time; a writer that died gives it up by time. @returns whether it is ours */
export async function takeTurn(db: Knex, want: { id: string; now: Date; until: Date }): Promise<boolean> {
  const changed = await db('uploads')
    .where({ id: want.id })
    .andWhere((free) => free.whereNull('busy_until').orWhere('busy_until', '<', toSql(want.now)))
    .update({ busy_until: toSql(want.until) });
  return changed === 1;
}

export async function renewTurn(db: Knex, want: { id: string; until: Date }): Promise<void> {
  await db('uploads')
    .where({ id: want.id })
    .update({ busy_until: toSql(want.until) });
}

export async function endTurn(db: Knex, id: string): Promise<void> {
  await db('uploads').where({ id }).update({ busy_until: null });
}

export async function removeUpload(db: Knex, id: string): Promise<void> {
  await db('uploads').where({ id }).delete();
}

/** Begun so long ago that nobody will finish them, and not being written now. */
export async function oldUploads(db: Knex, want: { before: Date; now: Date }): Promise<string[]> {
  const rows: { id: string }[] = await db('uploads')
    .where('created_at', '<', toSql(want.before))
    .andWhere((free) => free.whereNull('busy_until').orWhere('busy_until', '<', toSql(want.now)))
    .select('id');
  return rows.map(({ id }) => String(id));
}

function toUpload(row: Record<string, unknown>): PartialUpload {
  return {
    id: String(row['id']),
    sha256: (row['sha256'] as Buffer).toString('hex'),
    bytes: Number(row['bytes']),
    fileName: row['file_name'] === null ? null : String(row['file_name']),
  };
}
