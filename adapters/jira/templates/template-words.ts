import { TICKET_FACTS } from '#src/ports/tickets.ts';
import { z } from 'zod';

/** Words of a draft beside its facts. */
const DRAFT_WORDS = ['type', 'summary', 'priority', 'template', 'assignee_group'] as const;
/** What a mapping may name. */
export const WORDS = [...TICKET_FACTS, ...DRAFT_WORDS] as const;
export type Word = (typeof WORDS)[number];
/** A line of the description that stands for all paragraphs of the draft. */
export const PARAGRAPHS = '{paragraphs}';

const Word = z.enum(WORDS);

export const FIELD_TYPES = ['text', 'number', 'date', 'datetime', 'option', 'user', 'group'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** Text with `{words}` in it. */
const Pattern = z
  .string()
  .max(2_000)
  .check((context) => {
    for (const name of placeholdersIn(context.value))
      if (!(WORDS as readonly string[]).includes(name))
        context.issues.push({
          code: 'custom',
          input: name,
          message: `{${name}} is unknown; there are: ${WORDS.join(', ')}`,
        });
  });

export function placeholdersIn(pattern: string): string[] {
  return [...pattern.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
}

const Line = z.union([
  z.literal(PARAGRAPHS),
  Pattern,
  z.strictObject({ text: Pattern, when: Word.meta({ description: 'The line is left out where this is not known' }) }),
]);
export type Line = z.infer<typeof Line>;

const Field = z
  .strictObject({
    name: z.string().min(1).meta({ description: 'As people see it in Jira; never an id' }),
    type: z.enum(FIELD_TYPES).meta({ description: 'What the field is in Jira' }),
    from: Word.optional().meta({ description: 'The fact whose value it gets; not known: the field is left out' }),
    value: Pattern.optional().meta({ description: 'Instead of `from`: fixed text, with facts in it' }),
    words: z
      .record(z.string(), z.string().min(1))
      .optional()
      .meta({ description: "Our word → Jira's; one that is not listed stays as it is" }),
    else: z.string().min(1).optional().meta({ description: 'What it gets where nothing is known' }),
  })
  .refine((field) => (field.from === undefined) !== (field.value === undefined), {
    message: 'say either `from` or `value`',
  });
export type Field = z.infer<typeof Field>;

export const PRIORITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

export const Template = z.strictObject({
  for: z.array(z.string().min(1)).optional().meta({ description: 'Kinds of work that it is for, e.g. REPLACE_DISK' }),
  project: z.string().min(1).optional().meta({ description: 'Where its tickets go, instead of the file’s project' }),
  issueType: z.string().min(1).optional().meta({ description: 'Default: the setting JIRA_ISSUE_TYPE' }),
  summary: Pattern.optional(),
  description: z.array(Line).optional().meta({ description: 'In order; the links come after it' }),
  priorities: z
    .record(z.enum(PRIORITIES), z.string().min(1).nullable())
    .optional()
    .meta({ description: "Our word → the name in Jira's scheme; null: none is sent" }),
  labels: z.array(Pattern).optional().meta({ description: 'Beside those of the draft' }),
  fields: z.array(Field).optional(),
});
export type Template = z.infer<typeof Template>;
