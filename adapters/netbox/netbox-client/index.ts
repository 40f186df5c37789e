import { z } from 'zod';
import type { Http, HttpAnswer, HttpRequest } from '../../../src/kit/http.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { atLeast, parseVersion } from './api-version.ts';
import { refusal } from './refusal.ts';
import type { NetBoxClient, ReadOptions, Change, Stored, WriteOptions } from './netbox-client.ts';
import { FILTERS, RESOURCES, type Resource } from './resources.ts';
import { bulkAnswer, bulkRequest, pageRequest, parsePage, type BulkOptions, type PageQuery } from './rows.ts';

export type { components, paths } from './contract.d.ts';
export { atLeast } from './api-version.ts';
export { isPermissionDenied } from './refusal.ts';
export type { Change, NetBoxClient, ReadOptions, Reads, Stored, WriteOptions } from './netbox-client.ts';
export type { BulkAnswer, PageQuery, RawPage, RawRow } from './rows.ts';
export {
  FILTERS,
  RESOURCES,
  type CreateBody,
  type PatchBody,
  type Query,
  type Resource,
  type Row,
} from './resources.ts';

const Status = z.object({ 'netbox-version': z.string(), 'rq-workers-running': z.number().nullish() });
const User = z.object({ username: z.string() });
const Actions = z.object({ actions: z.record(z.string(), z.unknown()).optional() });
const Page = z.object({ count: z.number().nullable(), next: z.string().nullable(), results: z.array(z.unknown()) });
const Allocated = z.tuple([z.object({ id: z.number(), address: z.string() })]);
const Identified = z.object({ id: z.number() });

/** NetBox allows 1,000 by default; more makes single answers slow. */
const PAGE = 250;
/** gunicorn refuses a request line of more than 4,094 bytes. */
const LONGEST_QUERY = 3_500;
/** How often a listing that changed while it was read is begun again. */
const ATTEMPTS = 3;

