import type { Knex } from 'knex';
import { inParts, insertRows } from '../core/insert-rows.ts';
import { fromJson } from '../core/json.ts';
import { toIso, toIsoOrNull, toSql } from '../core/time.ts';
import type { CaseInput, CaseSubject, FoundLink, Verdict } from './model.ts';

/** A case as it is kept. */
export interface Case {
  id: string;
  source: string;
  externalId: string;
  key: string;
  url: string | null;
  summary: string;
  text: string;
  status: string;
  statusCategory: string;
  priority: string | null;
  assignee: string | null;
  labels: string[];
  fields: CaseInput['fields'];
  openedAt: string;
  changedAt: string;
  resolvedAt: string | null;
  importedAt: string;
}

export interface CaseLink extends FoundLink {
  caseId: string;
  verdict: Verdict;
  foundBy: string;
  createdAt: string;
}

/** A case as lists have it: its text may be long, and nobody reads it there. */
export type CaseLine = Omit<Case, 'text' | 'fields'>;

/** What is known of a case before it is imported again. */
export interface CaseBefore {
  id: string;
  hash: string;
  status: string;
  changedAt: string;
}

/** In the order of their ids, locked. */
export async function lockCases(db: Knex.Transaction, ids: readonly string[]): Promise<Map<string, CaseBefore>> {
  const rows = await inParts<string, Record<string, unknown>>(ids.toSorted(), (part) =>
    db('cases').whereIn('id', part).orderBy('id').forUpdate().select('id', 'hash', 'status', 'changed_at'),
  );
  return new Map(
    rows.map((row) => [
      String(row['id']),
      {
        ...{ id: String(row['id']), hash: String(row['hash']), status: String(row['status']) },
        changedAt: toIso(String(row['changed_at'])),
      },
    ]),
  );
}

const COLUMNS = [
  ...['id', 'source', 'external_id', 'external_key', 'url', 'summary', 'text', 'status', 'status_category', 'priority'],
  ...['assignee', 'labels', 'fields', 'opened_at', 'changed_at', 'resolved_at', 'hash', 'imported_at'],
];

/** What `toLine` reads. */
export const LINE_COLUMNS = COLUMNS.filter((column) => !['text', 'fields', 'hash'].includes(column)).map(
  (column) => `cases.${column}`,
);

export async function saveCases(db: Knex.Transaction, cases: readonly (Case & { hash: string })[]): Promise<void> {
  const changes = COLUMNS.filter((column) => !['id', 'source', 'external_id'].includes(column));
  await insertRows(
    db,
    'cases',
    COLUMNS,
    cases
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((one) => [
        ...[
          one.id,
          one.source,
          one.externalId,
          one.key,
          one.url,
          one.summary,
          one.text,
          one.status,
          one.statusCategory,
        ],
        ...[one.priority, one.assignee, JSON.stringify(one.labels), JSON.stringify(one.fields)],
        ...[toSql(one.openedAt), toSql(one.changedAt), one.resolvedAt === null ? null : toSql(one.resolvedAt)],
        ...[one.hash, toSql(one.importedAt)],
      ]),
    changes.map((column) => `\`${column}\` = VALUES(\`${column}\`)`).join(', '),
  );
}

export async function linksOfCases(db: Knex, ids: readonly string[]): Promise<CaseLink[]> {
  const rows = await inParts<string, Record<string, unknown>>(ids, (part) =>
    db('case_links')
      .whereIn('case_id', part)
      .orderBy([{ column: 'confidence', order: 'desc' }, 'subject_type', 'subject_id'])
      .select('*'),
  );
  return rows.map(toLink);
}

export function toLink(row: Record<string, unknown>): CaseLink {
  return {
    caseId: String(row['case_id']),
    subject: { type: row['subject_type'] as CaseSubject, id: String(row['subject_id']) },
    confidence: Number(row['confidence']),
    why: String(row['why']),
    verdict: row['verdict'] as Verdict,
    foundBy: String(row['found_by']),
    createdAt: toIso(String(row['created_at'])),
  };
}

/** What was found again keeps since when; a person's verdict is never touched. */
export async function saveFoundLinks(db: Knex.Transaction, links: readonly CaseLink[]): Promise<void> {
  await saveLinks(
    db,
    links,
    "confidence = IF(verdict = 'found', VALUES(confidence), confidence), why = IF(verdict = 'found', VALUES(why), why)",
  );
}

export async function saveVerdict(db: Knex.Transaction, link: CaseLink): Promise<void> {
  await saveLinks(
    db,
    [link],
    'verdict = VALUES(verdict), confidence = VALUES(confidence), why = VALUES(why), found_by = VALUES(found_by)',
  );
}

async function saveLinks(db: Knex.Transaction, links: readonly CaseLink[], onDuplicate: string): Promise<void> {
  const key = ({ caseId, subject }: CaseLink): string => `${caseId}/${subject.type}/${subject.id}`;
  await insertRows(
    db,
    'case_links',
    ['case_id', 'subject_type', 'subject_id', 'confidence', 'why', 'verdict', 'found_by', 'created_at'],
    links
      .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
      .map(({ caseId, subject, confidence, why, verdict, foundBy, createdAt }) => [
        ...[caseId, subject.type, subject.id, confidence, why, verdict, foundBy, toSql(createdAt)],
      ]),
    onDuplicate,
  );
}

/** Those that an import found once and finds no more. */
export async function deleteFoundLinks(db: Knex.Transaction, links: readonly CaseLink[]): Promise<void> {
  for (const { caseId, subject } of links)
    await db('case_links')
      .where({ case_id: caseId, subject_type: subject.type, subject_id: subject.id, verdict: 'found' })
      .delete();
}

export function toCase(row: Record<string, unknown>): Case {
  return { ...toLine(row), text: String(row['text']), fields: fromJson(row['fields']) };
}

export function toLine(row: Record<string, unknown>): CaseLine {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    id: String(row['id']),
    source: String(row['source']),
    externalId: String(row['external_id']),
    key: String(row['external_key']),
    url: text('url'),
    summary: String(row['summary']),
    status: String(row['status']),
    statusCategory: String(row['status_category']),
    priority: text('priority'),
    assignee: text('assignee'),
    labels: fromJson(row['labels']),
    openedAt: toIso(String(row['opened_at'])),
    changedAt: toIso(String(row['changed_at'])),
    resolvedAt: toIsoOrNull(text('resolved_at')),
    importedAt: toIso(String(row['imported_at'])),
  };
}
