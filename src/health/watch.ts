import { z } from 'zod';

const Open = z.object({
  type: z.string(),
  component: z.string().nullable(),
  /** Reported when it is over, where it was reported at all. */
  over: z.string().nullable(),
  since: z.string(),
  /** Polls in a row that said so, up to as many as it takes to count. */
  seen: z.number(),
  /** Polls in a row that said it is over. */
  missed: z.number(),
  told: z.boolean(),
});
export type Open = z.infer<typeof Open>;

/** What is remembered of a server from one poll to the next, so that each thing is reported once. */
export const Watch = z.object({
  /** Polls in a row that were not answered, in one way. */
  silence: z.object({ type: z.string(), over: z.string().nullable(), polls: z.number(), told: z.boolean() }).nullable(),
  open: z.record(z.string(), Open),
  /** Of the BMC's last boot: when it is another one, the BMC may have forgotten that it was to tell of events. */
  bootMark: z.string().nullable().default(null),
});
export type Watch = z.infer<typeof Watch>;

/** What to report, about a moment. */
export interface Found {
  type: string;
  component: string | null;
  message: string;
  /** How many polls a silence took, or what else says how bad it is. */
  value: number | null;
  occurredAt: string;
}

const NOTHING: Watch = { silence: null, open: {}, bootMark: null };

/** @param text null or of another version: nothing was remembered, and what goes on now is reported once more */
export function parseWatch(text: string | null): Watch {
  if (text === null) return NOTHING;
  const parsed = Watch.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : NOTHING;
}
