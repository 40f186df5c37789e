import type { Ctx } from '../core/ctx.ts';
import { inParts } from '../core/insert-rows.ts';
import { type CaseLink, linksOfCases } from './case-store.ts';
import type { CaseSubject } from './model.ts';

/** What each is called, the best name first. */
const NAMES: Readonly<Record<CaseSubject, { table: string; names: readonly string[] }>> = {
  asset: { table: 'assets', names: ['name', 'vendor_serial', 'asset_tag'] },
  component: { table: 'components', names: ['vendor_serial'] },
  project: { table: 'projects', names: ['code', 'name'] },
  ticket: { table: 'tickets', names: ['external_key', 'summary'] },
};
/** A ticket's summary is what others are called, too. */
const ASKED_BY: Readonly<Record<CaseSubject, readonly string[]>> = {
  asset: ['vendor_serial', 'name', 'asset_tag'],
  component: ['vendor_serial'],
  project: ['code', 'name'],
  ticket: ['external_key'],
};

/** A link with what people call its subject; null where it has no name, or is gone. */
export type NamedLink = CaseLink & { name: string | null };

/** Links of cases, surest first, by case. */
export async function namedLinks(ctx: Ctx, caseIds: readonly string[]): Promise<Map<string, NamedLink[]>> {
  const links = await linksOfCases(ctx.db, caseIds);
  const names = new Map<string, string>();
  for (const [type, own] of Map.groupBy(links, ({ subject }) => subject.type)) {
    const { table, names: columns } = NAMES[type];
    const ids = [...new Set(own.map(({ subject }) => subject.id))];
    const rows = await inParts<string, Record<string, unknown>>(ids, (part) =>
      ctx
        .db(table)
        .whereIn('id', part)
        .select('id', ...columns),
    );
    for (const row of rows) {
      const name = columns.map((column) => row[column]).find((value) => typeof value === 'string' && value !== '');
      if (typeof name === 'string') names.set(`${type}/${String(row['id'])}`, name);
    }
  }
  const named = links.map((link) => ({ ...link, name: names.get(`${link.subject.type}/${link.subject.id}`) ?? null }));
  return Map.groupBy(named, ({ caseId }) => caseId);
}

/** @returns whether there is such a thing */
export async function isThere(ctx: Ctx, { type, id }: { type: CaseSubject; id: string }): Promise<boolean> {
  const rows = await ctx.db(NAMES[type].table).where({ id }).limit(1).select('id');
  return rows.length > 0;
}

/** The ids of at most two that are called so: an id, a serial, name or asset tag, the code or name of a project, the key of a ticket. */
export async function subjectsNamed(ctx: Ctx, type: CaseSubject, name: string): Promise<string[]> {
  const { table } = NAMES[type];
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(name)) {
    const id = name.toLowerCase();
    return (await isThere(ctx, { type, id })) ? [id] : [];
  }
  for (const column of ASKED_BY[type]) {
    const query = ctx.db(table).whereIn(column, [name, name.toUpperCase()]).limit(2).select('id');
    if (type === 'asset') void query.whereNull('merged_into');
    const rows: { id: string }[] = await query;
    if (rows.length > 0) return rows.map(({ id }) => String(id));
  }
  return [];
}
