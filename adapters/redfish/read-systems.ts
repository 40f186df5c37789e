import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { InventoryReport } from '../../src/ports/hardware-inventory.ts';
import type { Bmc } from './client.ts';
import { readCollection } from './collection.ts';
import { ComputerSystem } from './schema.ts';

export interface Systems {
  /** The server. */
  primary: ComputerSystem;
  /** With it, what else is part of the same server: NVIDIA's HGX baseboard is a ComputerSystem of its own. */
  all: ComputerSystem[];
  warnings: string[];
}

// A DPU or a virtual machine in the list is not this server's hardware.
const NOT_HARDWARE = /^(virtual|os|virtuallypartitioned|dpu)$/i;

/** @throws AdapterError where the BMC shows no server at all */
export async function readSystems(bmc: Bmc): Promise<Systems> {
  const system = 'redfish';
  const link = bmc.root.Systems;
  if (link === null) throw new AdapterError('unsupported', `${system}: the BMC lists no systems`, { system });
  // One read by itself first: it tells whether the account may read at all, before several requests would count as several wrong logins.
  const collection = await bmc.get(link);
  const { members, failures } = await readCollection({ ...bmc, expand: null, get: bmc.get }, link, ComputerSystem);
  const physical = members.filter((one) => !NOT_HARDWARE.test(one.SystemType ?? ''));
  const candidates = physical.length > 0 ? physical : members;
  // HGX: the baseboard has no BIOS of its own, the host has.
  const primary = candidates.find((one) => one.Bios !== null) ?? candidates[0];
  if (primary === undefined) {
    const why =
      failures.map(({ path, why }) => `${path}: ${why}`).join('; ') ||
      `${String(collection['@odata.id'] ?? link)} is empty`;
    throw new AdapterError(
      failures.length > 0 ? 'malformed' : 'unsupported',
      `${system}: no system can be read: ${why}`,
      { system },
    );
  }
  const others = candidates.filter((one) => one !== primary);
  const servers = others.filter((one) => one.Bios !== null && primary.Bios !== null);
  const warnings = failures.map(({ path, why }) => `${path}: ${why}`);
  // Several servers behind one BMC (Cray EX node cards): mixing their parts would invent a machine that does not exist.
  for (const one of servers)
    warnings.push(`${one['@odata.id'] ?? 'a further system'}: a further server behind the same BMC, not read`);
  return { primary, all: [primary, ...others.filter((one) => !servers.includes(one))], warnings };
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
