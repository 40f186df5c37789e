import { fileNameOf } from '../../../src/kit/file-name-of.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { Announce, StagedStart, UpdateHandle } from '../../../src/ports/bmc-firmware.ts';
import { asLink } from '../decode.ts';
import { mustGoOn, ownInQueue } from './queue.ts';
import { findStored, type StoredImage } from './repository.ts';
import { rowsOf } from './rows.ts';
import { readUpdateService, type UpdateService } from './update-service.ts';
import type { Opened } from './with-opened.ts';

/**
 * Puts an image of iLO's repository into its queue: once, as the name in it is the same for every try. What stands there by that name, or for
 * the same file since, is it, and nothing is sent.
 */
export async function queueImage(
  opened: Opened,
  { image, targets, handle, key }: StagedStart,
  announce: Announce,
): Promise<UpdateHandle> {
  const { bmc, kit, system } = opened;
  const service = await readUpdateService(bmc, system);
  const { hpeQueue, hpeRepository } = service;
  const refuse = (why: string): AdapterError => new AdapterError('rejected', `${system}: ${why}`, { system });
  if (hpeQueue === null || hpeRepository === null) throw refuse('iLO offers no queue of updates any more');
  const file = fileNameOf(image.uri);
  const name = `Reanimator ${key}`;
  const queued = { ...handle.queued, file, before: handle.queued?.before ?? [], name };
  const startedAt = kit.now().toISOString();
  const started: UpdateHandle = { method: 'repository', task: null, job: null, startedAt, queued };
  const own = await ownInQueue(opened, service, queued);
  if (own !== null) return { ...started, task: asLink(own) };
  const stored = await findStored(opened, hpeRepository, file);
  if (stored === null) throw refuse(`${file} is not in iLO’s repository any more`);
  if (stored.sizeBytes !== null && stored.sizeBytes !== image.sizeBytes)
    throw refuse(
      `${file} has ${stored.sizeBytes} bytes in iLO’s repository, and the image that was meant ${image.sizeBytes}`,
    );
  const agent = await agentFor(opened, { service, stored, targets });
  await mustGoOn(opened, service);
  await announce(started);
  const body = {
    ...{ Name: name, Command: 'ApplyUpdate', Filename: stored.file, UpdatableBy: [agent] },
    // With a TPM in use nothing is installed without it. A disk that is sealed to the TPM may ask for its recovery key after that.
    TPMOverride: true,
  };
  const answer = await bmc.send({ method: 'POST', link: hpeQueue, body });
  return { ...started, task: answer.location ?? asLink(answer.body) };
}

/**
 * One, never several: iLO 7 makes a task for each, and an agent's never ends where none runs. What iLO or UEFI could install is iLO's where it
 * says that it can update that row, else UEFI's.
 */
async function agentFor(
  opened: Opened,
  { service, stored, targets }: { service: UpdateService; stored: StoredImage; targets: readonly string[] },
): Promise<'Bmc' | 'Uefi' | 'RuntimeAgent'> {
  const [byBmc, byUefi] = [stored.updatableBy.includes('bmc'), stored.updatableBy.includes('uefi')];
  if (byBmc && byUefi) {
    const rows = await rowsOf(opened, service, targets);
    return rows.length > 0 && rows.every(({ updateable }) => updateable === true) ? 'Bmc' : 'Uefi';
  }
  if (byBmc) return 'Bmc';
  if (byUefi) return 'Uefi';
  if (stored.updatableBy.includes('runtimeagent')) return 'RuntimeAgent';
  const { system } = opened;
  throw new AdapterError('rejected', `${system}: iLO does not say what can install ${stored.file}`, { system });
}
