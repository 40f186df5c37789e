import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { asObject, ok, refuse } from './answers.ts';
import { createRenderer, type Flavour } from './render.ts';
import { isRichText } from './rich-text.ts';
import { ALWAYS_ON_SCREEN, type JiraStore, PRIORITIES, type SimulatedField, type StoredProject } from './store.ts';

const NOT_ON_SCREEN = 'cannot be set. It is not on the appropriate screen, or unknown.';

export const FIELD_NAMES: Record<string, string> = {
  summary: 'Summary',
  description: 'Description',
  labels: 'Labels',
  priority: 'Priority',
  project: 'Project',
  issuetype: 'Issue Type',
  reporter: 'Reporter',
};

const SCHEMAS: Record<string, { type: string; items?: string }> = {
  labels: { type: 'array', items: 'string' },
  priority: { type: 'priority' },
  project: { type: 'project' },
  issuetype: { type: 'issuetype' },
  reporter: { type: 'user' },
};

const KINDS = {
  string: 'textfield',
  number: 'float',
  date: 'datepicker',
  datetime: 'datetime',
  option: 'select',
  user: 'userpicker',
  group: 'grouppicker',
} as const satisfies Record<SimulatedField['type'], string>;

/** `/issue/createmeta/{project}/issuetypes[/{id}]`: Cloud lists `issueTypes` and `fields`, Data Center `values`. */
export function createMeta(
  store: JiraStore,
  flavour: Flavour,
  request: SimulatedRequest,
  key: string,
  typeId: string | undefined,
): SimulatedAnswer {
  const project = store.project(key);
  if (project === undefined) return refuse(400, [`No project could be found with key '${key}'.`]);
  const render = createRenderer(store, flavour);
  if (typeId === undefined) {
    const types = project.issueTypes.map((name) => render.issueType(project.key, name));
    return paged(flavour, request, 'issueTypes', types);
  }
  if (project.issueTypes[Number(typeId) - 10_001] === undefined) return refuse(400, ['Issue type is not valid.']);
  return paged(flavour, request, 'fields', screenOf(flavour, project));
}

function paged(flavour: Flavour, request: SimulatedRequest, name: string, all: unknown[]): SimulatedAnswer {
  const startAt = Number(request.query.get('startAt') ?? 0);
  const maxResults = Math.min(Number(request.query.get('maxResults') ?? 50), 200);
  const page = all.slice(startAt, startAt + maxResults);
  const common = { maxResults, startAt, total: all.length };
  if (flavour.deployment === 'cloud') return ok({ ...common, [name]: page });
  return ok({ ...common, isLast: startAt + page.length >= all.length, values: page });
}

function screenOf(flavour: Flavour, project: StoredProject): Record<string, unknown>[] {
  const named = {
    ...Object.fromEntries([...ALWAYS_ON_SCREEN, ...project.screen].map((id) => [id, FIELD_NAMES[id] ?? id])),
    ...project.required,
  };
  const plain = Object.entries(named).map(([id, name]) => ({
    required: ['summary', 'project', 'issuetype'].includes(id) || Object.hasOwn(project.required, id),
    schema: { type: 'string', system: id, ...SCHEMAS[id] },
    ...(id === 'priority' ? { allowedValues: PRIORITIES.map((word, at) => ({ id: String(at + 1), name: word })) } : {}),
    ...common(flavour, id, name),
  }));
  const own = project.fields.map((field) => ({
    required: field.required === true,
    schema: {
      ...(field.list === true ? { type: 'array', items: field.type } : { type: field.type }),
      custom: `com.atlassian.jira.plugin.system.customfieldtypes:${field.textarea === true ? 'textarea' : KINDS[field.type]}`,
      customId: Number(field.id.replace('customfield_', '')),
    },
    ...(field.options === undefined
      ? {}
      : { allowedValues: field.options.map((value, at) => ({ id: String(10_100 + at), value })) }),
    ...common(flavour, field.id, field.name),
  }));
  return [...plain, ...own];
}

