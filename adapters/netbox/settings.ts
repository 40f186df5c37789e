import { z } from 'zod';

/** What a record that is written may need, and the hub may make. */
export const CREATABLE = ['manufacturers', 'deviceTypes', 'moduleTypes', 'moduleBays', 'roles'] as const;
export type Creatable = (typeof CREATABLE)[number];

/** How parts stand in NetBox: older shops have inventory items instead of modules. */
export const COMPONENTS = ['modules', 'inventory-items', 'none'] as const;

export const Settings = z.object({
  url: z.url().meta({ description: 'Address of NetBox with its base path, e.g. https://tools.example/netbox' }),
  token: z.string().min(1).meta({ secret: true, description: 'API token, version 1 or 2 (nbt_<key>.<token>)' }),
  webhookSecret: z
    .string()
    .min(8)
    .optional()
    .meta({ secret: true, description: 'What NetBox signs its webhooks with; without it every delivery is refused' }),
  timeoutMs: z
    .number()
    .int()
    .positive()
    .default(30_000)
    .meta({ description: 'For one request, in milliseconds; a bulk write gets four times as long' }),
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
  bulkSize: z
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .meta({ description: 'Objects in one bulk write, which NetBox does in one transaction' }),
  changeOverlapMs: z.number().int().positive().default(120_000).meta({
    description:
      "How far back the change log is read again, in milliseconds: longer than NetBox's longest write, whose rows appear late",
  }),
  components: z.enum(COMPONENTS).default('modules').meta({
    description: 'What the parts of a server are in NetBox: modules, inventory-items, or none: they are not kept there',
  }),
  createMissing: z
    .string()
    .default(CREATABLE.join(','))
    .transform((text, context): Creatable[] => {
      const words = text === 'none' ? [] : text.split(',').map((word) => word.trim());
      const unknown = words.findIndex((word) => !(CREATABLE as readonly string[]).includes(word));
      if (unknown >= 0)
        context.addIssue({
          code: 'custom',
          message: `number ${unknown + 1} of the list is unknown: it takes ${CREATABLE.join(', ')}, or none`,
        });
      return words as Creatable[];
    })
    .meta({
      description:
        'What the hub may make in NetBox where a record needs it and it is not there; none: a person makes it',
    }),
});
export type Settings = z.infer<typeof Settings>;

const OF_COMPONENTS = { modules: 'module', 'inventory-items': 'inventory-item' } as const;

/** Types whose mappings these settings do without. */
export function leavesAside({ components }: Pick<Settings, 'components'>): string[] {
  return Object.entries(OF_COMPONENTS).flatMap(([kept, type]) => (kept === components ? [] : [type]));
}
