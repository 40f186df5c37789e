import { AdapterError } from '#src/ports/adapter-error.ts';
import type { PlaybookRun, Playbooks } from '#src/ports/playbooks.ts';
import type { AwxClient } from './client.ts';
import { EFFECT_VARIABLE } from './effect-key.ts';
import type { Inventory, Job, JobTemplate, Launched, LaunchRules } from './schema.ts';

export interface LauncherOptions {
  client: AwxClient;
  system: string;
  inventory(signal: AbortSignal): Promise<Inventory>;
  toRun(job: Job): PlaybookRun;
  pageOf(id: number): string;
}

/**
 * A limit is an Ansible pattern: `all`, `web*`, `a:b`, `!a`, `~regex` and `@file` reach other hosts than the one that is meant, and an
 * empty one reaches every host. So a limit is one plain host name, and the pattern's whole alphabet is out.
 */
const PLAIN_HOST = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const EVERY_HOST = new Set(['all', 'ungrouped']);

/** Launches a template on exactly one host. Everything that AWX would drop with a 201 is asked about before. */
export function createLauncher(options: LauncherOptions): Playbooks['launch'] {
  const { client, system } = options;

  function rejected(message: string, detail?: Record<string, unknown>): AdapterError {
    return new AdapterError('rejected', `${system}: ${message}`, { system, detail });
  }

  async function findTemplate(name: string, signal: AbortSignal): Promise<JobTemplate> {
    const found = await client.templatesNamed(name, signal);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    if (found.length === 0) throw rejected(`there is no job template named "${name}" that the token may see`);
    throw rejected(
      `there are several job templates named "${name}" (one per organization): let the token see only one`,
    );
  }

  /** @returns the inventory id to send, where the template runs on another one by default */
  function checkRules(name: string, rules: LaunchRules, inventory: Inventory): number | undefined {
    const boxes = [
      ...(rules.ask_limit_on_launch ? [] : ['Limit']),
      ...(rules.ask_variables_on_launch ? [] : ['Variables']),
    ];
    if (boxes.length > 0)
      throw rejected(
        `in job template "${name}" tick "Prompt on launch" at ${boxes.join(' and ')}: AWX would drop it and run without`,
      );
    if (rules.defaults?.inventory?.id === inventory.id) return undefined;
    if (rules.ask_inventory_on_launch) return inventory.id;
    // The same host name in another inventory is another machine.
    throw rejected(
      `job template "${name}" runs on another inventory than "${inventory.name}": set it there, or tick "Prompt on launch" at Inventory`,
    );
  }

  async function checkHost(inventory: Inventory, limit: string, signal: AbortSignal): Promise<void> {
    const [host] = await client.hostsNamed(inventory.id, limit, signal);
    if (host === undefined) throw rejected(`inventory "${inventory.name}" has no host "${limit}"`);
    if (!host.enabled) throw rejected(`host "${limit}" is switched off in inventory "${inventory.name}"`);
    const groups = await client.groupsNamed(inventory.id, limit, signal);
    if (groups.length > 0)
      throw rejected(
        `inventory "${inventory.name}" has a group named "${limit}" too: a limit of that name reaches the whole group`,
      );
  }

  /** A run that is not the one that was asked for is stopped; where even that fails, the error says that it may go on. */
  async function refuse(
    launched: Launched,
    why: string,
    detail: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<never> {
    const stopped = await client.cancel(String(launched.job), signal).then(
      (cancelled) => (cancelled ? 'was cancelled' : 'had already finished'),
      () => 'could NOT be cancelled and may be running: stop it in AWX',
    );
    throw rejected(`${why}; job ${launched.job} ${stopped}`, { ...detail, job: launched.job });
  }

  return async function launch(key, wanted, signal) {
    const { template: name, limit } = wanted;
    if (!PLAIN_HOST.test(limit) || EVERY_HOST.has(limit))
      throw rejected(`limit "${limit}" is not the name of one host`);
    const inventory = await options.inventory(signal);
    const template = await findTemplate(name, signal);
    const inventoryId = checkRules(name, await client.launchRules(template.id, signal), inventory);
    await checkHost(inventory, limit, signal);
    const launched = await client.launch(
      template.id,
      {
        limit,
        extra_vars: { ...wanted.extraVars, [EFFECT_VARIABLE]: key },
        ...(inventoryId === undefined ? {} : { inventory: inventoryId }),
      },
      signal,
    );
    if (Object.keys(launched.ignored_fields).length > 0) {
      // Names only: the values are the caller's, and may be secrets.
      await refuse(
        launched,
        `AWX ignored ${Object.keys(launched.ignored_fields).join(', ')}`,
        { ignoredFields: fieldNames(launched.ignored_fields) },
        signal,
      );
    }
    if (launched.limit !== undefined && launched.limit !== limit) {
      await refuse(launched, `AWX took another limit, "${launched.limit}"`, { limit: launched.limit }, signal);
    }
    try {
      const job = await client.job(String(launched.job), signal);
      if (job !== undefined) return options.toRun(job);
    } catch {
      // The job runs: an error now would let the caller believe that it does not.
    }
    return unread(launched.job, name, options.pageOf(launched.job));
  };
}

/** A run that was started and could not be read back: not finished, as far as anybody knows. */
function unread(id: number, name: string, url: string): PlaybookRun {
  return {
    id: String(id),
    url,
    name,
    status: 'unknown',
    rawStatus: 'unknown',
    startedAt: null,
    finishedAt: null,
    explanation: null,
    hostCounts: {},
  };
}

function fieldNames(ignored: Record<string, unknown>): string[] {
  return Object.entries(ignored).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value).map((inner) => `${name}.${inner}`)
      : [name],
  );
}
