import type { NetBoxClient } from 'netbox-client';
import { z } from 'zod';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { bootstrapNetbox, type BootstrapStep } from './bootstrap.ts';
import type { LifecycleMapping } from './lifecycle-mapping.ts';
import { type Asking, notTold } from './probe-ask.ts';
import { hiddenChecks } from './probe-hidden.ts';
import { mappedWrites, type MappedWrites } from './probe-mapped-writes.ts';
import { needsOf } from './probe-needs.ts';
import { askAllowed, permissionChecks } from './probe-permissions.ts';
import { clockChecks, pageChecks, retentionChecks, type ServerClock, workerChecks } from './probe-server.ts';
import { askToken } from './probe-token.ts';
import { leavesAside, type Settings } from './settings.ts';

/** Minor versions that fixtures, published schemas or a running server were tried with. */
export const TESTED = ['4.4', '4.5', '4.6', '4.7'] as const;

const BOOTSTRAP = 'reanimator netbox bootstrap';
const Status = z.object({ 'netbox-version': z.string(), 'rq-workers-running': z.number().nullish() });

/** Looks only. Where NetBox cannot be asked one thing, the others are asked all the same; a refused token ends it. */
export async function probeNetbox(
  client: NetBoxClient,
  settings: Settings,
  lifecycle: LifecycleMapping,
  signal: AbortSignal,
  mapped?: readonly MappedWrites[],
): Promise<ProbeCheck[]> {
  const checks: ProbeCheck[] = [];
  try {
    const asking = { client, signal };
    const server = await askStatus(asking);
    checks.push({ name: 'reachable', ok: true, found: settings.url });
    const { version } = server;
    const token = await askToken(asking, { token: settings.token, version, now: new Date() });
    checks.push(...token.checks, versionCheck(version));
    const part = (act: () => Promise<ProbeCheck[]>, what: string): Promise<ProbeCheck[]> => tried(act, what, signal);

    const configuration = await part(() => configurationChecks(asking, settings, lifecycle), 'its configuration');
    const bootstrapWrites = configuration.some(({ ok }) => !ok);
    const permissions = await part(async () => {
      const needs = needsOf(mapped ?? mappedWrites(undefined, leavesAside(settings)), settings.createMissing);
      const allowed = await askAllowed(asking, needs);
      const lacking = permissionChecks({ needs, allowed, readOnly: token.readOnly === true, bootstrapWrites });
      const { user } = token;
      // A superuser sees everything.
      const hidden = token.superuser
        ? []
        : await part(() => hiddenChecks({ ...asking, allowed, version, user }), 'what is hidden');
      const pages = await part(() => pageChecks(asking, allowed), 'its page size');
      return [...lacking, ...hidden, ...pages];
    }, 'permissions');
    checks.push(...permissions, ...configuration, ...workerChecks(server.workers), ...clockChecks(server.clock));
    checks.push(...(await part(() => retentionChecks(asking, new Date()), 'its change log')));
  } catch (error) {
    signal.throwIfAborted();
    checks.push(failed(checks, error));
  }
  return checks;
}

interface AskedServer {
  version: string;
  workers: number | null;
  clock: ServerClock;
}

async function askStatus({ client, signal }: Asking): Promise<AskedServer> {
  const path = '/api/status/';
  const begun = Date.now();
  const answer = await client.ask({ method: 'GET', path, signal });
  const ours = new Date((begun + Date.now()) / 2);
  if (answer.status !== 200) throw notTold(`GET ${path}`, answer);
  const status = answer.json(Status);
  return {
    version: status['netbox-version'],
    workers: status['rq-workers-running'] ?? null,
    clock: { theirs: answer.headers.date, ours },
  };
}

function versionCheck(version: string): ProbeCheck {
  const found = `NetBox ${version}`;
  const minor = version.split('.').slice(0, 2).join('.');
  if ((TESTED as readonly string[]).includes(minor)) return { name: 'version', ok: true, found };
  const remedy = `tested with ${TESTED[0]} to ${TESTED.at(-1)}; run the contract tests against this one (NETBOX_URL, NETBOX_TOKEN)`;
  return { name: 'version', ok: false, found, remedy };
}

async function configurationChecks(
  { client, signal }: Asking,
  settings: Settings,
  lifecycle: LifecycleMapping,
): Promise<ProbeCheck[]> {
  const { tag, webhookSecret } = settings;
  const options = { hubUrl: undefined, webhookSecret, tag, lifecycle, key: 'probe', signal, dryRun: true };
  try {
    const steps = await bootstrapNetbox(client, options);
    const open = steps.filter((step) => step.did !== 'unchanged');
    if (open.length === 0)
      return [{ name: 'configuration', ok: true, found: `${steps.length} objects as the hub needs them` }];
    return [{ name: 'configuration', ok: false, found: open.map(sentenceOf).join('; '), remedy: BOOTSTRAP }];
  } catch (error) {
    if (!(error instanceof AdapterError) || error.kind !== 'rejected') throw error;
    const remedy = `make it readable for the token or rename it, then: ${BOOTSTRAP}`;
    return [{ name: 'configuration', ok: false, found: error.message, remedy }];
  }
}

function sentenceOf({ object, name, did, differs }: BootstrapStep): string {
  if (did === 'created') return `${object} ${name} missing`;
  const words = `${object} ${name} different in ${differs.join(', ')}`;
  return object === 'event rule' && differs.includes('enabled') ? `${words}: switched off, no webhook leaves` : words;
}

/** What cannot be found out is neither well nor missing. */
async function tried(act: () => Promise<ProbeCheck[]>, what: string, signal: AbortSignal): Promise<ProbeCheck[]> {
  try {
    return await act();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AdapterError && error.kind === 'unauthorized') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const name = what === 'permissions' ? 'permissions' : 'configuration';
    return [{ name, ok: false, found: `${what} could not be looked at: ${reason}`, remedy: retryRemedy(error) }];
  }
}

function retryRemedy(error: unknown): string {
  if (error instanceof AdapterError) return 'try again; if it stays, see the log of NetBox';
  return 'mend what it names';
}

function failed(done: ProbeCheck[], error: unknown): ProbeCheck {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof AdapterError && error.kind === 'unauthorized') {
    const remedy = 'set a token that NetBox accepts, then clear the lock-out of this address';
    return { name: 'authorised', ok: false, found: message, remedy };
  }
  if (done.length === 0)
    return { name: 'reachable', ok: false, found: message, remedy: 'check url, DNS, firewall and caFile' };
  return { name: 'authorised', ok: false, found: message, remedy: retryRemedy(error) };
}
