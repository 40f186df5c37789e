import type { Kit } from '../../../src/kit/kit.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { Announce } from '../../../src/ports/bmc-firmware.ts';
import type { DriveErase, EraseHandle, EraseMethod } from '../../../src/ports/drive-erase.ts';
import { trackOf } from '../firmware/task.ts';
import { withOpened, type Opened } from '../firmware/with-opened.ts';
import type { Settings } from '../settings.ts';
import { findDrives } from './drives.ts';
import { followErase, mustRest } from './follow-erase.ts';

const IN_BAND =
  'this BMC offers no way to erase it: boot a rescue image and use nvme sanitize or nvme format (NVMe), hdparm --security-erase or blkdiscard --secure (SATA), sg_sanitize (SAS)';

/** Drives of a server and what its BMC can do to erase them. */
export function driveErase(settings: Settings, kit: Kit): DriveErase {
  const opening = { settings, kit };
  return {
    listErasable: (target, signal) =>
      withOpened(opening, target, signal, async (opened) => {
        const { drives, unread } = await findDrives(opened);
        const each = drives.map(({ slot, serial, actions }) => ({
          ...{ slot, serial, methods: [...actions.keys()] },
          instead: actions.size === 0 ? IN_BAND : null,
        }));
        return { drives: each, unread };
      }),
    startErase: (target, drive, signal, announce = async () => {}) =>
      withOpened(opening, target, signal, (opened) => startErase(opened, drive, announce)),
    followErase: (target, handle, signal) =>
      withOpened(opening, target, signal, (opened) => followErase(opened, handle)),
  };
}

async function startErase(
  opened: Opened,
  { slot, serial, method }: { slot: string; serial: string; method: EraseMethod },
  announce: Announce,
): Promise<EraseHandle> {
  const { bmc, system, kit } = opened;
  const { action, body } = mustFit(await findDrives(opened), { slot, serial, method }, system);
  if (method === 'hpe-secure-system-erase') await mustRest(opened);
  await announce();
  const startedAt = kit.now().toISOString();
  const answer = await bmc.send({ method: 'POST', link: action.target, body });
  const { task, job } = await trackOf(bmc, answer);
  return { method, slot, task: job ?? task, startedAt };
}

/** Serials are compared to the letter. What the BMC cannot read, nobody can be sure of. */
function mustFit(
  { drives, unread }: Awaited<ReturnType<typeof findDrives>>,
  { slot, serial, method }: { slot: string; serial: string; method: EraseMethod },
  system: string,
): { action: { target: string }; body: Record<string, unknown> } {
  const refuse = (why: string): AdapterError =>
    new AdapterError('rejected', `${system}: ${why}; nothing was erased`, { system });
  const drive = drives.find((one) => one.slot === slot);
  const [first] = unread;
  if (drive === undefined && first !== undefined)
    throw refuse(
      `whether there is a drive in ${slot} is not known: ${first.path} is listed and cannot be read (${first.why})`,
    );
  if (drive === undefined) throw refuse(`there is no drive in ${slot}`);
  if (drive.serial === null) throw refuse(`the BMC does not say which drive is in ${slot}`);
  if (drive.serial !== serial) throw refuse(`the drive in ${slot} is ${drive.serial}, not ${serial}`);
  const way = drive.actions.get(method);
  if (way !== undefined) return way;
  const offers = [...drive.actions.keys()].join(', ');
  throw new AdapterError(
    'unsupported',
    `${system}: ${slot} cannot be erased by ${method}: ${offers === '' ? IN_BAND : `the BMC offers ${offers}`}`,
    { system },
  );
}
