import type { Kit } from '../../src/kit/kit.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import type {
  BmcTarget,
  HardwareInventory,
  InventoryReport,
  WantedServer,
} from '../../src/ports/hardware-inventory.ts';
import { ownChassis, ownManagers } from './choose-server.ts';
import { openBmc, type Bmc } from './client.ts';
import { readCollection } from './collection.ts';
import { quirksOf, vendorOf } from './quirks.ts';
import { reportHpeBatteries } from './read-batteries.ts';
import { readBoard } from './read-board.ts';
import { readFans } from './read-fans.ts';
import { readFirmware } from './read-firmware.ts';
import { readHpeDevices } from './read-hpe-devices.ts';
import { describeManager, pickManager, readManagers } from './read-managers.ts';
import { readMemory } from './read-memory.ts';
import { readNetwork } from './read-network.ts';
import { readPcie } from './read-pcie.ts';
import { readPower } from './read-power.ts';
import { readProcessors } from './read-processors.ts';
import { readStorage } from './read-storage.ts';
import { describeSystem, readSystems, strangerWarnings } from './read-systems.ts';
import { readTpm } from './read-tpm.ts';
import { startReading } from './reading.ts';
import { Chassis, Manager } from './schema.ts';
import type { Settings } from './settings.ts';

export function hardwareInventory(settings: Settings, kit: Kit): HardwareInventory {
  return {
    async read(target, signal) {
      try {
        return await readInventory(target, settings, kit, signal);
      } catch (error) {
        if (error instanceof AdapterError) throw error;
        if (signal.aborted)
          throw new AdapterError('unreachable', `${kit.system}: the read was stopped`, {
            system: kit.system,
            cause: error,
          });
        throw new AdapterError('malformed', `${kit.system}: reading ${target.url} went wrong`, {
          system: kit.system,
          cause: error,
        });
      }
    },
  };
}

async function readInventory(
  target: BmcTarget,
  settings: Settings,
  kit: Kit,
  signal: AbortSignal,
): Promise<InventoryReport> {
  const bmc = await openBmc(target, settings, kit, signal);
  let problems: string[] = [];
  let body: Omit<InventoryReport, 'requests' | 'fingerprint256'>;
  try {
    const { firmwareTimeoutMs } = settings;
    body = await readAll(bmc, { firmwareTimeoutMs, now: () => kit.now(), wanted: target.server });
    const fatal = bmc.fatal();
    if (fatal) throw fatal;
    signal.throwIfAborted();
  } finally {
    problems = await bmc.close();
    for (const problem of problems) kit.log.warn({ url: target.url, problem }, 'BMC session may be left open');
  }
  return {
    ...body,
    warnings: [...body.warnings, ...problems],
    requests: bmc.requests(),
    fingerprint256: bmc.fingerprint256(),
  };
}

interface ReadOptions {
  firmwareTimeoutMs: number;
  now: () => Date;
  wanted?: WantedServer | undefined;
}

/** What stands in systems: the same for a system that cannot be read. */
const IN_SYSTEMS = ['cpu', 'gpu', 'dimm', 'drive', 'storage-controller', 'nic', 'pcie-device', 'tpm'] as const;

/** What stands in chassis: a chassis that cannot be read leaves all of it open. */
const IN_CHASSIS = ['psu', 'fan', 'nic', 'gpu', 'pcie-device', 'mainboard', 'battery', 'transceiver'] as const;

/** The read itself, the same over the network and out of saved files. */
export async function readAll(
  bmc: Bmc,
  { firmwareTimeoutMs, now, wanted }: ReadOptions,
): Promise<Omit<InventoryReport, 'requests' | 'fingerprint256'>> {
  const systems = await readSystems(bmc, wanted);
  const { primary } = systems;
  const managers = bmc.root.Managers === null ? null : await readCollection(bmc, bmc.root.Managers, Manager);
  const ours = ownManagers(managers?.members ?? [], systems);
  const manager = pickManager(ours, primary);
  const vendor = vendorOf(bmc.root, primary.Manufacturer);
  const { RedfishVersion } = bmc.root;
  const quirks = quirksOf({
    ...{ vendor, redfishVersion: RedfishVersion },
    ...{ managerModel: manager?.Model ?? null, managerFirmware: manager?.FirmwareVersion ?? null },
  });
  if (quirks.maxInFlight !== null) bmc.narrow(quirks.maxInFlight);

  const reading = startReading(bmc, quirks);
  for (const { path, why } of systems.failures) reading.failed(path, why, ...IN_SYSTEMS);
  for (const warning of strangerWarnings(systems)) reading.warn(warning);
  for (const { path, why } of managers?.failures ?? []) reading.failed(path, why, 'bmc');

  // Nothing of what stands in a chassis can be complete when not every chassis could be read.
  const all = bmc.root.Chassis === null ? [] : await reading.many(bmc.root.Chassis, Chassis, ...IN_CHASSIS);
  const { own: chassis, shared } = ownChassis(all, systems);
  for (const one of shared) reading.warn(`${one['@odata.id'] ?? 'a chassis'}: shared by several servers, not read`);
  const [ends, firmware] = await Promise.all([
    readManagers(reading, ours),
    readFirmware(reading, firmwareTimeoutMs),
    ...systems.all.flatMap((system) => [
      readProcessors(reading, system),
      readMemory(reading, system),
      readStorage(reading, system, system === primary ? chassis : []),
    ]),
    ...chassis.flatMap((one) => [readPower(reading, one), readFans(reading, one)]),
    readNetwork(reading, systems.all, chassis),
  ]);
  const devices = await readPcie(reading, systems.all, chassis);
  await readTpm(reading, primary, chassis);
  for (const one of chassis) {
    reportHpeBatteries(reading, one);
    if (devices === 0) await readHpeDevices(reading, one);
  }
  readBoard(reading, primary, chassis);

  const its = ends.find((one) => one.manager === manager) ?? null;
  return {
    collectedAt: now().toISOString(),
    source: 'redfish',
    system: describeSystem(primary),
    manager: describeManager(its, RedfishVersion, vendor),
    firmware,
    ...reading.result(),
  };
}
