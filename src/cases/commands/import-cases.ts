import type { TxCtx } from '../../core/ctx.ts';
import { idFrom, sha256 } from '../../core/id.ts';
import { canonicalJson } from '../../core/json.ts';
import { append } from '../../events/append.ts';
import {
  type Case,
  type CaseBefore,
  type CaseLink,
  deleteFoundLinks,
  linksOfCases,
  lockCases,
  saveCases,
  saveFoundLinks,
} from '../case-store.ts';
import { caseLinked, caseMoved } from '../events.ts';
import { findByStart, findKnown } from '../known-reads.ts';
import { matchCase, startsToAsk, wordsToAsk } from '../match-case.ts';
import { mentionsIn } from '../mentions.ts';
import type { CaseInput, FoundLink } from '../model.ts';

export interface ImportedCase {
  id: string;
  did: 'created' | 'updated' | 'unchanged';
  links: FoundLink[];
}

/**
 * Keeps cases, each once per (source, external id), and says what each is about. The same cases again change nothing; what people said
 * about links stays. An older state than the kept one is no news.
 *
 * @returns in the order of `cases`
 */
export async function importCases(
  tx: TxCtx,
  { source, cases }: { source: string; cases: readonly CaseInput[] },
): Promise<ImportedCase[]> {
  const given = cases.map((one) => toStored(tx, source, one));
  // Of one that is there twice the newer state counts.
  const newest = new Map<string, (typeof given)[number]>();
  for (const one of given) {
    const other = newest.get(one.id);
    if (other === undefined || other.changedAt <= one.changedAt) newest.set(one.id, one);
  }
  const before = await lockCases(tx.db, [...newest.keys()]);
  const did = new Map([...newest.values()].map((one) => [one.id, whatChanges(before.get(one.id), one)]));
  const news = [...newest.values()].filter(({ id }) => did.get(id) !== 'unchanged');
  await saveCases(tx.db, news);
  const links = await relink(tx, [...newest.values()]);
  for (const one of news) await tellMove(tx, one, before.get(one.id), links.get(one.id) ?? []);
  return given.map(({ id }) => ({ id, did: did.get(id) ?? 'unchanged', links: links.get(id) ?? [] }));
}

function toStored(tx: TxCtx, source: string, one: CaseInput): Case & { hash: string } {
  const { id: externalId, key, createdAt, updatedAt, ...rest } = one;
  const stored = {
    ...rest,
    ...{ externalId, key: key.slice(0, 100), source, openedAt: createdAt, changedAt: updatedAt },
    ...{ summary: one.summary.slice(0, 500), status: one.status.slice(0, 100) },
    statusCategory: /^[a-z]{1,20}$/.test(one.statusCategory) ? one.statusCategory : 'undefined',
    ...{ url: one.url?.slice(0, 500) ?? null, priority: one.priority?.slice(0, 100) ?? null },
    assignee: one.assignee?.slice(0, 200) ?? null,
  };
  return {
    ...stored,
    id: idFrom('case', source, externalId),
    hash: sha256(canonicalJson(stored)),
    importedAt: tx.now().toISOString(),
  };
}

function whatChanges(before: CaseBefore | undefined, now: Case & { hash: string }): ImportedCase['did'] {
  if (before === undefined) return 'created';
  return before.hash === now.hash || now.changedAt < before.changedAt ? 'unchanged' : 'updated';
}

/** Also for cases that did not change: what they name may be known only now. */
async function relink(tx: TxCtx, cases: readonly Case[]): Promise<Map<string, FoundLink[]>> {
  const mentions = new Map(cases.map((one) => [one.id, mentionsIn(one)]));
  const all = [...mentions.values()].flat();
  // Our own tickets that come back are about themselves.
  const known = await findKnown(tx.db, [...new Set([...wordsToAsk(all), ...cases.map(({ key }) => key)])]);
  const starts = await findByStart(tx.db, startsToAsk(all, known));
  const before = Map.groupBy(await linksOfCases(tx.db, [...mentions.keys()]), ({ caseId }) => caseId);
  const found = new Map<string, FoundLink[]>();
  const [fresh, gone]: [CaseLink[], CaseLink[]] = [[], []];
  for (const one of cases) {
    const key = { value: one.key.toUpperCase(), written: one.key, place: 'field', field: 'key' } as const;
    const links = matchCase([...(mentions.get(one.id) ?? []), key], known, starts);
    const kept = before.get(one.id) ?? [];
    const common = { caseId: one.id, verdict: 'found' as const, foundBy: tx.actor, createdAt: tx.now().toISOString() };
    fresh.push(...links.map((link) => ({ ...link, ...common })));
    gone.push(...kept.filter((old) => old.verdict === 'found' && !links.some((link) => isSame(link, old))));
    const decided = kept.filter(({ verdict }) => verdict !== 'found');
    found.set(one.id, [
      ...decided.filter(({ verdict }) => verdict === 'right'),
      ...links.filter((link) => !decided.some((old) => isSame(link, old))),
    ]);
    const isNews = links.filter((link) => !kept.some((old) => isSame(link, old)));
    await tellLinks(tx, one, isNews);
  }
  await deleteFoundLinks(tx.db, gone);
  await saveFoundLinks(tx.db, fresh);
  return found;
}

function isSame(a: FoundLink, b: FoundLink): boolean {
  return a.subject.type === b.subject.type && a.subject.id === b.subject.id;
}

/** Each on the timeline of what it is about, with its own reason. */
async function tellLinks(tx: TxCtx, one: Case, links: readonly FoundLink[]): Promise<void> {
  for (const { subject, why, confidence } of links)
    await append(tx, caseLinked, {
      subject: { type: 'case', id: one.id },
      related: [subject],
      data: { source: one.source, key: one.key, summary: one.summary, status: one.status, why, confidence },
    });
}

async function tellMove(
  tx: TxCtx,
  one: Case,
  before: CaseBefore | undefined,
  links: readonly FoundLink[],
): Promise<void> {
  if (before === undefined || before.status === one.status) return;
  await append(tx, caseMoved, {
    subject: { type: 'case', id: one.id },
    related: links.map(({ subject }) => subject),
    data: { source: one.source, key: one.key, summary: one.summary, from: before.status, to: one.status },
  });
}
