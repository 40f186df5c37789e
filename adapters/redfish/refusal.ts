import { isRecord } from './decode.ts';

/**
 * The message ids (`Base.1.8.SessionLimitExceeded` …) of a Redfish error body. Tolerates an object in place of the list
 * (iDRAC) and a body that is no JSON. The texts are left out on purpose: some BMCs repeat the rejected password in them.
 */
export function messageIds(text: string): string[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isRecord(body)) return [];
  const error = isRecord(body['error']) ? body['error'] : body;
  const info = error['@Message.ExtendedInfo'] ?? body['@Message.ExtendedInfo'];
  const messages = Array.isArray(info) ? info : [info];
  const ids = messages.filter(isRecord).map((message) => message['MessageId'] ?? message['MessageID']);
  return [...ids, error['code']].filter((id): id is string => typeof id === 'string').map((id) => id.slice(0, 100));
}

export function saysPasswordChange(ids: readonly string[]): boolean {
  return ids.some((id) => /PasswordChangeRequired/i.test(id));
}

/** The account of which the password must be changed: an argument of that message (DSP0266, password management). Null: not said. */
export function accountToChange(text: string): string | null {
  return /\/redfish\/v1\/AccountService\/Accounts\/[\w.@-]{1,100}/i.exec(text)?.[0] ?? null;
}

/** RAC0218 is iDRAC's own id for "maximum number of user sessions reached". */
export function saysNoFreeSession(ids: readonly string[]): boolean {
  return ids.some((id) => /SessionLimitExceeded|RAC0218|MaxSessions/i.test(id));
}

/** iLO answers a wrong password with 400 and one of these. */
export function saysWrongCredentials(ids: readonly string[]): boolean {
  return ids.some((id) =>
    /UnauthorizedLoginAttempt|ResourceAtUriUnauthorized|AccountLocked|InvalidCredential/i.test(id),
  );
}
