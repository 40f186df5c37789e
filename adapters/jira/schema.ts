import { z } from 'zod';

/** Answer to `POST /issue`. Ids are strings of digits. */
export const CreatedIssue = z.object({ id: z.string(), key: z.string() });
export type CreatedIssue = z.infer<typeof CreatedIssue>;

/** An issue as we ask for it: `fields=summary,status`. */
export const Issue = z.object({
  id: z.string(),
  key: z.string(),
  fields: z.object({
    summary: z.string(),
    status: z.object({ name: z.string(), statusCategory: z.object({ key: z.string() }) }),
  }),
});
export type Issue = z.infer<typeof Issue>;

/** A search hit: `fields=summary,status,labels,created`, with our entity property where it has one. */
export const FoundIssue = Issue.extend({
  fields: Issue.shape.fields.extend({ labels: z.array(z.string()) }),
  properties: z.record(z.string(), z.unknown()).nullish(),
});
export type FoundIssue = z.infer<typeof FoundIssue>;

/** One page of `POST /search/jql`: no total; `isLast` or the lack of a token says that nothing follows. */
export const SearchPage = z.object({
  issues: z.array(FoundIssue),
  isLast: z.boolean().nullish(),
  nextPageToken: z.string().nullish(),
});
export type SearchPage = z.infer<typeof SearchPage>;

/** The value of our entity property. */
export const EffectProperty = z.object({ key: z.string() });
export type EffectProperty = z.infer<typeof EffectProperty>;

export const ServerInfo = z.object({ version: z.string(), deploymentType: z.string().nullish() });
export type ServerInfo = z.infer<typeof ServerInfo>;

export const Myself = z.object({ accountId: z.string().nullish(), displayName: z.string().nullish() });
export type Myself = z.infer<typeof Myself>;

export const MyPermissions = z.object({
  permissions: z.record(z.string(), z.object({ havePermission: z.boolean() })),
});
export type MyPermissions = z.infer<typeof MyPermissions>;

export const CreateIssueTypes = z.object({
  issueTypes: z.array(z.object({ id: z.string(), name: z.string() })),
  total: z.number().nullish(),
});
export type CreateIssueTypes = z.infer<typeof CreateIssueTypes>;

/** A field of the create screen. */
export const CreateField = z.object({
  fieldId: z.string(),
  name: z.string(),
  required: z.boolean(),
  hasDefaultValue: z.boolean().nullish(),
});
export const CreateFields = z.object({ fields: z.array(CreateField), total: z.number().nullish() });
export type CreateFields = z.infer<typeof CreateFields>;

/** Jira's error body; either half may be missing. */
export const JiraErrors = z.object({
  errorMessages: z.array(z.string()).nullish(),
  errors: z.record(z.string(), z.unknown()).nullish(),
});
export type JiraErrors = z.infer<typeof JiraErrors>;

/** A webhook body, reduced. Names of events: `jira:issue_updated`, `comment_created`, … */
export const WebhookBody = z.object({
  webhookEvent: z.string(),
  timestamp: z.number().optional(),
  issue: z.object({ id: z.union([z.string(), z.number()]), key: z.string().optional() }).optional(),
});
export type WebhookBody = z.infer<typeof WebhookBody>;
