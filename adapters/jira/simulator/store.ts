import type { AdfDocument } from '../adf.ts';
import { RESOLUTIONS, type Status, type Workflow, WORKFLOWS } from './workflow.ts';

/** v3 writes documents, v2 plain text with markup. */
export type RichText = AdfDocument | string;

/** A field that somebody added in Jira. */
export interface SimulatedField {
  /** `customfield_…` */
  id: string;
  name: string;
  type: 'string' | 'number' | 'date' | 'datetime' | 'option' | 'user' | 'group';
  /** Takes several of them. */
  list?: boolean;
  /** Of `string`: rich text of several lines. */
  textarea?: boolean;
  options?: string[];
  required?: boolean;
}

/** A project as the simulator is told of it. */
export interface SimulatedProject {
  key: string;
  name?: string;
  /** Default: `['Task']`. */
  issueTypes?: string[];
  /** Field ids on the create screen. Default: description, labels, priority and what Jira always has. */
  screen?: string[];
  /** Custom fields that must be given on create, by id with their name. */
  required?: Record<string, string>;
  /** Custom fields on the create screen. */
  fields?: SimulatedField[];
  workflow?: keyof typeof WORKFLOWS;
  /** A project of a service desk: its issues have promises. Default false. */
  serviceDesk?: boolean;
}
export type StoredProject = Required<SimulatedProject> & { flow: Workflow };

export const PRIORITIES = ['Highest', 'High', 'Medium', 'Low', 'Lowest'];
export const ALWAYS_ON_SCREEN = ['project', 'issuetype', 'summary', 'reporter'];

export interface SimulatedUser {
  /** Cloud's account id; Data Center's name and key. */
  accountId: string;
  displayName: string;
}

export interface SimulatedComment {
  id: string;
  body: RichText;
  author: SimulatedUser;
  created: number;
  properties: Map<string, unknown>;
}
export interface SimulatedAttachment {
  id: string;
  filename: string;
  type: string;
  bytes: Buffer;
  created: number;
}
export interface SimulatedRemoteLink {
  id: number;
  globalId: string | undefined;
  body: Record<string, unknown>;
}
/** Milliseconds; a clock that does not run has ended. */
export interface SimulatedSla {
  name: string;
  goalMs: number;
  elapsedMs: number;
  running: boolean;
  paused?: boolean;
}
export interface SimulatedIssue {
  id: string;
  key: string;
  project: string;
  issueType: string;
  summary: string;
  description: RichText | null;
  labels: string[];
  priority: string;
  status: Status;
  assignee: SimulatedUser | null;
  resolution: { id: string; name: string } | null;
  resolvedAt: number | null;
  created: number;
  updated: number;
  /** When search shows it as it is now. */
  indexedAt: number;
  /** Values of custom fields as they were written. */
  custom: Map<string, unknown>;
  properties: Map<string, unknown>;
  comments: SimulatedComment[];
  attachments: SimulatedAttachment[];
  remoteLinks: SimulatedRemoteLink[];
  sla: SimulatedSla[];
}

type Draft = Pick<
  SimulatedIssue,
  'project' | 'issueType' | 'summary' | 'description' | 'labels' | 'priority' | 'properties' | 'custom'
>;

/** Everything that the simulated site knows. */
export interface JiraStore {
  readonly projects: StoredProject[];
  readonly users: SimulatedUser[];
  /** By id, oldest first. */
  readonly issues: Map<string, SimulatedIssue>;
  project(idOrKey: string): StoredProject | undefined;
  issue(idOrKey: string): SimulatedIssue | undefined;
  comments(ids: ReadonlySet<string>): { issue: SimulatedIssue; comment: SimulatedComment }[];
  add(draft: Draft): SimulatedIssue;
  /** Sets the status and what Jira sets with it. */
  move(issue: SimulatedIssue, to: Status, resolution?: { id: string; name: string }): void;
  /** What search may show now. `reconcile`: ids that it must show whatever the index says (at most 50). */
  searchable(reconcile: ReadonlySet<string>): SimulatedIssue[];
  comment(issue: SimulatedIssue, body: RichText, properties?: Map<string, unknown>): SimulatedComment;
  attach(issue: SimulatedIssue, file: { filename: string; type: string; bytes: Buffer }): SimulatedAttachment;
  /** Upsert by `globalId`, as Jira does it: 201 the first time, 200 after. */
  remoteLink(issue: SimulatedIssue, body: Record<string, unknown>): { link: SimulatedRemoteLink; created: boolean };
}

