import { atLeast, type NetBoxClient, type Resource } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { bootstrapNetbox } from './bootstrap.ts';
import type { LifecycleMapping } from './lifecycle-mapping.ts';
import type { Settings } from './settings.ts';

/** Minor versions that fixtures, published schemas or a running server were tried with. */
export const TESTED = ['4.4', '4.5', '4.6', '4.7'] as const;

/** OPTIONS names `POST` where the token may add, `PUT` where it may change. */
const WRITES: readonly Resource[] = ['devices', 'interfaces', 'macAddresses', 'ipAddresses'];
const BOOTSTRAP = 'reanimator netbox bootstrap';

/** Looks only. A check that cannot be made because an earlier one failed is left out. */
export async function probeNetbox(
  client: NetBoxClient,
  settings: Settings,
  lifecycle: LifecycleMapping,
  signal: AbortSignal,
): Promise<ProbeCheck[]> {
  const checks: ProbeCheck[] = [];
  try {
    const { version, workers } = await client.status({ signal });
    checks.push({
      name: 'reachable',
      ok: true,
      found: `${settings.url}${workers === 0 ? ', but no RQ worker runs: no webhook leaves' : ''}`,
    });
    checks.push({ name: 'authorised', ok: true, found: await whose(client, version, signal) });
    checks.push(versionCheck(version));
    checks.push(await permissionCheck(client, signal));
    checks.push(await configurationCheck(client, settings, lifecycle, signal));
  } catch (error) {
    signal.throwIfAborted();
    checks.push(failed(checks, error));
  }
  return checks;
}

async function whose(client: NetBoxClient, version: string, signal: AbortSignal): Promise<string> {
  // /api/authentication-check/ came with 4.5; before it, an answered /api/status/ is proof enough that the token is taken.
  return atLeast(version, '4.5') ? `user ${(await client.user({ signal })).username}` : 'the token is accepted';
}

function versionCheck(version: string): ProbeCheck {
  const found = `NetBox ${version}`;
  const minor = version.split('.').slice(0, 2).join('.');
  if ((TESTED as readonly string[]).includes(minor)) return { name: 'version', ok: true, found };
  const remedy = `tested with ${TESTED[0]} to ${TESTED.at(-1)}; run the contract tests against this one (NETBOX_URL, NETBOX_TOKEN)`;
  return { name: 'version', ok: false, found, remedy };
}

async function permissionCheck(client: NetBoxClient, signal: AbortSignal): Promise<ProbeCheck> {
  const lacking: string[] = [];
  for (const resource of WRITES) {
    const actions = await client.actions(resource, { signal });
    if (!actions.includes('POST')) lacking.push(`add ${resource}`);
    if (!actions.includes('PUT')) lacking.push(`change ${resource}`);
  }
  if (lacking.length === 0) return { name: 'permissions', ok: true, found: `may write ${WRITES.join(', ')}` };
  return {
    name: 'permissions',
    ok: false,
    found: `may not ${lacking.join(', ')}`,
    remedy: "give the token's user these object permissions, and the token write access",
  };
}

async function configurationCheck(
  client: NetBoxClient,
  settings: Settings,
  lifecycle: LifecycleMapping,
  signal: AbortSignal,
): Promise<ProbeCheck> {
  const { tag, webhookSecret } = settings;
  try {
    const steps = await bootstrapNetbox(client, {
      hubUrl: undefined,
      webhookSecret,
      tag,
      lifecycle,
      key: 'probe',
      signal,
      dryRun: true,
    });
    const open = steps.filter((step) => step.did !== 'unchanged');
    if (open.length === 0)
      return { name: 'configuration', ok: true, found: `${steps.length} objects as the hub needs them` };
    const words = open.map((step) => `${step.object} ${step.name} ${step.did === 'created' ? 'missing' : 'different'}`);
    return { name: 'configuration', ok: false, found: words.join('; '), remedy: BOOTSTRAP };
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind !== 'rejected') throw error;
    return {
      name: 'configuration',
      ok: false,
      found: error.message,
      remedy: `make it readable for the token or rename it, then: ${BOOTSTRAP}`,
    };
  }
}

function failed(done: ProbeCheck[], error: unknown): ProbeCheck {
  const message = error instanceof Error ? error.message : String(error);
  const unauthorized = error instanceof AdapterError && error.kind === 'unauthorized';
  if (unauthorized)
    return {
      name: 'authorised',
      ok: false,
      found: message,
      remedy: 'set a token that NetBox accepts, then clear the lock-out of this address',
    };
  if (done.length === 0)
    return { name: 'reachable', ok: false, found: message, remedy: 'check url, DNS, firewall and caFile' };
  const name = (['reachable', 'authorised', 'version', 'permissions', 'configuration'] as const).find(
    (one) => !done.some((check) => check.name === one),
  );
  return {
    name: name ?? 'configuration',
    ok: false,
    found: message,
    remedy: 'try again; if it stays, see the log of NetBox',
  };
}
