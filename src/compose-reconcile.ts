import type { Configuration } from './config.ts';
import { HubError } from './core/error.ts';
import type { Route } from './core/route.ts';
import { mappingHashOf, type Reconciled } from './drift/reconciled.ts';
import { driftRoutes } from './drift/routes.ts';
import { compileDriftRules, driftRulesHash, loadDriftRules } from './drift/rules.ts';
import type { JobSettings } from '#jobs/job-ctx.ts';
import { sideValues } from '#jobs/reconcile/sides/side-values.ts';
import { loadMappings } from './mapping/load-mappings.ts';
import type { Adapters } from './ports/adapters.ts';

export interface ComposedReconcile {
  reconciled: Reconciled;
  routes: Route[];
  settings: JobSettings['reconcile'];
}

/** The systems that the hub compares itself with, by the mappings and rules that are in `mappings/` now. @throws MappingError with every fault of every file */
export function composeReconcile(config: Configuration, adapters: Adapters): ComposedReconcile {
  const rules = loadDriftRules();
  const rulesHash = driftRulesHash(rules);
  const ruler = compileDriftRules(rules);
  const systems = adapters.has('recordObjects') ? [adapters.providerOf('recordObjects')] : [];
  const mappings = new Map(
    systems.map((system) => {
      const configured = config.adapters.find(({ definition }) => definition.id === system);
      const without = configured?.definition.leavesAside?.(configured.settings) ?? [];
      return [system, loadMappings(system, undefined, without, sideValues)];
    }),
  );
  const of = (system: string) => {
    const found = mappings.get(system);
    if (!found || found.length === 0)
      throw new HubError('unavailable', `there is no mapping for ${system}: mappings/${system}-*.yaml is missing`);
    return found;
  };
  const reconciled: Reconciled = {
    mappings,
    mappingHash: (system) => mappingHashOf(of(system), rulesHash),
    urlOf: (system, type, id) => (systems.includes(system) ? adapters.use('recordObjects').urlOf(type, id) : null),
  };
  return {
    reconciled,
    routes: driftRoutes(reconciled),
    settings: { of: (system) => ({ mappings: of(system), rules: ruler, rulesHash }) },
  };
}
