import { isDeepStrictEqual } from 'node:util';
import { fillTemplate } from './fill-template.ts';
import type { Sample, TemplateFile } from './template-file.ts';

/** The tests of a file that do not hold. */
export function runSamples(
  file: Pick<TemplateFile, 'templates' | 'project' | 'tests'>,
): { at: (string | number)[]; message: string }[] {
  return file.tests.flatMap((sample, index) => {
    const { draft } = sample;
    const filled = fillTemplate(file, {
      ...{ project: null, links: [], assigneeGroup: draft.assignee_group },
      ...{ summary: draft.summary, paragraphs: draft.paragraphs, priority: draft.priority, labels: draft.labels },
      ...{ type: draft.type, template: draft.template, facts: draft.facts as Record<string, string | number | null> },
    });
    const found: Omit<Sample, 'draft'> = {
      ...{ template: filled.template, summary: filled.summary, description: filled.paragraphs },
      ...{ priority: filled.priority, labels: filled.labels },
      project: filled.project ?? undefined,
      issueType: filled.issueType ?? undefined,
      fields: Object.fromEntries(filled.fields.map(({ name, value }) => [name, value])),
    };
    return Object.entries(sample).flatMap(([name, wanted]) => {
      if (name === 'draft' || wanted === undefined) return [];
      const got = found[name as keyof typeof found];
      if (isDeepStrictEqual(got, wanted)) return [];
      return [{ at: [index, name], message: `is ${JSON.stringify(got) ?? 'not set'}` }];
    });
  });
}
