import { isPermissionDenied } from 'netbox-client';
import { z } from 'zod';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { askEach, type Asking, askPage, notTold } from './probe-ask.ts';
import { type Action, LISTS, type Need, PURPOSES } from './probe-needs.ts';

/** What the token may do with one object type; what nobody asked for is absent. */
export interface Allowed {
  may: Partial<Record<Action, boolean>>;
  /** How many objects it sees; undefined where it may not look or nobody asked. */
  sees?: number;
  /** This version of NetBox has no such type. */
  absent?: true;
}
export type AllowedByType = ReadonlyMap<string, Allowed>;

const Options = z.object({ actions: z.record(z.string(), z.unknown()).optional() });
/** No object has this id, so that nothing can happen to it; NetBox looks at the permission before it looks for the object. */
const NOBODY = '0/';

/**
 * What of the needs the token is allowed, without writing anything. View: the list answers 403 without the permission (never an empty
 * list). Add and change: OPTIONS names POST and PUT. Delete is named nowhere: deleting an object that cannot exist answers 404 with the
 * permission and 403 without.
 */
export async function askAllowed(asking: Asking, needs: readonly Need[]): Promise<AllowedByType> {
  const types = [...new Set(needs.map((need) => need.objectType))];
  const allowed = await askEach(types, (type) => {
    const actions = needs.filter((need) => need.objectType === type).map((need) => need.action);
    return askType(asking, LISTS[type] ?? '', new Set(actions));
  });
  return new Map(types.map((type, index) => [type, allowed[index] ?? { may: {} }]));
}

async function askType(asking: Asking, path: string, actions: ReadonlySet<Action>): Promise<Allowed> {
  const page = await askPage(asking, path, { limit: 1, fields: 'id' });
  if (page === 'absent') return { may: {}, absent: true };
  const may: Allowed['may'] = { view: page !== 'denied' };
  if (actions.has('add') || actions.has('change')) {
    const listed = await askActions(asking, path);
    may.add = listed.includes('POST');
    may.change = listed.includes('PUT');
  }
  if (actions.has('delete')) may.delete = await askDelete(asking, path);
  return page === 'denied' ? { may } : { may, sees: page.count };
}

async function askActions({ client, signal }: Asking, path: string): Promise<string[]> {
  const answer = await client.ask({ method: 'OPTIONS', path, signal });
  if (answer.status !== 200) throw notTold(`OPTIONS ${path}`, answer);
  return Object.keys(answer.json(Options).actions ?? {});
}

async function askDelete({ client, signal }: Asking, path: string): Promise<boolean> {
  // From 4.6 on the header alone would keep it from happening.
  const headers = { 'if-match': '"nobody"' };
  const answer = await client.ask({ method: 'DELETE', path: `${path}${NOBODY}`, headers, signal });
  if (isPermissionDenied(answer)) return false;
  if (answer.status === 404) return true;
  throw notTold(`DELETE ${path}${NOBODY}`, answer);
}

export interface Lacking {
  needs: readonly Need[];
  allowed: AllowedByType;
  /** The token itself may not write, whatever its user may: then only what it may see can be told. */
  readOnly: boolean;
  /** Whether the bootstrap has anything to do; else nothing is lacking for it but looking. */
  bootstrapWrites: boolean;
}

/** One line per missing permission with what it costs, or one that says that nothing is missing. */
export function permissionChecks(lacking: Lacking): ProbeCheck[] {
  const { needs, allowed, readOnly, bootstrapWrites } = lacking;
  const asked = needs.filter((need) => {
    if (need.action === 'view') return true;
    return !readOnly && (need.purpose !== 'bootstrap' || bootstrapWrites);
  });
  const checks: ProbeCheck[] = [];
  for (const [, same] of Map.groupBy(asked, ({ objectType, action }) => `${action} ${objectType}`)) {
    const check = checkOf(same, allowed);
    if (check) checks.push(check);
  }
  if (checks.some(({ ok }) => !ok)) return checks;
  const types = new Set(asked.map(({ objectType }) => objectType)).size;
  const found = `may all that the hub needs of ${types} object types${readOnly ? ', for reading' : ''}`;
  return [{ name: 'permissions', ok: true, found }, ...checks];
}

function absence(objectType: string, must: readonly Need[]): ProbeCheck {
  const found = `this NetBox has no ${objectType}${must[0] ? `: ${must[0].without}` : ''}`;
  const remedy = 'leave its mapping out of mappings/, or update NetBox';
  return { name: 'permissions', ok: must.length === 0, found, remedy };
}

/** Of one action on one type, for all its purposes; undefined where it is allowed. */
function checkOf(same: readonly Need[], allowed: AllowedByType): ProbeCheck | undefined {
  const [first] = same;
  const of = first && allowed.get(first.objectType);
  if (!of) return undefined;
  const { action, objectType } = first;
  const must = same.filter((need) => !need.optional);
  if (of.absent) return action === 'view' ? absence(objectType, must) : undefined;
  if (of.may[action] !== false) return undefined;
  const told = must.length > 0 ? must : same;
  const purposes = PURPOSES.filter((purpose) => told.some((need) => need.purpose === purpose));
  const without = [...new Set(told.map((need) => need.without))].join('; ');
  return {
    name: 'permissions',
    ok: must.length === 0,
    found: `cannot ${action} ${objectType}: ${without}`,
    remedy: `give the token's user '${action}' on ${objectType} (${purposes.join(', ')})`,
  };
}
