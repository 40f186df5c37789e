import { randomBytes } from 'node:crypto';
import { LOGIN } from './fleet.ts';

export interface Asked {
  method: string;
  path: string;
  headers: Record<string, string | undefined>;
  body: Buffer;
}
export interface Answered {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer | object;
}

/** Sessions and Basic for one account, counted. */
export interface SmallDoor {
  /** Undefined: may pass. */
  stop(asked: Asked): Answered | undefined;
  open(): number;
  opened: number;
  refused: number;
}

const HOME = '/redfish/v1/SessionService/Sessions';
const REFUSED: Answered = { status: 401, body: { error: { code: 'Base.1.0.NoValidSession', message: 'no' } } };

export function smallDoor(password: string): SmallDoor {
  const sessions = new Map<string, string>();
  const basic = `Basic ${Buffer.from(`${LOGIN.username}:${password}`).toString('base64')}`;

  function logIn({ body }: Asked): Answered {
    const given = JSON.parse(body.toString()) as { UserName?: string; Password?: string };
    if (given.UserName !== LOGIN.username || given.Password !== password) {
      door.refused += 1;
      return REFUSED;
    }
    door.opened += 1;
    const path = `${HOME}/${door.opened}`;
    const token = randomBytes(16).toString('hex');
    sessions.set(token, path);
    return { status: 201, headers: { location: path, 'x-auth-token': token }, body: { '@odata.id': path } };
  }

  const door: SmallDoor = {
    opened: 0,
    refused: 0,
    open: () => sessions.size,
    stop(asked) {
      const path = asked.path.replace(/\/$/, '');
      if (path === '/redfish/v1') return undefined;
      if (asked.method === 'POST' && path === HOME) return logIn(asked);
      const { authorization } = asked.headers;
      if (authorization !== undefined && authorization !== basic) door.refused += 1;
      if (authorization !== basic && !sessions.has(asked.headers['x-auth-token'] ?? '')) return REFUSED;
      if (asked.method !== 'DELETE') return undefined;
      for (const [token, own] of sessions) if (own === path) sessions.delete(token);
      return { status: 204 };
    },
  };
  return door;
}
