import type { Announce, UpdateHandle } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcAnswer } from '../bmc.ts';
import { applyTimeFor, type WantedUpdate } from './apply-time.ts';
import { fetchImage, type FetchedImage } from './fetch-image.ts';
import { saysInUpdateMode, type StagedUpload } from './staged.ts';
import { trackOf } from './task.ts';
import type { UpdateService } from './update-service.ts';
import type { Opened } from './with-opened.ts';

interface Push {
  service: UpdateService;
  wanted: WantedUpdate;
  /** Links. */
  targets: readonly string[];
  /** Where it is started by a request of its own. */
  staged: StagedUpload | null;
  announce: Announce;
}

/** Slow management networks carry some hundred kilobytes a second. */
const BYTES_PER_MS = 100;

/** Brings the image here, checks it, and pushes it, streamed and with its length told beforehand. */
export async function pushImage(opened: Opened, push: Push): Promise<UpdateHandle> {
  const { bmc, system, kit, signal } = opened;
  const { service, wanted } = push;
  const most = service.maxImageBytes;
  if (most !== null && most > 0 && wanted.image.sizeBytes > most)
    throw new AdapterError(
      'rejected',
      `${system}: the image has ${wanted.image.sizeBytes} bytes, and the BMC takes ${most} at most`,
      { system },
    );
  const method = service.multipartUri === null ? 'push' : 'multipart';
  const offered = method === 'multipart' ? service.applyTimes.multipart : service.applyTimes.push;
  const when = push.staged === null ? applyTimeFor(wanted.applyTime, offered, system) : push.staged.applyTime;
  const image = await fetchImage(wanted.image, system, signal);
  try {
    const startedAt = kit.now().toISOString();
    const answer =
      service.multipartUri === null
        ? await pushPlain(opened, push, { image, when })
        : await pushMultipart(opened, push, { image, when, link: service.multipartUri });
    const staged = push.staged === null ? {} : ({ staged: true } as const);
    return { method, ...(await trackOf(bmc, answer)), startedAt, ...staged };
  } finally {
    await image.dispose();
  }
}

async function pushMultipart(
  { bmc, settings, system }: Opened,
  { targets, staged, announce }: Push,
  { image, when, link }: { image: FetchedImage; when: string | null; link: string },
): Promise<BmcAnswer> {
  const parameters = {
    Targets: staged?.targets ?? targets,
    ...(when === null ? {} : { '@Redfish.OperationApplyTime': when }),
    ...staged?.oem,
  };
  await announce();
  const sent = bmc.send({
    method: 'POST',
    link,
    timeoutMs: timeFor(image, settings.timeoutMs),
    multipart: [
      { name: 'UpdateParameters', contentType: 'application/json', content: JSON.stringify(parameters) },
      { name: 'UpdateFile', fileName: image.fileName, contentType: 'application/octet-stream', content: image },
    ],
  });
  return sent.catch((error: unknown) => {
    throw saysInUpdateMode(error, system);
  });
}

/** Targets and apply time are properties of the service here; where it can be claimed, it is, and given back whatever happens (Lenovo). */
async function pushPlain(
  { bmc, settings, kit }: Opened,
  { service, targets, announce }: Push,
  { image, when }: { image: FetchedImage; when: string | null },
): Promise<BmcAnswer> {
  const claims = service.pushBusy !== null;
  const wishes = {
    ...(claims ? { HttpPushUriTargetsBusy: true } : {}),
    ...(claims && targets.length > 0 ? { HttpPushUriTargets: targets } : {}),
    ...(when === null ? {} : { HttpPushUriOptions: { HttpPushUriApplyTime: { ApplyTime: when } } }),
  };
  if (Object.keys(wishes).length > 0) await bmc.send({ method: 'PATCH', link: service.link, body: wishes });
  try {
    await announce();
    return await bmc.send({
      method: 'POST',
      link: service.pushUri ?? '',
      timeoutMs: timeFor(image, settings.timeoutMs),
      stream: { contentType: 'application/octet-stream', sizeBytes: image.sizeBytes, open: () => image.open() },
    });
  } finally {
    if (claims) {
      const free = { HttpPushUriTargetsBusy: false, HttpPushUriTargets: [] };
      await bmc.send({ method: 'PATCH', link: service.link, body: free }).catch((error: unknown) => {
        // The push itself counts; a claim that stays keeps others out, and the next one is told who.
        kit.log.warn({ err: error }, 'the claim on the BMC’s update service could not be given back');
      });
    }
  }
}

function timeFor({ sizeBytes }: FetchedImage, timeoutMs: number): number {
  return timeoutMs + Math.ceil(sizeBytes / BYTES_PER_MS);
}
