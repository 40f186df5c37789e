import type { Announce, UpdateHandle } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { Action } from '../action.ts';
import { evidenceOf } from '../quirks.ts';
import { applyTimeFor, type WantedUpdate } from './apply-time.ts';
import { pushImage } from './push-image.ts';
import { firmwareQuirksOf } from './quirks.ts';
import { beforeQueueing } from './queue.ts';
import { stageInRepository, takesForQueue } from './repository.ts';
import { rowsOf } from './rows.ts';
import { stagedUpload, stagesUploads } from './staged.ts';
import { trackOf } from './task.ts';
import { isBusy, readUpdateService, type UpdateService } from './update-service.ts';
import type { Opened } from './with-opened.ts';

/** The BMC fetches the image where it can; else it is pushed. One request starts it, and that one is announced. */
export async function startUpdate(opened: Opened, wanted: WantedUpdate, announce: Announce): Promise<UpdateHandle> {
  const service = await readUpdateService(opened.bmc, opened.system);
  mustBeFree(service, opened.system);
  const repository = takesForQueue(service, wanted.image.uri);
  if (repository !== null) return stageInRepository(opened, { service, repository, wanted, announce });
  const queued = await beforeQueueing(opened, service, wanted.image.uri);
  const handle = await sendUpdate(opened, { service, wanted, announce });
  return queued === undefined ? handle : { ...handle, queued };
}

interface Sending {
  service: UpdateService;
  wanted: WantedUpdate;
  announce: Announce;
}

async function sendUpdate(opened: Opened, { service, wanted, announce }: Sending): Promise<UpdateHandle> {
  const { system } = opened;
  const scheme = new URL(wanted.image.uri).protocol.replace(':', '').toUpperCase();
  const simple = service.simpleUpdate;
  const protocols = simple === null ? null : await simple.allowed('TransferProtocol');
  if (simple !== null && (protocols === null || protocols.some((one) => one.toUpperCase() === scheme))) {
    const TransferProtocol = protocols?.find((one) => one.toUpperCase() === scheme);
    return pull(opened, { service, simple, wanted, TransferProtocol, announce });
  }
  if (service.multipartUri !== null || service.pushUri !== null) return push(opened, { service, wanted, announce });
  const offers = protocols === null ? 'no way to take an image' : `only ${protocols.join(', ')}`;
  throw new AdapterError(
    'unsupported',
    `${system}: the BMC cannot fetch ${scheme} addresses and takes no pushes: it offers ${offers}`,
    { system },
  );
}

async function push(opened: Opened, { service, wanted, announce }: Sending): Promise<UpdateHandle> {
  const quirks = firmwareQuirksOf(await evidenceOf(opened.bmc));
  const rows = await rowsOf(opened, service, wanted.targets);
  // What shall wait for a reset has to be offered as that.
  const isStaged = service.multipartUri !== null && wanted.applyTime !== 'OnReset' && stagesUploads(service, quirks);
  const staged = isStaged ? stagedUpload(rows, quirks) : null;
  return pushImage(opened, { service, wanted, targets: rows.map(({ link }) => link), staged, announce });
}

/** HPE takes one at a time, and says so here only. */
function mustBeFree({ hpe, pushBusy }: UpdateService, system: string): void {
  const doing = hpe !== null && isBusy(hpe.state) ? hpe.state : null;
  if (doing === null && pushBusy !== true) return;
  const why = doing === null ? 'somebody else has claimed it for a push' : `it is ${doing}`;
  throw new AdapterError('throttled', `${system}: the update service is busy: ${why}`, {
    system,
    retryAfterMs: 30_000,
  });
}

async function pull(
  opened: Opened,
  given: {
    service: UpdateService;
    simple: Action;
    wanted: WantedUpdate;
    TransferProtocol: string | undefined;
    announce: Announce;
  },
): Promise<UpdateHandle> {
  const { bmc, system, kit } = opened;
  const { service, simple, wanted, TransferProtocol, announce } = given;
  const when = applyTimeFor(wanted.applyTime, service.applyTimes.simple, system);
  const { namesTargets } = firmwareQuirksOf(await evidenceOf(bmc));
  const Targets = namesTargets ? (await rowsOf(opened, service, wanted.targets)).map(({ link }) => link) : [];
  const body = {
    ImageURI: wanted.image.uri,
    ...(TransferProtocol === undefined ? {} : { TransferProtocol }),
    ...(Targets.length === 0 ? {} : { Targets }),
    ...(when === null ? {} : { '@Redfish.OperationApplyTime': when }),
  };
  await announce();
  const startedAt = kit.now().toISOString();
  const answer = await bmc.send({ method: 'POST', link: simple.target, body });
  return { method: 'simple-update', ...(await trackOf(bmc, answer)), startedAt };
}
