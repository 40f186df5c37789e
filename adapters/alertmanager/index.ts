import { z } from 'zod';
import { defineAdapter } from '#src/ports/adapter.ts';
import { createClient } from './client.ts';
import { watchAlertMapping } from './mapping.ts';
import { probe } from './probe.ts';
import { createSilences } from './silences.ts';
import { alertmanagerDoor } from './webhook.ts';

const Label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no name of a label');
const Token = z.string().min(16);

const Settings = z.object({
  webhookToken: Token.optional().meta({
    secret: true,
    description:
      "What Alertmanager sends as its receiver's `http_config.authorization.credentials`, 16 characters or more; without one nothing is accepted",
  }),
  previousWebhookToken: Token.optional().meta({
    secret: true,
    description: 'Is accepted too, so that webhookToken can be changed without losing an alert',
  }),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: 'Where its API is, e.g. http://alertmanager:9093, for silences during maintenance' }),
  username: z.string().min(1).optional().meta({ description: 'For basic authentication at the API' }),
  password: z.string().min(1).optional().meta({ secret: true, description: 'Its password' }),
  apiToken: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true, description: 'Bearer token for the API, where a proxy wants one' }),
  mapping: z.string().min(1).optional().meta({
    description:
      "File that says which alert is which symptom, read again when it changes; default: mappings/alertmanager.yaml of the hub's",
  }),
  silenceServerLabel: Label.default('serial').meta({ description: "Label of an alert that holds the server's serial" }),
  silenceSiteLabel: Label.default('site').meta({ description: 'Label of an alert that holds the name of the site' }),
  silenceRackLabel: Label.default('rack').meta({ description: 'Label of an alert that holds the name of the rack' }),
  timeoutMs: z
    .number()
    .int()
    .positive()
    .default(10_000)
    .meta({ description: 'Longest wait for one answer, in milliseconds' }),
});

/** Alerts come in by webhook; silences go out where the API's address is set. */
export const alertmanagerAdapter = defineAdapter({
  id: 'alertmanager',
  title: 'Prometheus Alertmanager',
  testedWith: ['Alertmanager 0.25.0 with Prometheus 2.42 (recorded and real)', 'API v2 (published OpenAPI of 2026-08)'],
  capabilities: ['silences'],
  hasWebhook: true,
  losesRefused: true,
  Settings,
  connect(settings, kit) {
    const tokens = [settings.webhookToken, settings.previousWebhookToken].filter((token) => token !== undefined);
    const mapping = watchAlertMapping(kit.log, settings.mapping);
    const webhook = alertmanagerDoor({ tokens, mapping: () => mapping.value() });
    if (settings.url === undefined)
      return { provides: {}, webhook, probe: (signal) => probe(null, mapping.state(), signal) };
    const authorization = authorizationOf(settings);
    const http = kit.http({
      baseUrl: settings.url.replace(/\/+$/, ''),
      headers: authorization === undefined ? {} : { authorization },
      timeoutMs: settings.timeoutMs,
    });
    const { silenceServerLabel: server, silenceSiteLabel: site, silenceRackLabel: rack } = settings;
    const labels = { server, site, rack };
    const client = createClient(http, kit.system);
    return {
      provides: { silences: createSilences(client, labels, kit.now) },
      webhook,
      probe: (signal) => probe(client, mapping.state(), signal),
      close: () => http.close(),
    };
  },
});

function authorizationOf(settings: z.output<typeof Settings>): string | undefined {
  const { username, password, apiToken } = settings;
  if (apiToken !== undefined) return `Bearer ${apiToken}`;
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}
