import type { Kit } from '../../src/kit/kit.ts';
import { kitForTests, type KitForTests } from '../../src/kit/kit-for-tests.ts';
import type { BmcTarget, InventoryReport } from '../../src/ports/hardware-inventory.ts';
import { redfishAdapter } from './index.ts';
import type { BmcSimulator } from './simulator.ts';

/** Inventories carry the time of the read: a fixed one, so that reports can be compared. */
export function testKit(): KitForTests {
  return kitForTests('redfish', () => new Date('2026-01-02T03:04:05.000Z'));
}

export function targetOf(bmc: BmcSimulator, overrides: Partial<BmcTarget> = {}): BmcTarget {
  return { url: bmc.url, username: bmc.username, password: bmc.password, fingerprint256: null, ...overrides };
}

interface ReadOptions {
  settings?: Record<string, unknown>;
  kit?: Kit;
  target?: Partial<BmcTarget>;
  signal?: AbortSignal;
}

/** Reads through the adapter's own front door, and closes the adapter, which deletes the session. */
export async function readBmc(bmc: BmcSimulator, options: ReadOptions = {}): Promise<InventoryReport> {
  const settings = redfishAdapter.Settings.parse({ timeoutMs: 5_000, ...options.settings });
  const connection = redfishAdapter.connect(settings, options.kit ?? testKit());
  const { hardwareInventory } = connection.provides;
  if (hardwareInventory === undefined) throw new Error('the adapter does not provide hardwareInventory');
  try {
    return await hardwareInventory.read(targetOf(bmc, options.target), options.signal ?? new AbortController().signal);
  } finally {
    await connection.close?.();
  }
}

export function countKinds(report: InventoryReport): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of report.components) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
