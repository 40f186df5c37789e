import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import type { Row } from './lists.ts';
import { asks } from './render.ts';
import type { AwxStore, SimulatedJob } from './store.ts';

type Template = SimulatedJob['template'];

/** `GET …/launch/`: what may be prompted for and what is needed. */
export function launchRules(store: AwxStore, template: Template): SimulatedAnswer {
  const inventory = store.inventories.find((one) => one.name === template.inventory);
  const needed = template.survey.filter((question) => question.required).map((question) => question.variable);
  return {
    status: 200,
    body: {
      can_start_without_user_input: needed.length === 0 && !Object.values(asks(template)).some(Boolean),
      passwords_needed_to_start: [],
      ...asks(template),
      survey_enabled: template.survey.length > 0,
      variables_needed_to_start: needed,
      credential_needed_to_start: false,
      inventory_needed_to_start: inventory === undefined,
      job_template_data: { name: template.name, id: template.id, description: '' },
      defaults: {
        extra_vars: '',
        limit: '',
        job_type: 'run',
        verbosity: 0,
        inventory: { name: inventory?.name ?? null, id: inventory?.id ?? null },
      },
    },
  };
}

const PROMPTS: Record<string, keyof ReturnType<typeof asks>> = {
  limit: 'ask_limit_on_launch',
  inventory: 'ask_inventory_on_launch',
  scm_branch: 'ask_scm_branch_on_launch',
  diff_mode: 'ask_diff_mode_on_launch',
  job_tags: 'ask_tags_on_launch',
  skip_tags: 'ask_skip_tags_on_launch',
  job_type: 'ask_job_type_on_launch',
  verbosity: 'ask_verbosity_on_launch',
  credentials: 'ask_credential_on_launch',
  execution_environment: 'ask_execution_environment_on_launch',
  labels: 'ask_labels_on_launch',
  forks: 'ask_forks_on_launch',
  job_slice_count: 'ask_job_slice_count_on_launch',
  timeout: 'ask_timeout_on_launch',
  instance_groups: 'ask_instance_groups_on_launch',
};

export type LaunchOutcome = { job: SimulatedJob; ignored: Row } | SimulatedAnswer;

/**
 * `POST …/launch/`. The trap is AWX's own: what the template does not prompt for is dropped, the job runs without it, and the answer is
 * 201 with the name in `ignored_fields`. A dropped limit runs on every host.
 */
export function launch(store: AwxStore, template: Template, request: SimulatedRequest): LaunchOutcome {
  const body = (request.json ?? {}) as Row;
  if (typeof body !== 'object' || Array.isArray(body))
    return { status: 400, body: { non_field_errors: ['Invalid data. Expected a dictionary.'] } };
  const variables = readVariables(body['extra_vars']);
  if (variables === undefined)
    return {
      status: 400,
      body: {
        extra_vars: ['Cannot parse as JSON (error: Expecting value) or YAML (error: Input type is not a dictionary).'],
      },
    };
  const ignored: Row = {};
  const taken: Row = {};
  const rules = asks(template);
  for (const [name, box] of Object.entries(PROMPTS)) {
    if (body[name] === undefined) continue;
    (rules[box] ? taken : ignored)[name] = body[name];
  }
  const accepted: Row = {};
  const dropped: Row = {};
  const questions = new Set(template.survey.map((question) => question.variable));
  for (const [name, value] of Object.entries(variables))
    (template.askVariables || questions.has(name) ? accepted : dropped)[name] = value;
  if (Object.keys(dropped).length > 0) ignored['extra_vars'] = dropped;
  const missing = template.survey.filter((question) => question.required && accepted[question.variable] === undefined);
  if (missing.length > 0)
    return {
      status: 400,
      body: { variables_needed_to_start: missing.map((question) => `'${question.variable}' value missing`) },
    };
  const inventory = store.inventories.find((one) =>
    taken['inventory'] === undefined ? one.name === template.inventory : one.id === taken['inventory'],
  );
  if (inventory === undefined)
    return {
      status: 400,
      body: { inventory: [`Invalid pk "${String(taken['inventory'])}" - object does not exist.`] },
    };
  const job = store.addJob({
    template,
    inventory: inventory.id,
    limit: String(taken['limit'] ?? ''),
    extraVars: accepted,
  });
  return { job, ignored };
}

/** A mapping, or the text of one. */
function readVariables(value: unknown): Row | undefined {
  if (value === undefined || value === null || value === '') return {};
  if (typeof value === 'object') return Array.isArray(value) ? undefined : (value as Row);
  try {
    const parsed: unknown = JSON.parse(String(value));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Row) : undefined;
  } catch {
    return undefined;
  }
}
