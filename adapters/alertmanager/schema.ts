import { z } from 'zod';

/** Go writes nanoseconds, and may leave fractions out. */
const Time = z.iso.datetime({ offset: true });

const Texts = z.record(z.string(), z.string());

/** One entry of `alerts` of a webhook of version 4. */
export const WebhookAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Texts,
  annotations: Texts.default({}),
  startsAt: Time,
  /** Year 1: not ended. */
  endsAt: Time.optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().regex(/^[0-9a-f]{1,64}$/i),
});
export type WebhookAlert = z.infer<typeof WebhookAlert>;

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export const WebhookMessage = z.object({
  version: z.literal('4'),
  groupKey: z.string(),
  truncatedAlerts: z.number().int().nonnegative().default(0),
  receiver: z.string(),
  /** Each by itself: a group with one that fires is `firing` as a whole, whatever else ended. */
  alerts: z.array(z.unknown()),
  externalURL: z.string().optional(),
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;

const Matcher = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z.boolean().default(true),
});
export type Matcher = z.infer<typeof Matcher>;

export const FoundSilence = z.object({
  id: z.string().min(1),
  status: z.object({ state: z.enum(['expired', 'active', 'pending']) }),
  matchers: z.array(Matcher),
  startsAt: Time,
  endsAt: Time,
  createdBy: z.string(),
  comment: z.string(),
});
export type FoundSilence = z.infer<typeof FoundSilence>;

export const SilenceMade = z.object({ silenceID: z.string().min(1) });

export const ServerStatus = z.object({
  versionInfo: z.object({ version: z.string() }),
  cluster: z.object({ status: z.string(), peers: z.array(z.unknown()).optional() }),
});
