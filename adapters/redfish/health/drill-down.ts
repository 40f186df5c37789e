import type { HealthFault } from '../../../src/ports/bmc-health.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asList } from '../decode.ts';
import { faultsOf } from './faults.ts';
import type { Resource } from './said.ts';
import { orWarning, Raw } from './whole.ts';

/** Looking for the part that is not well must not cost more than an inventory. */
const MAX_REQUESTS = 150;

/** Which parts are not OK, once the whole is not. What cannot be read is said: the part may be there. */
export async function drillDown(
  bmc: Bmc,
  { systems, chassis, seenAt }: { systems: readonly Resource[]; chassis: readonly Resource[]; seenAt: string },
): Promise<{ faults: HealthFault[]; warnings: string[] }> {
  const faults: HealthFault[] = [];
  const warnings: string[] = [];
  const mostRequests = bmc.requests() + MAX_REQUESTS;

  async function many(link: string | null): Promise<Resource[]> {
    if (link === null || tooMany()) return [];
    const { members, failures } = await readCollection(bmc, link, Raw);
    for (const { path, why } of failures) warnings.push(`${path}: ${why}`);
    for (const one of members) faults.push(...faultsOf(one, asLink(one) ?? link, seenAt));
    return members;
  }
  async function one(link: string | null): Promise<Resource> {
    if (link === null || tooMany()) return {};
    const body = await orWarning(bmc, bmc.get(link), link, warnings);
    if (body !== null) faults.push(...faultsOf(body, link, seenAt));
    return body ?? {};
  }
  function tooMany(): boolean {
    if (bmc.requests() < mostRequests) return false;
    warnings.push('parts are many: not all were looked at for what is not OK');
    return true;
  }

  for (const body of chassis) {
    const power = await one(asLink(body['PowerSubsystem']));
    await many(asLink(power['PowerSupplies']));
    const thermal = await one(asLink(body['ThermalSubsystem']));
    await many(asLink(thermal['Fans']));
    if (asLink(power['PowerSupplies']) === null) await one(asLink(body['Power']));
    if (asLink(thermal['Fans']) === null) await one(asLink(body['Thermal']));
  }
  for (const body of systems) {
    await many(asLink(body['Processors']));
    await many(asLink(body['Memory']));
    const storages = await many(asLink(body['Storage']) ?? asLink(body['Storages']));
    for (const storage of storages) {
      const drives = asList(storage['Drives']).map(asLink);
      await Promise.all(drives.map((drive) => one(drive)));
    }
  }
  return { faults, warnings: [...new Set(warnings)] };
}
