import type { Kit } from '../../src/kit/kit.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { BmcTarget, HardwareInventory, InventoryReport } from '../../src/ports/hardware-inventory.ts';
import { openBmc, type Bmc } from './client.ts';
import { readCollection } from './collection.ts';
import { quirksOf } from './quirks.ts';
import { readBoard } from './read-board.ts';
import { readFans } from './read-fans.ts';
import { readFirmware } from './read-firmware.ts';
import { describeManager, pickManager, readManagers } from './read-managers.ts';
import { readMemory } from './read-memory.ts';
import { readNetwork } from './read-network.ts';
import { readPcie } from './read-pcie.ts';
import { readPower } from './read-power.ts';
import { readProcessors } from './read-processors.ts';
import { readStorage } from './read-storage.ts';
import { describeSystem, readSystems } from './read-systems.ts';
import { startReading } from './reading.ts';
import { Chassis, Manager, type ComputerSystem, type ServiceRoot } from './schema.ts';
import type { Settings } from './settings.ts';

export function hardwareInventory(settings: Settings, kit: Kit): HardwareInventory {
  return {
    async read(target, signal) {
      try {
        return await readInventory(withDefaults(target, settings), settings, kit, signal);
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

function withDefaults(target: BmcTarget, settings: Settings): BmcTarget {
  if (target.username !== '') return target;
  return { ...target, username: settings.username, password: settings.password };
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
    body = await readAll(bmc, { firmwareTimeoutMs: settings.firmwareTimeoutMs, now: () => kit.now() });
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

/** The read itself, the same over the network and out of saved files. */
export async function readAll(
  bmc: Bmc,
  { firmwareTimeoutMs, now }: { firmwareTimeoutMs: number; now: () => Date },
): Promise<Omit<InventoryReport, 'requests' | 'fingerprint256'>> {
  const systems = await readSystems(bmc);
  const { primary } = systems;
  const managers = bmc.root.Managers === null ? null : await readCollection(bmc, bmc.root.Managers, Manager);
  const manager = pickManager(managers?.members ?? [], primary);
  const vendor = vendorOf(bmc.root, primary);
  const { RedfishVersion } = bmc.root;
  const quirks = quirksOf({ vendor, managerModel: manager?.Model ?? null, redfishVersion: RedfishVersion });
  if (quirks.maxInFlight !== null) bmc.narrow(quirks.maxInFlight);

  const reading = startReading(bmc, quirks);
  for (const warning of systems.warnings) reading.warn(warning);
  for (const { path, why } of managers?.failures ?? []) reading.failed(path, why, 'bmc');

  // Nothing of what stands in a chassis can be complete when not every chassis could be read.
  const chassis =
    bmc.root.Chassis === null
      ? []
      : await reading.many(bmc.root.Chassis, Chassis, 'psu', 'fan', 'nic', 'gpu', 'pcie-device', 'mainboard');
  const [ends, firmware] = await Promise.all([
    managers === null ? [] : readManagers(reading, managers.members),
    readFirmware(reading, firmwareTimeoutMs),
    ...systems.all.flatMap((system) => [
      readProcessors(reading, system),
      readMemory(reading, system),
      readStorage(reading, system),
    ]),
    ...chassis.flatMap((one) => [readPower(reading, one), readFans(reading, one)]),
    readNetwork(reading, systems.all, chassis),
  ]);
  await readPcie(reading, systems.all, chassis);
  readBoard(reading, primary, chassis);

  const ours = ends.find((one) => one.manager === manager) ?? null;
  return {
    collectedAt: now().toISOString(),
    source: 'redfish',
    system: describeSystem(primary),
    manager: describeManager(ours, RedfishVersion, vendor),
    firmware,
    ...reading.result(),
  };
}

/** `Vendor` is missing on old firmware; then the OEM section's key, then who made the machine. */
function vendorOf(root: ServiceRoot, system: ComputerSystem): string | null {
  const oem = Object.keys(root.Oem).find((key) =>
    /^(dell|hpe?|supermicro|lenovo|intel|nvidia|ami|openbmc|ibm|cisco|huawei|inspur)$/i.test(key),
  );
  return root.Vendor ?? oem ?? system.Manufacturer;
}
