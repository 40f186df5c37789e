import type { Announce, UpdateHandle } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { Action } from '../action.ts';
import { evidenceOf } from '../quirks.ts';
import { applyTimeFor, type WantedUpdate } from './apply-time.ts';
import { pushImage } from './push-image.ts';
import { firmwareQuirksOf } from './quirks.ts';
import { readRows } from './rows.ts';
import { trackOf } from './task.ts';
import { readUpdateService, type UpdateService } from './update-service.ts';
import type { Opened } from './with-bmc.ts';

/** The BMC fetches the image where it can; else it is pushed. One request starts it, and that one is announced. */
export async function startUpdate(opened: Opened, wanted: WantedUpdate, announce: Announce): Promise<UpdateHandle> {
  const { bmc, system } = opened;
  const service = await readUpdateService(bmc, system);
  mustBeFree(service, system);
  const scheme = new URL(wanted.image.uri).protocol.replace(':', '').toUpperCase();
  const simple = service.simpleUpdate;
  const protocols = simple === null ? null : await simple.allowed('TransferProtocol');
  if (simple !== null && (protocols === null || protocols.some((one) => one.toUpperCase() === scheme))) {
    const TransferProtocol = protocols?.find((one) => one.toUpperCase() === scheme);
    return pull(opened, { service, simple, wanted, TransferProtocol, announce });
  }
  if (service.multipartUri !== null || service.pushUri !== null)
    return pushImage(opened, { service, wanted, targets: await linksOf(opened, service, wanted.targets), announce });
  const offers = protocols === null ? 'no way to take an image' : `only ${protocols.join(', ')}`;
  throw new AdapterError(
    'unsupported',
    `${system}: the BMC cannot fetch ${scheme} addresses and takes no pushes: it offers ${offers}`,
    { system },
  );
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

export function isBusy(hpeState: string): boolean {
  return /^(uploading|verifying|writing|updating|activating)$/i.test(hpeState);
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
  const Targets = namesTargets ? await linksOf(opened, service, wanted.targets) : [];
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

/** @throws AdapterError not-found where a target is not in the firmware inventory */
export async function linksOf(
  { bmc, system, settings }: Opened,
  service: UpdateService,
  targets: readonly string[],
): Promise<string[]> {
  if (targets.length === 0 || service.inventory === null) return [];
  const quirks = firmwareQuirksOf(await evidenceOf(bmc));
  const rows = await readRows(bmc, service.inventory, quirks, settings.firmwareTimeoutMs);
  return targets.map((id) => {
    const row = rows.find((one) => one.component === id && one.state === 'installed');
    if (row !== undefined) return row.link;
    throw new AdapterError('not-found', `${system}: ${id} is not in the firmware inventory`, { system });
  });
}
