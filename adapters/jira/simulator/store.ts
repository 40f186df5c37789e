import type { AdfDocument } from '../adf.ts';

/** A project as the simulator is told of it. */
export interface SimulatedProject {
  key: string;
  name?: string;
  /** Default: `['Task']`. */
  issueTypes?: string[];
  /** Field ids on the create screen. Default: summary, description, labels, priority and what Jira always has. */
  screen?: string[];
  /** Custom fields that must be given on create, by id with their name. */
  required?: Record<string, string>;
}

export interface Status {
  id: string;
  name: string;
  category: 'new' | 'indeterminate' | 'done';
}

const INITIAL: Status = { id: '10000', name: 'To Do', category: 'new' };

/** The workflow of every project: each transition is open from every status. */
export const TRANSITIONS: { id: string; name: string; to: Status }[] = [
  { id: '11', name: 'To Do', to: INITIAL },
  { id: '21', name: 'In Progress', to: { id: '3', name: 'In Progress', category: 'indeterminate' } },
  { id: '31', name: 'Done', to: { id: '10001', name: 'Done', category: 'done' } },
];
export const PRIORITIES = ['Highest', 'High', 'Medium', 'Low', 'Lowest'];
export const ALWAYS_ON_SCREEN = ['project', 'issuetype', 'summary', 'reporter'];

export interface SimulatedComment {
  id: string;
  body: AdfDocument;
  created: number;
}
export interface SimulatedRemoteLink {
  id: number;
  globalId: string | undefined;
  body: Record<string, unknown>;
}
export interface SimulatedIssue {
  id: string;
  key: string;
  project: string;
  issueType: string;
  summary: string;
  description: AdfDocument | null;
  labels: string[];
  priority: string;
  status: Status;
  created: number;
  updated: number;
  /** When search shows it as it is now. */
  indexedAt: number;
  properties: Map<string, unknown>;
  comments: SimulatedComment[];
  remoteLinks: SimulatedRemoteLink[];
}

type Draft = Pick<
  SimulatedIssue,
  'project' | 'issueType' | 'summary' | 'description' | 'labels' | 'priority' | 'properties'
>;

/** Everything that the simulated site knows. */
export interface JiraStore {
  readonly projects: Required<SimulatedProject>[];
  /** By id, oldest first. */
  readonly issues: Map<string, SimulatedIssue>;
  project(idOrKey: string): Required<SimulatedProject> | undefined;
  issue(idOrKey: string): SimulatedIssue | undefined;
  add(draft: Draft): SimulatedIssue;
  /** What search may show now. `reconcile`: ids that it must show whatever the index says (at most 50). */
  searchable(reconcile: ReadonlySet<string>): SimulatedIssue[];
  comment(issue: SimulatedIssue, body: AdfDocument): SimulatedComment;
  /** Upsert by `globalId`, as Jira does it: 201 the first time, 200 after. */
  remoteLink(issue: SimulatedIssue, body: Record<string, unknown>): { link: SimulatedRemoteLink; created: boolean };
}

export function createJiraStore(given: SimulatedProject[], indexLagMs: number): JiraStore {
  const issues = new Map<string, SimulatedIssue>();
  const numbers = new Map<string, number>();
  const next = { issue: 10_000, other: 10_000 };
  const projects = given.map((project) => ({
    key: project.key,
    name: project.name ?? project.key,
    issueTypes: project.issueTypes ?? ['Task'],
    screen: project.screen ?? ['description', 'labels', 'priority'],
    required: project.required ?? {},
  }));

  return {
    projects,
    issues,
    project: (idOrKey) =>
      projects.find((project, index) => project.key === idOrKey || String(10_000 + index) === idOrKey),
    issue: (idOrKey) =>
      issues.get(idOrKey) ?? [...issues.values()].find((issue) => issue.key.toLowerCase() === idOrKey.toLowerCase()),

    add(draft) {
      const id = String(next.issue++);
      const number = (numbers.get(draft.project) ?? 0) + 1;
      numbers.set(draft.project, number);
      const now = Date.now();
      const issue: SimulatedIssue = {
        ...draft,
        id,
        key: `${draft.project}-${number}`,
        status: INITIAL,
        created: now,
        updated: now,
        indexedAt: now + indexLagMs,
        comments: [],
        remoteLinks: [],
      };
      issues.set(id, issue);
      return issue;
    },

    searchable(reconcile) {
      const now = Date.now();
      return [...issues.values()].filter((issue) => issue.indexedAt <= now || reconcile.has(issue.id));
    },

    comment(issue, body) {
      const comment = { id: String(next.other++), body, created: Date.now() };
      issue.comments.push(comment);
      issue.updated = comment.created;
      return comment;
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
