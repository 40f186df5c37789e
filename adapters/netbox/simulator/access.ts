import { atLeast } from 'netbox-client';
import type { Database, Row } from './database.ts';
import { MODELS, type ModelName } from './model.ts';

export type Action = 'view' | 'add' | 'change' | 'delete';
/** What permissions are given on: the models, and what else has an endpoint. */
export type Permitted = ModelName | 'objectChange' | 'objectPermission' | 'user';

/** A token and the permissions of its user. */
export interface SimulatedToken {
  /** `nbt_<key>.<token>` is of version 2 (NetBox 4.5+), anything else of version 1. */
  token: string;
  /** Default `hub`. */
  user?: string;
  /** Default 'all': a superuser. */
  may?: 'all' | Partial<Record<Permitted, readonly Action[]>>;
  /** Constraints of its permissions: `{ device: { site__slug: ['ams1'] } }`. Others of these models are hidden from it. */
  only?: Partial<Record<ModelName, Readonly<Record<string, readonly unknown[]>>>>;
  /** The same as a function. */
  sees?: (model: ModelName, row: Row) => boolean;
  /** The token may not write, whatever its user may. */
  readOnly?: boolean;
  description?: string;
  /** ISO 8601. One that is over is refused. */
  expires?: string;
}

export interface Access {
  token: SimulatedToken;
  user: string;
  /** Before objects are looked at: whether there is such a permission at all, and the token may use it. */
  may(model: Permitted, action: Action): boolean;
  /** Of what it may at all, the objects that are not hidden. Undefined: everything. */
  sees: ((model: ModelName, row: Row) => boolean) | undefined;
  /** What it may look at. Undefined: everything. */
  views: ((model: ModelName, row: Row) => boolean) | undefined;
}

export function accessOf(database: Database, token: SimulatedToken): Access {
  const { may = 'all', only, sees } = token;
  const hidden = (model: ModelName, row: Row): boolean =>
    (only?.[model] !== undefined && !matches(database, model, row, only[model])) || sees?.(model, row) === false;
  const access: Access = {
    token,
    user: token.user ?? 'hub',
    may(model, action) {
      if (token.readOnly === true && action !== 'view') return false;
      return may === 'all' || (may[model]?.includes(action) ?? false);
    },
    sees: only || sees ? (model, row) => !hidden(model, row) : undefined,
    views: undefined,
  };
  if (may === 'all' && !access.sees) return access;
  return { ...access, views: (model, row) => access.may(model, 'view') && !hidden(model, row) };
}

/** `site__slug`: the column of the object that a ref names. A list means "one of". */
function matches(
  database: Database,
  model: ModelName,
  row: Row,
  constraints: Readonly<Record<string, readonly unknown[]>>,
): boolean {
  return Object.entries(constraints).every(([path, values]) => {
    let [at, found]: [ModelName, Row | undefined] = [model, row];
    const columns = path.replace(/__in$/, '').split('__');
    const last = columns.pop() ?? 'id';
    for (const column of columns) {
      const to = MODELS[at].fields[column]?.to;
      if (!to) throw new Error(`${at} has no reference ${column}`);
      found = database.find(to, found?.[column]);
      at = to;
    }
    return found !== undefined && values.includes(found[last]);
  });
}

export type Refused = { refused: string };

/** Who presents it; or why not, in the real one's words. 4.4 knows one kind of token and the keyword Token. */
export function authenticate(
  { database, version }: { database: Database; version: string },
  tokens: readonly SimulatedToken[],
  authorization: string | undefined,
  now: number,
): Access | Refused {
  const modern = atLeast(version, '4.5');
  const [keyword = '', given, ...more] = (authorization ?? '').split(' ');
  if (!(modern ? /^(token|bearer)$/i : /^token$/i).test(keyword))
    return { refused: 'Authentication credentials were not provided.' };
  if (given === undefined || given === '' || more.length > 0) {
    const reason = modern
      ? 'Invalid authorization header: Must be in the form "Bearer <key>.<token>" or "Token <token>"'
      : `Invalid token header. ${more.length > 0 ? 'Token string should not contain spaces.' : 'No credentials provided.'}`;
    return { refused: reason };
  }
  const found = tokens.find((one) => one.token === given);
  if (!found) return { refused: modern ? `Invalid v${given.startsWith('nbt_') ? 2 : 1} token` : 'Invalid token' };
  if (found.expires !== undefined && Date.parse(found.expires) <= now) return { refused: 'Token expired' };
  return accessOf(database, found);
}
