import type { TicketDraft } from '#src/ports/tickets.ts';
import type { TemplateFile } from './template-file.ts';
import { type Field, type FieldType, type Line, PARAGRAPHS } from './template-words.ts';

/** A draft as a template makes it; fields still by name. */
export interface FilledTicket {
  template: string;
  /** Null: the configured one. */
  project: string | null;
  issueType: string | null;
  summary: string;
  paragraphs: string[];
  /** Jira's word; null: none is sent. */
  priority: string | null;
  labels: string[];
  fields: FilledField[];
}
export interface FilledField {
  name: string;
  type: FieldType;
  value: string | number;
}

/** Names of Jira's default priority scheme. */
const PRIORITIES = { LOW: 'Low', MEDIUM: 'Medium', HIGH: 'High', CRITICAL: 'Highest' } as const satisfies Record<
  TicketDraft['priority'],
  string
>;
const NOT_KNOWN = 'not known';

interface WholeTemplate {
  project: string | undefined;
  issueType: string | undefined;
  summary: string;
  description: Line[];
  priorities: Record<TicketDraft['priority'], string | null>;
  labels: string[];
  fields: Field[];
}

/** With what `default` says for the others, and with what nothing has to say. */
export function wholeTemplate(file: Pick<TemplateFile, 'templates'>, name: string): WholeTemplate {
  const base = file.templates['default'] ?? {};
  const own = file.templates[name] ?? {};
  return {
    project: own.project ?? base.project,
    issueType: own.issueType ?? base.issueType,
    summary: own.summary ?? base.summary ?? '{summary}',
    description: own.description ?? base.description ?? [PARAGRAPHS],
    priorities: own.priorities ?? base.priorities ?? PRIORITIES,
    labels: own.labels ?? base.labels ?? [],
    fields: own.fields ?? base.fields ?? [],
  };
}

/** The one that the rule names, else the one for this kind of work, else `default`. */
export function templateFor(
  file: Pick<TemplateFile, 'templates'>,
  draft: Pick<TicketDraft, 'template' | 'type'>,
): string {
  if (draft.template !== null && Object.hasOwn(file.templates, draft.template)) return draft.template;
  const byType = Object.entries(file.templates).find(([, template]) => template.for?.includes(draft.type));
  return byType?.[0] ?? 'default';
}

export function fillTemplate(file: Pick<TemplateFile, 'templates' | 'project'>, draft: TicketDraft): FilledTicket {
  const name = templateFor(file, draft);
  const template = wholeTemplate(file, name);
  const wordOf = (word: string): string | number | null => valueOf(draft, word);
  return {
    template: name,
    project: draft.project ?? template.project ?? file.project,
    issueType: template.issueType ?? null,
    summary: write(template.summary, wordOf),
    paragraphs: template.description.flatMap((line) => linesOf(line, draft, wordOf)),
    priority: template.priorities[draft.priority],
    labels: [...draft.labels, ...template.labels.flatMap((pattern) => whole(pattern, wordOf) ?? [])],
    fields: template.fields.flatMap((field) => fillField(field, wordOf)),
  };
}

function linesOf(line: Line, draft: TicketDraft, wordOf: (word: string) => string | number | null): string[] {
  if (line === PARAGRAPHS) return draft.paragraphs;
  if (typeof line === 'string') return [write(line, wordOf)];
  return wordOf(line.when) === null ? [] : [write(line.text, wordOf)];
}

function fillField(field: Field, wordOf: (word: string) => string | number | null): FilledField[] {
  const raw = field.from === undefined ? whole(field.value ?? '', wordOf) : wordOf(field.from);
  const known = raw === null ? (field.else ?? null) : (field.words?.[String(raw)] ?? raw);
  if (known === null) return [];
  const value = asType(known, field.type);
  return value === undefined ? [] : [{ name: field.name, type: field.type, value }];
}

/** Undefined for what is no value of this type: a number that is none, a date that is none. */
function asType(value: string | number, type: FieldType): string | number | undefined {
  if (type === 'number') {
    const number = typeof value === 'number' ? value : Number(value.trim() || Number.NaN);
    return Number.isFinite(number) ? number : undefined;
  }
  if (type === 'date') return /^\d{4}-\d\d-\d\d/.exec(String(value))?.[0];
  if (type !== 'datetime') return String(value);
  const time = new Date(value);
  // An offset with a colon or a Z is refused by older ones.
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().replace('Z', '+0000');
}

function valueOf(draft: TicketDraft, word: string): string | number | null {
  const words: Record<string, string | null> = {
    ...{ type: draft.type, summary: draft.summary, priority: draft.priority },
    ...{ template: draft.template, assignee_group: draft.assigneeGroup },
  };
  const value = Object.hasOwn(words, word) ? words[word] : draft.facts[word];
  return value === undefined || value === '' ? null : value;
}

/** For people: what is not known is said. */
function write(pattern: string, wordOf: (word: string) => string | number | null): string {
  return pattern.replaceAll(/\{([^{}]*)\}/g, (_, word: string) => String(wordOf(word) ?? NOT_KNOWN));
}

/** For machines: null where a part of it is not known. */
function whole(pattern: string, wordOf: (word: string) => string | number | null): string | null {
  const words = [...pattern.matchAll(/\{([^{}]*)\}/g)].map(([, word = '']) => word);
  return words.some((word) => wordOf(word) === null) ? null : write(pattern, wordOf);
}
