import type { ProbeCheck } from '#src/ports/adapter.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { Deployment, JiraClient } from './client.ts';
import { probeScreens, type ScreensOptions } from './probe-screens.ts';
import type { ServerInfo } from './schema.ts';

export interface JiraProbeOptions extends ScreensOptions {
  client: JiraClient;
}

/** Those after the second are for comments, files and states; without them tickets are still made. */
const NEEDED = [
  'CREATE_ISSUES',
  'BROWSE_PROJECTS',
  'ADD_COMMENTS',
  'CREATE_ATTACHMENTS',
  'TRANSITION_ISSUES',
  'LINK_ISSUES',
] as const;

/** Goes on as far as the answers allow: what cannot be asked is left out, never shown as fine. */
export async function probe(options: JiraProbeOptions, signal: AbortSignal): Promise<ProbeCheck[]> {
  const checks: ProbeCheck[] = [];
  try {
    const info = await options.client.serverInfo(signal);
    checks.push({ name: 'reachable', ok: true, found: `Jira ${info.version}` });
    const version = versionCheck(options.client.deployment, info);
    checks.push(version);
    if (!version.ok) return checks;
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
    checks.push({
      name: 'authorised',
      ok: true,
      found: me.displayName ?? me.accountId ?? me.name ?? 'a user without a name',
    });
  } catch (error) {
    checks.push({
      name: 'authorised',
      ok: false,
      found: say(error),
      remedy:
        options.client.deployment === 'cloud'
          ? 'Make a new API token of the account `email` and set apiToken'
          : 'Make a new personal access token and set bearerToken',
    });
    return checks;
  }
  checks.push(await permissionsCheck(options, signal));
  checks.push(...(await screenChecks(options, signal)));
  return checks;
}

const NAMES = { cloud: 'Cloud, REST v3', datacenter: 'Data Center, REST v2' } as const satisfies Record<
  Deployment,
  string
>;

/** Server and Data Center both say "Server". */
function versionCheck(wanted: Deployment, info: ServerInfo): ProbeCheck {
  const found: Deployment = (info.deploymentType ?? 'Cloud') === 'Cloud' ? 'cloud' : 'datacenter';
  if (found === wanted) return { name: 'version', ok: true, found: NAMES[found] };
  return {
    name: 'version',
    ok: false,
    found: `${NAMES[found]}, and the setting says ${wanted}`,
    remedy: `Set deployment to ${found}`,
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

async function screenChecks(options: JiraProbeOptions, signal: AbortSignal): Promise<ProbeCheck[]> {
  try {
    return await probeScreens(options, signal);
  } catch (error) {
    const remedy = `Check that project ${options.project} and those of the templates exist`;
    return [{ name: 'configuration', ok: false, found: say(error), remedy }];
  }
}

function say(error: unknown): string {
  return error instanceof AdapterError ? error.message : 'no answer';
}
