import type { JiraClient } from '../client.ts';
import type { CreateField, CreateIssueType } from '../schema.ts';
import type { FilledField } from './fill-template.ts';
import type { FieldType } from './template-words.ts';

/** What an issue of one type is made with. */
export interface CreateScreen {
  type: CreateIssueType;
  fields: CreateField[];
}

/** The issue types of a project when the wanted one is not among them. */
export type ScreenAnswer = { screen: CreateScreen } | { types: string[] };

/** How long a screen is taken to be as it was: an administrator who changes it waits so long, at most. */
const KEPT_MS = 10 * 60_000;

/** Asks Jira for create screens, and remembers them. */
export function createScreens(client: JiraClient, now: () => Date) {
  const kept = new Map<string, { at: number; answer: ScreenAnswer }>();
  return async function screenOf(project: string, issueType: string, signal: AbortSignal): Promise<ScreenAnswer> {
    const key = `${project}\n${issueType}`;
    const known = kept.get(key);
    if (known !== undefined && now().getTime() - known.at < KEPT_MS) return known.answer;
    const answer = await askScreen(client, project, issueType, signal);
    if ('screen' in answer) kept.set(key, { at: now().getTime(), answer });
    return answer;
  };
}

export async function askScreen(
  client: JiraClient,
  project: string,
  issueType: string,
  signal: AbortSignal,
): Promise<ScreenAnswer> {
  const types = await client.createIssueTypes(project, signal);
  const type = types.find((one) => one.name === issueType);
  if (type === undefined) return { types: types.map((one) => one.name) };
  return { screen: { type, fields: await client.createFields(project, type.id, signal) } };
}

/** Two fields of one name: the first that fits, since only one of them is likely meant. */
export function fieldNamed(screen: CreateScreen, name: string, type: FieldType): CreateField | undefined {
  const named = screen.fields.filter((field) => field.name.toLowerCase() === name.toLowerCase());
  return named.find((field) => isOfType(field, type)) ?? named[0];
}

const JIRA_TYPES = {
  text: 'string',
  number: 'number',
  date: 'date',
  datetime: 'datetime',
  option: 'option',
  user: 'user',
  group: 'group',
} as const satisfies Record<FieldType, string>;

export function isOfType(field: CreateField, type: FieldType): boolean {
  const found = field.schema?.type === 'array' ? field.schema.items : field.schema?.type;
  return found === JIRA_TYPES[type];
}

/** What people call the type of a field. */
export function typeOfField(field: CreateField): string {
  const { type = 'unknown', items } = field.schema ?? {};
  return type === 'array' ? `list of ${items ?? 'unknown'}` : type;
}

/** The words that may be chosen; undefined where Jira does not list them. */
export function wordsOf(field: CreateField): string[] | undefined {
  if (!field.allowedValues || field.allowedValues.length === 0) return undefined;
  return field.allowedValues.flatMap((one) => {
    const { value, name } = (typeof one === 'object' && one !== null ? one : {}) as Record<string, unknown>;
    const word = value ?? name;
    return typeof word === 'string' ? [word] : [];
  });
}

/** As this Jira wants it in `fields`. */
export function toFieldValue(field: CreateField, filled: FilledField, client: JiraClient): unknown {
  const one = oneValue(field, filled, client);
  return field.schema?.type === 'array' ? [one] : one;
}

function oneValue(field: CreateField, { type, value }: FilledField, client: JiraClient): unknown {
  if (type === 'number' || type === 'date' || type === 'datetime') return value;
  if (type === 'option') return { value: String(value) };
  if (type === 'group') return { name: String(value) };
  if (type === 'user') return client.toUser(String(value));
  const text = String(value);
  // A field of several lines is rich text; one of a single line is a string of at most 255 characters.
  if (field.schema?.custom?.endsWith(':textarea')) return client.toRichText({ paragraphs: [text], links: [] });
  return text.replaceAll(/\s+/g, ' ').slice(0, 255);
}
