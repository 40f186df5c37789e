import { z } from 'zod';

export const Settings = z.object({
  username: z.string().default('').meta({ description: 'User name for BMCs that have none of their own.' }),
  password: z.string().default('').meta({ description: 'Password that goes with it.', secret: true }),
  tls: z.enum(['verify', 'first-use']).default('first-use').meta({
    description:
      'What to do with the certificate of a BMC that is not pinned yet: verify it against the CA, or take it on first use and pin it.',
  }),
  caFile: z
    .string()
    .optional()
    .meta({ description: "PEM file of the CA that signs the BMCs' certificates; for `verify`." }),
  maxInFlight: z.int().min(1).max(4).default(2).meta({ description: 'Requests to one BMC at a time.' }),
  sessionIdleMs: z.int().min(100).max(240_000).default(120_000).meta({
    description:
      'How long the one session per BMC is kept when nobody uses it, in milliseconds. Longer than the time between two health polls, or each poll logs in anew; the shortest time-out of a BMC that is known is five minutes.',
  }),
  timeoutMs: z.int().min(100).default(30_000).meta({ description: 'For one request, in milliseconds.' }),
  pollRequests: z.int().min(2).max(100).default(3).meta({
    description:
      'Requests of one health poll. A BMC whose sensors stand in more places (a list for each GPU) is asked for some of them at a time, in turns; what it says of the whole is read each time.',
  }),
  firmwareTimeoutMs: z.int().min(100).default(180_000).meta({
    description:
      'For the firmware inventory, in milliseconds: on machines with many GPUs it takes two to three minutes.',
  }),
});
export type Settings = z.infer<typeof Settings>;
