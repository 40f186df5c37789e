import type { Announce, UpdateHandle } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { evidenceOf } from '../quirks.ts';
import { firmwareQuirksOf } from './quirks.ts';
import { readRows } from './rows.ts';
import { trackOf } from './task.ts';
import { readUpdateService } from './update-service.ts';
import type { Opened } from './with-opened.ts';

/** iDRAC9 and later: SimpleUpdate with the address of the `Previous-` row. No other vendor has a way (no action in any UpdateService seen). */
export async function rollBack(opened: Opened, id: string, announce: Announce): Promise<UpdateHandle> {
  const { bmc, system, kit, settings } = opened;
  const quirks = firmwareQuirksOf(await evidenceOf(bmc));
  const service = await readUpdateService(bmc, system);
  const cannot = (why: string): AdapterError =>
    new AdapterError('unsupported', `${system}: ${id} cannot be rolled back: ${why}; ${quirks.insteadOfRollBack}`, {
      system,
    });
  if (service.simpleUpdate === null || service.inventory === null) throw cannot('the BMC has no SimpleUpdate');
  const rows = await readRows(bmc, service.inventory, quirks, settings.firmwareTimeoutMs);
  const stored = rows.find((row) => row.component === id && row.state === 'previous');
  if (stored === undefined) throw cannot('the BMC has kept no older image of it');
  await announce();
  const startedAt = kit.now().toISOString();
  const answer = await bmc.send({
    method: 'POST',
    link: service.simpleUpdate.target,
    body: { ImageURI: stored.link },
  });
  return { method: 'simple-update', ...(await trackOf(bmc, answer)), startedAt };
}
