import { z } from 'zod';

/** One page of a list. `count` is the total that matches, not what is on the page. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({ count: z.number().int(), next: z.string().nullish(), results: z.array(item) });
}

export const Ping = z.object({ version: z.string() });
export type Ping = z.infer<typeof Ping>;

export const Me = z.object({ id: z.number(), username: z.string() });
export type Me = z.infer<typeof Me>;

const Capabilities = z.object({ user_capabilities: z.record(z.string(), z.boolean()).optional() }).optional();

export const Inventory = z.object({ id: z.number(), name: z.string(), summary_fields: Capabilities });
export type Inventory = z.infer<typeof Inventory>;

export const Host = z.object({
  id: z.number(),
  name: z.string(),
  enabled: z.boolean(),
  instance_id: z.string().nullish(),
  /** JSON or YAML text; empty: none. */
  variables: z.string().nullish(),
});
export type Host = z.infer<typeof Host>;

export const JobTemplate = z.object({ id: z.number(), name: z.string(), summary_fields: Capabilities });
export type JobTemplate = z.infer<typeof JobTemplate>;

/** Answer to `GET job_templates/<id>/launch/`: what may be prompted for. */
export const LaunchRules = z.object({
  ask_limit_on_launch: z.boolean(),
  ask_variables_on_launch: z.boolean(),
  ask_inventory_on_launch: z.boolean(),
  defaults: z
    .object({ inventory: z.object({ id: z.number().nullish(), name: z.string().nullish() }).nullish() })
    .optional(),
});
export type LaunchRules = z.infer<typeof LaunchRules>;

/** Answer to `POST …/launch/`. Fields that the template does not prompt for are dropped with a 201 and listed here. */
export const Launched = z.object({
  job: z.number(),
  ignored_fields: z.record(z.string(), z.unknown()),
  limit: z.string().optional(),
});
export type Launched = z.infer<typeof Launched>;

/** A job as a list shows it: without `event_processing_finished`, which only the detail has. */
export const ListedJob = z.object({ id: z.number(), extra_vars: z.string() });
export type ListedJob = z.infer<typeof ListedJob>;

export const Job = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  started: z.string().nullable(),
  finished: z.string().nullable(),
  job_explanation: z.string().nullish(),
  result_traceback: z.string().nullish(),
  event_processing_finished: z.boolean(),
  host_status_counts: z.record(z.string(), z.number()).nullish(),
});
export type Job = z.infer<typeof Job>;

/** A notification body, loosely: the versions differ in what they leave out. */
export const Notification = z.object({
  id: z.union([z.number().int(), z.string().regex(/^\d+$/)]),
  status: z.string().optional(),
  /** 'Job' | 'Workflow Job' | 'Project Update' | …; AWX 9 leaves it out for a job. */
  friendly_name: z.string().optional(),
  url: z.string().optional(),
  finished: z.string().nullish(),
});
export type Notification = z.infer<typeof Notification>;
