import { z } from 'zod';
import { defineAdapter } from '#src/ports/adapter.ts';
import { createCloudClient } from './cloud-client.ts';
import { jiraConnection } from './connection.ts';
import { createDatacenterClient } from './datacenter-client.ts';
import { probe } from './probe.ts';
import { createScreens } from './templates/create-screens.ts';
import { loadTemplates } from './templates/load-templates.ts';
import { createTickets } from './tickets.ts';
import { createWebhookDoor } from './webhook.ts';

const Settings = z
  .object({
    url: z.url({ protocol: /^https?$/ }).meta({
      description:
        'The site, e.g. https://example.atlassian.net; with OAuth https://api.atlassian.com/ex/jira/<cloud id>; Data Center with its context path',
    }),
    deployment: z.enum(['cloud', 'datacenter']).default('cloud').meta({
      description: 'Which Jira it is: cloud, or datacenter (REST v2, a personal access token)',
    }),
    email: z.string().optional().meta({ description: 'Account that the API token belongs to' }),
    apiToken: z.string().min(1).optional().meta({ secret: true, description: 'API token of that account' }),
    bearerToken: z.string().min(1).optional().meta({
      secret: true,
      description: 'OAuth access token, instead of email and apiToken; Data Center: a personal access token',
    }),
    siteUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .meta({ description: 'Where people open tickets, if that is not url (with OAuth it is not)' }),
    project: z.string().min(1).meta({ description: 'Key of the project where tickets are created, e.g. HW' }),
    issueType: z.string().min(1).default('Task').meta({ description: 'Name of the issue type of the tickets' }),
    templates: z.string().min(1).optional().meta({
      description: "Folder with the jira-*.yaml that say what becomes of a ticket; default: the hub's mappings/",
    }),
    webhookSecret: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true, description: 'Secret of the webhook in Jira; without one no delivery is accepted' }),
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
      .default(10_000)
      .meta({ description: 'How long search may not yet show a new issue, in milliseconds' }),
  })
  .refine(
    (settings) =>
      settings.bearerToken !== undefined || (settings.email !== undefined && settings.apiToken !== undefined),
    {
      message: 'set either email and apiToken, or bearerToken',
      path: ['apiToken'],
    },
  )
  .refine((settings) => settings.deployment === 'cloud' || settings.bearerToken !== undefined, {
    message: 'Data Center takes a personal access token: set bearerToken',
    path: ['bearerToken'],
  });

export const jiraAdapter = defineAdapter({
  id: 'jira',
  title: 'Jira',
  testedWith: ['Cloud REST v3 (published OpenAPI of 2026-02)', 'jira.js 6.2.0', 'Data Center REST v2 (simulated)'],
  capabilities: ['tickets'],
  hasWebhook: true,
  Settings,
  connect(settings, kit) {
    const url = settings.url.replace(/\/+$/, '');
    const siteUrl = settings.siteUrl?.replace(/\/+$/, '') ?? url;
    const authorization =
      settings.bearerToken === undefined
        ? `Basic ${Buffer.from(`${settings.email}:${settings.apiToken}`).toString('base64')}`
        : `Bearer ${settings.bearerToken}`;
    const http = kit.http({ baseUrl: url, headers: { authorization }, timeoutMs: settings.timeoutMs });
    const connection = jiraConnection(kit, http, new URL(url).host, authorization);
    const client = settings.deployment === 'cloud' ? createCloudClient(connection) : createDatacenterClient(connection);
    const { project, issueType, searchLagMs } = settings;
    const templates = loadTemplates(settings.templates);
    const common = { client, project, issueType, templates };
    return {
      provides: {
        tickets: createTickets({
          ...{ ...common, system: kit.system, log: kit.log, siteUrl, searchLagMs },
          screenOf: createScreens(client, () => kit.now()),
        }),
      },
      webhook: createWebhookDoor(settings.webhookSecret),
      probe: (signal) => probe(common, signal),
      close: () => http.close(),
    };
  },
});
