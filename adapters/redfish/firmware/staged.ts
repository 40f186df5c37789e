import type { Announce, UpdateHandle } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { idsOf } from '../control/patience.ts';
import type { FirmwareQuirks } from './quirks.ts';
import type { FirmwareRow } from './rows.ts';
import { trackOf } from './task.ts';
import { readUpdateService, type UpdateService } from './update-service.ts';
import type { Opened } from './with-opened.ts';

/** What an upload says besides its targets, where it is started by a request of its own. */
export interface StagedUpload {
  applyTime: 'OnStartUpdateRequest';
  targets: string[];
  oem: Record<string, unknown>;
}

/**
 * Whether uploads wait for `StartUpdate`: because the vendor's do (it says nothing of when), or because nothing sooner is offered. The
 * action alone tells nothing: iDRAC and XCC have it too, and install what is uploaded at once.
 */
export function stagesUploads({ startUpdate, applyTimes }: UpdateService, quirks: FirmwareQuirks): boolean {
  if (startUpdate === null) return false;
  const offered = applyTimes.multipart;
  if (offered === null) return quirks.startsUploads;
  return offered.includes('OnStartUpdateRequest') && (quirks.startsUploads || !offered.includes('Immediate'));
}

/** Supermicro's name of an update's first half. Its second is called `BMC Update`. */
export function isCheck(name: string): boolean {
  return /\bverify$/i.test(name.trim());
}

/**
 * A BMC updated without its settings loses its address and its accounts, and the hub with them: they are kept. X12 names the manager and the
 * BIOS as targets and not the rows of its inventory.
 */
export function stagedUpload(rows: readonly FirmwareRow[], quirks: FirmwareQuirks): StagedUpload {
  const applyTime = 'OnStartUpdateRequest' as const;
  if (!quirks.startsUploads) return { applyTime, targets: rows.map(({ link }) => link), oem: {} };
  const own = (row: FirmwareRow, what: RegExp): string | undefined => row.related.find((link) => what.test(link));
  const MANAGER = /\/Managers\/[^/]+\/?$/i;
  const BIOS = /\/Systems\/[^/]+\/Bios\/?$/i;
  const targets = rows.map((row) => own(row, MANAGER) ?? own(row, BIOS) ?? row.link);
  const kept: Record<string, unknown> = {};
  if (targets.some((link) => MANAGER.test(link)))
    kept['BMC'] = { PreserveCfg: true, PreserveSdr: true, PreserveSsl: true };
  if (targets.some((link) => BIOS.test(link)))
    kept['BIOS'] = { PreserveME: false, PreserveNVRAM: false, PreserveSMBIOS: true, PreserveBOOTCONF: true };
  return { applyTime, targets, oem: Object.keys(kept).length === 0 ? {} : { Oem: { Supermicro: kept } } };
}

/** Something that was uploaded before, and neither started nor dropped, keeps everything else out. */
export function saysInUpdateMode(error: unknown, system: string): unknown {
  if (!(error instanceof AdapterError) || !idsOf(error).some((id) => /AlreadyInUpdateMode/i.test(id))) return error;
  const message = `${system}: the BMC is in update mode since an earlier upload that nobody started; reset the BMC where no update is under way, and ask again (${error.message})`;
  return new AdapterError('rejected', message, { system, status: error.status, detail: error.detail, cause: error });
}

export async function startStaged({ bmc, system, kit }: Opened, announce: Announce): Promise<UpdateHandle> {
  const { startUpdate } = await readUpdateService(bmc, system);
  if (startUpdate === null)
    throw new AdapterError('unsupported', `${system}: the BMC offers no StartUpdate any more`, { system });
  await announce();
  const startedAt = kit.now().toISOString();
  const answer = await bmc.send({ method: 'POST', link: startUpdate.target, body: {} });
  return { method: 'multipart', ...(await trackOf(bmc, answer)), startedAt };
}
