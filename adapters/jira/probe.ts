import type { ProbeCheck } from '#src/ports/adapter.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { JiraClient } from './client.ts';

export interface JiraProbeOptions {
  client: JiraClient;
  project: string;
  issueType: string;
}

/** Fields that `create` sends; another required field without a default makes every create fail. */
const SENT = new Set(['project', 'issuetype', 'summary', 'labels', 'priority', 'description', 'reporter']);
const NEEDED = ['CREATE_ISSUES', 'BROWSE_PROJECTS'] as const;

/** Goes on as far as the answers allow: what cannot be asked is left out, never shown as fine. */
export async function probe(options: JiraProbeOptions, signal: AbortSignal): Promise<ProbeCheck[]> {
  const checks: ProbeCheck[] = [];
  try {
    const info = await options.client.serverInfo(signal);
    checks.push({ name: 'reachable', ok: true, found: `Jira ${info.version}` });
    checks.push(versionCheck(info.deploymentType ?? 'Cloud'));
  } catch (error) {
    return [
      {
        name: 'reachable',
        ok: false,
        found: say(error),
        remedy: 'Check url: the site alone, e.g. https://example.atlassian.net, without /rest',
      },
    ];
  }
  try {
    const me = await options.client.myself(signal);
    checks.push({ name: 'authorised', ok: true, found: me.displayName ?? me.accountId ?? 'a user without a name' });
  } catch (error) {
    checks.push({
      name: 'authorised',
      ok: false,
      found: say(error),
      remedy: 'Make a new API token of the account `email` and set apiToken',
    });
    return checks;
  }
  checks.push(await permissionsCheck(options, signal));
  checks.push(await configurationCheck(options, signal));
  return checks;
}

function versionCheck(deployment: string): ProbeCheck {
  if (deployment === 'Cloud') return { name: 'version', ok: true, found: 'Cloud, REST v3' };
  return {
    name: 'version',
    ok: false,
    found: deployment,
    remedy: 'Only Jira Cloud is supported: Data Center has neither REST v3 nor its search',
  };
}

async function permissionsCheck(options: JiraProbeOptions, signal: AbortSignal): Promise<ProbeCheck> {
  try {
    const { permissions } = await options.client.myPermissions(options.project, NEEDED, signal);
    const missing = NEEDED.filter((name) => permissions[name]?.havePermission !== true);
    if (missing.length === 0) return { name: 'permissions', ok: true, found: NEEDED.join(', ') };
    return {
      name: 'permissions',
      ok: false,
      found: `missing in ${options.project}: ${missing.join(', ')}`,
      remedy: `Give the account these permissions in the permission scheme of project ${options.project}`,
    };
  } catch (error) {
    return {
      name: 'permissions',
      ok: false,
      found: say(error),
      remedy: `Check that project ${options.project} exists and that the account may browse it`,
    };
  }
}

async function configurationCheck(options: JiraProbeOptions, signal: AbortSignal): Promise<ProbeCheck> {
  const fail = (found: string, remedy: string): ProbeCheck => ({ name: 'configuration', ok: false, found, remedy });
  try {
    const { issueTypes } = await options.client.createIssueTypes(options.project, signal);
    const type = issueTypes.find((one) => one.name === options.issueType);
    if (type === undefined) {
      const names = issueTypes.map((one) => one.name).join(', ') || 'none';
      return fail(
        `project ${options.project} has no issue type "${options.issueType}", but ${names}`,
        'Set issueType to one of these',
      );
    }
    const { fields } = await options.client.createFields(options.project, type.id, signal);
    const shown = new Set(fields.map((field) => field.fieldId));
    if (!shown.has('labels'))
      return fail(
        'Labels is not on the create screen',
        `Add Labels to the create screen of "${type.name}": tickets are found again by a label`,
      );
    const wanted = fields.filter(
      (field) => field.required && field.hasDefaultValue !== true && !SENT.has(field.fieldId),
    );
    if (wanted.length > 0) {
      return fail(
        `required on create: ${wanted.map((field) => field.name).join(', ')}`,
        `Make them optional for "${type.name}" or give them a default`,
      );
    }
    return { name: 'configuration', ok: true, found: `${options.project}, ${type.name}` };
  } catch (error) {
    return fail(say(error), `Check that project ${options.project} exists`);
  }
}

function say(error: unknown): string {
  return error instanceof AdapterError ? error.message : 'no answer';
}
