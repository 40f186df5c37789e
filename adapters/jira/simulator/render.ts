import { toText } from './rich-text.ts';
import type { JiraStore, SimulatedComment, SimulatedIssue, Status } from './store.ts';

const COLOURS = {
  new: ['blue-gray', 2, 'To Do'],
  indeterminate: ['yellow', 4, 'In Progress'],
  done: ['green', 3, 'Done'],
} as const;
export const USER = {
  accountId: '5b10a2844c20165700ede21g',
  accountType: 'atlassian',
  active: true,
  displayName: 'Reanimator',
  timeZone: 'Etc/UTC',
};

/** JSON as the given API version shows it; its `self` links name that version too. */
export interface Renderer {
  issue(issue: SimulatedIssue, fields: string[] | undefined, properties: string[]): Record<string, unknown>;
  comment(issue: SimulatedIssue, comment: SimulatedComment): Record<string, unknown>;
  status(status: Status): Record<string, unknown>;
  project(key: string): Record<string, unknown>;
  issueType(project: string, name: string): Record<string, unknown>;
}

export function createRenderer(store: JiraStore, origin: string, version: '2' | '3'): Renderer {
  const self = (path: string): string => `${origin}/rest/api/${version}${path}`;

  function status(one: Status): Record<string, unknown> {
    const [colorName, id, name] = COLOURS[one.category];
    return {
      self: self(`/status/${one.id}`),
      description: '',
      iconUrl: `${origin}/`,
      name: one.name,
      id: one.id,
      statusCategory: { self: self(`/statuscategory/${id}`), id, key: one.category, colorName, name },
    };
  }

  function project(key: string): Record<string, unknown> {
    const index = store.projects.findIndex((one) => one.key === key);
    const id = String(10_000 + index);
    return {
      self: self(`/project/${id}`),
      id,
      key,
      name: store.projects[index]?.name,
      projectTypeKey: 'software',
      simplified: false,
    };
  }

  function issueType(key: string, name: string): Record<string, unknown> {
    const id = String(10_001 + (store.project(key)?.issueTypes.indexOf(name) ?? 0));
    return { self: self(`/issuetype/${id}`), id, description: '', name, subtask: false, hierarchyLevel: 0 };
  }

  function comment(issue: SimulatedIssue, one: SimulatedComment): Record<string, unknown> {
    return {
      self: self(`/issue/${issue.id}/comment/${one.id}`),
      id: one.id,
      author: USER,
      body: version === '3' ? one.body : toText(one.body),
      updateAuthor: USER,
      created: jiraTime(one.created),
      updated: jiraTime(one.created),
      jsdPublic: true,
    };
  }

  function allFields(issue: SimulatedIssue): Record<string, unknown> {
    return {
      summary: issue.summary,
      description: version === '3' || issue.description === null ? issue.description : toText(issue.description),
      issuetype: issueType(issue.project, issue.issueType),
      project: project(issue.project),
      labels: issue.labels,
      priority: { self: self('/priority/3'), name: issue.priority, id: '3' },
      status: status(issue.status),
      created: jiraTime(issue.created),
      updated: jiraTime(issue.updated),
      creator: USER,
      reporter: USER,
      assignee: null,
      comment: {
        comments: issue.comments.map((one) => comment(issue, one)),
        maxResults: issue.comments.length,
        total: issue.comments.length,
        startAt: 0,
      },
    };
  }

  return {
    status,
    project,
    issueType,
    comment,
    issue(issue, wanted, properties) {
      const all = allFields(issue);
      const names =
        wanted === undefined || wanted.includes('*all') || wanted.includes('*navigable') ? Object.keys(all) : wanted;
      const base = {
        expand: 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations',
        id: issue.id,
        self: self(`/issue/${issue.id}`),
        key: issue.key,
      };
      const shown = names.filter((name) => Object.hasOwn(all, name));
      if (names.length === 1 && names[0] === 'id') return { id: issue.id };
      const props = properties
        .filter((name) => issue.properties.has(name))
        .map((name) => [name, issue.properties.get(name)]);
      return {
        ...base,
        fields: Object.fromEntries(shown.map((name) => [name, all[name]])),
        ...(properties.length > 0 ? { properties: Object.fromEntries(props) } : {}),
      };
    },
  };
}

/** Jira's time: milliseconds and an offset without a colon. */
export function jiraTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}
