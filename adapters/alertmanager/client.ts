import { z } from 'zod';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { Http, HttpAnswer, HttpRequest } from '#src/kit/http.ts';
import { FoundSilence, type Matcher, ServerStatus, SilenceMade } from './schema.ts';

export interface PostSilence {
  /** Of the one that it takes the place of. */
  id?: string;
  matchers: Matcher[];
  startsAt: string;
  endsAt: string;
  createdBy: string;
  comment: string;
}

/** API v2: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
export interface AlertmanagerClient {
  status(signal: AbortSignal): Promise<z.infer<typeof ServerStatus>>;
  /** Those that hold or will; before 0.27 also those that are over. */
  silences(signal: AbortSignal): Promise<FoundSilence[]>;
  /** @returns its id: another one, where what may not be changed in place was changed */
  post(silence: PostSilence, signal: AbortSignal): Promise<string>;
  /** @returns false where there is none, or it is over already */
  expire(id: string, signal: AbortSignal): Promise<boolean>;
}

export function createClient(http: Http, system: string): AlertmanagerClient {
  async function ask(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await http.request(request);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw refusal(http, system, request, answer);
  }
  return {
    status: async (signal) => (await ask({ method: 'GET', path: '/api/v2/status', signal })).json(ServerStatus),
    silences: async (signal) =>
      (await ask({ method: 'GET', path: '/api/v2/silences', query: { expired: false }, signal })).json(
        z.array(FoundSilence),
      ),
    async post(silence, signal) {
      const answer = await ask({ method: 'POST', path: '/api/v2/silences', body: silence, signal });
      return answer.json(SilenceMade).silenceID;
    },
    async expire(id, signal) {
      try {
        await ask({ method: 'DELETE', path: `/api/v2/silence/${encodeURIComponent(id)}`, signal });
        return true;
      } catch (error) {
        if (error instanceof AdapterError && isOver(error)) return false;
        throw error;
      }
    },
  };
}

/** 404 from 0.26 on; before, 500 with the text of the same error. */
function isOver(error: AdapterError): boolean {
  return error.kind === 'not-found' || /already expired|not found/i.test(error.message);
}

/** Its errors are a JSON string, `{code, message}`, or plain text. */
function refusal(http: Http, system: string, request: HttpRequest, answer: HttpAnswer): AdapterError {
  const base = http.errorFor(request, answer);
  const words = answer.text.trim().slice(0, 300);
  const says = `${system}: ${request.method} ${request.path} answered ${answer.status}: ${words}`;
  return new AdapterError(base.kind, words === '' ? base.message : says, {
    system,
    status: answer.status,
    retryAfterMs: base.retryAfterMs,
  });
}
