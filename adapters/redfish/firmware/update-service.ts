import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { findAction, type Action } from '../action.ts';
import type { Bmc } from '../client.ts';
import { asLink, asNumber, asText, isRecord } from '../decode.ts';

/** What a BMC offers for updates. */
export interface UpdateService {
  link: string;
  inventory: string | null;
  simpleUpdate: Action | null;
  /** Begins what was uploaded for that. */
  startUpdate: Action | null;
  /** When an image may take effect, as the way that it goes offers it; null: it does not say. */
  applyTimes: { simple: string[] | null; multipart: string[] | null; push: string[] | null };
  multipartUri: string | null;
  pushUri: string | null;
  /** Whoever pushes claims it first (Lenovo); null: there is no such thing. */
  pushBusy: boolean | null;
  maxImageBytes: number | null;
  /** HPE has its own word for what the update service is doing, and no task for it. */
  hpe: { state: string; percent: number | null; result: string | null } | null;
  /** HPE's queue of what iLO, UEFI or an agent has to install. */
  hpeQueue: string | null;
  /** Where HPE keeps images for that queue, and what it is told to fetch one by. */
  hpeRepository: { link: string; addFromUri: Action } | null;
}

/** @throws AdapterError unsupported where the BMC has none */
export async function readUpdateService(bmc: Bmc, system: string): Promise<UpdateService> {
  const link = bmc.root.UpdateService;
  if (link === null)
    throw new AdapterError(
      'unsupported',
      `${system}: this BMC has no update service: its firmware cannot be updated over Redfish`,
      { system },
    );
  const { body } = await bmc.read(link);
  if (body === null) throw new AdapterError('malformed', `${system}: ${link} is not a resource`, { system });
  const options = recordAt(body, 'HttpPushUriOptions', 'HttpPushUriApplyTime');
  const action = recordAt(body, 'Actions', '#UpdateService.SimpleUpdate');
  const hpe = recordAt(body, 'Oem', 'Hpe');
  const state = asText(hpe?.['State']);
  const result = recordAt(hpe ?? {}, 'Result');
  return {
    link,
    inventory: asLink(body['FirmwareInventory']),
    simpleUpdate: findAction(bmc, body, '#UpdateService.SimpleUpdate'),
    startUpdate: findAction(bmc, body, '#UpdateService.StartUpdate'),
    applyTimes: {
      simple: supportedIn(action),
      multipart: supportedIn(body, 'MultipartHttpPushUri'),
      push: textsIn(options?.['ApplyTime@Redfish.AllowableValues']),
    },
    multipartUri: asText(body['MultipartHttpPushUri']),
    pushUri: asText(body['HttpPushUri']),
    pushBusy: typeof body['HttpPushUriTargetsBusy'] === 'boolean' ? body['HttpPushUriTargetsBusy'] : null,
    maxImageBytes: asNumber(body['MaxImageSizeBytes']),
    hpe:
      state === null
        ? null
        : { state, percent: asNumber(hpe?.['FlashProgressPercent']), result: asText(result?.['MessageId']) },
    hpeQueue: asLink(hpe?.['UpdateTaskQueue']),
    hpeRepository: repositoryIn(bmc, body, hpe),
  };
}

/** HPE's own actions stand in its own part (iLO 5 to 7), or among the others. */
function repositoryIn(
  bmc: Bmc,
  body: Record<string, unknown>,
  hpe: Record<string, unknown> | null,
): UpdateService['hpeRepository'] {
  const name = '#HpeiLOUpdateServiceExt.AddFromUri';
  const addFromUri = findAction(bmc, hpe ?? {}, name) ?? findAction(bmc, body, name);
  const link = asLink(hpe?.['ComponentRepository']);
  return addFromUri === null || link === null ? null : { link, addFromUri };
}

export function isBusy(hpeState: string): boolean {
  return /^(uploading|verifying|writing|updating|activating)$/i.test(hpeState);
}

export function recordAt(from: Record<string, unknown>, ...names: string[]): Record<string, unknown> | null {
  let at: unknown = from;
  for (const name of names) at = isRecord(at) ? at[name] : undefined;
  return isRecord(at) ? at : null;
}

function supportedIn(body: Record<string, unknown> | null, property = ''): string[] | null {
  if (body === null) return null;
  return textsIn(recordAt(body, `${property}@Redfish.OperationApplyTimeSupport`)?.['SupportedValues']);
}

function textsIn(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : null;
}
