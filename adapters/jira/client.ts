import type { Http, HttpRequest } from '#src/kit/http.ts';
import type { Kit } from '#src/kit/kit.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type * as Cloud from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { z } from 'zod';
import { EFFECT_PROPERTY } from './effect-label.ts';
import { jiraError } from './errors.ts';
import {
  CreatedIssue,
  CreateFields,
  CreateIssueTypes,
  type FoundIssue,
  Issue,
  MyPermissions,
  Myself,
  SearchPage,
  ServerInfo,
} from './schema.ts';

/** By field id, values as Jira's v3 wants them (rich text as a document, never as a string: jira.js would switch to v2). */
export type IssueFields = Record<string, unknown>;
/** An entity property of an issue; the value may be up to 32,768 characters of JSON. */
export type IssueProperty = { key: string; value: unknown };

/** The calls that we make. All take the caller's signal; all throw AdapterError only. */
export interface JiraClient {
  /** Not idempotent. */
  createIssue(fields: IssueFields, properties: IssueProperty[], signal: AbortSignal): Promise<CreatedIssue>;
  /** Undefined where Jira itself says that there is no such issue or that we may not see it. */
  getIssue(id: string, signal: AbortSignal): Promise<Issue | undefined>;
  /** Every issue with the label. @throws AdapterError malformed when the listing did not come to its end */
  searchByLabel(label: string, signal: AbortSignal): Promise<FoundIssue[]>;
  serverInfo(signal: AbortSignal): Promise<ServerInfo>;
  myself(signal: AbortSignal): Promise<Myself>;
  myPermissions(projectKey: string, permissions: readonly string[], signal: AbortSignal): Promise<MyPermissions>;
  createIssueTypes(projectKey: string, signal: AbortSignal): Promise<CreateIssueTypes>;
  createFields(projectKey: string, issueTypeId: string, signal: AbortSignal): Promise<CreateFields>;
}

const PAGE_SIZE = 100;
const PAGES_AT_MOST = 20;

/**
 * jira.js knows Jira's paths and parameters; the requests themselves go over the hub's HTTP client. jira.js has no time-out and
 * no AbortSignal (a hung socket hangs the job for ever), drops the headers of an error (`Retry-After`), and with its `retry`
 * option sends a POST twice after a 503. It takes anything with `sendRequest` for its client, so this is the seam.
 */
export function createJiraClient(kit: Kit, http: Http, target: string, credential: string): JiraClient {
  const { system } = kit;
  // 1,500 exports: 0.6 s and some 60 MB. A hub without Jira does not pay for it.
  const library = (): Promise<typeof Cloud> => import('jira.js/cloud');

  async function send(request: HttpRequest): Promise<unknown> {
    await kit.lockouts.check(target, credential);
    const answer = await http.request(request);
    if (answer.status === 401) await kit.lockouts.report(target, credential, 'Jira answered 401');
    if (answer.status < 200 || answer.status > 299) throw jiraError(http, system, request, answer);
    return answer.text === '' ? undefined : answer.json(z.unknown());
  }

  /** A jira.js client that lives for one call, so that the call's signal reaches the socket. */
  function over(signal: AbortSignal): Client {
    return {
      // The answer is parsed by our own schema afterwards: jira.js' describe every field of Jira, and only warn.
      sendRequest: async <T>(options: {
        url: string;
        method?: HttpRequest['method'] | undefined;
        body?: unknown;
        searchParams?: Record<string, unknown> | undefined;
      }) =>
        (await send({
          method: options.method ?? 'GET',
          path: options.url,
          query: toQuery(options.searchParams),
          ...(options.body === undefined ? {} : { body: options.body }),
          signal,
        })) as T,
    };
  }

  function parse<S extends z.ZodType>(what: string, schema: S, value: unknown): z.output<S> {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const first = parsed.error.issues[0];
    throw new AdapterError(
      'malformed',
      `${system}: ${what}: ${first?.path.join('.') || 'body'}: ${first?.message ?? 'unexpected'}`,
      {
        system,
        cause: parsed.error,
      },
    );
  }

  return {
    async createIssue(fields, properties, signal) {
      const { createIssue } = await library();
      return parse('created issue', CreatedIssue, await createIssue(over(signal), { fields, properties }));
    },

    async getIssue(id, signal) {
      const { getIssue } = await library();
      try {
        return parse('issue', Issue, await getIssue(over(signal), { issueIdOrKey: id, fields: ['summary', 'status'] }));
      } catch (error) {
        if (!(error instanceof AdapterError) || error.kind !== 'not-found') throw error;
        // A 404 in Jira's own words is about the issue; any other 404 is about the address, and proves nothing.
        if (error.detail?.['messages'] !== undefined) return undefined;
        throw new AdapterError('malformed', `${system}: 404 that is not Jira's: is the address right?`, {
          system,
          status: 404,
          cause: error,
        });
      }
    },

    async searchByLabel(label, signal) {
      const { searchAndReconsileIssuesUsingJqlPost } = await library();
      const found: FoundIssue[] = [];
      let nextPageToken: string | undefined;
      for (let page = 1; page <= PAGES_AT_MOST; page += 1) {
        const answer = await searchAndReconsileIssuesUsingJqlPost(over(signal), {
          // No project: a person may have moved the ticket. A label is restriction enough for Jira, which refuses unbounded JQL.
          jql: `labels = "${label}" ORDER BY created ASC`,
          fields: ['summary', 'status', 'labels'],
          properties: [EFFECT_PROPERTY],
          maxResults: PAGE_SIZE,
          ...(nextPageToken === undefined ? {} : { nextPageToken }),
        });
        const { issues, isLast, nextPageToken: next } = parse('search', SearchPage, answer);
        found.push(...issues); // a short page is not the last page
        if (isLast === true) return found;
        if (!next && isLast !== false) return found;
        if (!next)
          throw new AdapterError('malformed', `${system}: search: more to come, but no token for it`, { system });
        nextPageToken = next;
      }
      throw new AdapterError('malformed', `${system}: search for one label did not end within ${PAGES_AT_MOST} pages`, {
        system,
      });
    },

    async serverInfo(signal) {
      const { getServerInfo } = await library();
      return parse('serverInfo', ServerInfo, await getServerInfo(over(signal)));
    },

    async myself(signal) {
      const { getCurrentUser } = await library();
      return parse('myself', Myself, await getCurrentUser(over(signal)));
    },

    async myPermissions(projectKey, permissions, signal) {
      const { getMyPermissions } = await library();
      return parse(
        'mypermissions',
        MyPermissions,
        await getMyPermissions(over(signal), { projectKey, permissions: permissions.join(',') }),
      );
    },

    async createIssueTypes(projectKey, signal) {
      const { getCreateIssueMetaIssueTypes } = await library();
      return parse(
        'issue types',
        CreateIssueTypes,
        await getCreateIssueMetaIssueTypes(over(signal), { projectIdOrKey: projectKey, maxResults: 200 }),
      );
    },

    async createFields(projectKey, issueTypeId, signal) {
      const { getCreateIssueMetaIssueTypeId } = await library();
      const answer = await getCreateIssueMetaIssueTypeId(over(signal), {
        projectIdOrKey: projectKey,
        issueTypeId,
        maxResults: 200,
      });
      return parse('create screen', CreateFields, answer);
    },
  };
}

function toQuery(params: Record<string, unknown> | undefined): NonNullable<HttpRequest['query']> {
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(params ?? {})) {
    if (value === undefined || value === null) continue;
    query[name] = Array.isArray(value) ? value.map(String) : String(value);
  }
  return query;
}
