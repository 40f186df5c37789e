import { runWindow } from './job-clock.ts';

/** A job template as the simulator is told of it. */
export interface SimulatedTemplate {
  name: string;
  /** "Prompt on launch" at Limit. Default true. */
  askLimit?: boolean;
  /** "Prompt on launch" at Variables. Default true. */
  askVariables?: boolean;
  /** "Prompt on launch" at Inventory. Default false. */
  askInventory?: boolean;
  /** Survey questions: their variables are taken even without `askVariables`. */
  survey?: { variable: string; required?: boolean }[];
  /** Name of its inventory. Default: the first one. */
  inventory?: string;
  /** Whether two of its jobs may run at once ("Concurrent jobs"). AWX's default is false; here it is true. */
  allowSimultaneous?: boolean;
  playbook?: string;
}

export interface SimulatedHost {
  id: number;
  inventory: number;
  name: string;
  description: string;
  enabled: boolean;
  instance_id: string;
  variables: string;
  created: number;
  modified: number;
}

export interface SimulatedJob {
  id: number;
  template: Required<SimulatedTemplate> & { id: number };
  inventory: number;
  limit: string;
  extraVars: Record<string, unknown>;
  created: number;
  /** When it leaves the queue. */
  startsAt: number;
  canceledAt: number | undefined;
  /** Names that the limit reaches; none: the run fails. */
  hosts: string[];
  /** What becomes of it; asked once, when it is over. */
  outcome: 'successful' | 'failed' | undefined;
}

export interface SimulatedInventory {
  id: number;
  name: string;
  groups: string[];
}

export interface AwxStore {
  readonly templates: SimulatedJob['template'][];
  readonly inventories: SimulatedInventory[];
  /** By id, oldest first. */
  readonly hosts: Map<number, SimulatedHost>;
  readonly jobs: Map<number, SimulatedJob>;
  readonly runMs: number;
  addHost(host: Pick<SimulatedHost, 'inventory' | 'name'> & Partial<SimulatedHost>): SimulatedHost;
  hostNamed(inventory: number, name: string): SimulatedHost | undefined;
  addJob(job: Pick<SimulatedJob, 'template' | 'inventory' | 'limit' | 'extraVars'>): SimulatedJob;
}

export interface AwxStoreOptions {
  templates: SimulatedTemplate[];
  inventories: { name: string; groups?: string[] }[];
  runMs: number;
}

export function createAwxStore(options: AwxStoreOptions): AwxStore {
  const next = { host: 1, job: 1 };
  const hosts = new Map<number, SimulatedHost>();
  const jobs = new Map<number, SimulatedJob>();
  const inventories = options.inventories.map(({ name, groups }, index) => ({
    id: index + 1,
    name,
    groups: groups ?? [],
  }));
  const templates = options.templates.map((template, index) => ({
    id: index + 7,
    name: template.name,
    askLimit: template.askLimit ?? true,
    askVariables: template.askVariables ?? true,
    askInventory: template.askInventory ?? false,
    survey: template.survey ?? [],
    inventory: template.inventory ?? inventories[0]?.name ?? '',
    allowSimultaneous: template.allowSimultaneous ?? true,
    playbook: template.playbook ?? `${template.name}.yml`,
  }));

  /** Ansible's pattern, as far as a simulator needs it: names, groups, `all` and a trailing `*`, joined by `,` or `:`. */
  function reached(inventory: number, limit: string): string[] {
    const names = [...hosts.values()]
      .filter((host) => host.inventory === inventory && host.enabled)
      .map((host) => host.name);
    const patterns = limit
      .split(/[,:]/)
      .map((one) => one.trim())
      .filter((one) => one !== '');
    if (patterns.length === 0 || patterns.includes('all')) return names; // an empty limit is every host
    return names.filter((name) =>
      patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name)),
    );
  }

  return {
    templates,
    inventories,
    hosts,
    jobs,
    runMs: options.runMs,
    hostNamed: (inventory, name) =>
      [...hosts.values()].find((host) => host.inventory === inventory && host.name === name),

    addHost(host) {
      const now = Date.now();
      const whole = {
        description: '',
        enabled: true,
        instance_id: '',
        variables: '',
        ...host,
        id: next.host++,
        created: now,
        modified: now,
      };
      hosts.set(whole.id, whole);
      return whole;
    },

    addJob(draft) {
      const created = Date.now();
      const before = draft.template.allowSimultaneous
        ? []
        : [...jobs.values()].filter((job) => job.template.id === draft.template.id);
      const startsAt = Math.max(created, ...before.map((job) => runWindow(job, options.runMs).finishedAt));
      const job: SimulatedJob = {
        ...draft,
        id: next.job++,
        created,
        startsAt,
        canceledAt: undefined,
        hosts: reached(draft.inventory, draft.limit),
        outcome: undefined,
      };
      jobs.set(job.id, job);
      return job;
    },
  };
}
