import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { ErasableDrives, EraseMethod } from '../../../src/ports/drive-erase.ts';
import { findAction, type Action } from '../action.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asText, Links } from '../decode.ts';
import { recordAt } from '../firmware/update-service.ts';
import type { Opened } from '../firmware/with-opened.ts';
import { isAbsent } from '../found-part.ts';
import { fold } from '../own-origin.ts';
import { evidenceOf, quirksOf } from '../quirks.ts';
import { readStorage } from '../read-storage.ts';
import { readSystems } from '../read-systems.ts';
import { startReading } from '../reading.ts';
import { nameSlots } from '../slots.ts';

/** A drive as it stands, and everything that would erase it. */
export interface FoundDrive {
  slot: string;
  serial: string | null;
  /** Of its resource. */
  path: string | null;
  actions: Map<EraseMethod, EraseAction>;
}

export interface EraseAction {
  action: Action;
  /** What is sent with it. */
  body: Record<string, unknown>;
}

const Any = z.record(z.string(), z.unknown());

interface FoundDrives {
  drives: FoundDrive[];
  unread: ErasableDrives['unread'];
}

/**
 * All drives by the names that the inventory gives them; what is listed and could not be read stands beside them.
 * What erases more than one drive is offered only where the list of drives is known to be whole: nobody must lose one that nobody named.
 */
export async function findDrives({ bmc, system, target }: Opened): Promise<FoundDrives> {
  const reading = startReading(bmc, quirksOf(await evidenceOf(bmc)));
  const { all, primary, isCertain } = await readSystems(bmc, target.server);
  // Erasing the drives of the neighbour is worse than erasing none.
  if (!isCertain) {
    const message = `${system}: several servers stand behind this BMC, and nothing says which one is meant; nothing was done`;
    throw new AdapterError('rejected', message, { system });
  }
  for (const one of all) await readStorage(reading, one);
  const fatal = bmc.fatal();
  if (fatal !== null) throw fatal;
  const drives = reading
    .parts()
    .filter((part) => part.kind === 'drive')
    .toSorted((a, b) => ((a.slot.path ?? '') < (b.slot.path ?? '') ? -1 : 1));
  const names = nameSlots(
    drives.map((drive) => drive.slot),
    reading.quirks.slotNames,
  );
  const isWhole = reading.result().scope.includes('drive');
  const ofAll = isWhole ? await wholeSystem(bmc, primary['@odata.id']) : [];
  const ofUnit = isWhole ? await wholeUnits(bmc, primary.Storage ?? primary.Storages) : [];
  const found: FoundDrive[] = [];
  for (const [at, drive] of drives.entries()) {
    if (isAbsent(drive.status)) continue;
    const { path } = drive.slot;
    const actions = new Map<EraseMethod, EraseAction>(ofAll);
    for (const unit of ofUnit)
      if (path !== null && unit.drives.has(fold(path))) actions.set('dell-decommission', unit.action);
    const own = path === null || path.includes('#') ? null : await ownErase(bmc, path);
    if (own !== null) actions.set('drive-secure-erase', own);
    found.push({ slot: names[at] ?? '', serial: drive.serial ?? null, path, actions });
  }
  return { drives: found, unread: [...reading.failuresOf('drive')] };
}

// Crypto first: it takes seconds, and an overwrite does not reach the spare blocks of an SSD.
const SANITIZATIONS = ['CryptographicErase', 'BlockErase', 'Overwrite'];

/** No capture lists types: then none is sent, which is what iDRAC, iLO 6 and OpenBMC take. */
async function ownErase(bmc: Bmc, path: string): Promise<EraseAction | null> {
  const action = findAction(bmc, await bmc.get(path), '#Drive.SecureErase');
  if (action === null) return null;
  const offered = await action.allowed('SanitizationType');
  const SanitizationType = SANITIZATIONS.find((type) => offered?.includes(type));
  return { action, body: SanitizationType === undefined ? {} : { SanitizationType } };
}

/** Dell's lifecycle controller and HPE's own action: everything that stores user data in the server. */
async function wholeSystem(bmc: Bmc, system: string | null): Promise<[EraseMethod, EraseAction][]> {
  const found: [EraseMethod, EraseAction][] = [];
  const oem = system === null ? null : recordAt(await bmc.get(system), 'Oem', 'Hpe');
  const hpe = findAction(bmc, oem ?? {}, '#HpeComputerSystemExt.SecureSystemErase');
  if (hpe !== null)
    found.push([
      'hpe-secure-system-erase',
      { action: hpe, body: { SystemROMAndiLOErase: false, UserDataErase: true } },
    ]);
  const dell = await dellSystemErase(bmc);
  if (dell !== null) found.push(['dell-system-erase', dell]);
  return found;
}

async function dellSystemErase(bmc: Bmc): Promise<EraseAction | null> {
  if (bmc.root.Managers === null) return null;
  const { members } = await readCollection(bmc, bmc.root.Managers, Any);
  for (const manager of members) {
    const link = asLink(recordAt(manager, 'Links', 'Oem', 'Dell')?.['DellLCService']);
    if (link === null) continue;
    const action = findAction(bmc, await bmc.get(link), '#DellLCService.SystemErase');
    const offered = (await action?.allowed('Component')) ?? [];
    // Only the drives: IDRAC among the components would reset the BMC under the job (iDRAC-Redfish-Scripting #383).
    const Component = ['CryptographicErasePD', 'OverwritePD'].filter((one) => offered.includes(one));
    if (action !== null && Component.length > 0) return { action, body: { Component } };
  }
  return null;
}

/** All drives behind one controller of Dell's (BOSS, HBA). */
async function wholeUnits(bmc: Bmc, storage: string | null): Promise<{ action: EraseAction; drives: Set<string> }[]> {
  if (storage === null) return [];
  const { members } = await readCollection(bmc, storage, Any);
  return members.flatMap((unit) => {
    const action = findAction(bmc, unit, '#DellStorage.ControllerDrivesDecommission');
    if (action === null) return [];
    const drives = Links.parse(unit['Drives']).map((link) => fold(link));
    return [{ action: { action, body: {} }, drives: new Set(drives) }];
  });
}

/** What a drive shows that may prove something, in its own words. */
export function shownBy(drive: Record<string, unknown>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const name of ['SerialNumber', 'Model', 'EncryptionStatus', 'EncryptionAbility']) {
    const value = asText(drive[name]);
    if (value !== null) shown[name] = value;
  }
  if (drive['Operations'] !== undefined) shown['Operations'] = JSON.stringify(drive['Operations']).slice(0, 500);
  return shown;
}
