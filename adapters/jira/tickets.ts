import { AdapterError } from '#src/ports/adapter-error.ts';
import type { TicketDraft, TicketRecord, Tickets } from '#src/ports/tickets.ts';
import { toAdf } from './adf.ts';
import type { IssueFields, JiraClient } from './client.ts';
import { EFFECT_PROPERTY, effectLabel, toLabel } from './effect-label.ts';
import { EffectProperty, type FoundIssue, type Issue } from './schema.ts';

export interface JiraTicketsOptions {
  client: JiraClient;
  system: string;
  /** Without a trailing slash: the pages that people open are below it. */
  siteUrl: string;
  project: string;
  issueType: string;
  searchLagMs: number;
}

/** Names of Jira's default priority scheme. */
const PRIORITIES = { LOW: 'Low', MEDIUM: 'Medium', HIGH: 'High', CRITICAL: 'Highest' } as const satisfies Record<
  TicketDraft['priority'],
  string
>;

export function createTickets(options: JiraTicketsOptions): Tickets {
  const { client, system } = options;

  function toRecord(issue: Issue): TicketRecord {
    return {
      id: issue.id,
      key: issue.key,
      url: `${options.siteUrl}/browse/${issue.key}`,
      summary: issue.fields.summary,
      status: issue.fields.status.name,
      statusCategory: issue.fields.status.statusCategory.key,
    };
  }

  function toFields(key: string, draft: TicketDraft): IssueFields {
    const labels = [effectLabel(key), ...draft.labels.map(toLabel)].filter((label) => label !== undefined);
    const description = toAdf(draft);
    return {
      project: { key: draft.project ?? options.project },
      issuetype: { name: options.issueType },
      summary: toSummary(draft.summary),
      labels: [...new Set(labels)],
      priority: { name: PRIORITIES[draft.priority] },
      ...(description === undefined ? {} : { description }),
    };
  }

  async function createOnce(
    key: string,
    fields: IssueFields,
    signal: AbortSignal,
  ): Promise<{ id: string; key: string }> {
    const properties = [{ key: EFFECT_PROPERTY, value: { key } }];
    try {
      return await client.createIssue(fields, properties, signal);
    } catch (error) {
      // Many screens have no priority, or a scheme with other names. A 400 says that nothing was created, so this is a first
      // attempt again and not a repeat; the ticket matters more than its colour.
      if (!isAbout(error, 'priority') || !('priority' in fields)) throw error;
      const { priority: _, ...rest } = fields;
      return await client.createIssue(rest, properties, signal);
    }
  }

  return {
    searchLagMs: options.searchLagMs,

    async create(key, draft, signal) {
      const fields = toFields(key, draft);
      const created = await createOnce(key, fields, signal).catch((error: unknown) => {
        throw withRemedy(error, system, options.issueType);
      });
      try {
        const issue = await client.getIssue(created.id, signal);
        if (issue !== undefined) return toRecord(issue);
      } catch {
        // The ticket exists: an error now would let the caller believe that it does not.
      }
      return {
        ...created,
        url: `${options.siteUrl}/browse/${created.key}`,
        summary: String(fields['summary']),
        status: 'unknown',
        statusCategory: 'undefined', // Jira's own word for "no category"
      };
    },

    async findByKey(key, signal) {
      const label = effectLabel(key);
      const candidates = (await client.searchByLabel(label, signal)).filter((issue) =>
        issue.fields.labels.includes(label),
      );
      const exact = candidates.filter((issue) => propertyOf(issue) === key);
      // A clone carries the labels and not the property. A ticket that lost its property (an import) is older than its clones.
      const found = exact[0] ?? candidates.find((issue) => propertyOf(issue) === undefined);
      return found === undefined ? undefined : toRecord(found);
    },

    async read(id, signal) {
      const issue = await client.getIssue(id, signal);
      return issue === undefined ? undefined : toRecord(issue);
    },
  };
}

function propertyOf(issue: FoundIssue): string | undefined {
  const parsed = EffectProperty.safeParse(issue.properties?.[EFFECT_PROPERTY]);
  return parsed.success ? parsed.data.key : undefined;
}

/** Jira refuses line breaks and more than 255 characters. */
function toSummary(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 255 ? `${line.slice(0, 254)}…` : line;
}

function isAbout(error: unknown, field: string): boolean {
  if (!(error instanceof AdapterError) || error.status !== 400) return false;
  const fields = error.detail?.['fields'];
  return typeof fields === 'object' && fields !== null && Object.hasOwn(fields, field);
}

/** Without the label a ticket could not be found again, so this one cannot be done without. */
function withRemedy(error: unknown, system: string, issueType: string): unknown {
  if (!isAbout(error, 'labels')) return error;
  const { status, detail } = error as AdapterError;
  return new AdapterError(
    'rejected',
    `${system}: put the field Labels on the create screen of "${issueType}": tickets are found again by a label`,
    {
      system,
      status,
      detail,
      cause: error,
    },
  );
}