export const HUB_USER: SimulatedUser = { accountId: '5b10a2844c20165700ede21g', displayName: 'Reanimator' };

export function createJiraStore(
  given: SimulatedProject[],
  indexLagMs: number,
  users: readonly SimulatedUser[] = [],
): JiraStore {
  const issues = new Map<string, SimulatedIssue>();
  const numbers = new Map<string, number>();
  const next = { issue: 10_000, other: 10_000 };
  const projects = given.map((project): StoredProject => ({
    key: project.key,
    name: project.name ?? project.key,
    issueTypes: project.issueTypes ?? ['Task'],
    screen: project.screen ?? ['description', 'labels', 'priority'],
    required: project.required ?? {},
    fields: project.fields ?? [],
    workflow: project.workflow ?? 'simple',
    serviceDesk: project.serviceDesk ?? false,
    flow: WORKFLOWS[project.workflow ?? 'simple'],
  }));
  const project = (idOrKey: string): StoredProject | undefined =>
    projects.find((one, index) => one.key === idOrKey || String(10_000 + index) === idOrKey);

  return {
    projects,
    users: [HUB_USER, ...users],
    issues,
    project,
    issue: (idOrKey) =>
      issues.get(idOrKey) ?? [...issues.values()].find((issue) => issue.key.toLowerCase() === idOrKey.toLowerCase()),
    comments: (ids) =>
      [...issues.values()].flatMap((issue) =>
        issue.comments.filter((comment) => ids.has(comment.id)).map((comment) => ({ issue, comment })),
      ),

    add(draft) {
      const id = String(next.issue++);
      const number = (numbers.get(draft.project) ?? 0) + 1;
      numbers.set(draft.project, number);
      const now = Date.now();
      const issue: SimulatedIssue = {
        ...draft,
        id,
        key: `${draft.project}-${number}`,
        status: project(draft.project)?.flow.initial ?? WORKFLOWS.simple.initial,
        ...{ assignee: null, resolution: null, resolvedAt: null },
        ...{ created: now, updated: now, indexedAt: now + indexLagMs },
        ...{ comments: [], attachments: [], remoteLinks: [], sla: [] },
      };
      issues.set(id, issue);
      return issue;
    },

    move(issue, to, resolution) {
      issue.status = to;
      issue.updated = Date.now();
      const done = to.category === 'done';
      issue.resolution = done ? (resolution ?? issue.resolution ?? RESOLUTIONS[0] ?? null) : null;
      issue.resolvedAt = done ? issue.updated : null;
    },

    searchable(reconcile) {
      const now = Date.now();
      return [...issues.values()].filter((issue) => issue.indexedAt <= now || reconcile.has(issue.id));
    },

    comment(issue, body, properties = new Map()) {
      const comment = { id: String(next.other++), body, author: HUB_USER, created: Date.now(), properties };
      issue.comments.push(comment);
      issue.updated = comment.created;
      return comment;
    },

    attach(issue, file) {
      const attachment = { ...file, id: String(next.other++), created: Date.now() };
      issue.attachments.push(attachment);
      issue.updated = attachment.created;
      return attachment;
    },

    remoteLink(issue, body) {
      const globalId = typeof body['globalId'] === 'string' ? body['globalId'] : undefined;
      const known = globalId === undefined ? undefined : issue.remoteLinks.find((link) => link.globalId === globalId);
      if (known !== undefined) {
        known.body = body;
        return { link: known, created: false };
      }
      const link = { id: next.other++, globalId, body };
      issue.remoteLinks.push(link);
      return { link, created: true };
    },
  };
}
