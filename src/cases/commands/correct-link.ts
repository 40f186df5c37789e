import type { Ctx, TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { invalid } from '../../core/route.ts';
import { append } from '../../events/append.ts';
import { linksOfCases, lockCases, saveVerdict } from '../case-store.ts';
import { caseLinkCorrected } from '../events.ts';
import type { CaseSubject } from '../model.ts';
import { findCase } from '../reads.ts';
import { isThere, namedLinks, subjectsNamed } from '../subject-reads.ts';

/** A person says what a case is about, or is not; imports leave it alone from then on. @throws HubError not-found | invalid */
export async function correctLink(
  tx: TxCtx,
  want: { caseId: string; subject: { type: CaseSubject; id: string }; isRight: boolean },
): Promise<void> {
  const { caseId, subject, isRight } = want;
  await lockCases(tx.db, [caseId]);
  const one = await findCase(tx, caseId);
  if (!one) throw new HubError('not-found', `There is no case ${caseId}`);
  if (!(await isThere(tx, subject))) throw invalid('/subject_id', `there is no ${subject.type} ${subject.id}`);
  const verdict = isRight ? 'right' : 'wrong';
  const before = (await linksOfCases(tx.db, [caseId])).find(
    (link) => link.subject.type === subject.type && link.subject.id === subject.id,
  );
  if (before?.verdict === verdict) return;
  await saveVerdict(tx.db, {
    ...{ caseId, subject, verdict, foundBy: tx.actor, createdAt: tx.now().toISOString() },
    ...{ confidence: isRight ? 1 : 0, why: `${tx.actor} said so`.slice(0, 300) },
  });
  const links = (await namedLinks(tx, [caseId])).get(caseId) ?? [];
  const link = links.find((one) => one.subject.type === subject.type && one.subject.id === subject.id);
  await append(tx, caseLinkCorrected, {
    subject: { type: 'case', id: caseId },
    related: [subject],
    data: {
      ...{ source: one.source, key: one.key, summary: one.summary },
      ...{ subjectType: subject.type, subjectId: subject.id, subjectName: link?.name ?? null, isRight },
    },
  });
}

/** The one that is called so. @throws HubError invalid where there is none, or more than one */
export async function subjectNamed(
  ctx: Ctx,
  { type, name }: { type: CaseSubject; name: string },
): Promise<{ type: CaseSubject; id: string }> {
  const ids = await subjectsNamed(ctx, type, name);
  const [id] = ids;
  if (id === undefined) throw invalid('/subject_name', `there is no ${WORDS[type]} ${name}`);
  if (ids.length > 1) throw invalid('/subject_name', `several are called ${name}: say subject_id, the id of the one`);
  return { type, id };
}

const WORDS = { asset: 'server', component: 'part', project: 'project', ticket: 'ticket' } as const;
