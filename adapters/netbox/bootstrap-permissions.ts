import { mappedWrites, type MappedWrites } from './probe-mapped-writes.ts';
import { type Action, needsOf, PURPOSES, type Purpose } from './probe-needs.ts';
import type { Creatable } from './settings.ts';

/** A line of `reanimator netbox permissions`. */
export interface PermissionRow {
  for: Purpose;
  object_type: string;
  actions: string;
  /** What does not work without it. */
  without: string;
}

export interface Permitted {
  /** Default: what the files in `mappings/` say. */
  mapped?: readonly MappedWrites[];
  /** The setting of that name; default: all. */
  createMissing?: readonly Creatable[];
}

/** As `POST /api/users/permissions/` takes it, in 4.4 to 4.7. */
export interface PermissionBody {
  name: string;
  description: string;
  enabled: true;
  object_types: string[];
  actions: Action[];
  constraints: null;
  groups: number[];
  users: number[];
}

const ACTIONS: readonly Action[] = ['view', 'add', 'change', 'delete'];
const SAYS = {
  reading: 'compare, and write nothing',
  recording: 'enter servers that the hub found',
  reconcile: 'write what the mappings say',
  bootstrap: 'tag, custom fields, webhook, event rule and links; needed again after upgrades',
} as const satisfies Record<Purpose, string>;

/** Exactly what the hub's user has to be given, by purpose. Each purpose is whole by itself but for 'reconcile', which builds on 'reading'. */
export function netboxPermissions({ mapped = mappedWrites(), createMissing }: Permitted = {}): PermissionRow[] {
  const needs = needsOf(mapped, createMissing);
  return PURPOSES.flatMap((purpose) => {
    const ofPurpose = needs.filter((one) => one.purpose === purpose);
    const types = [...new Set(ofPurpose.map((one) => one.objectType))].toSorted();
    return types.map((type) => {
      const ofType = ofPurpose.filter((one) => one.objectType === type);
      const optional = ordered(ofType.filter((one) => one.optional).map((one) => one.action));
      const without = [...new Set(ofType.map((one) => one.without))].join('; ');
      return {
        for: purpose,
        object_type: type,
        actions: ordered(ofType.map((one) => one.action)).join(', '),
        without: optional.length === 0 ? without : `${without} (${optional.join(', ')} may be left out)`,
      };
    });
  });
}

/** The same as bodies, one per purpose and set of actions; `user`: the id of the hub's user in NetBox. */
export function permissionBodies(user: number | undefined, permitted: Permitted = {}): PermissionBody[] {
  const groups = Map.groupBy(netboxPermissions(permitted), (row) => `${row.for}: ${row.actions}`);
  return [...groups].map(([name, rows]) => ({
    name: `reanimator ${name}`,
    description: rows[0] ? SAYS[rows[0].for] : '',
    enabled: true,
    object_types: rows.map((row) => row.object_type),
    actions: (rows[0]?.actions.split(', ') ?? []) as Action[],
    constraints: null,
    groups: [],
    users: user === undefined ? [] : [user],
  }));
}

function ordered(actions: readonly Action[]): Action[] {
  return ACTIONS.filter((action) => actions.includes(action));
}
