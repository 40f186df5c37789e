import { z } from 'zod';

const PollMs = z.coerce
  .number()
  .int()
  .refine((ms) => ms === 0 || ms >= 1000, '0, or at least 1000')
  .refine((ms) => ms <= 86_400_000, 'at most a day: 86400000');

/** How often BMCs are asked how their servers are, and where they tell it by themselves. */
export const pollSettings = {
  HEALTH_POLL_MS: PollMs.default(60_000).meta({
    description: 'Between two looks at the health of a server through its BMC, in milliseconds; 0: never by itself',
  }),
  LOG_POLL_MS: PollMs.default(300_000).meta({
    description: 'Between two looks at the logs of a BMC, in milliseconds; 0: never',
  }),
  BMC_EVENT_URL: z
    .url()
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .meta({
      description:
        'Where BMCs reach the hub, e.g. https://hub.example.com: they are asked to tell of events there. Left out: they are not, and only polled',
    }),
  BMC_EVENT_STREAMS: z.coerce.number().int().min(0).max(10_000).default(0).meta({
    description:
      'BMCs that one worker listens to at a time, over connections that it opens and keeps (Redfish SSE), where BMCs cannot reach the hub; what offers none is asked as BMC_EVENT_URL says, and polled. 0: none',
  }),
  EVENT_CHECK_MS: PollMs.default(3_600_000).meta({
    description: 'Between two looks whether a BMC still knows that it is to tell of events, in milliseconds',
  }),
  POLL_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(2000)
    .default(100)
    .meta({ description: 'BMCs polled at a time per worker' }),
};