export function createNetBoxClient(
  http: Pick<Http, 'request' | 'errorFor'>,
  options: { token: string; system?: string; pageSize?: number },
): NetBoxClient {
  const system = options.system ?? 'netbox';
  const pageSize = options.pageSize ?? PAGE;
  // Version 2 tokens (4.5+) carry their own prefix: https://netboxlabs.com/docs/netbox/integrations/rest-api/#authentication
  const authorization = `${options.token.startsWith('nbt_') ? 'Bearer' : 'Token'} ${options.token}`;
  let version: readonly number[] | undefined;

  function fault(kind: 'malformed' | 'rejected', message: string, detail?: Record<string, unknown>): AdapterError {
    return new AdapterError(kind, `${system}: ${message}`, { system, detail });
  }

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    const headers = { authorization, 'accept-language': 'en', ...request.headers };
    const answer = await http.request({ ...request, headers });
    version = parseVersion(answer.headers['api-version']) ?? version;
    return answer;
  }

  async function sendOk(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await send(request);
    if (answer.status < 200 || answer.status > 299) throw refusal(system, http, request, answer);
    return answer;
  }

  function parseRow<S extends z.ZodType>(schema: S, row: unknown, path: string): z.output<S> {
    const parsed = schema.safeParse(row);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw fault('malformed', `GET ${path}: ${issue?.path.join('.') ?? 'object'}: ${issue?.message ?? 'unexpected'}`);
  }

  function checkQuery(resource: Resource, query: object): void {
    const known: readonly string[] = FILTERS[resource];
    for (const [name, value] of Object.entries(query)) {
      if (!known.includes(name))
        throw fault('rejected', `${resource} has no filter "${name}" in the contract; NetBox would ignore it`);
      const empty = value === '' || (Array.isArray(value) && (value.length === 0 || value.includes('')));
      if (empty) throw fault('rejected', `filter "${name}" of ${resource} is empty; NetBox would return everything`);
    }
  }

  async function listOnce(
    resource: Resource,
    query: HttpRequest['query'],
    fields: string,
    signal: AbortSignal,
  ): Promise<unknown[] | undefined> {
    const path = RESOURCES[resource];
    const rows = new Map<number, unknown>();
    for (let offset = 0; ;) {
      const request: HttpRequest = {
        method: 'GET',
        path,
        query: { ...query, fields, limit: pageSize, offset },
        signal,
      };
      const page = (await sendOk(request)).json(Page);
      for (const row of page.results) rows.set(parseRow(Identified, row, path).id, row);
      offset += page.results.length;
      // We count on by ourselves: `next` may name a host that is not reachable from here.
      if (page.next === null) return page.count === rows.size && offset === rows.size ? [...rows.values()] : undefined;
      if (page.results.length === 0) return undefined;
    }
  }

  async function list(
    resource: Resource,
    query: object,
    schema: z.ZodObject,
    { signal }: ReadOptions,
  ): Promise<unknown[]> {
    checkQuery(resource, query);
    const filters = query as NonNullable<HttpRequest['query']>;
    if (JSON.stringify(filters).length > LONGEST_QUERY)
      throw fault('rejected', `too many values for one query of ${resource}`);
    const fields = fieldsOf(schema);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const rows = await listOnce(resource, filters, fields, signal);
      if (rows) return rows.map((row) => parseRow(schema, row, RESOURCES[resource]));
    }
    throw fault('malformed', `the pages of ${resource} do not add up to its count; the listing is incomplete`);
  }

  async function get(
    resource: Resource,
    id: number,
    schema: z.ZodObject,
    { signal }: ReadOptions,
  ): Promise<Stored<unknown> | undefined> {
    const request: HttpRequest = {
      method: 'GET',
      path: `${RESOURCES[resource]}${id}/`,
      query: { fields: fieldsOf(schema) },
      signal,
    };
    const answer = await send(request);
    if (answer.status === 404 && isOwnWord(answer)) return undefined;
    if (answer.status !== 200) throw refusal(system, http, request, answer);
    return { value: answer.json(schema), etag: answer.headers.etag ?? null };
  }

  async function write(
    method: 'POST' | 'PATCH',
    path: string,
    body: object,
    schema: z.ZodType,
    more: WriteOptions & { etag?: string | null },
  ): Promise<Change<unknown>> {
    const answer = await sendOk({
      method,
      path,
      body: { ...body, changelog_message: more.message.slice(0, 200) },
      headers: more.etag ? { 'if-match': more.etag } : {},
      signal: more.signal,
    });
    return {
      value: answer.json(schema),
      etag: answer.headers.etag ?? null,
      requestId: answer.headers['x-request-id'] ?? null,
    };
  }

  async function status({ signal }: ReadOptions): Promise<{ version: string; workers: number | null }> {
    const found = (await sendOk({ method: 'GET', path: '/api/status/', signal })).json(Status);
    version ??= parseVersion(found['netbox-version']);
    return { version: found['netbox-version'], workers: found['rq-workers-running'] ?? null };
  }

  const untyped = {
    list,
    get,
    create: (resource: Resource, body: object, schema: z.ZodObject, more: WriteOptions) =>
      write('POST', RESOURCES[resource], body, schema, more),
    update: (
      resource: Resource,
      id: number,
      body: object,
      schema: z.ZodObject,
      more: WriteOptions & { etag?: string | null },
    ) => write('PATCH', `${RESOURCES[resource]}${id}/`, body, schema, more),
    status,
    async user({ signal }: ReadOptions) {
      return (await sendOk({ method: 'GET', path: '/api/authentication-check/', signal })).json(User);
    },
    async actions(resource: Resource, { signal }: ReadOptions) {
      const answer = await sendOk({ method: 'OPTIONS', path: RESOURCES[resource], signal });
      return Object.keys(answer.json(Actions).actions ?? {});
    },
    ask: send,
    async readPage(resource: Resource, query: PageQuery, { signal }: ReadOptions) {
      checkQuery(resource, query.filters);
      const answer = await sendOk(pageRequest(resource, query, signal));
      const ascending = query.start !== undefined || query.filters['ordering'] === 'id';
      return parsePage(system, RESOURCES[resource], answer.text, ascending);
    },
    async bulk(method: 'POST' | 'PATCH' | 'DELETE', resource: Resource, entries: readonly object[], more: BulkOptions) {
      const request = bulkRequest(method, resource, entries, more);
      const answer = await send(request);
      return bulkAnswer(system, request, answer, (refused) => refusal(system, http, request, refused));
    },
    async allocate(prefixId: number, body: object, { signal }: ReadOptions) {
      const path = `${RESOURCES.prefixes}${prefixId}/available-ips/`;
      const request: HttpRequest = { method: 'POST', path, body: [body], signal };
      const answer = await send(request);
      if (answer.status === 409) return 'exhausted';
      if (answer.status === 404 && isOwnWord(answer)) return 'unknown';
      if (answer.status !== 201) throw refusal(system, http, request, answer);
      return answer.json(Allocated)[0];
    },
    async isAtLeast(wanted: string, more: ReadOptions) {
      if (version === undefined) await status(more);
      return atLeast(version, wanted);
    },
  };
  // The one place where the generated types are laid over the untyped transport.
  return untyped as NetBoxClient;
}

/** Top-level names only: `fields=` knows no paths. It also keeps NetBox from computing what we do not read (config context). */
function fieldsOf(schema: z.ZodObject): string {
  return Object.keys({ id: true, ...schema.shape }).join(',');
}

const Detail = z.object({ detail: z.string() });

function isOwnWord(answer: HttpAnswer): boolean {
  try {
    return Detail.safeParse(JSON.parse(answer.text)).success;
  } catch {
    return false;
  }
}
