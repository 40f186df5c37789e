import type { JiraStore, SimulatedIssue } from './store.ts';

export type Jql =
  | { ok: true; matches(issue: SimulatedIssue): boolean; compare(a: SimulatedIssue, b: SimulatedIssue): number }
  | { ok: false; message: string };

const CLAUSE = /^(\w+)\s*(=|!=|~|>=|<=|>|<|in)\s*(\([^)]*\)|"[^"]*"|'[^']*'|[\w-]+)$/i;

/**
 * The part of JQL that the simulator knows: `field = value`, `field in (…)` and times with `>=` joined by AND, then ORDER BY one field.
 *
 * @param bounded whether a query without any restriction is refused, as Cloud does
 */
export function parseJql(text: string, store: JiraStore, bounded: boolean): Jql {
  const [where = '', order] = text.split(/\border\s+by\b/i);
  if (where.trim() === '' && bounded)
    return {
      ok: false,
      message: 'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.',
    };
  const tests: ((issue: SimulatedIssue) => boolean)[] = [];
  for (const clause of where.trim() === '' ? [] : where.trim().split(/\s+and\s+/i)) {
    const parsed = CLAUSE.exec(clause.trim());
    if (parsed === null)
      return {
        ok: false,
        message: `Error in the JQL Query: Expecting operator but got '${clause.trim().slice(0, 40)}'.`,
      };
    const [, field = '', operator = '=', value = ''] = parsed;
    const values = splitValues(value);
    const read = FIELDS[field.toLowerCase()];
    if (read === undefined)
      return { ok: false, message: `Field '${field}' does not exist or you do not have permission to view it.` };
    if (field.toLowerCase() === 'project') {
      const unknown = values.find((one) => store.project(one.toUpperCase()) === undefined);
      if (unknown !== undefined)
        return { ok: false, message: `The value '${unknown}' does not exist for the field 'project'.` };
    }
    const order = ORDERS[operator];
    if (order !== undefined) {
      const time = TIMES[field.toLowerCase()];
      const limit = Date.parse(
        `${values[0]?.replaceAll('/', '-').replace(' ', 'T')}${/\d:\d/.test(value) ? '' : 'T00:00'}Z`,
      );
      if (time === undefined || Number.isNaN(limit))
        return { ok: false, message: `The operator '${operator}' is not supported by the '${field}' field.` };
      tests.push((issue) => order(time(issue), limit));
      continue;
    }
    tests.push((issue) => {
      const has = read(issue).map((one) => one.toLowerCase());
      if (operator === '~') return values.some((one) => has.some((text) => text.includes(one.toLowerCase())));
      const hit = values.some((one) => has.includes(one.toLowerCase()));
      return operator === '!=' ? !hit : hit;
    });
  }
  const [by = 'created', direction = 'DESC'] = (order ?? 'created DESC').trim().split(/\s+/);
  const sign = direction.toUpperCase() === 'ASC' ? 1 : -1;
  return {
    ok: true,
    matches: (issue) => tests.every((test) => test(issue)),
    compare: (a, b) => sign * (by === 'updated' ? a.updated - b.updated : Number(a.id) - Number(b.id)),
  };
}

const ORDERS: Record<string, (a: number, b: number) => boolean> = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
};
const TIMES: Record<string, (issue: SimulatedIssue) => number> = {
  created: (issue) => issue.created,
  updated: (issue) => issue.updated,
};

const FIELDS: Record<string, (issue: SimulatedIssue) => string[]> = {
  project: (issue) => [issue.project],
  labels: (issue) => issue.labels,
  status: (issue) => [issue.status.name, issue.status.id],
  statuscategory: (issue) => [issue.status.category],
  key: (issue) => [issue.key],
  issuekey: (issue) => [issue.key],
  id: (issue) => [issue.id],
  created: (issue) => [new Date(issue.created).toISOString()],
  updated: (issue) => [new Date(issue.updated).toISOString()],
  priority: (issue) => [issue.priority],
  assignee: (issue) => (issue.assignee === null ? [] : [issue.assignee.accountId, issue.assignee.displayName]),
  resolution: (issue) => (issue.resolution === null ? ['unresolved'] : [issue.resolution.name]),
  issuetype: (issue) => [issue.issueType],
  summary: (issue) => [issue.summary],
  text: (issue) => [issue.summary, JSON.stringify(issue.description)],
};

function splitValues(value: string): string[] {
  const inner = value.startsWith('(') ? value.slice(1, -1).split(',') : [value];
  return inner.map((one) => one.trim().replace(/^["']|["']$/g, ''));
}
