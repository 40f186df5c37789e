import type { z } from 'zod';
import type { NetBoxClient } from 'netbox-client';
import { lastHeardChange } from '#adapters/netbox/probe-webhooks.ts';
import { bootstrapNetbox, loadLifecycleMapping, type netboxAdapter, openNetboxClient } from '#adapters/netbox/index.ts';
import type { Hub } from './compose.ts';
import { HubError } from './core/error.ts';
import { newId } from './core/id.ts';
import { createHttp } from './kit/http.ts';
import { sharedInProcess } from './kit/shared-in-process.ts';
import { listDeliveries } from './observations/reads.ts';

type Settings = z.output<typeof netboxAdapter.Settings>;

/** Makes in NetBox what the hub needs. @throws HubError unavailable where NetBox is not configured */
export async function bootstrapRecords(
  hub: Hub,
  dryRun: boolean,
): Promise<{ object: string; name: string; did: string }[]> {
  const steps = await bootstrapSteps(hub, dryRun);
  return steps.map(({ object, name, did }) => ({ object, name, did }));
}

/** With what differs, by the names of NetBox's fields. @throws HubError unavailable where NetBox is not configured */
export async function bootstrapSteps(hub: Hub, dryRun: boolean) {
  return withNetbox(hub, (client, settings) =>
    bootstrapNetbox(client, {
      hubUrl: hub.config.PUBLIC_URL,
      webhookSecret: settings.webhookSecret,
      tag: settings.tag,
      lifecycle: loadLifecycleMapping(),
      key: `bootstrap-${newId()}`,
      signal: AbortSignal.timeout(120_000),
      dryRun,
    }),
  );
}

export interface RecordFinding {
  ok: boolean;
  found: string;
  remedy: string;
}

/** A webhook may come before the change that it tells of has its time in the log, and the clocks need not agree to the second. */
const SLACK_MS = 90_000;
/** What a bootstrap writes from PUBLIC_URL; the adapter's own probe does not know that address. */
const FROM_PUBLIC_URL = ['payload_url', 'ssl_verification', 'link_url'];

/**
 * What only both sides together can tell: whether NetBox calls this hub and not another, and whether what it sends arrives. Nothing is
 * changed. @throws AdapterError
 */
export async function findRecordFaults(hub: Hub, signal: AbortSignal, now = new Date()): Promise<RecordFinding[]> {
  const findings: RecordFinding[] = [];
  const steps = await bootstrapSteps(hub, true);
  const elsewhere = steps.filter(({ differs }) => differs.some((field) => FROM_PUBLIC_URL.includes(field)));
  if (elsewhere.length > 0) {
    const named = elsewhere.map(({ object, name }) => `${object} ${name}`).join(', ');
    findings.push({
      ok: false,
      found: `${named} in NetBox do not lead to PUBLIC_URL, ${hub.config.PUBLIC_URL}`,
      remedy: 'set PUBLIC_URL to where NetBox and its users reach the hub, then: reanimator netbox bootstrap',
    });
  }
  const change = await withNetbox(hub, (client, { tag }) => lastHeardChange({ client, signal }, tag, now));
  const [last] = await listDeliveries(hub.ctx, { adapter: 'netbox', limit: 1 });
  if (change === undefined) return findings;
  const { at, objectType, objectId } = change;
  if (last && Date.parse(last.receivedAt) > Date.parse(at) - SLACK_MS)
    return [...findings, { ok: true, found: `webhooks arrive, the last one at ${last.receivedAt}`, remedy: '' }];
  findings.push({
    ok: false,
    found: `NetBox changed ${objectType} ${objectId} at ${at}, and no webhook came since (${last ? `the last one at ${last.receivedAt}` : 'never one'})`,
    remedy: `see whether NetBox reaches ${hub.config.PUBLIC_URL}/hooks/netbox (System > Background Tasks > Failed in NetBox, "webhook refused" in the hub's log), and whether its RQ worker runs`,
  });
  return findings;
}

async function withNetbox<T>(hub: Hub, act: (client: NetBoxClient, settings: Settings) => Promise<T>): Promise<T> {
  const configured = hub.config.adapters.find(({ definition }) => definition.id === 'netbox');
  if (!configured)
    throw new HubError(
      'unavailable',
      'NetBox is not configured: set NETBOX_URL, NETBOX_TOKEN and NETBOX_WEBHOOK_SECRET',
    );
  const settings = configured.settings as Settings;
  const { client, close } = openNetboxClient(settings, {
    system: 'netbox',
    log: hub.ctx.log,
    now: () => hub.ctx.now(),
    http: (options) => createHttp('netbox', options),
    lockouts: { check: async () => {}, report: async () => {} },
    shared: sharedInProcess(),
  });
  try {
    return await act(client, settings);
  } finally {
    await close();
  }
}
