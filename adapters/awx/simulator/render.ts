import type { Row } from './lists.ts';
import type { JobPhase } from './job-clock.ts';
import type { AwxStore, SimulatedHost, SimulatedInventory, SimulatedJob } from './store.ts';

/** JSON of each object with the links and summaries that clients walk along. */
export interface Renderer {
  template(template: SimulatedJob['template']): Row;
  inventory(inventory: SimulatedInventory): Row;
  host(host: SimulatedHost): Row;
  /** `detail`: with what only the page of one job has. */
  job(job: SimulatedJob, phase: JobPhase, detail: boolean): Row;
  me(username: string): Row;
}

export function createRenderer(store: AwxStore, base: string): Renderer {
  const inventoryOf = (name: string): SimulatedInventory | undefined =>
    store.inventories.find((one) => one.name === name);
  const summary = (inventory: SimulatedInventory | undefined): Row => ({
    id: inventory?.id ?? null,
    name: inventory?.name ?? null,
    description: '',
    total_hosts: [...store.hosts.values()].filter((host) => host.inventory === inventory?.id).length,
    has_inventory_sources: false,
    organization_id: 1,
    kind: '',
  });

  return {
    template(template) {
      const url = `${base}/job_templates/${template.id}/`;
      const inventory = inventoryOf(template.inventory);
      return {
        id: template.id,
        type: 'job_template',
        url,
        related: {
          launch: `${url}launch/`,
          jobs: `${url}jobs/`,
          survey_spec: `${url}survey_spec/`,
          inventory: `${base}/inventories/${inventory?.id}/`,
        },
        summary_fields: {
          inventory: summary(inventory),
          project: { id: 8, name: 'Reanimator', description: '', status: 'successful', scm_type: 'git' },
          user_capabilities: { edit: false, delete: false, start: true, schedule: false, copy: false },
        },
        created: TIME,
        modified: TIME,
        name: template.name,
        description: '',
        job_type: 'run',
        inventory: inventory?.id ?? null,
        project: 8,
        playbook: template.playbook,
        forks: 0,
        limit: '',
        verbosity: 0,
        extra_vars: '',
        status: 'never updated',
        ...asks(template),
        survey_enabled: template.survey.length > 0,
        become_enabled: false,
        allow_simultaneous: template.allowSimultaneous,
      };
    },

    inventory(inventory) {
      const url = `${base}/inventories/${inventory.id}/`;
      return {
        id: inventory.id,
        type: 'inventory',
        url,
        related: { hosts: `${url}hosts/`, groups: `${url}groups/` },
        summary_fields: {
          organization: { id: 1, name: 'Default', description: '' },
          user_capabilities: { edit: true, delete: false, copy: false, adhoc: false },
        },
        created: TIME,
        modified: TIME,
        name: inventory.name,
        description: '',
        organization: 1,
        kind: '',
        host_filter: null,
        variables: '',
        total_hosts: summary(inventory)['total_hosts'],
        total_groups: inventory.groups.length,
        has_inventory_sources: false,
        pending_deletion: false,
      };
    },

    host(host) {
      return {
        id: host.id,
        type: 'host',
        url: `${base}/hosts/${host.id}/`,
        related: { inventory: `${base}/inventories/${host.inventory}/` },
        summary_fields: {
          inventory: summary(store.inventories.find((one) => one.id === host.inventory)),
          user_capabilities: { edit: true, delete: true },
        },
        created: awxTime(host.created),
        modified: awxTime(host.modified),
        name: host.name,
        description: host.description,
        inventory: host.inventory,
        enabled: host.enabled,
        instance_id: host.instance_id,
        variables: host.variables,
        has_active_failures: false,
        has_inventory_sources: false,
        last_job: null,
        last_job_host_summary: null,
      };
    },

    job(job, phase, detail) {
      const url = `${base}/jobs/${job.id}/`;
      const failed = phase.status === 'failed' || phase.status === 'canceled';
      const elapsed = phase.startedAt === null ? 0 : ((phase.finishedAt ?? Date.now()) - phase.startedAt) / 1000;
      const over = phase.finishedAt !== null && phase.status !== 'canceled';
      const counts =
        !over || job.hosts.length === 0 ? {} : { [phase.status === 'failed' ? 'failures' : 'ok']: job.hosts.length };
      return {
        id: job.id,
        type: 'job',
        url,
        related: {
          cancel: `${url}cancel/`,
          stdout: `${url}stdout/`,
          job_events: `${url}job_events/`,
          job_template: `${base}/job_templates/${job.template.id}/`,
        },
        summary_fields: {
          inventory: summary(store.inventories.find((one) => one.id === job.inventory)),
          job_template: { id: job.template.id, name: job.template.name, description: '' },
          unified_job_template: {
            id: job.template.id,
            name: job.template.name,
            description: '',
            unified_job_type: 'job',
          },
          user_capabilities: { delete: false, start: true },
          created_by: { id: 1, username: 'reanimator', first_name: '', last_name: '' },
        },
        created: awxTime(job.created),
        modified: awxTime(job.created),
        name: job.template.name,
        description: '',
        job_type: 'run',
        inventory: job.inventory,
        project: 8,
        playbook: job.template.playbook,
        limit: job.limit,
        verbosity: 0,
        extra_vars: JSON.stringify(job.extraVars),
        unified_job_template: job.template.id,
        job_template: job.template.id,
        launch_type: 'manual',
        status: phase.status,
        failed,
        started: phase.startedAt === null ? null : awxTime(phase.startedAt),
        finished: phase.finishedAt === null ? null : awxTime(phase.finishedAt),
        canceled_on: job.canceledAt === undefined ? null : awxTime(job.canceledAt),
        elapsed,
        job_explanation: '',
        allow_simultaneous: job.template.allowSimultaneous,
        artifacts: {},
        ...(detail
          ? {
              result_traceback: '',
              event_processing_finished: phase.eventsFinished,
              host_status_counts: counts,
              playbook_counts: { play_count: over ? 1 : 0, task_count: over ? 2 : 0 },
            }
          : {}),
      };
    },

    me: (username) => ({
      id: 1,
      type: 'user',
      url: `${base}/users/1/`,
      related: {},
      summary_fields: { user_capabilities: { edit: true, delete: false } },
      created: TIME,
      username,
      first_name: '',
      last_name: '',
      email: 'hub@example.com',
      is_superuser: false,
      is_system_auditor: false,
    }),
  };
}

/** Which fields may be prompted for; the rest of AWX's list is never. */
export function asks(template: SimulatedJob['template']): Record<string, boolean> {
  return {
    ask_limit_on_launch: template.askLimit,
    ask_variables_on_launch: template.askVariables,
    ask_inventory_on_launch: template.askInventory,
    ask_scm_branch_on_launch: false,
    ask_diff_mode_on_launch: false,
    ask_tags_on_launch: false,
    ask_skip_tags_on_launch: false,
    ask_job_type_on_launch: false,
    ask_verbosity_on_launch: false,
    ask_credential_on_launch: false,
    ask_execution_environment_on_launch: false,
    ask_labels_on_launch: false,
    ask_forks_on_launch: false,
    ask_job_slice_count_on_launch: false,
    ask_timeout_on_launch: false,
    ask_instance_groups_on_launch: false,
  };
}

const TIME = '2026-01-01T00:00:00.000000Z';

/** AWX writes microseconds. */
export function awxTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
