import type { Http, HttpRequest } from '#src/kit/http.ts';
import type { Kit } from '#src/kit/kit.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { z } from 'zod';
import { jiraError } from './errors.ts';

/** Requests to one Jira with one account, over the hub's HTTP: deadline, signal, no repeat of a write. */
export interface JiraConnection {
  readonly system: string;
  /** The answer as JSON; undefined where it has no body. A `FormData` goes out as multipart. @throws AdapterError */
  send(request: HttpRequest): Promise<unknown>;
  /** @throws AdapterError malformed */
  parse<S extends z.ZodType>(what: string, schema: S, value: unknown): z.output<S>;
  /** What `call` answers; undefined where Jira itself says that there is no such thing. @throws AdapterError malformed on a 404 that is not Jira's */
  unlessMissing<T>(call: Promise<T>): Promise<T | undefined>;
}

/** @param credential any string that stands for the account: a refused one is not tried again (see `Lockouts`) */
export function jiraConnection(kit: Kit, http: Http, target: string, credential: string): JiraConnection {
  const { system } = kit;

  async function send(given: HttpRequest): Promise<unknown> {
    await kit.lockouts.check(target, credential);
    const request = given.body instanceof FormData ? await withMultipart(given, given.body) : given;
    const answer = await http.request(request);
    if (answer.status === 401) await kit.lockouts.report(target, credential, 'Jira answered 401');
    if (answer.status < 200 || answer.status > 299) throw jiraError(http, system, request, answer, kit.now());
    return answer.text === '' ? undefined : answer.json(z.unknown());
  }

  function parse<S extends z.ZodType>(what: string, schema: S, value: unknown): z.output<S> {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const first = parsed.error.issues[0];
    const place = first?.path.join('.') || 'body';
    throw new AdapterError('malformed', `${system}: ${what}: ${place}: ${first?.message ?? 'unexpected'}`, {
      ...{ system, cause: parsed.error },
    });
  }

  async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
    try {
      return await call;
    } catch (error) {
      if (!(error instanceof AdapterError) || error.kind !== 'not-found') throw error;
      // A 404 in Jira's own words is about the thing; any other 404 is about the address, and proves nothing.
      if (error.detail?.['messages'] !== undefined) return undefined;
      throw new AdapterError('malformed', `${system}: 404 that is not Jira's: is the address right?`, {
        ...{ system, status: 404, cause: error },
      });
    }
  }

  return { system, send, parse, unlessMissing };
}

async function withMultipart(request: HttpRequest, form: FormData): Promise<HttpRequest> {
  const encoded = new Response(form);
  const type = encoded.headers.get('content-type') ?? 'multipart/form-data';
  return {
    ...request,
    headers: { ...request.headers, 'content-type': type },
    body: Buffer.from(await encoded.arrayBuffer()),
  };
}

/** As a part of a path. */
export function segment(id: string): string {
  return encodeURIComponent(id);
}