function common({ deployment }: Flavour, id: string, name: string): Record<string, unknown> {
  const both = { name, fieldId: id, hasDefaultValue: false, operations: ['set'] };
  return deployment === 'cloud' ? { ...both, key: id } : both;
}

/** What Jira would say about the fields of a create, by field. */
export function checkFields(
  { version, deployment }: Flavour,
  project: StoredProject,
  fields: Record<string, unknown>,
): Record<string, string> {
  const problems: Record<string, string> = {};
  const own = new Map(project.fields.map((field) => [field.id, field]));
  const allowed = new Set([...ALWAYS_ON_SCREEN, ...project.screen, ...Object.keys(project.required), ...own.keys()]);
  for (const name of Object.keys(fields)) if (!allowed.has(name)) problems[name] = `Field '${name}' ${NOT_ON_SCREEN}`;
  for (const [id, name] of Object.entries(project.required))
    if (fields[id] === undefined) problems[id] = `${name} is required.`;
  for (const field of own.values()) {
    const value = fields[field.id];
    if (value === undefined && field.required === true) problems[field.id] = `${field.name} is required.`;
    const wrong = value === undefined || value === null ? undefined : whyWrong({ version, deployment }, field, value);
    if (wrong !== undefined) problems[field.id] = wrong;
  }
  const summary = fields['summary'];
  if (typeof summary !== 'string' || summary.trim() === '')
    problems['summary'] = 'You must specify a summary of the issue.';
  else if (summary.length > 255) problems['summary'] = 'Summary must be less than 255 characters.';
  else if (/[\r\n]/.test(summary))
    problems['summary'] = 'The summary is invalid because it contains newline characters.';
  const description = fields['description'];
  if (description !== undefined && description !== null && !isRichText(version, description)) {
    problems['description'] =
      version === '3'
        ? 'Operation value must be an Atlassian Document (see the Atlassian Document Format)'
        : 'Operation value must be a string';
  }
  for (const label of Array.isArray(fields['labels']) ? fields['labels'].map(String) : []) {
    if (/\s/.test(label)) problems['labels'] = `The label '${label}' contains spaces which is invalid.`;
    if (label.length > 255)
      problems['labels'] = `The label '${label}' exceeds the maximum length for a single label of 255 characters.`;
  }
  const priority = asObject(fields['priority'])['name'];
  if (fields['priority'] !== undefined && !problems['priority'] && !PRIORITIES.includes(String(priority)))
    problems['priority'] = 'Specify the Priority (name) in the string format';
  return problems;
}

function whyWrong(
  flavour: Pick<Flavour, 'version' | 'deployment'>,
  field: SimulatedField,
  value: unknown,
): string | undefined {
  if (field.list === true) {
    if (!Array.isArray(value)) return 'data was not an array';
    return value.map((one) => whyWrongOne(flavour, field, one)).find((why) => why !== undefined);
  }
  return whyWrongOne(flavour, field, value);
}

function whyWrongOne(
  { version, deployment }: Pick<Flavour, 'version' | 'deployment'>,
  field: SimulatedField,
  value: unknown,
): string | undefined {
  const object = asObject(value);
  if (field.textarea === true)
    return isRichText(version, value) ? undefined : 'Operation value must be an Atlassian Document or a string';
  switch (field.type) {
    case 'string':
      return typeof value === 'string' && value.length <= 255 ? undefined : 'Operation value must be a string';
    case 'number':
      return typeof value === 'number' ? undefined : 'Operation value must be a number';
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(String(value)) ? undefined : 'Operation value must be of format yyyy-MM-dd';
    case 'datetime':
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/.test(String(value))
        ? undefined
        : "Operation value must be of format yyyy-MM-dd'T'HH:mm:ss.SSSZ";
    case 'option':
      return field.options?.includes(String(object['value'])) === true ? undefined : 'Specify a valid value';
    case 'group':
      return typeof object['name'] === 'string' ? undefined : 'Specify a valid group';
    case 'user':
      return typeof object[deployment === 'cloud' ? 'accountId' : 'name'] === 'string'
        ? undefined
        : 'Specify a valid user';
  }
}
