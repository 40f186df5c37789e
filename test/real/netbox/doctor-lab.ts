import type { PermissionBody } from '#adapters/netbox/bootstrap-permissions.ts';
import type { RealNetbox } from '../netbox-server.ts';

export type Server = Pick<RealNetbox, 'url' | 'token' | 'tokenV1'>;

export interface DoctorLab {
  netbox: Server;
  user: number;
  /** Of the hub's own user. */
  token: string;
}

export type Body = Omit<PermissionBody, 'actions' | 'constraints'> & { actions: string[]; constraints: unknown };

export function permissionBody({ user }: DoctorLab, name: string): Body {
  return {
    name,
    description: '',
    enabled: true,
    object_types: [],
    actions: [],
    constraints: null,
    groups: [],
    users: [user],
  };
}

/** The same without one action on one type; what stood with it in a body keeps its own. */
export function without(bodies: readonly Body[], action: string, type: string): Body[] {
  return bodies.flatMap((body) => {
    if (!body.object_types.includes(type) || !body.actions.includes(action)) return [body];
    const others = { ...body, object_types: body.object_types.filter((one) => one !== type) };
    const rest = {
      ...body,
      name: `${body.name} ${type}`,
      object_types: [type],
      actions: body.actions.filter((one) => one !== action),
    };
    return [others, rest].filter((one) => one.object_types.length > 0 && one.actions.length > 0);
  });
}

/** Exactly these permissions, and no others. */
export async function grant({ netbox }: DoctorLab, bodies: readonly Body[]): Promise<void> {
  const { results } = await get(netbox, 'users/permissions/?limit=500');
  for (const { id } of results) await call(netbox, 'DELETE', `users/permissions/${id}/`);
  await call(netbox, 'POST', 'users/permissions/', bodies);
}

export async function makeToken(netbox: Server, user: number, more: object): Promise<string> {
  const made = await send(netbox, 'POST', 'users/tokens/', { user, ...more });
  return `nbt_${String(made['key'])}.${String(made['token'])}`;
}

type Row = Record<string, unknown> & { id: number };

async function call(netbox: Server, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${netbox.url}/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${netbox.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`NetBox: ${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return text === '' ? undefined : JSON.parse(text);
}
export async function send(netbox: Server, method: string, path: string, body: unknown): Promise<Row> {
  return (await call(netbox, method, path, body)) as Row;
}
export async function get(netbox: Server, path: string): Promise<{ count: number; results: Row[] }> {
  return (await call(netbox, 'GET', path)) as { count: number; results: Row[] };
}
export async function changeCount(netbox: Server): Promise<number> {
  return (await get(netbox, 'core/object-changes/?limit=1')).count;
}

/** The administrator in a browser. */
export async function signIn(url: string): Promise<(path: string) => Promise<string>> {
  const page = await fetch(`${url}/login/`);
  const cookie = page.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const csrf = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const form = { csrfmiddlewaretoken: csrf, username: 'admin', password: 'Admin-password-1', next: '/' };
  const entered = await fetch(`${url}/login/`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', referer: `${url}/login/` },
    body: new URLSearchParams(form).toString(),
  });
  if (entered.status !== 302) throw new Error(`NetBox did not let the administrator in: ${entered.status}`);
  const session = entered.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return async (path) => {
    const answer = await fetch(`${url}${path}`, { headers: { cookie: session } });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.text();
  };
}
