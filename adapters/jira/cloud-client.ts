import type { HttpRequest } from '#src/kit/http.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type * as Cloud from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import type * as ServiceDesk from 'jira.js/serviceDesk';
import { z } from 'zod';
import { readAdf, toAdf } from './adf.ts';
import { allPages, slaOf } from './all-pages.ts';
import { APPLICATION, type JiraClient } from './client.ts';
import { type JiraConnection, segment } from './connection.ts';
import { EFFECT_PROPERTY, keyOf } from './effect-label.ts';
import * as schema from './schema.ts';

const PAGE_SIZE = 100;
const PAGES_AT_MOST = 20;

/**
 * jira.js knows Jira Cloud's paths and parameters; the requests themselves go over the hub's HTTP client. jira.js has no time-out and
 * no AbortSignal (a hung socket hangs the job for ever), drops the headers of an error (`Retry-After`), and with its `retry`
 * option sends a POST twice after a 503. It takes anything with `sendRequest` for its client, so this is the seam.
 */
export function createCloudClient(connection: JiraConnection): JiraClient {
  const { system, parse, unlessMissing } = connection;
  // 1,500 exports: 0.6 s and some 60 MB. A hub without Jira does not pay for it.
  const library = (): Promise<typeof Cloud> => import('jira.js/cloud');
  const serviceDesk = (): Promise<typeof ServiceDesk> => import('jira.js/serviceDesk');

  /** A jira.js client that lives for one call, so that the call's signal reaches the socket. */
  function over(signal: AbortSignal): Client {
    return {
      // The answer is parsed by our own schema afterwards: jira.js' describe every field of Jira, and only warn.
      sendRequest: async <T>(options: {
        url: string;
        method?: HttpRequest['method'] | undefined;
        headers?: Record<string, string> | undefined;
        body?: unknown;
        searchParams?: Record<string, unknown> | undefined;
      }) =>
        (await connection.send({
          method: options.method ?? 'GET',
          path: options.url,
          query: toQuery(options.searchParams),
          ...(options.headers === undefined ? {} : { headers: options.headers }),
          ...(options.body === undefined ? {} : { body: options.body }),
          signal,
        })) as T,
    };
  }

  async function searchPage(
    request: Parameters<typeof Cloud.searchAndReconsileIssuesUsingJqlPost>[1],
    signal: AbortSignal,
  ): Promise<{ page: schema.SearchPage; next: string | null }> {
    const { searchAndReconsileIssuesUsingJqlPost } = await library();
    const page = parse('search', schema.SearchPage, await searchAndReconsileIssuesUsingJqlPost(over(signal), request));
    const next = page.nextPageToken || null;
    if (page.isLast === true) return { page, next: null };
    if (next === null && page.isLast === false)
      throw new AdapterError('malformed', `${system}: search: more to come, but no token for it`, { system });
    return { page, next };
  }

  return {
    deployment: 'cloud',
    toRichText: toAdf,
    toPlainText: readAdf,
    toUser: (accountId) => ({ accountId }),

    async createIssue(fields, properties, signal) {
      const { createIssue } = await library();
      return parse('created issue', schema.CreatedIssue, await createIssue(over(signal), { fields, properties }));
    },

    async getIssue(id, signal) {
      const { getIssue } = await library();
      const found = await unlessMissing(
        getIssue(over(signal), { issueIdOrKey: segment(id), fields: schema.ISSUE_FIELDS }),
      );
      return found === undefined ? undefined : parse('issue', schema.Issue, found);
    },

    async searchByLabel(label, signal) {
      const found: schema.FoundIssue[] = [];
      let token: string | null = null;
      for (let turned = 1; turned <= PAGES_AT_MOST; turned += 1) {
        const { page, next } = await searchPage(
          {
            // No project: a person may have moved the ticket. A label is restriction enough for Jira, which refuses unbounded JQL.
            jql: `labels = "${label}" ORDER BY created ASC`,
            fields: [...schema.ISSUE_FIELDS, 'labels'],
            properties: [EFFECT_PROPERTY],
            maxResults: PAGE_SIZE,
            ...(token === null ? {} : { nextPageToken: token }),
          },
          signal,
        );
        found.push(...parse('search', z.array(schema.FoundIssue), page.issues)); // a short page is not the last page
        if (next === null) return found;
        token = next;
      }
      throw new AdapterError('malformed', `${system}: search for one label did not end within ${PAGES_AT_MOST} pages`, {
        system,
      });
    },

    async searchCases(jql, page, signal) {
      const token = page === null ? {} : { nextPageToken: page };
      const answer = await searchPage(
        { jql, fields: ['*navigable'], expand: 'names', maxResults: PAGE_SIZE, ...token },
        signal,
      );
      const issues = parse('search', z.array(schema.CaseIssue), answer.page.issues);
      return { issues, names: answer.page.names ?? {}, next: answer.next };
    },

    async findComment(id, key, signal) {
      const { getComments, getCommentsByIds } = await library();
      for await (const page of allPages(async (startAt) => {
        const answer = await getComments(over(signal), {
          ...{ issueIdOrKey: segment(id), startAt, maxResults: PAGE_SIZE, orderBy: '-created' },
        });
        const { comments, total } = parse('comments', schema.CommentPage, answer);
        return { items: comments, total };
      }, system)) {
        const ids = page.map((comment) => Number(comment.id));
        // The list of an issue's comments is without their properties.
        const list = await getCommentsByIds(over(signal), { ids, expand: 'properties' });
        const { values } = parse('comments', schema.CommentList, list);
        const own = values.filter((comment) => comment.properties?.some((one) => isKeyed(one, key)));
        const oldest = own.toSorted((a, b) => Number(a.id) - Number(b.id))[0];
        if (oldest !== undefined) return oldest.id;
      }
      return undefined;
    },

    async addComment(id, key, paragraphs, signal) {
      const { addComment } = await library();
      const body = toAdf({ paragraphs, links: [] }) ?? { type: 'doc', version: 1, content: [] };
      const properties = [{ key: EFFECT_PROPERTY, value: { key } }];
      const made = await addComment(over(signal), { issueIdOrKey: segment(id), body, properties } as never);
      return parse('comment', schema.Comment, made).id;
    },

    async transitions(id, signal) {
      const { getTransitions } = await library();
      const answer = await getTransitions(over(signal), { issueIdOrKey: segment(id), expand: 'transitions.fields' });
      return parse('transitions', schema.Transitions, answer).transitions;
    },

    async doTransition(id, transitionId, fields, signal) {
      const { doTransition } = await library();
      const more = Object.keys(fields).length === 0 ? {} : { fields };
      await doTransition(over(signal), { issueIdOrKey: segment(id), transition: { id: transitionId }, ...more });
    },

    async attachments(id, signal) {
      const { getIssue } = await library();
      const answer = await getIssue(over(signal), { issueIdOrKey: segment(id), fields: ['attachment'] });
      return parse('attachments', schema.IssueAttachments, answer).fields.attachment ?? [];
    },

    async addAttachment(id, file, signal) {
      const { addAttachment } = await library();
      const content = new Blob([new Uint8Array(file.bytes)], { type: file.type });
      const answer = await addAttachment(over(signal), {
        ...{ issueIdOrKey: segment(id), attachments: [{ filename: file.name, content }] },
      });
      return parse('attachment', z.tuple([schema.Attachment]), answer)[0];
    },

    async setSummary(id, summary, signal) {
      const { editIssue } = await library();
      await editIssue(over(signal), { issueIdOrKey: segment(id), fields: { summary } });
    },

    async putRemoteLink(id, link, signal) {
      const { createOrUpdateRemoteIssueLink } = await library();
      await createOrUpdateRemoteIssueLink(over(signal), {
        ...{ issueIdOrKey: segment(id), globalId: link.globalId, application: APPLICATION },
        object: { url: link.url, title: link.title, status: { resolved: link.resolved } },
      });
    },

    async sla(id, signal) {
      const { getSlaInformation } = await serviceDesk();
      return slaOf(connection, (start) => getSlaInformation(over(signal), { issueIdOrKey: segment(id), start }));
    },

    async serverInfo(signal) {
      const { getServerInfo } = await library();
      const answer = await getServerInfo(over(signal)).catch((error: unknown) => {
        if (!(error instanceof AdapterError) || error.status !== 404) throw error;
        // No REST v3: what is it then?
        return connection.send({ method: 'GET', path: '/rest/api/2/serverInfo', signal });
      });
      return parse('serverInfo', schema.ServerInfo, answer);
    },

    async myself(signal) {
      const { getCurrentUser } = await library();
      return parse('myself', schema.Myself, await getCurrentUser(over(signal)));
    },

    async myPermissions(projectKey, permissions, signal) {
      const { getMyPermissions } = await library();
      const wanted = { projectKey, permissions: permissions.join(',') };
      return parse('permissions', schema.MyPermissions, await getMyPermissions(over(signal), wanted));
    },

    async createIssueTypes(projectKey, signal) {
      const { getCreateIssueMetaIssueTypes } = await library();
      const types: schema.CreateIssueType[] = [];
      for await (const page of allPages(async (startAt) => {
        const answer = await getCreateIssueMetaIssueTypes(over(signal), {
          ...{ projectIdOrKey: segment(projectKey), startAt, maxResults: 200 },
        });
        const { issueTypes, total } = parse('issue types', schema.CreateIssueTypes, answer);
        return { items: issueTypes ?? [], total: total ?? null };
      }, system))
        types.push(...page);
      return types;
    },

    async createFields(projectKey, issueTypeId, signal) {
      const { getCreateIssueMetaIssueTypeId } = await library();
      const fields: schema.CreateField[] = [];
      for await (const page of allPages(async (startAt) => {
        const answer = await getCreateIssueMetaIssueTypeId(over(signal), {
          ...{ projectIdOrKey: segment(projectKey), issueTypeId, startAt, maxResults: 200 },
        });
        const { fields: items, total } = parse('create screen', schema.CreateFields, answer);
        return { items: items ?? [], total: total ?? null };
      }, system))
        fields.push(...page);
      return fields;
    },
  };
}

function isKeyed(property: { key: string; value?: unknown }, key: string): boolean {
  return property.key === EFFECT_PROPERTY && keyOf(property.value) === key;
}

function toQuery(params: Record<string, unknown> | undefined): NonNullable<HttpRequest['query']> {
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value === undefined || value === null) continue;
    query[name] = Array.isArray(value) ? value.map(String) : String(value);
  }
  return query;
}
