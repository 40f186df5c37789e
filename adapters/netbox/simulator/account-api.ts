import { atLeast } from 'netbox-client';
import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import type { Access, Permitted, SimulatedToken } from './access.ts';
import { MODEL_NAMES, MODELS, type ModelName } from './model.ts';
import { offsetPage, pageRequest } from './paging.ts';
import { contentTypeOf } from './snapshot.ts';

export interface Accounts {
  version: string;
  users: readonly string[];
  tokens: readonly SimulatedToken[];
  access: Access;
  rqWorkers: number;
}

type Shape = Record<string, unknown>;

/** Lists about users and types, as far as a client needs them to find out what it may do. Undefined: none of them. */
export function answerAccounts(accounts: Accounts, path: string, url: URL): SimulatedAnswer | undefined {
  const list = LISTS[path];
  if (!list) return undefined;
  const may =
    list.needs === undefined ||
    (list.needs === 'superuser' ? isSuperuser(accounts.access) : accounts.access.may(list.needs, 'view'));
  if (!may) return { status: 403, body: { detail: 'You do not have permission to perform this action.' } };
  const all = list.rows(accounts, url);
  const request = pageRequest(url.searchParams, false);
  const rows = all.slice(request.offset, request.offset + request.limit);
  const page = offsetPage(rows, all.length, url, request);
  const fields = atLeast(accounts.version, '4.5.1') ? url.searchParams.get('fields')?.split(',') : undefined;
  const results = page.rows.map((row) =>
    fields ? Object.fromEntries(Object.entries(row).filter(([name]) => fields.includes(name))) : row,
  );
  return { status: 200, body: { count: page.count, next: page.next, previous: page.previous, results } };
}

/** Who asks, at `/api/authentication-check/` (4.5+). */
export function whoAmI(accounts: Accounts, url: URL): Shape {
  return userRow(accounts, accounts.access.user, url);
}

/** `needs`: the permission without which there is no list. One's own tokens are everybody's to see. */
const LISTS: Readonly<
  Record<string, { needs?: Permitted | 'superuser'; rows(accounts: Accounts, url: URL): Shape[] }>
> = {
  '/api/users/users/': {
    needs: 'user',
    rows: (accounts, url) => accounts.users.map((name) => userRow(accounts, name, url)),
  },
  '/api/users/tokens/': { rows: tokenRows },
  '/api/users/permissions/': { needs: 'objectPermission', rows: permissionRows },
  '/api/core/object-types/': { rows: typeRows },
  '/api/core/background-queues/': {
    needs: 'superuser',
    rows: ({ rqWorkers }) =>
      ['default', 'high', 'low'].map((name) => ({ name, jobs: 0, failed_jobs: 0, workers: rqWorkers })),
  },
};

function tokenRows({ version, users, tokens, access }: Accounts, url: URL): Shape[] {
  return tokens
    .map((token, at) => ({ token, id: at + 1 }))
    .filter(({ token }) => isSuperuser(access) || (token.user ?? 'hub') === access.user)
    .map(({ token, id }) => {
      const second = token.token.startsWith('nbt_');
      const key = second ? token.token.slice(4).split('.')[0] : null;
      const modern = atLeast(version, '4.5');
      return {
        id,
        url: `${url.origin}/api/users/tokens/${id}/`,
        display_url: `${url.origin}/users/tokens/${id}/`,
        display: second ? key : `${'*'.repeat(34)}${token.token.slice(-6)}`,
        // Up to 4.4 the key is the token itself, and not shown.
        ...(modern ? { version: second ? 2 : 1, key, enabled: true, pepper_id: second ? 1 : null, token: null } : {}),
        user: briefUser(users, token.user ?? 'hub', url),
        description: token.description ?? '',
        created: CREATED,
        expires: token.expires ?? null,
        last_used: token === access.token ? new Date().toISOString() : null,
        write_enabled: token.readOnly !== true,
        allowed_ips: [],
      };
    });
}

