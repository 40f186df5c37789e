import { z } from 'zod';
import { fileNameOf } from '../../../src/kit/file-name-of.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { Announce, FirmwareImage, UpdateHandle, UpdateProgress } from '../../../src/ports/bmc-firmware.ts';
import { readCollection } from '../collection.ts';
import { asLink, asList, asNumber, asText } from '../decode.ts';
import { applyTimeFor, type WantedUpdate } from './apply-time.ts';
import { inFrontOf, mustGoOn, remove } from './queue.ts';
import { readTask, trackOf } from './task.ts';
import { isBusy, readUpdateService, recordAt, type UpdateService } from './update-service.ts';
import type { Opened } from './with-opened.ts';

type Repository = NonNullable<UpdateService['hpeRepository']>;

/** One image in HPE's repository. */
export interface StoredImage {
  link: string | null;
  file: string;
  sizeBytes: number | null;
  /** In lower case. */
  updatableBy: string[];
  /** A queued task or an install set needs it: it cannot be replaced. */
  isLocked: boolean;
}

/**
 * Where an image is taken in and installed by the queue. SimpleUpdate takes iLO's and the BIOS's own files only (`.bin`, `.signed.flash`); of a
 * package it says that all is well, and installs nothing.
 */
export function takesForQueue({ hpeRepository, hpeQueue }: UpdateService, uri: string): Repository | null {
  if (hpeRepository === null || hpeQueue === null || !/^https?:/i.test(uri)) return null;
  return /\.(bin|flash)$/i.test(fileNameOf(uri)) ? null : hpeRepository;
}

/** Has iLO fetch the image, and keep it. What it has already is not fetched again: names carry the version, and contents a signature. */
export async function stageInRepository(
  opened: Opened,
  given: { service: UpdateService; repository: Repository; wanted: WantedUpdate; announce: Announce },
): Promise<UpdateHandle> {
  const { bmc, kit, system } = opened;
  const { service, repository, wanted, announce } = given;
  // Whoever installs it decides when.
  applyTimeFor(wanted.applyTime, null, system);
  await mustGoOn(opened, service);
  const before = await inFrontOf(opened, service, wanted.image.uri);
  const stored = await findStored(opened, repository, before.file);
  const isThere = stored !== null && stored.sizeBytes === wanted.image.sizeBytes;
  if (!isThere) await mustFit(opened, { repository, stored, wanted });
  // Only what was not there before is the hub's to delete in the end.
  const queued = stored === null ? { ...before, added: true as const } : before;
  const startedAt = kit.now().toISOString();
  const handle: UpdateHandle = { method: 'repository', task: null, job: null, startedAt, staged: true, queued };
  await announce(handle);
  if (isThere) return handle;
  const body = { ImageURI: wanted.image.uri, UpdateRepository: true, UpdateTarget: false };
  const answer = await bmc.send({ method: 'POST', link: repository.addFromUri.target, body });
  return { ...handle, ...(await trackOf(bmc, answer)) };
}

async function mustFit(
  { bmc, system }: Opened,
  { repository, stored, wanted }: { repository: Repository; stored: StoredImage | null; wanted: WantedUpdate },
): Promise<void> {
  const { sizeBytes } = wanted.image;
  const refuse = (why: string): AdapterError =>
    new AdapterError('rejected', `${system}: ${why}; nothing was sent`, { system });
  if (stored?.isLocked === true)
    throw refuse(
      `iLO’s repository has another ${stored.file} (${stored.sizeBytes ?? '?'} bytes, not ${sizeBytes}), which an install set or a queued task needs`,
    );
  const hpe = recordAt(await bmc.get(repository.link), 'Oem', 'Hpe');
  const free = asNumber(hpe?.['FreeSizeBytes']);
  if (free !== null && free < sizeBytes)
    throw refuse(
      `iLO’s repository has room for ${free} bytes, and the image has ${sizeBytes}: delete there what is not needed`,
    );
}

/** @throws AdapterError also where a part of the list could not be read */
export async function findStored(
  { bmc, system }: Opened,
  { link }: Repository,
  file: string,
): Promise<StoredImage | null> {
  await bmc.get(link);
  const { members, failures } = await readCollection(bmc, link, z.record(z.string(), z.unknown()));
  const [failure] = failures;
  const found = members.find((one) => asText(one['Filename'])?.toLowerCase() === file.toLowerCase());
  if (found === undefined && failure !== undefined) {
    const message = `${system}: iLO’s repository cannot be read whole: ${failure.path} ${failure.why}`;
    throw new AdapterError('unreachable', message, { system });
  }
  if (found === undefined) return null;
  return {
    link: asLink(found),
    // As iLO writes it.
    file: asText(found['Filename']) ?? file,
    sizeBytes: asNumber(found['SizeBytes']),
    updatableBy: asList(found['UpdatableBy']).map((one) => (asText(one) ?? '').toLowerCase()),
    isLocked: found['Locked'] === true,
  };
}

/** By its name and its size: what is there by that name in another size, somebody else has put there since. */
export async function discard(
  opened: Opened,
  { handle: { queued }, image }: { handle: UpdateHandle; image: FirmwareImage },
): Promise<void> {
  if (queued?.added !== true) return;
  const { bmc, system } = opened;
  const { hpeRepository } = await readUpdateService(bmc, system);
  const stored = hpeRepository === null ? null : await findStored(opened, hpeRepository, queued.file);
  if (stored === null || stored.link === null || (stored.sizeBytes ?? image.sizeBytes) !== image.sizeBytes) return;
  if (stored.isLocked) {
    const message = `${system}: a task in iLO’s queue or an install set needs ${stored.file}`;
    throw new AdapterError('rejected', message, { system });
  }
  await remove(opened, stored.link);
}

/** An upload ends before its image is checked and stands in the repository, and may have no task that anybody knows of. */
export async function followStored(opened: Opened, { task, queued }: UpdateHandle): Promise<UpdateProgress> {
  const { bmc, system } = opened;
  const upload = task === null ? null : await readTask(bmc, task);
  if (upload !== null && upload.state !== 'done')
    return { state: upload.state, percent: upload.percent, said: upload.said, needs: null };
  const { hpe, hpeRepository } = await readUpdateService(bmc, system);
  const state = hpe?.state ?? 'no state';
  if (isBusy(state)) return { state: 'running', percent: hpe?.percent ?? null, said: state, needs: null };
  const file = queued?.file ?? '';
  const stored = hpeRepository === null ? null : await findStored(opened, hpeRepository, file);
  if (stored !== null)
    return { state: 'waiting', percent: null, said: `iLO has ${file} in its repository`, needs: 'start' };
  const words = [state, hpe?.result].filter((one) => typeof one === 'string').join(': ');
  return { state: 'unknown', percent: null, said: `${file} is not in iLO’s repository (${words})`, needs: null };
}
