import { shownAs } from './rich-text.ts';
import type { JiraStore, SimulatedAttachment, SimulatedComment, SimulatedIssue, SimulatedUser } from './store.ts';
import type { Status } from './workflow.ts';

const COLOURS = {
  new: ['blue-gray', 2, 'To Do'],
  indeterminate: ['yellow', 4, 'In Progress'],
  done: ['green', 3, 'Done'],
} as const;

/** Which Jira it is, as whom it is asked, and by which version of its API. */
export interface Flavour {
  deployment: 'cloud' | 'datacenter';
  origin: string;
  version: '2' | '3';
}

/** JSON as the given API version shows it; its `self` links name that version too. */
export interface Renderer {
  issue(issue: SimulatedIssue, fields: string[] | undefined, properties: string[]): Record<string, unknown>;
  comment(issue: SimulatedIssue, comment: SimulatedComment, properties?: boolean): Record<string, unknown>;
  attachment(attachment: SimulatedAttachment): Record<string, unknown>;
  status(status: Status): Record<string, unknown>;
  project(key: string): Record<string, unknown>;
  issueType(project: string, name: string): Record<string, unknown>;
  user(user: SimulatedUser): Record<string, unknown>;
}

export function createRenderer(store: JiraStore, { deployment, origin, version }: Flavour): Renderer {
  const self = (path: string): string => `${origin}/rest/api/${version}${path}`;

  function user({ accountId, displayName }: SimulatedUser): Record<string, unknown> {
    const common = { active: true, displayName, timeZone: 'Etc/UTC' };
    if (deployment === 'cloud')
      return { self: self(`/user?accountId=${accountId}`), accountId, accountType: 'atlassian', ...common };
    return {
      self: self(`/user?username=${accountId}`),
      ...{ name: accountId, key: accountId, emailAddress: `${accountId}@example.com` },
      ...common,
    };
  }

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
      ...{ self: self(`/project/${id}`), id, key, name: store.projects[index]?.name },
      projectTypeKey: store.projects[index]?.serviceDesk ? 'service_desk' : 'software',
      ...(deployment === 'cloud' ? { simplified: false } : {}),
    };
  }

  function issueType(key: string, name: string): Record<string, unknown> {
    const id = String(10_001 + (store.project(key)?.issueTypes.indexOf(name) ?? 0));
    const common = { self: self(`/issuetype/${id}`), id, description: '', name, subtask: false };
    return deployment === 'cloud' ? { ...common, hierarchyLevel: 0 } : common;
  }

  function comment(issue: SimulatedIssue, one: SimulatedComment, properties = false): Record<string, unknown> {
    return {
      self: self(`/issue/${issue.id}/comment/${one.id}`),
      id: one.id,
      author: user(one.author),
      body: shownAs(version, one.body),
      updateAuthor: user(one.author),
      created: jiraTime(one.created),
      updated: jiraTime(one.created),
      ...(deployment === 'cloud' ? { jsdPublic: true } : {}),
      ...(properties ? { properties: [...one.properties].map(([key, value]) => ({ key, value })) } : {}),
    };
  }

  /** Ids of attachments are strings. */
  function attachment(one: SimulatedAttachment): Record<string, unknown> {
    const { id, filename, type: mimeType, created } = one;
    const content =
      deployment === 'cloud' ? self(`/attachment/content/${id}`) : `${origin}/secure/attachment/${id}/${filename}`;
    return {
      ...{ self: self(`/attachment/${id}`), id, filename, mimeType, size: one.bytes.length, content },
      ...{ author: user(store.users[0] ?? { accountId: '', displayName: '' }), created: jiraTime(created) },
    };
  }

  function allFields(issue: SimulatedIssue): Record<string, unknown> {
    const own = (store.project(issue.project)?.fields ?? []).map((field) => {
      const value = issue.custom.get(field.id) ?? null;
      return [field.id, field.textarea === true && value !== null ? shownAs(version, value as string) : value];
    });
    return {
      summary: issue.summary,
      description: shownAs(version, issue.description),
      issuetype: issueType(issue.project, issue.issueType),
      project: project(issue.project),
      labels: issue.labels,
      priority: { self: self('/priority/3'), name: issue.priority, id: '3' },
      status: status(issue.status),
      resolution: issue.resolution && { ...issue.resolution, self: self(`/resolution/${issue.resolution.id}`) },
      resolutiondate: issue.resolvedAt === null ? null : jiraTime(issue.resolvedAt),
      created: jiraTime(issue.created),
      updated: jiraTime(issue.updated),
      creator: user(store.users[0] ?? { accountId: '', displayName: '' }),
      reporter: user(store.users[0] ?? { accountId: '', displayName: '' }),
      assignee: issue.assignee && user(issue.assignee),
      attachment: issue.attachments.map(attachment),
      comment: {
        comments: issue.comments.map((one) => comment(issue, one)),
        maxResults: issue.comments.length,
        total: issue.comments.length,
        startAt: 0,
      },
      ...Object.fromEntries(own),
    };
  }

  return {
    ...{ status, project, issueType, comment, attachment, user },
    issue(issue, wanted, properties) {
      const all = allFields(issue);
      if (wanted?.length === 1 && wanted[0] === 'id') return { id: issue.id };
      const base = {
        expand: 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations',
        id: issue.id,
        self: self(`/issue/${issue.id}`),
        key: issue.key,
      };
      const props = properties
        .filter((name) => issue.properties.has(name))
        .map((name) => [name, issue.properties.get(name)]);
      return {
        ...base,
        fields: Object.fromEntries(namesOf(wanted, Object.keys(all)).map((name) => [name, all[name]])),
        ...(properties.length > 0 ? { properties: Object.fromEntries(props) } : {}),
      };
    },
  };
}

const NOT_NAVIGABLE = new Set(['comment', 'attachment']);

function namesOf(wanted: string[] | undefined, all: string[]): string[] {
  if (wanted === undefined || wanted.includes('*all')) return all;
  const shown = new Set(wanted);
  return all.filter((name) => shown.has(name) || (shown.has('*navigable') && !NOT_NAVIGABLE.has(name)));
}

/** Jira's time: milliseconds and an offset without a colon. */
export function jiraTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}
