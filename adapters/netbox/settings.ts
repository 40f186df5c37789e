import { z } from 'zod';

/** What a record that is written may need, and the hub may make. */
export const CREATABLE = ['manufacturers', 'deviceTypes', 'moduleTypes', 'moduleBays', 'roles'] as const;
export type Creatable = (typeof CREATABLE)[number];

export const Settings = z.object({
  url: z.url().meta({ description: 'Address of NetBox with its base path, e.g. https://tools.example/netbox' }),
  token: z.string().min(1).meta({ secret: true, description: 'API token, version 1 or 2 (nbt_<key>.<token>)' }),
  webhookSecret: z
    .string()
    .min(8)
    .optional()
    .meta({ secret: true, description: 'What NetBox signs its webhooks with; without it every delivery is refused' }),
  timeoutMs: z.number().int().positive().default(30_000).meta({ description: 'For one request, in milliseconds' }),
  caFile: z.string().optional().meta({ description: "PEM file of the CA that signs NetBox's certificate" }),
  role: z.string().min(1).default('server').meta({ description: 'Device role where a draft names none' }),
  tag: z
    .string()
    .regex(/^[a-z0-9_-]+$/)
    .default('reanimator')
    .meta({ description: 'Slug of the tag on everything that the hub creates' }),
  maxDeliveryAgeMs: z
    .number()
    .int()
    .positive()
    .default(86_400_000)
    .meta({ description: 'Oldest webhook that is taken, by the time in its signed body, in milliseconds' }),
  requestsPerSecond: z.number().positive().max(1_000).default(20).meta({
    description: 'Most requests per second to NetBox, by each process of the hub; fewer while NetBox is strained',
  }),
});
export type Settings = z.infer<typeof Settings>;
