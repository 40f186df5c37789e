import type { ProbeCheck } from '#src/ports/adapter.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { AwxClient } from './client.ts';

/** Goes on as far as the answers allow: what cannot be asked is left out, never shown as fine. */
export async function probe(client: AwxClient, inventory: string, signal: AbortSignal): Promise<ProbeCheck[]> {
  const checks: ProbeCheck[] = [];
  try {
    const { version } = await client.ping(signal); // answers without a token
    checks.push(
      { name: 'reachable', ok: true, found: 'answers' },
      { name: 'version', ok: true, found: `AWX ${version}` },
    );
  } catch (error) {
    const remedy =
      'Check url and basePath: AWX serves /api/v2, Ansible Automation Platform 2.5 serves /api/controller/v2';
    return [{ name: 'reachable', ok: false, found: say(error), remedy }];
  }
  try {
    checks.push({ name: 'authorised', ok: true, found: (await client.me(signal)).username });
  } catch (error) {
    checks.push({
      name: 'authorised',
      ok: false,
      found: say(error),
      remedy: 'Make a personal access token with scope "write" and set token',
    });
    return checks;
  }
  checks.push(await permissionsCheck(client, signal), await configurationCheck(client, inventory, signal));
  return checks;
}

async function permissionsCheck(client: AwxClient, signal: AbortSignal): Promise<ProbeCheck> {
  const remedy = 'Give the account the role Execute on the job templates that it is to launch';
  try {
    const templates = await client.templates(signal);
    const startable = templates.filter((template) => template.summary_fields?.user_capabilities?.['start'] === true);
    if (startable.length > 0)
      return {
        name: 'permissions',
        ok: true,
        found: `may launch ${startable.length} of ${templates.length} job templates`,
      };
    return { name: 'permissions', ok: false, found: `may launch none of ${templates.length} job templates`, remedy };
  } catch (error) {
    return { name: 'permissions', ok: false, found: say(error), remedy };
  }
}

async function configurationCheck(client: AwxClient, name: string, signal: AbortSignal): Promise<ProbeCheck> {
  const fail = (found: string, remedy: string): ProbeCheck => ({ name: 'configuration', ok: false, found, remedy });
  try {
    const [inventory, other] = await client.inventoriesNamed(name, signal);
    if (inventory === undefined)
      return fail(`no inventory "${name}" is visible`, 'Create it, or give the account the role Admin on it');
    if (other !== undefined)
      return fail(`several inventories are named "${name}"`, 'Let the account see only one of them');
    if (inventory.summary_fields?.user_capabilities?.['edit'] !== true)
      return fail(`may not change inventory "${name}"`, 'Give the account the role Admin on it');
    return { name: 'configuration', ok: true, found: `inventory "${name}"` };
  } catch (error) {
    return fail(say(error), 'Check the setting inventory');
  }
}

function say(error: unknown): string {
  return error instanceof AdapterError ? error.message : 'no answer';
}
