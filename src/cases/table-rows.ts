import { z } from 'zod';
import type { CaseInput } from './model.ts';

/** What a column of a table may be. */
export const COLUMNS = [
  ...['id', 'key', 'url', 'summary', 'text', 'status', 'status_category', 'priority', 'created_at', 'updated_at'],
  ...['resolved_at', 'assignee', 'labels'],
] as const;

/** Our column → the name of theirs. One that is not named is called as ours; all others are further fields. */
export const ColumnMapping = z
  .partialRecord(
    z.enum([
      ...(['id', 'key', 'url', 'summary', 'text', 'status', 'status_category', 'priority', 'created_at'] as const),
      ...(['updated_at', 'resolved_at', 'assignee', 'labels'] as const),
    ]),
    z.string().min(1).max(200),
  )
  .meta({ description: 'Our name → the name of their column; what is not named is called as ours' });
export type ColumnMapping = z.infer<typeof ColumnMapping>;

const FIELDS_AT_MOST = 200;
const Text = (most: number) => z.coerce.string().trim().max(most);
const When = z.coerce
  .string()
  .trim()
  .transform((text, context) => {
    // As spreadsheets write it, without a zone: taken for UTC.
    const iso = /^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;
    const time = new Date(iso);
    if (!Number.isNaN(time.getTime())) return time.toISOString();
    context.issues.push({ code: 'custom', input: text, message: 'is no time: write 2026-11-21T06:00:00Z' });
    return z.NEVER;
  });

const Row = z.object({
  id: Text(100).min(1),
  key: Text(100).min(1).optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  summary: Text(500).min(1),
  text: Text(1_000_000).default(''),
  status: Text(100).default('unknown'),
  status_category: z.enum(['new', 'indeterminate', 'done']).optional(),
  priority: Text(100).optional(),
  created_at: When.optional(),
  updated_at: When.optional(),
  resolved_at: When.optional(),
  assignee: Text(200).optional(),
  labels: z
    .union([z.array(Text(255)), Text(4_000).transform((text) => text.split(/[,;\s]+/).filter((one) => one !== ''))])
    .default([]),
});

export type ReadRow = { ok: true; case: CaseInput } | { ok: false; field: string; message: string };

/** One line of a table as a case, or what is wrong with it. */
export function readRow(raw: unknown, columns: ColumnMapping, now: Date): ReadRow {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return { ok: false, field: '', message: 'is no object: name its columns' };
  const named = new Map<string, string>();
  for (const own of COLUMNS) named.set(columns[own as keyof ColumnMapping] ?? own, own);
  const given: Record<string, unknown> = {};
  const fields: [string, string | number][] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (value === null || value === undefined || value === '') continue;
    const own = named.get(name);
    if (own !== undefined) given[own] = value;
    else if (fields.length < FIELDS_AT_MOST) fields.push([name.slice(0, 200), plainOf(value)]);
  }
  const read = Row.safeParse(given);
  if (!read.success) {
    const [issue] = read.error.issues;
    const own = String(issue?.path[0] ?? '');
    const name = columns[own as keyof ColumnMapping] ?? own;
    const message =
      given[own] === undefined ? `is missing: every case has a ${own}` : (issue?.message ?? 'is not valid');
    return { ok: false, field: name, message };
  }
  const row = read.data;
  const createdAt = row.created_at ?? row.updated_at ?? now.toISOString();
  return {
    ok: true,
    case: {
      ...{ id: row.id, key: row.key ?? row.id, url: row.url ?? null, summary: row.summary, text: row.text },
      ...{ status: row.status, statusCategory: row.status_category ?? categoryOf(row) },
      ...{ priority: row.priority ?? null, createdAt, updatedAt: row.updated_at ?? createdAt },
      ...{ resolvedAt: row.resolved_at ?? null, assignee: row.assignee ?? null, labels: row.labels },
      fields: Object.fromEntries(fields),
    },
  };
}

function plainOf(value: unknown): string | number {
  if (typeof value === 'number') return value;
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 4_000);
}

const DONE = /^(?:done|closed?|resolved|fixed|completed?|cancell?ed|rejected|won.?t fix)\b/i;
const UNDER_WAY = /^(?:in progress|work|assigned|active|pending|on hold|waiting)/i;

/** By the usual words of a state, where nobody says it. */
function categoryOf({ status, resolved_at: resolved }: { status: string; resolved_at?: string | undefined }): string {
  if (resolved !== undefined || DONE.test(status)) return 'done';
  return UNDER_WAY.test(status) ? 'indeterminate' : 'new';
}
