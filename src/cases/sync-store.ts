import type { Knex } from 'knex';
import { toRow } from '../core/row.ts';
import { toIso, toIsoOrNull } from '../core/time.ts';

/** An import from another system that goes page by page; it goes on where it stood, whoever stopped it. */
export interface CaseSync {
  id: string;
  source: string;
  query: string;
  /** The page to read next; null: the first one. */
  page: string | null;
  pages: number;
  created: number;
  updated: number;
  unchanged: number;
  askedBy: string;
  askedAt: string;
  finishedAt: string | null;
}

const TIMES = new Set(['askedAt', 'finishedAt']);

export async function insertSync(db: Knex.Transaction, sync: CaseSync): Promise<void> {
  await db('case_syncs').insert(toRow({ ...sync }, TIMES));
}

export async function findSync(db: Knex, id: string): Promise<CaseSync | undefined> {
  const rows: Record<string, unknown>[] = await db('case_syncs').where({ id }).select('*');
  return rows.map(toSync)[0];
}

export async function lockSync(db: Knex.Transaction, id: string): Promise<CaseSync | undefined> {
  const rows: Record<string, unknown>[] = await db('case_syncs').where({ id }).forUpdate().select('*');
  return rows.map(toSync)[0];
}

export async function updateSync(
  db: Knex.Transaction,
  id: string,
  changes: Partial<Pick<CaseSync, 'page' | 'pages' | 'created' | 'updated' | 'unchanged' | 'finishedAt'>>,
): Promise<void> {
  await db('case_syncs').where({ id }).update(toRow(changes, TIMES));
}

function toSync(row: Record<string, unknown>): CaseSync {
  const finished = row['finished_at'];
  return {
    ...{ id: String(row['id']), source: String(row['source']), query: String(row['query']) },
    page: row['page'] === null ? null : String(row['page']),
    ...{ pages: Number(row['pages']), created: Number(row['created']), updated: Number(row['updated']) },
    ...{ unchanged: Number(row['unchanged']), askedBy: String(row['asked_by']) },
    askedAt: toIso(String(row['asked_at'])),
    finishedAt: toIsoOrNull(finished === null ? null : String(finished)),
  };
}
