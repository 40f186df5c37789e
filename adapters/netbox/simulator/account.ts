import { atLeast } from 'netbox-client';
import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import { MODELS, MODEL_NAMES } from './model.ts';

export interface Account {
  version: string;
  /** As it was presented, `nbt_<key>.<token>` or 40 characters. */
  token: string;
  mayWrite: boolean;
  /** May everything, and see the queues and everybody's permissions. */
  superuser: boolean;
  path: string;
}

const NOT_ALLOWED: SimulatedAnswer = {
  status: 403,
  body: { detail: 'You do not have permission to perform this action.' },
};

/** What a token may find out about itself and about the server. Undefined: another path. */
export function answerAccount(account: Account): SimulatedAnswer | undefined {
  const { path, superuser, version } = account;
  if (path === '/api/core/object-types/') return page(objectTypes());
  if (path === '/api/users/tokens/') return page([ownToken(account)]);
  if (path === '/api/users/permissions/') return superuser ? page([]) : NOT_ALLOWED;
  if (path === '/api/core/background-queues/') return superuser ? page(queues()) : NOT_ALLOWED;
  if (path === '/api/authentication-check/' && atLeast(version, '4.5'))
    return {
      status: 200,
      body: { id: 1, username: 'hub', display: 'hub', is_active: true, groups: [], permissions: [] },
    };
  return undefined;
}

function page(results: object[]): SimulatedAnswer {
  return { status: 200, body: { count: results.length, next: null, previous: null, results } };
}

/** Everything that is modelled, as the real one lists it: without asking for a permission. */
function objectTypes(): object[] {
  return MODEL_NAMES.map((name, index) => {
    const [app_label = '', model = ''] = MODELS[name].objectType.split('.');
    const features = ['custom_links', 'event_rules', 'tags', ...(app_label === 'extras' ? [] : ['custom_fields'])];
    return { id: index + 1, app_label, model, public: true, features, is_plugin_model: false };
  });
}

function ownToken({ version, token, mayWrite }: Account): object {
  const key = /^nbt_([^.]+)\./.exec(token)?.[1];
  const shown = {
    id: 1,
    display: key ?? `${'*'.repeat(34)}${token.slice(-6)}`,
    user: { id: 1, username: 'hub' },
    expires: null,
    last_used: new Date().toISOString(),
    write_enabled: mayWrite,
  };
  return atLeast(version, '4.5')
    ? { ...shown, version: key === undefined ? 1 : 2, key: key ?? null, enabled: true }
    : shown;
}

function queues(): object[] {
  return ['default', 'high', 'low'].map((name) => ({ name, jobs: 0, failed_jobs: 0, workers: 1 }));
}
