import { z } from 'zod';
import { Nullable, Time } from '../core/schemas.ts';
import type { CsvColumn } from '../core/csv.ts';
import type { Case } from './case-store.ts';
import { CASE_SUBJECTS, VERDICTS } from './model.ts';
import type { LinkedCase } from './reads.ts';
import type { NamedLink } from './subject-reads.ts';
import type { CaseSync } from './sync-store.ts';

const LinkView = z
  .object({
    subject_type: z.enum(CASE_SUBJECTS),
    subject_id: z.string(),
    subject_name: Nullable.text.meta({ description: 'What people call it; null: it has no name, or is gone' }),
    confidence: z.number().meta({ description: '0 to 1; candidates that are equally good share it' }),
    why: z.string(),
    verdict: z.enum(VERDICTS).meta({ description: 'right, wrong: a person said so' }),
    found_by: z.string(),
    created_at: Time,
  })
  .meta({ id: 'CaseLink' });

export const CaseView = z
  .object({
    id: z.string(),
    source: z.string(),
    external_id: z.string(),
    key: z.string(),
    url: Nullable.text,
    summary: z.string(),
    status: z.string(),
    status_category: z.string(),
    priority: Nullable.text,
    assignee: Nullable.text,
    labels: z.array(z.string()),
    opened_at: Time,
    changed_at: Time,
    resolved_at: Nullable.time,
    imported_at: Time,
    links: z.array(LinkView),
  })
  .meta({ id: 'Case' });

export const WholeCaseView = CaseView.extend({
  text: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
}).meta({ id: 'WholeCase' });

export const SyncView = z
  .object({
    id: z.string(),
    source: z.string(),
    query: z.string(),
    pages: z.int(),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    asked_by: z.string(),
    asked_at: Time,
    finished_at: Nullable.time,
  })
  .meta({ id: 'CaseSync' });

export function viewCase(one: LinkedCase): z.infer<typeof CaseView> {
  return {
    ...{ id: one.id, source: one.source, external_id: one.externalId, key: one.key, url: one.url },
    ...{ summary: one.summary, status: one.status, status_category: one.statusCategory },
    ...{ priority: one.priority, assignee: one.assignee, labels: one.labels },
    ...{ opened_at: one.openedAt, changed_at: one.changedAt, resolved_at: one.resolvedAt },
    imported_at: one.importedAt,
    links: one.links.map(({ subject, name, confidence, why, verdict, foundBy, createdAt }) => ({
      ...{ subject_type: subject.type, subject_id: subject.id, subject_name: name, confidence, why, verdict },
      ...{ found_by: foundBy, created_at: createdAt },
    })),
  };
}

export function viewWholeCase(one: Case & { links: NamedLink[] }): z.infer<typeof WholeCaseView> {
  return { ...viewCase(one), text: one.text, fields: one.fields };
}

/** A case as a line of a table; what it is about in one cell. */
export const CASE_COLUMNS: readonly CsvColumn<LinkedCase>[] = [
  ...(['id', 'source', 'key', 'url', 'summary', 'status', 'status_category', 'priority', 'assignee'] as const).map(
    ofView,
  ),
  ...(['opened_at', 'changed_at', 'resolved_at', 'imported_at'] as const).map(ofView),
  { name: 'labels', of: ({ labels }) => labels.join(' ') },
  { name: 'about', of: ({ links }) => aboutInWords(links) },
];

function ofView(name: keyof z.infer<typeof CaseView>): CsvColumn<LinkedCase> {
  return { name, of: (one) => viewCase(one)[name] };
}

/** `component S3YANX0M 0.85; asset srv-7 right`: without what a person said to be wrong. */
export function aboutInWords(links: readonly NamedLink[]): string {
  return links
    .filter(({ verdict }) => verdict !== 'wrong')
    .map(({ subject, name, confidence, verdict }) =>
      [subject.type, name ?? subject.id, verdict === 'right' ? 'right' : confidence].join(' '),
    )
    .join('; ');
}

export function viewSync(sync: CaseSync): z.infer<typeof SyncView> {
  const { id, source, query, pages, created, updated, unchanged } = sync;
  return {
    ...{ id, source, query, pages, created, updated, unchanged },
    ...{ asked_by: sync.askedBy, asked_at: sync.askedAt, finished_at: sync.finishedAt },
  };
}
