import type { ProbeCheck } from '#src/ports/adapter.ts';
import type { JiraClient } from './client.ts';
import type { CreateField } from './schema.ts';
import {
  askScreen,
  type CreateScreen,
  fieldNamed,
  isOfType,
  typeOfField,
  wordsOf,
} from './templates/create-screens.ts';
import { wholeTemplate } from './templates/fill-template.ts';
import type { Templates } from './templates/load-templates.ts';
import { type Field, placeholdersIn } from './templates/template-words.ts';

export interface ScreensOptions {
  client: JiraClient;
  project: string;
  issueType: string;
  templates: Templates;
}

/** Fields that every create sends; another required field without a default makes every create fail. */
const SENT = new Set(['project', 'issuetype', 'summary', 'labels', 'priority', 'description', 'reporter']);

/** A template, and where its tickets go. */
interface Use {
  template: string;
  project: string;
  issueType: string;
  fields: Field[];
  priorities: string[];
}

type Problem = Pick<ProbeCheck, 'found' | 'remedy'>;

/** Each create screen against the templates that fill it: one check per problem, or one that says that all is well. */
export async function probeScreens(options: ScreensOptions, signal: AbortSignal): Promise<ProbeCheck[]> {
  const problems: Problem[] = [];
  const sound: string[] = [];
  const uses = usesOf(options);
  for (const own of Map.groupBy(uses, ({ project, issueType }) => JSON.stringify([project, issueType])).values()) {
    const [{ project, issueType } = { project: '', issueType: '' }] = own;
    const answer = await askScreen(options.client, project, issueType, signal);
    if ('types' in answer) {
      problems.push({
        found: `project ${project} has no issue type "${issueType}", but ${answer.types.join(', ') || 'none'}`,
        remedy: `Set issueType to one of these, in the settings or in template ${own.map(({ template }) => template).join(', ')}`,
      });
      continue;
    }
    const found = own.flatMap((use) => problemsOf(use, answer.screen));
    problems.push(...new Map(found.map((problem) => [problem.found, problem])).values());
    if (found.length === 0) sound.push(`${project}, ${answer.screen.type.name}`);
  }
  if (problems.length > 0) return problems.map((problem) => ({ name: 'configuration', ok: false, ...problem }));
  return [{ name: 'configuration', ok: true, found: sound.join('; ') }];
}

function usesOf(options: ScreensOptions): Use[] {
  const configured = options.templates.of(options.project);
  return options.templates.files.flatMap((file) =>
    Object.keys(file.templates).flatMap((name): Use[] => {
      const template = wholeTemplate(file, name);
      // Of the file for all other projects we know one: the configured, where no file is for it.
      const elsewhere = template.project ?? file.project;
      if (elsewhere === null && file !== configured) return [];
      return [
        {
          template: name,
          project: elsewhere ?? options.project,
          issueType: template.issueType ?? options.issueType,
          fields: template.fields,
          priorities: Object.values(template.priorities ?? {}).filter((word) => word !== null),
        },
      ];
    }),
  );
}

function problemsOf(use: Use, screen: CreateScreen): Problem[] {
  const where = `the create screen of "${screen.type.name}" in ${use.project}`;
  const problems: Problem[] = [];
  if (!screen.fields.some((field) => field.fieldId === 'labels'))
    problems.push({
      found: `Labels is not on ${where}`,
      remedy: `Add Labels to the create screen of "${screen.type.name}": tickets are found again by a label`,
    });
  for (const field of use.fields) problems.push(...problemsOfField(field, use, screen, where));
  problems.push(...priorityProblems(use, screen));
  for (const field of screen.fields) {
    if (!field.required || field.hasDefaultValue === true || SENT.has(field.fieldId)) continue;
    const own = use.fields.find((one) => one.name.toLowerCase() === field.name.toLowerCase());
    if (own !== undefined && isAlwaysFilled(own)) continue;
    problems.push({
      found:
        own === undefined
          ? `"${field.name}" (${typeOfField(field)}) is required on ${where}, and template ${use.template} does not fill it`
          : `"${field.name}" is required on ${where}, and what template ${use.template} fills it with may be unknown`,
      remedy:
        own === undefined
          ? `Add it to the fields of template ${use.template}, make it optional for "${screen.type.name}", or give it a default in Jira`
          : `Give it an \`else\` in template ${use.template}, or make it optional in Jira`,
    });
  }
  return problems;
}

function isAlwaysFilled(field: Field): boolean {
  if (field.else !== undefined) return true;
  const words = field.from === undefined ? placeholdersIn(field.value ?? '') : [field.from];
  return words.every((word) => word === 'type' || word === 'summary' || word === 'priority' || word === 'hub_url');
}

function problemsOfField(field: Field, use: Use, screen: CreateScreen, where: string): Problem[] {
  const found = fieldNamed(screen, field.name, field.type);
  if (found === undefined)
    return [
      {
        found: `there is no field "${field.name}" on ${where}, which template ${use.template} fills`,
        remedy: `Add it to that screen, or take it out of template ${use.template}${similar(field.name, screen)}`,
      },
    ];
  if (!isOfType(found, field.type))
    return [
      {
        found: `"${found.name}" on ${where} is a ${typeOfField(found)}, and template ${use.template} takes it for a ${field.type}`,
        remedy: `Correct its \`type\` in template ${use.template}, or name another field`,
      },
    ];
  if (field.type !== 'option') return [];
  const choices = wordsOf(found);
  if (choices === undefined) return [];
  const known = new Set(choices);
  return fixedWordsOf(field)
    .filter((word) => !known.has(word))
    .map((word) => ({
      found: `"${found.name}" on ${where} has no option "${word}", which template ${use.template} may choose`,
      remedy: `Add the option in Jira, or choose one of: ${choices.slice(0, 20).join(', ')}`,
    }));
}

/** The words of an option that are known beforehand. */
function fixedWordsOf(field: Field): string[] {
  const fixed = field.value !== undefined && placeholdersIn(field.value).length === 0 ? [field.value] : [];
  const own = fixed.map((word) => field.words?.[word] ?? word);
  return [...new Set([...own, ...Object.values(field.words ?? {}), ...(field.else === undefined ? [] : [field.else])])];
}

function priorityProblems(use: Use, screen: CreateScreen): Problem[] {
  const field: CreateField | undefined = screen.fields.find((one) => one.fieldId === 'priority');
  const choices = field === undefined ? undefined : wordsOf(field);
  if (choices === undefined) return []; // without the field on the screen tickets are made without a priority
  const missing = [...new Set(use.priorities)].filter((word) => !choices.includes(word));
  if (missing.length === 0) return [];
  return [
    {
      found: `the priorities of "${screen.type.name}" in ${use.project} have no ${missing.map((word) => `"${word}"`).join(', ')}`,
      remedy: `Set \`priorities\` of template ${use.template} to: ${choices.join(', ')}`,
    },
  ];
}

/** The names that are alike, for a slip of the pen. */
function similar(name: string, screen: CreateScreen): string {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  const alike = screen.fields.filter((field) => {
    const other = plain(field.name);
    return wanted !== '' && other !== '' && (other.includes(wanted) || wanted.includes(other));
  });
  return alike.length === 0 ? '' : `; there is "${alike[0]?.name}"`;
}
