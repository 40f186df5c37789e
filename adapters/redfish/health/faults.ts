import type { HealthFault } from '../../../src/ports/bmc-health.ts';
import { asList, asLink, asText, isRecord } from '../decode.ts';
import { healthOf, isAbsent, type Resource } from './said.ts';

const CAPS = { depth: 8, faults: 200, message: 300 };

/**
 * What is not OK in a resource, wherever in it that stands: list members (Thermal, Power), summaries, Conditions (which name
 * their origin), HPE's AggregateHealthStatus, Dell's *RollupStatus. Parts that are only linked to are not looked into.
 */
export function faultsOf(resource: Resource, link: string, seenAt: string): HealthFault[] {
  const faults: HealthFault[] = [];

  function add(fault: Omit<HealthFault, 'health' | 'seenAt'>, said: unknown): void {
    const health = healthOf(said);
    if (health === null || health === 'OK' || faults.length >= CAPS.faults) return;
    faults.push({ ...fault, health, message: fault.message?.slice(0, CAPS.message) ?? null, seenAt });
  }

  function look(node: Resource, path: string, name: string, depth: number): void {
    if (depth > CAPS.depth) return;
    const own = ownPlace(node, path);
    const called = asText(node['FanName']) ?? asText(node['Name']) ?? asText(node['DomainName']) ?? name;
    const status = node['Status'];
    if (isRecord(status) && !isAbsent(node)) {
      const state = asText(status['State']);
      const conditions = asList(status['Conditions']).filter(isRecord);
      for (const one of conditions) {
        const origin = asLink(one['OriginOfCondition']) ?? own;
        const message = asText(one['Message']) ?? asText(one['MessageId']);
        add({ path: origin, name: called, state, message }, one['Severity']);
      }
      add({ path: own, name: called, state, message: null }, status['Health']);
    }
    for (const [key, value] of Object.entries(node)) {
      if (key === 'Links' || key === 'Status' || key === 'Actions' || key === 'RelatedItem' || key.includes('@'))
        continue;
      if (/.RollupStatus$/.test(key) && !/^SystemHealth/.test(key)) {
        add({ path: `${own}#/${key}`, name: key.replace(/RollupStatus$/, ''), state: null, message: null }, value);
        continue;
      }
      for (const [at, one] of asList(value).entries()) {
        if (!isRecord(one)) continue;
        const place = Array.isArray(value) ? `${key}/${at}` : key;
        look(one, own.includes('#') ? `${own}/${place}` : `${own}#/${place}`, key, depth + 1);
      }
    }
  }
  look(resource, link, asText(resource['Id']) ?? link, 0);
  return faults;
}

/** A member's own address counts only where it is one: HPE writes `Power#PowerSupplies/0`, which is as good. */
function ownPlace(node: Resource, path: string): string {
  const id = node['@odata.id'];
  return typeof id === 'string' && id.startsWith('/redfish') ? id : path;
}

/** One line per place; the message that says more stays. */
export function distinct(faults: readonly HealthFault[]): HealthFault[] {
  const byPlace = new Map<string, HealthFault>();
  for (const fault of faults) {
    const key = `${fault.path.replace(/\/+$/, '').toLowerCase()} ${fault.message ?? ''}`;
    const bare = `${fault.path.replace(/\/+$/, '').toLowerCase()} `;
    if (fault.message !== null) byPlace.delete(bare);
    else if ([...byPlace.keys()].some((known) => known.startsWith(bare))) continue;
    if (!byPlace.has(key)) byPlace.set(key, fault);
  }
  return [...byPlace.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
