import { checkDriftRules } from './drift/rules.ts';
import { AlertMapping, alertMappingSchema } from '#adapters/alertmanager/mapping.ts';
import { TemplateFile, templateSchema } from '#adapters/jira/templates/template-file.ts';
import { LifecycleMapping } from '#adapters/netbox/lifecycle-mapping.ts';
import { checkVendors } from './core/vendor.ts';
import { readYamlFile } from './core/yaml-file.ts';
import { FirmwarePolicyFile } from './firmware/policy.ts';
import { HealthRules } from './health/poll-rules.ts';
import { checkTelemetryRules, telemetryRulesSchema } from './health/rules.ts';
import { CorrelationRules, correlationSchema } from './tickets/correlation-rules.ts';
import { checkLotRules } from './lots/rules.ts';
import type { MappingCheckers, MappingSchemas } from './mapping-commands.ts';
import { checkSpareRules, spareRulesSchema } from './stock/spare-rules.ts';

/** Files in `mappings/` that are no object mappings, each checked by the room that it belongs to. */
export const mappingCheckers: MappingCheckers = {
  'alertmanager.yaml': (text) => faultsOf(readYamlFile(text, AlertMapping)),
  'correlation-rules.yaml': (text) => faultsOf(readYamlFile(text, CorrelationRules)),
  'drift-rules.yaml': checkDriftRules,
  'firmware-policy.yaml': (text) => faultsOf(readYamlFile(text, FirmwarePolicyFile)),
  'health-rules.yaml': (text) => faultsOf(readYamlFile(text, HealthRules)),
  'jira-*.yaml': (text) => faultsOf(readYamlFile(text, TemplateFile)),
  'lot-rules.yaml': checkLotRules,
  'netbox-lifecycle.yaml': (text) => faultsOf(readYamlFile(text, LifecycleMapping)),
  'spare-rules.yaml': checkSpareRules,
  'telemetry-rules.yaml': checkTelemetryRules,
  'vendors.yaml': checkVendors,
};

/** JSON Schemas for editors, beside that of object mappings. */
export const mappingSchemas: MappingSchemas = {
  alertmanager: alertMappingSchema,
  'correlation-rules': correlationSchema,
  'jira-tickets': templateSchema,
  'spare-rules': spareRulesSchema,
  'telemetry-rules': telemetryRulesSchema,
};

function faultsOf<F>(read: { faults: F[] } | object): F[] {
  return 'faults' in read ? read.faults : [];
}
