import { z } from 'zod';
import { defineAdapter } from '#src/ports/adapter.ts';
import { createAwxClient } from './client.ts';
import { createPlaybooks } from './playbooks.ts';
import { probe } from './probe.ts';
import { createWebhookDoor } from './webhook.ts';

const Settings = z.object({
  url: z.url({ protocol: /^https?$/ }).meta({ description: 'Origin, e.g. https://awx.example' }),
  basePath: z
    .string()
    .regex(/^\/.*[^/]$/)
    .default('/api/v2')
    .meta({ description: '/api/v2 for AWX, /api/controller/v2 for Ansible Automation Platform 2.5 and later' }),
  token: z.string().min(1).meta({ secret: true, description: 'Personal access token with scope write' }),
  inventory: z.string().min(1).meta({ description: 'Name of the inventory that our hosts are in' }),
  webhookToken: z.string().min(1).optional().meta({
    secret: true,
    description: 'Token that notifications from AWX must carry; without one no delivery is accepted',
  }),
  caFile: z.string().optional().meta({ description: 'PEM file of the CA that signs the certificate' }),
  timeoutMs: z
    .number()
    .int()
    .positive()
    .default(15_000)
    .meta({ description: 'Longest wait for one answer, in milliseconds' }),
  searchLagMs: z
    .number()
    .int()
    .nonnegative()
    .default(5000)
    .meta({ description: 'How long a launch may still be under way after its answer was lost, in milliseconds' }),
  findWithinHours: z
    .number()
    .positive()
    .default(168)
    .meta({ description: 'How far back a run is looked for by its key, in hours: longer than any launch is repeated' }),
});

export const awxAdapter = defineAdapter({
  id: 'awx',
  title: 'AWX / Ansible Automation Platform',
  testedWith: ['AWX 24.6.1 (recorded OPTIONS, awxkit)', 'AWX 19.4.0 (Swagger)'],
  capabilities: ['playbooks'],
  hasWebhook: true,
  Settings,
  connect(settings, kit) {
    const url = settings.url.replace(/\/+$/, '');
    const http = kit.http({
      baseUrl: `${url}${settings.basePath}`,
      headers: { authorization: `Bearer ${settings.token}` },
      timeoutMs: settings.timeoutMs,
      tls: settings.caFile === undefined ? undefined : { caFile: settings.caFile },
    });
    const client = createAwxClient(kit, http, new URL(url).host, settings.token);
    const { inventory, searchLagMs } = settings;
    const findWithinMs = settings.findWithinHours * 3_600_000;
    return {
      provides: {
        playbooks: createPlaybooks({
          client,
          system: kit.system,
          url,
          inventory,
          searchLagMs,
          findWithinMs,
          now: kit.now,
        }),
      },
      webhook: createWebhookDoor(settings.webhookToken),
      probe: (signal) => probe(client, inventory, signal),
      close: () => http.close(),
    };
  },
});
