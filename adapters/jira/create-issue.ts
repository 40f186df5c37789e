import type { Log } from '#src/kit/kit.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { TicketDraft } from '#src/ports/tickets.ts';
import type { IssueFields, JiraClient } from './client.ts';
import { EFFECT_PROPERTY, effectLabel, toLabel } from './effect-label.ts';
import { type createScreens, fieldNamed, isOfType, toFieldValue } from './templates/create-screens.ts';
import { type FilledTicket, fillTemplate } from './templates/fill-template.ts';
import type { Templates } from './templates/load-templates.ts';

export interface CreateOptions {
  client: JiraClient;
  system: string;
  log: Log;
  /** Where tickets go and of which type they are when no template says it. */
  project: string;
  issueType: string;
  templates: Templates;
  screenOf: ReturnType<typeof createScreens>;
}

/** Where a ticket goes and what it is made of, and which of it may be left away. */
interface Prepared {
  project: string;
  issueType: string;
  fields: IssueFields;
  optional: Set<string>;
}

/**
 * Makes an issue from a draft by the template for it. Not idempotent.
 *
 * @throws AdapterError rejected with the fields that Jira named
 */
export async function createIssue(
  options: CreateOptions,
  key: string,
  draft: TicketDraft,
  signal: AbortSignal,
): Promise<{ id: string; key: string; summary: string }> {
  const filled = fillTemplate(options.templates.of(draft.project ?? options.project), draft);
  const prepared = await prepare(options, key, filled, draft, signal);
  const created = await createOnce(options, key, prepared, signal).catch((error: unknown) => {
    throw withRemedy(error, options.system, prepared.issueType);
  });
  return { ...created, summary: String(prepared.fields['summary']) };
}

async function prepare(
  options: CreateOptions,
  key: string,
  filled: FilledTicket,
  draft: TicketDraft,
  signal: AbortSignal,
): Promise<Prepared> {
  const project = filled.project ?? options.project;
  const issueType = filled.issueType ?? options.issueType;
  const labels = [effectLabel(key), ...filled.labels.map(toLabel)].filter((label) => label !== undefined);
  const description = options.client.toRichText({ paragraphs: filled.paragraphs, links: draft.links });
  const own = await namedFields(options, { project, issueType }, filled, signal);
  return {
    ...{ project, issueType },
    fields: {
      project: { key: project },
      issuetype: { name: issueType },
      summary: toSummary(filled.summary),
      labels: [...new Set(labels)],
      ...(filled.priority === null ? {} : { priority: { name: filled.priority } }),
      ...(description === undefined ? {} : { description }),
      ...own,
    },
    optional: new Set(['priority', ...Object.keys(own)]),
  };
}

/** Fields of the template by Jira's ids. What the screen has not is left out: the ticket matters more, and `doctor` names it. */
async function namedFields(
  options: CreateOptions,
  where: { project: string; issueType: string },
  filled: FilledTicket,
  signal: AbortSignal,
): Promise<IssueFields> {
  const fields: IssueFields = {};
  if (filled.fields.length === 0) return fields;
  const answer = await options.screenOf(where.project, where.issueType, signal).catch((error: unknown) => {
    // Whatever is wrong with the project, the create itself says it better.
    if (error instanceof AdapterError && (error.kind === 'not-found' || error.kind === 'rejected')) return undefined;
    throw error;
  });
  if (answer === undefined || !('screen' in answer)) return fields;
  for (const one of filled.fields) {
    const field = fieldNamed(answer.screen, one.name, one.type);
    if (field !== undefined && isOfType(field, one.type))
      fields[field.fieldId] = toFieldValue(field, one, options.client);
    else
      options.log.warn(
        { ...where, field: one.name, template: filled.template },
        'a field of the template is not on the create screen, or of another type: see doctor',
      );
  }
  return fields;
}

async function createOnce(
  options: CreateOptions,
  key: string,
  { fields, optional, project }: Prepared,
  signal: AbortSignal,
): Promise<{ id: string; key: string }> {
  const properties = [{ key: EFFECT_PROPERTY, value: { key } }];
  try {
    return await options.client.createIssue(fields, properties, signal);
  } catch (error) {
    // Many screens have no priority, a scheme has other names, an option was removed. A 400 says that nothing was created, so this is
    // a first attempt again and not a repeat; the ticket matters more than its colour.
    const refused = refusedFields(error);
    if (refused.length === 0 || !refused.every((name) => optional.has(name) && name in fields)) throw error;
    options.log.warn(
      { project, refused: (error as AdapterError).detail?.['fields'] },
      'Jira refuses fields: made without them',
    );
    const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !refused.includes(name)));
    return await options.client.createIssue(rest, properties, signal);
  }
}

/** Ids of the fields that a 400 names. */
function refusedFields(error: unknown): string[] {
  if (!(error instanceof AdapterError) || error.status !== 400) return [];
  const fields = error.detail?.['fields'];
  return typeof fields === 'object' && fields !== null ? Object.keys(fields) : [];
}

/** Jira refuses line breaks and more than 255 characters. */
function toSummary(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 255 ? `${line.slice(0, 254)}…` : line;
}

/** Without the label a ticket could not be found again, so this one cannot be done without. */
function withRemedy(error: unknown, system: string, issueType: string): unknown {
  if (!refusedFields(error).includes('labels')) return error;
  const { status, detail } = error as AdapterError;
  return new AdapterError(
    'rejected',
    `${system}: put the field Labels on the create screen of "${issueType}": tickets are found again by a label`,
    { ...{ system, status, detail, cause: error } },
  );
}
