import { checkDriftRules } from './drift/rules.ts';
import { LifecycleMapping } from '#adapters/netbox/lifecycle-mapping.ts';
import { checkVendors } from './core/vendor.ts';
import { readYamlFile } from './core/yaml-file.ts';
import { FirmwarePolicyFile } from './firmware/policy.ts';
import { HealthRules } from './health/poll-rules.ts';
import { TelemetryRules } from './health/rules.ts';
import { checkLotRules } from './lots/rules.ts';
import type { MappingCheckers } from './mapping-commands.ts';

/** Files in `mappings/` that are no object mappings, each checked by the room that it belongs to. */
export const mappingCheckers: MappingCheckers = {
  'drift-rules.yaml': checkDriftRules,
  'firmware-policy.yaml': (text) => faultsOf(readYamlFile(text, FirmwarePolicyFile)),
  'health-rules.yaml': (text) => faultsOf(readYamlFile(text, HealthRules)),
  'lot-rules.yaml': checkLotRules,
  'netbox-lifecycle.yaml': (text) => faultsOf(readYamlFile(text, LifecycleMapping)),
  'telemetry-rules.yaml': (text) => faultsOf(readYamlFile(text, TelemetryRules)),
  'vendors.yaml': checkVendors,
};

function faultsOf<F>(read: { faults: F[] } | object): F[] {
  return 'faults' in read ? read.faults : [];
}
