import type { HealthFault } from '../../../src/ports/bmc-health.ts';
import type { WantedServer } from '../../../src/ports/hardware-inventory.ts';
import { ownChassis, ownManagers } from '../choose-server.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asText } from '../decode.ts';
import { fold } from '../own-origin.ts';
import { readSystems } from '../read-systems.ts';
import { Chassis, Manager } from '../schema.ts';
import { chooseSources, isQuiet } from './choose-sources.ts';
import { drillDown } from './drill-down.ts';
import { faultsOf } from './faults.ts';
import { preferReports } from './metric-report.ts';
import type { Plan } from './plan.ts';
import { namesBefore } from './sensors.ts';
import { rollupOf, type Resource } from './said.ts';
import { readFirst, sourceAt, type Source, type SourceRead } from './source.ts';
import { learnSupplies, readSupplies } from './supplies.ts';
import { markOf, orWarning, Raw, readManagers, type Whole } from './whole.ts';

interface Surveyed {
  plan: Plan;
  whole: Whole;
  sources: SourceRead[];
}

/**
 * Looks at everything that may say something, and finds out what is worth asking at each poll. Where the whole is not OK, it looks
 * for the parts that are not. Of several servers behind the BMC, the wanted one with what is certainly its own.
 * @throws AdapterError as readHealth
 */
export async function survey(bmc: Bmc, now: Date, wanted: WantedServer | undefined): Promise<Surveyed> {
  const seenAt = now.toISOString();
  const systems = await readSystems(bmc, wanted);
  const systemLinks = systems.all.map((one) => one['@odata.id']).filter((link) => link !== null);
  const bodies = await Promise.all(systemLinks.map((link) => bmc.get(link))); // remembered: no request
  const blind: string[] = [];
  const warnings = [...systems.warnings];

  const managed =
    bmc.root.Managers === null ? { members: [], failures: [] } : await readCollection(bmc, bmc.root.Managers, Raw);
  for (const { path, why } of managed.failures) warnings.push(`${path}: ${why}`);
  const managers = ownManagers(
    managed.members.map((one) => Manager.parse(one)),
    systems,
  ).map(({ '@odata.id': link }) => fold(link ?? ''));
  const ours = managed.members.filter((one) => managers.includes(fold(asLink(one) ?? '')));
  const managerLinks = ours.map((one) => asText(one['@odata.id'])).filter((link) => link !== null);
  const whole: Whole = { systems: bodies, manager: readManagers(bmc, ours, now) };

  const chassis =
    bmc.root.Chassis === null ? { members: [], failures: [] } : await readCollection(bmc, bmc.root.Chassis, Raw);
  for (const { path, why } of chassis.failures) blind.push(`${path}: ${why}`);
  const owned = ownChassis(
    chassis.members.map((one) => Chassis.parse(one)),
    systems,
  );
  for (const one of owned.shared)
    warnings.push(`${one['@odata.id'] ?? 'a chassis'}: shared by several servers, not read`);
  const links = new Set(owned.own.map((one) => fold(one['@odata.id'] ?? '')));
  const bays = chassis.members.filter((one) => links.has(fold(asLink(one) ?? '')));
  const all: SourceRead[][] = [];
  for (const one of bays) all.push(await readChassis(bmc, one, { seenAt, blind }));
  learnSupplies(bmc, all.flat(), blind);
  const lists = all.flatMap((one) => chooseSources(one, bmc.expand !== null));
  const sources = await preferReports(bmc, lists, { seenAt, warnings });
  const before = namesBefore(sources.map(({ found }) => found));
  for (const [at, { source }] of sources.entries()) source.before = before[at] ?? {};

  const faults: HealthFault[] = bays.flatMap((one) => faultsOf(one, asLink(one) ?? 'chassis', seenAt));
  const well = [...bodies, ...bays].every((one) => (rollupOf(one) ?? 'OK') === 'OK');
  if (!well) {
    const parts = await drillDown(bmc, { systems: bodies, chassis: bays, seenAt });
    faults.push(...parts.faults);
    warnings.push(...parts.warnings);
  }
  const plan: Plan = {
    madeAt: now.getTime(),
    power: asText(bodies[0]?.['PowerState']),
    mark: markOf(whole),
    systems: systemLinks,
    managers: managerLinks,
    sources: sources.map(({ source }) => source),
    waiting: all.flat().some((one) => isQuiet(one) && one.found.length > 0),
    blind,
    faults,
    warnings,
  };
  return { plan, whole, sources };
}

async function readChassis(
  bmc: Bmc,
  body: Resource,
  { seenAt, blind }: { seenAt: string; blind: string[] },
): Promise<SourceRead[]> {
  const chassis = asText(body['Id']) ?? asText(body['@odata.id'])?.split('/').at(-1) ?? 'chassis';
  const read = async (kind: Source['kind'], link: string | null): Promise<SourceRead[]> =>
    link === null ? [] : [await readFirst(bmc, sourceAt({ kind, link, chassis }), seenAt)];
  const sensors = asLink(body['Sensors']);
  const [power, thermal] = [asLink(body['Power']), asLink(body['Thermal'])];
  const all = [
    ...(await read('sensors', sensors)),
    ...(await read('thermal', thermal)),
    ...(await read('power', power)),
  ];
  // These two are excerpts of sensors (DSP0268): where sensors are listed, or the old resources stand, they say nothing more.
  if (all.every(({ found }) => found.length === 0) && sensors === null) {
    all.push(...(await read('environment', asLink(body['EnvironmentMetrics']))));
    const subsystem = asLink(body['ThermalSubsystem']);
    const cooling = subsystem === null ? null : await orWarning(bmc, bmc.get(subsystem), subsystem, blind);
    all.push(...(await read('fans', asLink(cooling?.['Fans']))));
  }
  all.push(...(await readSupplies(bmc, { body, chassis, seenAt, blind }, all)));
  return all;
}
