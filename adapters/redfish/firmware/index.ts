import type { Kit } from '../../../src/kit/kit.ts';
import type { BmcFirmware } from '../../../src/ports/bmc-firmware.ts';
import { evidenceOf } from '../quirks.ts';
import type { Settings } from '../settings.ts';
import { findRunning, followUpdate } from './follow-update.ts';
import { firmwareQuirksOf } from './quirks.ts';
import { resetBmc } from './reset-bmc.ts';
import { rollBack } from './roll-back.ts';
import { installedOf, readRows } from './rows.ts';
import { startUpdate } from './start-update.ts';
import { readUpdateService } from './update-service.ts';
import { withBmc } from './with-bmc.ts';

const silently = async (): Promise<void> => {};

/** Firmware of everything that the BMC can update: read, update, follow, go back. */
export function bmcFirmware(settings: Settings, kit: Kit): BmcFirmware {
  const opening = { settings, kit };
  return {
    readFirmware: (target, signal) =>
      withBmc(opening, target, signal, async ({ bmc, system }) => {
        const { inventory } = await readUpdateService(bmc, system);
        if (inventory === null) return [];
        const quirks = firmwareQuirksOf(await evidenceOf(bmc));
        return installedOf(await readRows(bmc, inventory, quirks, settings.firmwareTimeoutMs));
      }),
    startUpdate: (target, update, signal, announce = silently) =>
      withBmc(opening, target, signal, (opened) => startUpdate(opened, update, announce)),
    followUpdate: (target, handle, signal) =>
      withBmc(opening, target, signal, (opened) => followUpdate(opened, handle)),
    findRunning: (target, signal) => withBmc(opening, target, signal, findRunning),
    rollBack: (target, id, signal, announce = silently) =>
      withBmc(opening, target, signal, (opened) => rollBack(opened, id, announce)),
    resetBmc: (target, signal, announce = silently) =>
      withBmc(opening, target, signal, (opened) => resetBmc(opened, announce)),
  };
}
