import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import { escapeHtml, toHtml } from './rich-text.ts';
import type { JiraStore, SimulatedIssue } from './store.ts';

/** What a person sees: the list of projects, a project's issues, one issue. No login, no script. */
export function page(path: string, store: JiraStore): SimulatedAnswer | undefined {
  if (path === '/')
    return html(
      'Projects',
      list(store.projects.map((project) => link(`/projects/${project.key}`, `${project.key} · ${project.name}`))),
    );
  const project = /^\/projects\/([^/]+)\/?$/.exec(path)?.[1];
  if (project !== undefined) return projectPage(project, store);
  const issue = /^\/browse\/([^/]+)\/?$/.exec(path)?.[1];
  if (issue === undefined) return undefined;
  const found = store.issue(issue);
  return found === undefined
    ? html('No such issue', '<p>It does not exist, or it was deleted.</p>', 404)
    : issuePage(found);
}

function projectPage(key: string, store: JiraStore): SimulatedAnswer {
  const issues = [...store.issues.values()].filter((issue) => issue.project === key).reverse();
  const rows = issues.map(
    (issue) =>
      `<tr><td>${link(`/browse/${issue.key}`, issue.key)}</td><td>${escapeHtml(issue.summary)}</td><td>${escapeHtml(issue.status.name)}</td>` +
      `<td>${escapeHtml(issue.priority)}</td><td>${new Date(issue.created).toISOString()}</td></tr>`,
  );
  const head = '<tr><th>Key</th><th>Summary</th><th>Status</th><th>Priority</th><th>Created</th></tr>';
  return html(`${key}: ${issues.length} issues`, `<table>${head}${rows.join('')}</table>`);
}

function issuePage(issue: SimulatedIssue): SimulatedAnswer {
  const facts = [
    ['Status', issue.status.name],
    ['Type', issue.issueType],
    ['Priority', issue.priority],
    ['Labels', issue.labels.join(', ')],
    ['Created', new Date(issue.created).toISOString()],
    ...[...issue.properties].map(([key, value]) => [key, JSON.stringify(value)]),
  ];
  const rows = facts
    .map(([name = '', value = '']) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
    .join('');
  const comments = issue.comments
    .map((comment) => `<li>${new Date(comment.created).toISOString()} ${toHtml(comment.body)}</li>`)
    .join('');
  return html(
    `${issue.key} ${issue.summary}`,
    `<p>${link(`/projects/${issue.project}`, issue.project)}</p><table>${rows}</table>${toHtml(issue.description)}<h2>Comments</h2><ul>${comments}</ul>`,
  );
}

function html(title: string, body: string, status = 200): SimulatedAnswer {
  const safe = escapeHtml(title);
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${safe}</title><style>${STYLE}</style><small>Jira (simulated)</small><h1>${safe}</h1>${body}</html>\n`,
  };
}

const STYLE =
  'body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{padding:.25rem .75rem;text-align:left;border-bottom:1px solid #ddd}';

function list(items: string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function link(href: string, text: string): string {
  return `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
}
