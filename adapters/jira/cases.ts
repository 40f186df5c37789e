import type { OutsideCase } from '#src/ports/tickets.ts';
import type { JiraClient } from './client.ts';
import type { CaseIssue } from './schema.ts';
import { toTime } from './time.ts';

/** Longest text of one field of a case. */
const FIELD_LIMIT = 4_000;
const FIELDS_AT_MOST = 200;

/** Shown on their own, or say nothing about what a case is about. */
const TAKEN = new Set([
  ...['summary', 'description', 'status', 'priority', 'assignee', 'labels', 'created', 'updated', 'resolutiondate'],
  ...[
    'comment',
    'attachment',
    'worklog',
    'votes',
    'watches',
    'progress',
    'aggregateprogress',
    'timetracking',
    'lastViewed',
  ],
  ...['statuscategorychangedate', 'workratio', 'statusCategory'],
]);

export function toCase(
  issue: CaseIssue,
  names: Record<string, string>,
  client: Pick<JiraClient, 'toPlainText'>,
  siteUrl: string,
): OutsideCase {
  const { fields } = issue;
  const created = toTime(fields.created) ?? fields.created;
  return {
    id: issue.id,
    key: issue.key,
    url: `${siteUrl}/browse/${issue.key}`,
    summary: fields.summary ?? '',
    text: client.toPlainText(fields.description),
    status: fields.status.name,
    statusCategory: fields.status.statusCategory.key,
    priority: fields.priority?.name ?? null,
    createdAt: created,
    updatedAt: toTime(fields.updated) ?? created,
    resolvedAt: toTime(fields.resolutiondate),
    assignee: fields.assignee?.displayName ?? fields.assignee?.name ?? null,
    labels: fields.labels ?? [],
    fields: furtherFields(fields, names, client),
  };
}

function furtherFields(
  fields: Record<string, unknown>,
  names: Record<string, string>,
  client: Pick<JiraClient, 'toPlainText'>,
): OutsideCase['fields'] {
  const shown = new Map<string, string | number>();
  for (const [id, value] of Object.entries(fields)) {
    if (TAKEN.has(id) || shown.size >= FIELDS_AT_MOST) continue;
    const plain = plainValue(value, client);
    if (plain === null) continue;
    const name = names[id] ?? id;
    // Two fields may have one name in Jira; the id keeps them apart.
    shown.set(shown.has(name) ? `${name} (${id})` : name, plain);
  }
  return Object.fromEntries(shown);
}

/** What a person reads in the field: text, number, the name of what was chosen, a list of these. */
function plainValue(value: unknown, client: Pick<JiraClient, 'toPlainText'>): string | number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return textOrNull(value);
  if (Array.isArray(value)) {
    const parts = value.slice(0, 100).map((one) => plainValue(one, client));
    return textOrNull(parts.filter((one) => one !== null).join(', '));
  }
  if (typeof value !== 'object' || value === null) return null;
  if ((value as { type?: unknown }).type === 'doc') return textOrNull(client.toPlainText(value));
  const { value: option, name, displayName, key, child } = value as Record<string, unknown>;
  const own = [option, displayName, name, key].find((one) => typeof one === 'string');
  // A cascading choice: the second one hangs below the first.
  const below = child === undefined ? null : plainValue(child, client);
  if (typeof own !== 'string') return null;
  return textOrNull(below === null ? own : `${own} / ${String(below)}`);
}

function textOrNull(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : trimmed.slice(0, FIELD_LIMIT);
}
