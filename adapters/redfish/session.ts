import type { Http, HttpAnswer } from '../../src/kit/http.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import { asText, isRecord } from './decode.ts';
import { accountToChange, messageIds, saysNoFreeSession, saysPasswordChange, saysWrongCredentials } from './refusal.ts';

/** What proves to the BMC who asks. */
export interface Session {
  headers: Record<string, string>;
  /** To delete it; null with Basic authentication, where there is nothing to delete. */
  path: string | null;
  /** Something could be read with it: from then on a refusal is about the resource, or the session has ended. */
  proven: boolean;
  openedAt: number;
}

export interface Login {
  system: string;
  origin: string;
  username: string;
  password: string;
  /** Tried in turn: the next one where the former answers 405. 404 and 501: this service has no sessions. */
  sessionPaths: readonly string[];
  /** The root does not say where sessions are: the first path is no more than the usual one. */
  guessed?: boolean;
}

/**
 * Opens a session, or falls back to Basic where the service offers none.
 * @throws AdapterError unauthorized (wrong credentials; password must be changed) | throttled (no free session) | malformed | as `Http`
 */
export async function logIn(http: Http, login: Login): Promise<Session> {
  for (const path of login.sessionPaths) {
    const answer = await http.request({
      method: 'POST',
      path,
      body: { UserName: login.username, Password: login.password },
    });
    if (answer.status === 405) continue;
    if (answer.status === 404 || answer.status === 501) break;
    // A login stands before everything, be it there or not (sushy-tools' emulator): that says nothing of these credentials.
    if (login.guessed === true && asksForBasic(answer)) break;
    // Whoever is not there answers 401 as well to somebody without a session: only the advertised address tells of credentials.
    if (path !== login.sessionPaths[0] && answer.status === 401 && !saysWrongCredentials(messageIds(answer.text)))
      break;
    return readSession(answer, login, path);
  }
  return { headers: basicHeaders(login), path: null, proven: false, openedAt: Date.now() };
}

function asksForBasic({ status, headers, text }: HttpAnswer): boolean {
  const asks = /^basic\b/i.test(headers['www-authenticate'] ?? '');
  return status === 401 && asks && !saysWrongCredentials(messageIds(text));
}

function readSession(answer: HttpAnswer, { system, origin }: Login, asked: string): Session {
  const ids = messageIds(answer.text);
  const token = answer.headers['x-auth-token'];
  if (answer.status >= 200 && answer.status < 300) {
    // With a password that must be changed first the session opens and may do nothing else (DSP0266, password management).
    // The caller finds that out by its first read, which then says PasswordChangeRequired, and deletes the session.
    if (token === undefined || token === '') {
      // Something answered for the BMC (a proxy's page, a service that is still starting). It says nothing about the credentials.
      throw new AdapterError('malformed', `${system}: POST ${asked} answered ${answer.status} without a token`, {
        system,
        status: answer.status,
      });
    }
    const path = sessionPath(answer, origin);
    return { headers: { 'x-auth-token': token }, path, proven: false, openedAt: Date.now() };
  }
  if (saysPasswordChange(ids)) throw passwordMustChange(system, answer.status, accountToChange(answer.text));
  if (answer.status === 401 || answer.status === 403 || saysWrongCredentials(ids)) {
    throw new AdapterError('unauthorized', `${system}: the BMC refused the credentials (${said(answer, ids)})`, {
      system,
      status: answer.status,
    });
  }
  if (saysNoFreeSession(ids)) {
    const retryAfterMs = 60_000; // sessions end by themselves after their idle time, five minutes on most
    throw new AdapterError('throttled', `${system}: the BMC has no free session (${said(answer, ids)})`, {
      system,
      status: answer.status,
      retryAfterMs,
    });
  }
  // Not `errorFor`: it quotes the body, and a BMC may quote the password in it.
  const kind = answer.status >= 500 || answer.status === 429 ? 'unreachable' : 'rejected';
  throw new AdapterError(kind, `${system}: POST ${asked} answered ${said(answer, ids)}`, {
    system,
    status: answer.status,
  });
}

export function basicHeaders({ username, password }: Pick<Login, 'username' | 'password'>): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}` };
}

/** `account`: where the BMC says that the password is changed. */
export function passwordMustChange(system: string, status: number, account: string | null = null): AdapterError {
  const message = `${system}: the BMC demands a new password before anything else (PasswordChangeRequired)`;
  const detail = { passwordChangeRequired: true, ...(account === null ? {} : { account }) };
  return new AdapterError('unauthorized', message, { system, status, detail });
}

/** From the Location header (all that iLO 4 gives; often with the BMC's own host name), else from the body. */
function sessionPath(answer: HttpAnswer, origin: string): string | null {
  const location = answer.headers['location'] ?? idIn(answer.text);
  if (location === null) return null;
  try {
    return new URL(location, origin).pathname;
  } catch {
    return null;
  }
}

function idIn(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? asText(body['@odata.id']) : null;
  } catch {
    return null;
  }
}

function said(answer: HttpAnswer, ids: readonly string[]): string {
  return [String(answer.status), ...ids].join(' ');
}

/** Null when the session is gone, else why it may still be there. */
export async function logOut(http: Http, session: Session, timeoutMs: number): Promise<string | null> {
  if (session.path === null) return null;
  try {
    const answer = await http.request({ method: 'DELETE', path: session.path, headers: session.headers, timeoutMs });
    // 401, 404, 410: it has ended by itself
    const gone = (answer.status >= 200 && answer.status < 300) || [401, 404, 410].includes(answer.status);
    return gone ? null : `session ${session.path} could not be deleted: answered ${answer.status}`;
  } catch (error) {
    return `session ${session.path} could not be deleted: ${error instanceof Error ? error.message : String(error)}`;
  }
}
