import { isVersion } from './model.ts';
import { baselineOf, kindOf, type PlannedServer, planUpdate } from './plan-update.ts';
import type { FirmwarePolicy } from './policy.ts';

/** `unknown`: the BMC shows no version, which is not an old one. `not-in-policy`: nobody has said what it shall be. */
export const INSTALLED_VERDICTS = ['as-wanted', 'differs', 'unknown', 'not-in-policy'] as const;
export type InstalledVerdict = (typeof INSTALLED_VERDICTS)[number];

export interface InstalledRow {
  id: string;
  name: string;
  version: string | null;
  updateable: boolean | null;
}

/**
 * The rows that a look has kept, by the component that an update names. iDRAC writes state, software and version before it
 * (`Installed-159-1.15.2__BIOS.Setup.1-1`), and lists some once more without any component: those say nothing of their own.
 */
export function byComponent(rows: readonly InstalledRow[]): InstalledRow[] {
  const found = new Map<string, InstalledRow>();
  const installedFirst = rows.toSorted((a, b) => Number(isCurrent(a)) - Number(isCurrent(b)));
  for (const row of installedFirst) {
    const hasState = /^(?:Installed|Current)-/.test(row.id);
    const id = hasState ? row.id.split('__').slice(1).join('__') : row.id;
    if (id !== '' && !found.has(id)) found.set(id, { ...row, id });
  }
  return [...found.values()];
}

const isCurrent = ({ id }: InstalledRow): boolean => id.startsWith('Current-');

export interface JudgedComponent {
  component: string;
  name: string;
  kind: string | null;
  version: string | null;
  updateable: boolean | null;
  wanted: string | null;
  verdict: InstalledVerdict;
}

export interface JudgedServer {
  components: JudgedComponent[];
  /** What an update to the baseline would do now; empty: nothing. */
  plan: { component: string; name: string; from: string | null; to: string }[];
  /** Why there is no plan; null: there is one. */
  why: string | null;
}

/** What is installed, against what the policy wants. */
export function judgeInstalled(policy: FirmwarePolicy, server: PlannedServer): JudgedServer {
  const baseline = baselineOf(policy, server);
  const components = server.rows.map(({ id, name, version, updateable }): JudgedComponent => {
    const kind = kindOf(policy, { id, name });
    const wanted = (kind === null ? undefined : baseline?.[kind]) ?? null;
    return { component: id, name, kind, version, updateable, wanted, verdict: verdictOf(version, wanted) };
  });
  const planned = planUpdate(policy, server, 'baseline');
  if ('why' in planned) return { components, plan: [], why: planned.why };
  const plan = planned.steps.map(({ component, name, from, to }) => ({ component, name, from, to }));
  return { components, plan, why: null };
}

function verdictOf(version: string | null, wanted: string | null): InstalledVerdict {
  if (wanted === null) return 'not-in-policy';
  if (version === null) return 'unknown';
  return isVersion(version, wanted) ? 'as-wanted' : 'differs';
}
