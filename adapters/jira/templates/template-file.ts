import { TICKET_FACTS } from '#src/ports/tickets.ts';
import { z } from 'zod';
import { runSamples } from './run-samples.ts';
import { PRIORITIES, Template } from './template-words.ts';

const Sample = z.strictObject({
  draft: z.strictObject({
    type: z.string().default('REPLACE_DISK'),
    template: z.string().nullable().default(null),
    summary: z.string().default('Summary'),
    paragraphs: z.array(z.string()).default([]),
    priority: z.enum(PRIORITIES).default('HIGH'),
    labels: z.array(z.string()).default([]),
    assignee_group: z.string().nullable().default(null),
    facts: z.partialRecord(z.enum(TICKET_FACTS), z.union([z.string(), z.number(), z.null()])).default({}),
  }),
  template: z.string().optional(),
  project: z.string().optional(),
  issueType: z.string().optional(),
  summary: z.string().optional(),
  description: z.array(z.string()).optional(),
  priority: z.string().nullable().optional(),
  labels: z.array(z.string()).optional(),
  fields: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .optional()
    .meta({ description: 'All of them, by name: no more, no less' }),
});
export type Sample = z.infer<typeof Sample>;

/** `mappings/jira-*.yaml`: what becomes of a ticket in a project of Jira. Samples that do not hold are faults. */
export const TemplateFile = z
  .strictObject({
    version: z.literal(1),
    tickets: z.literal('jira'),
    project: z.string().min(1).nullable().meta({
      description: 'Key of the project whose tickets are made so; null: of every project that no other file is for',
    }),
    templates: z.record(z.string().regex(/^[A-Za-z0-9_-]{1,60}$/), Template).meta({
      description: '`default` takes what no other one is for; what another one does not say is as in `default`',
    }),
    tests: z.array(Sample).min(1),
  })
  .check((context) => {
    const { templates } = context.value;
    const fault = (message: string, path: (string | number)[]): void =>
      void context.issues.push({ code: 'custom', input: undefined, path, message });
    if (!Object.hasOwn(templates, 'default')) return fault('there is no template `default`', ['templates']);
    const taken = new Map<string, string>();
    for (const [name, template] of Object.entries(templates)) {
      for (const [at, type] of (template.for ?? []).entries()) {
        const other = taken.get(type);
        if (other !== undefined) fault(`${type} is for ${other} already`, ['templates', name, 'for', at]);
        taken.set(type, name);
      }
      const names = (template.fields ?? []).map((field) => field.name);
      for (const [at, own] of names.entries())
        if (names.indexOf(own) !== at) fault(`"${own}" is there twice`, ['templates', name, 'fields', at]);
    }
    for (const { at, message } of runSamples(context.value)) fault(message, ['tests', ...at]);
  });
export type TemplateFile = z.infer<typeof TemplateFile>;

/** For editors: `mappings/schema/jira-tickets.schema.json` holds it. What it cannot say, `reanimator mappings check` does. */
export function templateSchema(): object {
  return z.toJSONSchema(TemplateFile, { io: 'input', target: 'draft-7' });
}
