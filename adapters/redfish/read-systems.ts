import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { InventoryReport, WantedServer } from '../../src/ports/hardware-inventory.ts';
import { chooseServer, type Server } from './choose-server.ts';
import type { Bmc } from './client.ts';
import { readCollection } from './collection.ts';
import { ComputerSystem } from './schema.ts';

export interface Systems extends Server {
  /** The server and its boards. */
  all: ComputerSystem[];
  /** Systems that could not be read: what they have is missing in everything that stands in systems. */
  failures: { path: string; why: string }[];
  warnings: string[];
}

/** A DPU or a virtual machine in the list is not this server's hardware. */
export const NOT_HARDWARE = /^(virtual|os|virtuallypartitioned|dpu)$/i;

/** @throws AdapterError where the BMC shows no server at all, or several of which the wanted one cannot be told */
export async function readSystems(bmc: Bmc, wanted?: WantedServer): Promise<Systems> {
  const system = 'redfish';
  const link = bmc.root.Systems;
  if (link === null) throw new AdapterError('unsupported', `${system}: the BMC lists no systems`, { system });
  // One read by itself first: it tells whether the account may read at all, before several requests would count as several wrong logins.
  const collection = await bmc.get(link);
  const { members, failures } = await readCollection({ ...bmc, expand: null, get: bmc.get }, link, ComputerSystem);
  const physical = members.filter((one) => !NOT_HARDWARE.test(one.SystemType ?? ''));
  const candidates = physical.length > 0 ? physical : members;
  const server = chooseServer(candidates, wanted);
  // A board that is left over when its host cannot be read is not the server, and would pass for another one.
  const isLeftOver = failures.length > 0 && server?.primary.Bios === null && server.primary.BiosVersion === null;
  if (server === null || isLeftOver) {
    const why =
      failures.map(({ path, why }) => `${path}: ${why}`).join('; ') ||
      `${String(collection['@odata.id'] ?? link)} is empty`;
    throw new AdapterError(
      failures.length > 0 ? 'malformed' : 'unsupported',
      `${system}: no system can be read: ${why}`,
      { system },
    );
  }
  const warnings = [...failures.map(({ path, why }) => `${path}: ${why}`), ...strangerWarnings(server)];
  return { ...server, all: [server.primary, ...server.boards], failures, warnings };
}

/** Several servers behind one BMC (Cray EX node cards): mixing their parts would invent a machine that does not exist. */
export function strangerWarnings({ strangers }: Server): string[] {
  return strangers.map(
    (one) => `${one['@odata.id'] ?? 'a further system'}: a further server behind the same BMC, not read`,
  );
}

export function describeSystem(one: ComputerSystem): InventoryReport['system'] {
  const gib = one.MemorySummary.TotalSystemMemoryGiB;
  return {
    manufacturer: one.Manufacturer,
    model: one.Model,
    serial: one.SerialNumber,
    sku: one.SKU,
    uuid: one.UUID,
    assetTag: one.AssetTag,
    hostName: one.HostName,
    biosVersion: one.BiosVersion,
    powerState: one.PowerState,
    health: one.Status.Health,
    totalMemoryBytes: gib === null ? null : Math.round(gib * 1024 ** 3),
    processorCount: one.ProcessorSummary.Count,
  };
}
