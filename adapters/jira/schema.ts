import { z } from 'zod';

/** Answer to `POST /issue`. Ids are strings of digits. */
export const CreatedIssue = z.object({ id: z.string(), key: z.string() });
export type CreatedIssue = z.infer<typeof CreatedIssue>;

const Named = z.object({ name: z.string() });
const Person = z.object({ displayName: z.string().nullish(), name: z.string().nullish() });
export const Status = z.object({
  id: z.string().nullish(),
  name: z.string(),
  statusCategory: z.object({ key: z.string() }),
});

/** Fields of an issue that we ask for, everywhere. */
export const ISSUE_FIELDS = ['summary', 'status', 'assignee', 'resolution', 'priority', 'updated'];

/** An issue as we ask for it: `fields` are `ISSUE_FIELDS`. */
export const Issue = z.object({
  id: z.string(),
  key: z.string(),
  fields: z.object({
    summary: z.string(),
    status: Status,
    assignee: Person.nullish(),
    resolution: Named.nullish(),
    priority: Named.nullish(),
    updated: z.string().nullish(),
  }),
});
export type Issue = z.infer<typeof Issue>;

/** A search hit: with its labels, and with our entity property where it has one. */
export const FoundIssue = Issue.extend({
  fields: Issue.shape.fields.extend({ labels: z.array(z.string()) }),
  properties: z.record(z.string(), z.unknown()).nullish(),
});
export type FoundIssue = z.infer<typeof FoundIssue>;

/** One page of Cloud's `POST /search/jql`: no total; `isLast` or the lack of a token says that nothing follows. */
export const SearchPage = z.object({
  issues: z.array(z.unknown()),
  isLast: z.boolean().nullish(),
  nextPageToken: z.string().nullish(),
  names: z.record(z.string(), z.string()).nullish(),
});
export type SearchPage = z.infer<typeof SearchPage>;

/** One page of Data Center's `POST /search`. */
export const CountedPage = z.object({
  issues: z.array(z.unknown()),
  startAt: z.number(),
  total: z.number(),
  names: z.record(z.string(), z.string()).nullish(),
});

/** An issue as a case from outside: whatever fields it has. */
export const CaseIssue = z.object({
  id: z.string(),
  key: z.string(),
  fields: z.looseObject({
    summary: z.string().nullish(),
    description: z.unknown(),
    status: Status,
    priority: Named.nullish(),
    assignee: Person.nullish(),
    labels: z.array(z.string()).nullish(),
    created: z.string(),
    updated: z.string().nullish(),
    resolutiondate: z.string().nullish(),
  }),
});
export type CaseIssue = z.infer<typeof CaseIssue>;

/** The value of our entity property, on issues and on comments. */
export const EffectProperty = z.object({ key: z.string() });
export type EffectProperty = z.infer<typeof EffectProperty>;

export const IssueProperty = z.object({ key: z.string(), value: z.unknown() });

export const Comment = z.object({
  id: z.string(),
  body: z.unknown(),
  properties: z.array(IssueProperty).nullish(),
});
/** `GET /issue/{id}/comment`: oldest or newest first, with a total. */
export const CommentPage = z.object({ comments: z.array(Comment), startAt: z.number(), total: z.number() });
/** `POST /comment/list`: in no order. */
export const CommentList = z.object({ values: z.array(Comment) });

export const TransitionField = z.object({
  name: z.string().nullish(),
  required: z.boolean(),
  hasDefaultValue: z.boolean().nullish(),
  allowedValues: z.array(z.unknown()).nullish(),
});
export const Transition = z.object({
  id: z.string(),
  name: z.string(),
  to: Status,
  isAvailable: z.boolean().nullish(),
  fields: z.record(z.string(), TransitionField).nullish(),
});
export type Transition = z.infer<typeof Transition>;
export const Transitions = z.object({ transitions: z.array(Transition) });

/** Ids of attachments are strings in requests for one and numbers in some lists. */
export const Attachment = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  filename: z.string(),
});
export type Attachment = z.infer<typeof Attachment>;
export const IssueAttachments = z.object({ fields: z.object({ attachment: z.array(Attachment).nullish() }) });

const Millis = z.object({ millis: z.number() });
const SlaCycle = z.object({
  breached: z.boolean().nullish(),
  paused: z.boolean().nullish(),
  goalDuration: Millis,
  remainingTime: Millis.nullish(),
});
/** One page of `GET /rest/servicedeskapi/request/{id}/sla`. */
export const SlaPage = z.object({
  start: z.number(),
  size: z.number(),
  isLastPage: z.boolean().nullish(),
  values: z.array(
    z.object({
      name: z.string(),
      completedCycles: z.array(SlaCycle).nullish(),
      ongoingCycle: SlaCycle.nullish(),
    }),
  ),
});
export type SlaPage = z.infer<typeof SlaPage>;

export const ServerInfo = z.object({ version: z.string(), deploymentType: z.string().nullish() });
export type ServerInfo = z.infer<typeof ServerInfo>;

/** Cloud has an account id, Data Center a name. */
export const Myself = z.object({
  accountId: z.string().nullish(),
  name: z.string().nullish(),
  displayName: z.string().nullish(),
});
export type Myself = z.infer<typeof Myself>;

export const MyPermissions = z.object({
  permissions: z.record(z.string(), z.object({ havePermission: z.boolean() })),
});
export type MyPermissions = z.infer<typeof MyPermissions>;

export const CreateIssueType = z.object({ id: z.string(), name: z.string() });
export type CreateIssueType = z.infer<typeof CreateIssueType>;
/** A page: Cloud lists `issueTypes`, Data Center `values`. */
export const CreateIssueTypes = z.object({
  issueTypes: z.array(CreateIssueType).nullish(),
  values: z.array(CreateIssueType).nullish(),
  total: z.number().nullish(),
});

/** A field of the create screen. */
export const CreateField = z.object({
  fieldId: z.string(),
  name: z.string(),
  required: z.boolean(),
  hasDefaultValue: z.boolean().nullish(),
  schema: z.object({ type: z.string(), items: z.string().nullish(), custom: z.string().nullish() }).nullish(),
  allowedValues: z.array(z.unknown()).nullish(),
});
export type CreateField = z.infer<typeof CreateField>;
/** A page: Cloud lists `fields`, Data Center `values`. */
export const CreateFields = z.object({
  fields: z.array(CreateField).nullish(),
  values: z.array(CreateField).nullish(),
  total: z.number().nullish(),
});

/** Jira's error body; either half may be missing. The service desk says `errorMessage`. */
export const JiraErrors = z.object({
  errorMessages: z.array(z.string()).nullish(),
  errors: z.record(z.string(), z.unknown()).nullish(),
  errorMessage: z.string().nullish(),
});
export type JiraErrors = z.infer<typeof JiraErrors>;

/** A webhook body, reduced. Names of events: `jira:issue_updated`, `comment_created`, … */
export const WebhookBody = z.object({
  webhookEvent: z.string(),
  timestamp: z.number().optional(),
  issue: z.object({ id: z.union([z.string(), z.number()]), key: z.string().optional() }).optional(),
});
export type WebhookBody = z.infer<typeof WebhookBody>;
