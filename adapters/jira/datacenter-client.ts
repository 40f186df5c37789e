import { createHash } from 'node:crypto';
import type { HttpRequest } from '#src/kit/http.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { z } from 'zod';
import { allPages, slaOf } from './all-pages.ts';
import { APPLICATION, type JiraClient } from './client.ts';
import { type JiraConnection, segment } from './connection.ts';
import { EFFECT_PROPERTY } from './effect-label.ts';
import * as schema from './schema.ts';
import { readWiki, toWiki } from './wiki.ts';

const PAGE_SIZE = 100;
const API = '/rest/api/2';
type Query = NonNullable<HttpRequest['query']>;

/** Jira Data Center's REST v2, which jira.js 6 does not speak. */
export function createDatacenterClient(connection: JiraConnection): JiraClient {
  const { system, send, parse, unlessMissing } = connection;

  const get = (path: string, signal: AbortSignal, query: Query = {}): Promise<unknown> =>
    send({ method: 'GET', path: API + path, query, signal });
  const post = (path: string, body: unknown, signal: AbortSignal): Promise<unknown> =>
    send({ method: 'POST', path: API + path, body, signal });

  async function searchPage(
    request: { jql: string; startAt: number; fields: string[]; expand?: string[] },
    signal: AbortSignal,
  ): Promise<z.output<typeof schema.CountedPage>> {
    return parse('search', schema.CountedPage, await post('/search', { maxResults: PAGE_SIZE, ...request }, signal));
  }

  async function effectOf(id: string, signal: AbortSignal): Promise<Record<string, unknown>> {
    const found = await unlessMissing(get(`/issue/${segment(id)}/properties/${EFFECT_PROPERTY}`, signal));
    return found === undefined ? {} : { [EFFECT_PROPERTY]: parse('property', schema.IssueProperty, found).value };
  }

  /** Pages of createmeta, which are `values` here. Since Jira 8.4. */
  async function createMeta<T>(path: string, read: (page: unknown) => Page<T>, signal: AbortSignal): Promise<T[]> {
    const all: T[] = [];
    for await (const page of allPages(async (startAt) => {
      const { values, total } = read(await get(`/issue/createmeta/${path}`, signal, { startAt, maxResults: 200 }));
      return { items: values ?? [], total: total ?? null };
    }, system))
      all.push(...page);
    return all;
  }

  return {
    deployment: 'datacenter',
    toRichText: toWiki,
    toPlainText: readWiki,
    toUser: (name) => ({ name }),

    async createIssue(fields, properties, signal) {
      return parse('created issue', schema.CreatedIssue, await post('/issue', { fields, properties }, signal));
    },

    async getIssue(id, signal) {
      const fields = schema.ISSUE_FIELDS.join(',');
      const found = await unlessMissing(get(`/issue/${segment(id)}`, signal, { fields }));
      return found === undefined ? undefined : parse('issue', schema.Issue, found);
    },

    async searchByLabel(label, signal) {
      const found: schema.FoundIssue[] = [];
      const Hits = z.array(schema.FoundIssue);
      for await (const page of allPages(async (startAt) => {
        const jql = `labels = "${label}" ORDER BY created ASC`;
        const answer = await searchPage({ jql, startAt, fields: [...schema.ISSUE_FIELDS, 'labels'] }, signal);
        return { items: parse('search', Hits, answer.issues), total: answer.total };
      }, system))
        // Search shows no properties here; there is one issue, and now and then its clones.
        for (const issue of page) found.push({ ...issue, properties: await effectOf(issue.id, signal) });
      return found;
    },

    async searchCases(jql, page, signal) {
      const startAt = page === null ? 0 : Number(page);
      if (!Number.isSafeInteger(startAt) || startAt < 0)
        throw new AdapterError('rejected', `${system}: "${page}" is no page of a search`, { system });
      const answer = await searchPage({ jql, startAt, fields: ['*navigable'], expand: ['names'] }, signal);
      const issues = parse('search', z.array(schema.CaseIssue), answer.issues);
      const end = answer.startAt + issues.length;
      if (issues.length === 0 && end < answer.total)
        throw new AdapterError('malformed', `${system}: a search of ${answer.total} ended after ${end}`, { system });
      return { issues, names: answer.names ?? {}, next: end >= answer.total ? null : String(end) };
    },

    async findComment(id, key, signal) {
      const mark = markOf(key);
      // Oldest first: who answers may quote the mark, later.
      for await (const page of allPages(async (startAt) => {
        const query = { startAt, maxResults: PAGE_SIZE, orderBy: 'created' };
        const answer = await get(`/issue/${segment(id)}/comment`, signal, query);
        const { comments, total } = parse('comments', schema.CommentPage, answer);
        return { items: comments, total };
      }, system)) {
        const own = page.find(({ body }) => typeof body === 'string' && body.includes(mark));
        if (own !== undefined) return own.id;
      }
      return undefined;
    },

    async addComment(id, key, paragraphs, signal) {
      const body = toWiki({ paragraphs: [...paragraphs, markOf(key)], links: [] });
      return parse('comment', schema.Comment, await post(`/issue/${segment(id)}/comment`, { body }, signal)).id;
    },

    async transitions(id, signal) {
      const answer = await get(`/issue/${segment(id)}/transitions`, signal, { expand: 'transitions.fields' });
      return parse('transitions', schema.Transitions, answer).transitions;
    },

    async doTransition(id, transitionId, fields, signal) {
      const more = Object.keys(fields).length === 0 ? {} : { fields };
      await post(`/issue/${segment(id)}/transitions`, { transition: { id: transitionId }, ...more }, signal);
    },

    async attachments(id, signal) {
      const answer = await get(`/issue/${segment(id)}`, signal, { fields: 'attachment' });
      return parse('attachments', schema.IssueAttachments, answer).fields.attachment ?? [];
    },

    async addAttachment(id, file, signal) {
      const body = new FormData();
      body.append('file', new Blob([new Uint8Array(file.bytes)], { type: file.type }), file.name);
      const answer = await send({
        ...{ method: 'POST', path: `${API}/issue/${segment(id)}/attachments`, body, signal },
        headers: { 'x-atlassian-token': 'no-check' },
      });
      return parse('attachment', z.tuple([schema.Attachment]), answer)[0];
    },

    async setSummary(id, summary, signal) {
      await send({ method: 'PUT', path: `${API}/issue/${segment(id)}`, body: { fields: { summary } }, signal });
    },

    async putRemoteLink(id, link, signal) {
      const object = { url: link.url, title: link.title, status: { resolved: link.resolved } };
      const body = { globalId: link.globalId, application: APPLICATION, object };
      await post(`/issue/${segment(id)}/remotelink`, body, signal);
    },

    sla: (id, signal) =>
      slaOf(connection, (start) =>
        send({
          ...{ method: 'GET', path: `/rest/servicedeskapi/request/${segment(id)}/sla`, query: { start }, signal },
          // Older service desks answer only to those who know that it may change.
          headers: { 'x-experimentalapi': 'opt-in' },
        }),
      ),

    serverInfo: async (signal) => parse('serverInfo', schema.ServerInfo, await get('/serverInfo', signal)),
    myself: async (signal) => parse('myself', schema.Myself, await get('/myself', signal)),

    // All of them: there is no choosing.
    myPermissions: async (projectKey, _permissions, signal) =>
      parse('permissions', schema.MyPermissions, await get('/mypermissions', signal, { projectKey })),

    createIssueTypes: (projectKey, signal) =>
      createMeta(
        `${segment(projectKey)}/issuetypes`,
        (page) => parse('issue types', schema.CreateIssueTypes, page),
        signal,
      ),

    createFields: (projectKey, issueTypeId, signal) =>
      createMeta(
        `${segment(projectKey)}/issuetypes/${segment(issueTypeId)}`,
        (page) => parse('create screen', schema.CreateFields, page),
        signal,
      ),
  };
}

interface Page<T> {
  values?: T[] | null | undefined;
  total?: number | null | undefined;
}

/** Comments have no properties that every Data Center shows, so the key stands in the text, as its last line. */
function markOf(key: string): string {
  return `Reanimator note ${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}