function isSuperuser({ token }: Access): boolean {
  return token.may === undefined || token.may === 'all';
}

const CREATED = '2026-01-01T00:00:00.000000Z';

/** One per user and model: how permissions are cut is the administrator's choice. A superuser has none. */
function permissionRows({ users, tokens }: Accounts, url: URL): Shape[] {
  const rows = new Map<string, Omit<SimulatedToken, 'token'> & { model: string; actions: unknown }>();
  for (const { user = 'hub', may, only } of tokens) {
    if (may === undefined || may === 'all') continue;
    for (const [model, actions] of Object.entries(may))
      rows.set(`${user} ${model}`, { user, model, actions, ...(only ? { only } : {}) });
  }
  return [...rows].map(([name, { user = 'hub', model, actions, only }], at) => ({
    id: at + 1,
    url: `${url.origin}/api/users/permissions/${at + 1}/`,
    display_url: `${url.origin}/users/permissions/${at + 1}/`,
    display: name,
    name,
    description: '',
    enabled: true,
    object_types: [typeOf(model as Permitted)],
    actions,
    constraints: only?.[model as ModelName] ?? null,
    groups: [],
    users: [userLinks(users, user, url)],
  }));
}

function typeOf(model: Permitted): string {
  if (model === 'objectChange') return 'core.objectchange';
  if (model === 'objectPermission' || model === 'user') return `users.${model.toLowerCase()}`;
  return MODELS[model].objectType;
}

function typeRows(_accounts: Accounts, url: URL): Shape[] {
  const asked = (name: string): string[] => url.searchParams.getAll(name).filter((value) => value !== '');
  return MODEL_NAMES.map((name) => MODELS[name])
    .map(({ objectType, noun, path, journal, fields }) => {
      const [app_label = '', model = ''] = objectType.split('.');
      const id = contentTypeOf(objectType);
      const features = ['change_logging', 'custom_links', 'event_rules', 'export_templates'];
      if (fields.custom_fields) features.push('custom_fields');
      if (fields.tags) features.push('tags');
      if (journal) features.push('journaling');
      return {
        id,
        url: `${url.origin}/api/core/object-types/${id}/`,
        display: `${app_label.toUpperCase()} > ${noun}`,
        app_label,
        app_name: app_label.toUpperCase(),
        model,
        model_name: noun,
        model_name_plural: `${noun}s`,
        public: true,
        features: features.toSorted(),
        is_plugin_model: false,
        rest_api_endpoint: path,
        description: '',
      };
    })
    .filter((row) => asked('app_label').length === 0 || asked('app_label').includes(row.app_label))
    .filter((row) => asked('model').length === 0 || asked('model').includes(row.model));
}

/** Everybody sees one's own permissions here, without one to look at permissions. */
function userRow(accounts: Accounts, username: string, url: URL): Shape {
  const own = permissionRows(accounts, url).filter(({ users }) => (users as Shape[])[0]?.username === username);
  return {
    ...userLinks(accounts.users, username, url),
    ...{ first_name: '', last_name: '', email: '', is_active: true },
    ...(atLeast(accounts.version, '4.5') ? {} : { is_staff: true }),
    ...{ date_joined: CREATED, last_login: null, groups: [] },
    permissions: own.map(
      ({ display_url: _page, constraints: _constraints, groups: _groups, users: _users, ...brief }) => brief,
    ),
  };
}

function userLinks(users: readonly string[], username: string, url: URL): Shape {
  const { id, url: link, ...names } = briefUser(users, username, url);
  return { id, url: link, display_url: `${url.origin}/users/users/${String(id)}/`, ...names };
}

function briefUser(users: readonly string[], username: string, url: URL): Shape {
  const id = users.indexOf(username) + 1;
  return { id, url: `${url.origin}/api/users/users/${id}/`, display: username, username };
}
