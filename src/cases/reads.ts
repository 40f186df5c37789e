import type { Ctx } from '../core/ctx.ts';
import { inOrder, type Order, type SortColumns } from '../core/sorted-list.ts';
import { type Case, type CaseLine, LINE_COLUMNS, toCase, toLine } from './case-store.ts';
import { type CaseSubject, CONFIDENCES, type Sureness } from './model.ts';
import { namedLinks, type NamedLink } from './subject-reads.ts';

export type LinkedCase = CaseLine & { links: NamedLink[] };

export const CASE_ORDER: SortColumns<CaseLine> = {
  changed_at: { column: 'cases.changed_at', kind: 'time', of: (one) => one.changedAt },
  opened_at: { column: 'cases.opened_at', kind: 'time', of: (one) => one.openedAt },
  resolved_at: { column: 'cases.resolved_at', kind: 'time', of: (one) => one.resolvedAt },
  source: { column: 'cases.source', kind: 'text', of: (one) => one.source },
  key: { column: 'cases.external_key', kind: 'text', of: (one) => one.key },
  status: { column: 'cases.status', kind: 'text', of: (one) => one.status },
};

export interface CaseFilter {
  source?: string | undefined;
  key?: string | undefined;
  statusCategory?: string | undefined;
  /** Whether anything is known that it is about. */
  linked?: boolean | undefined;
  /** With a link that is as sure as this. */
  sureness?: Sureness | undefined;
  about?: { type: CaseSubject; id: string } | undefined;
  /** About any project of this customer. */
  customerId?: string | undefined;
  /** Stands in the key or in the summary. */
  q?: string | undefined;
  order: Order<CaseLine>;
  limit: number;
}

export async function findCase(ctx: Ctx, id: string): Promise<Case | undefined> {
  const rows: Record<string, unknown>[] = await ctx.db('cases').where({ id }).select('*');
  return rows.map(toCase)[0];
}

/** Without their text, each with what it is about. */
export async function listCases(ctx: Ctx, filter: CaseFilter): Promise<LinkedCase[]> {
  const { source, key, statusCategory, linked, sureness, about, customerId, q } = filter;
  const query = ctx.db('cases').limit(filter.limit).select(LINE_COLUMNS);
  if (source !== undefined) void query.where('cases.source', source);
  if (key !== undefined) void query.where('cases.external_key', key);
  if (statusCategory !== undefined) void query.where('cases.status_category', statusCategory);
  if (about !== undefined)
    void query
      .join('case_links', 'case_links.case_id', 'cases.id')
      .where({ 'case_links.subject_type': about.type, 'case_links.subject_id': about.id })
      .whereNot('case_links.verdict', 'wrong');
  if (customerId !== undefined) {
    const projects: { id: string }[] = await ctx.db('projects').where({ customer_id: customerId }).select('id');
    const ids = projects.map(({ id }) => String(id));
    const named = ctx.db('case_links').where({ subject_type: 'project' }).whereIn('subject_id', ids);
    void query.whereIn('cases.id', named.whereNot('verdict', 'wrong').select('case_id'));
  }
  if (linked !== undefined) {
    const links = linksOf(ctx).whereNot('verdict', 'wrong');
    void (linked ? query.whereExists(links) : query.whereNotExists(links));
  }
  if (sureness === 'said') void query.whereExists(linksOf(ctx).where('verdict', 'right'));
  else if (sureness !== undefined) {
    const [from, below] = CONFIDENCES[sureness];
    const found = linksOf(ctx).where('verdict', 'found');
    void query.whereExists(found.where('confidence', '>=', from).where('confidence', '<', below));
  }
  if (q !== undefined) {
    const like = `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
    void query.where((any) => any.where('cases.external_key', 'like', like).orWhere('cases.summary', 'like', like));
  }
  inOrder(query, 'cases.id', filter.order);
  const rows: Record<string, unknown>[] = await query;
  const cases = rows.map(toLine);
  const links = await namedLinks(
    ctx,
    cases.map(({ id }) => id),
  );
  return cases.map((one) => ({ ...one, links: links.get(one.id) ?? [] }));
}

function linksOf(ctx: Ctx) {
  return ctx.db('case_links').whereRaw('case_links.case_id = cases.id').select('case_id');
}
