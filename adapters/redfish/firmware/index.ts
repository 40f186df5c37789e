import type { Kit } from '../../../src/kit/kit.ts';
import type { BmcFirmware } from '../../../src/ports/bmc-firmware.ts';
import { evidenceOf } from '../quirks.ts';
import type { Settings } from '../settings.ts';
import { findRunning, followUpdate } from './follow-update.ts';
import { queueImage } from './queue-image.ts';
import { firmwareQuirksOf } from './quirks.ts';
import { retire, withdraw } from './queue.ts';
import { discard } from './repository.ts';
import { resetBmc } from './reset-bmc.ts';
import { rollBack } from './roll-back.ts';
import { installedOf, readRows } from './rows.ts';
import { startStaged } from './staged.ts';
import { startUpdate } from './start-update.ts';
import { readUpdateService } from './update-service.ts';
import { withOpened } from './with-opened.ts';

const silently = async (): Promise<void> => {};

/** Firmware of everything that the BMC can update: read, update, follow, go back. */
export function bmcFirmware(settings: Settings, kit: Kit): BmcFirmware {
  const opening = { settings, kit };
  return {
    readFirmware: (target, signal) =>
      withOpened(opening, target, signal, async ({ bmc, system }) => {
        const { inventory, hpeRepository } = await readUpdateService(bmc, system);
        if (inventory === null) return [];
        const quirks = firmwareQuirksOf(await evidenceOf(bmc));
        const rows = await readRows(bmc, inventory, quirks, settings.firmwareTimeoutMs);
        return installedOf(rows, { hasQueue: hpeRepository !== null });
      }),
    startUpdate: (target, update, signal, announce = silently) =>
      withOpened(opening, target, signal, (opened) => startUpdate(opened, update, announce)),
    startStaged: (target, start, signal, announce = silently) =>
      withOpened(opening, target, signal, (opened) =>
        start.handle.method === 'repository' ? queueImage(opened, start, announce) : startStaged(opened, announce),
      ),
    followUpdate: (target, handle, signal) =>
      withOpened(opening, target, signal, (opened) => followUpdate(opened, handle)),
    findRunning: (target, signal) => withOpened(opening, target, signal, findRunning),
    retire: (target, handle, signal) => withOpened(opening, target, signal, (opened) => retire(opened, handle)),
    withdraw: (target, handle, signal) => withOpened(opening, target, signal, (opened) => withdraw(opened, handle)),
    discard: (target, kept, signal) => withOpened(opening, target, signal, (opened) => discard(opened, kept)),
    rollBack: (target, id, signal, announce = silently) =>
      withOpened(opening, target, signal, (opened) => rollBack(opened, id, announce)),
    resetBmc: (target, signal, announce = silently) =>
      withOpened(opening, target, signal, (opened) => resetBmc(opened, announce)),
  };
}
