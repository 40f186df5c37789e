import type { z } from 'zod';
import { bootstrapNetbox, loadLifecycleMapping, type netboxAdapter, openNetboxClient } from '#adapters/netbox/index.ts';
import type { Hub } from './compose.ts';
import { HubError } from './core/error.ts';
import { newId } from './core/id.ts';
import { createHttp } from './kit/http.ts';

/** Makes in NetBox what the hub needs. @throws HubError unavailable where NetBox is not configured */
export async function bootstrapRecords(
  hub: Hub,
  dryRun: boolean,
): Promise<{ object: string; name: string; did: string }[]> {
  const configured = hub.config.adapters.find(({ definition }) => definition.id === 'netbox');
  if (!configured)
    throw new HubError(
      'unavailable',
      'NetBox is not configured: set NETBOX_URL, NETBOX_TOKEN and NETBOX_WEBHOOK_SECRET',
    );
  const settings = configured.settings as z.output<typeof netboxAdapter.Settings>;
  const { client, close } = openNetboxClient(settings, {
    system: 'netbox',
    log: hub.ctx.log,
    now: () => hub.ctx.now(),
    http: (options) => createHttp('netbox', options),
    lockouts: { check: async () => {}, report: async () => {} },
  });
  try {
    return await bootstrapNetbox(client, {
      hubUrl: hub.config.PUBLIC_URL,
      webhookSecret: settings.webhookSecret,
      tag: settings.tag,
      lifecycle: loadLifecycleMapping(),
      key: `bootstrap-${newId()}`,
      signal: AbortSignal.timeout(120_000),
      dryRun,
    });
  } finally {
    await close();
  }
}
