import { assetsIn } from '../../assets/reads.ts';
import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { isDuplicate } from '../../core/tx.ts';
import { append } from '../../events/append.ts';
import { changesOf, toldChanges } from '../changes.ts';
import { projectArchived, projectRestored, projectUpdated } from '../events.ts';
import type { ProjectChanges } from '../model.ts';
import type { NamedProject } from '../reads.ts';
import { holdCustomer, lockProject, type Project, updateProjectRow } from '../store.ts';
import { codeTaken, projectTaken } from './create-project.ts';

/** @throws HubError not-found; conflict where it changed meanwhile, a name is taken, or what is to be archived has servers */
export async function updateProject(
  tx: TxCtx,
  want: { id: string; changes: ProjectChanges; version: number | undefined },
): Promise<NamedProject> {
  const known = await lockProject(tx.db, { id: want.id });
  if (!known) throw new HubError('not-found', `There is no project ${want.id}`);
  if (want.version !== undefined && want.version !== known.version) {
    throw new HubError(
      'conflict',
      `It has changed meanwhile: version ${known.version}, not ${want.version}. Read it again`,
      { extra: { version: known.version } },
    );
  }
  const project = await changeProject(tx, known, want.changes);
  const customer = await holdCustomer(tx.db, { id: known.customerId });
  return { ...project, customer: customer?.name ?? '' };
}

/** `known` is locked. The same again changes nothing. */
export async function changeProject(tx: TxCtx, known: Project, wanted: ProjectChanges): Promise<Project> {
  const { name, code, notes, archived } = wanted;
  const fields = changesOf<Project>(known, {
    ...(name === undefined ? {} : { name }),
    ...(code === undefined ? {} : { code }),
    ...(notes === undefined ? {} : { notes }),
  });
  const turns = archived !== undefined && archived !== (known.archivedAt !== null);
  if (Object.keys(fields).length === 0 && !turns) return known;
  if (fields.name !== undefined) {
    const taken = await lockProject(tx.db, { customerId: known.customerId, name: fields.name });
    if (taken) throw projectTaken(taken);
  }
  if (turns) await (archived ? refuseArchiving(tx, known) : refuseRestoring(tx, known));
  const now = tx.now().toISOString();
  const changes: Partial<Project> = { ...fields, ...(turns ? { archivedAt: archived ? now : null } : {}) };
  try {
    await updateProjectRow(tx.db, known.id, { ...changes, updatedAt: now });
  } catch (error) {
    if (isDuplicate(error)) throw codeTaken(fields.code ?? null, error);
    throw error;
  }
  const project = { ...known, ...changes, updatedAt: now, version: known.version + 1 };
  const subject = { type: 'project' as const, id: known.id };
  const related = [{ type: 'customer' as const, id: known.customerId }];
  const told = { name: project.name };
  if (Object.keys(fields).length > 0)
    await append(tx, projectUpdated, { subject, related, data: { ...told, changes: toldChanges(known, fields) } });
  if (turns) await append(tx, archived ? projectArchived : projectRestored, { subject, related, data: told });
  return project;
}

async function refuseArchiving(tx: TxCtx, project: Project): Promise<void> {
  const servers = await assetsIn(tx, { projectId: project.id });
  if (servers.length === 0) return;
  const message = `${project.name} has servers (${servers.join(', ')}): take them out of it first`;
  throw new HubError('conflict', message, { fields: [{ field: '/archived', message }] });
}

async function refuseRestoring(tx: TxCtx, project: Project): Promise<void> {
  const customer = await holdCustomer(tx.db, { id: project.customerId });
  if (customer?.archivedAt === null) return;
  const message = `its customer ${customer?.name} is archived: bring that one back first`;
  throw new HubError('conflict', message, { fields: [{ field: '/archived', message }] });
}
