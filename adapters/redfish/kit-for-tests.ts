import { createHttp } from '../../src/kit/http.ts';
import type { Kit, Log } from '../../src/kit/kit.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { BmcTarget, InventoryReport } from '../../src/ports/hardware-inventory.ts';
import { redfishAdapter } from './index.ts';
import type { BmcSimulator } from './simulator.ts';

export interface TestKit extends Kit {
  /** What was reported, oldest first. */
  refused: { target: string; credential: string; reason: string }[];
}

/** The hub's kit with lock-outs in memory and a log that says nothing. */
export function testKit(): TestKit {
  const refused: TestKit['refused'] = [];
  const log: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
  return {
    system: 'redfish',
    log,
    now: () => new Date('2026-01-02T03:04:05.000Z'),
    http: (options) => createHttp('redfish', options),
    refused,
    lockouts: {
      async check(target, credential) {
        const known = refused.find((one) => one.target === target && one.credential === credential);
        if (known)
          throw new AdapterError('unauthorized', `redfish: refused before: ${known.reason}`, { system: 'redfish' });
      },
      async report(target, credential, reason) {
        refused.push({ target, credential, reason });
      },
    },
  };
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

/** Reads through the adapter's own front door. */
export async function readBmc(bmc: BmcSimulator, options: ReadOptions = {}): Promise<InventoryReport> {
  const settings = redfishAdapter.Settings.parse({ timeoutMs: 5_000, ...options.settings });
  const { hardwareInventory } = redfishAdapter.connect(settings, options.kit ?? testKit()).provides;
  if (hardwareInventory === undefined) throw new Error('the adapter does not provide hardwareInventory');
  return hardwareInventory.read(targetOf(bmc, options.target), options.signal ?? new AbortController().signal);
}

export function countKinds(report: InventoryReport): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of report.components) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
