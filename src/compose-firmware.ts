import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { JobSettings } from '#jobs/job-ctx.ts';
import type { Configuration } from './config.ts';
import * as erasureEvents from './erasure/events.ts';
import { erasureRoutes } from './erasure/routes.ts';
import * as updateEvents from './firmware/events.ts';
import { installedRoutes } from './firmware/installed-routes.ts';
import { type FirmwarePolicy, FirmwarePolicyFile } from './firmware/policy.ts';
import { firmwareRoutes } from './firmware/routes.ts';
import type { Route } from './core/route.ts';

export const firmwareEvents = { ...erasureEvents, ...updateEvents };

export interface ComposedFirmware {
  routes: Route[];
  settings: Pick<JobSettings, 'firmware' | 'erase'>;
}

/** Firmware and erasures, by the policy that is in `mappings/` now. @throws ZodError with every fault of the file */
export function composeFirmware(config: Configuration): ComposedFirmware {
  const policy = readFirmwarePolicy();
  const { FIRMWARE_DEADLINE_MS, FIRMWARE_QUIET_MS: quietMs, ERASE_DEADLINE_MS } = config;
  return {
    routes: [...firmwareRoutes, ...installedRoutes(policy), ...erasureRoutes],
    settings: {
      firmware: { policy, deadlineMs: FIRMWARE_DEADLINE_MS, quietMs },
      erase: { deadlineMs: ERASE_DEADLINE_MS, quietMs },
    },
  };
}

/** @throws ZodError with every fault of the file */
export function readFirmwarePolicy(): FirmwarePolicy {
  const file = new URL('../mappings/firmware-policy.yaml', import.meta.url);
  return FirmwarePolicyFile.parse(parse(readFileSync(file, 'utf8')));
}
