import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { InstalledFirmware } from '../../../src/ports/bmc-firmware.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { SoftwareInventory } from '../schema.ts';
import { evidenceOf } from '../quirks.ts';
import { type FirmwareQuirks, firmwareQuirksOf } from './quirks.ts';
import type { UpdateService } from './update-service.ts';
import type { Opened } from './with-opened.ts';

/** One line of the firmware inventory. */
export interface FirmwareRow {
  link: string;
  /** What it is the firmware of. */
  related: string[];
  /** The same for all lines of one component, and before and after an update. */
  component: string;
  name: string;
  version: string | null;
  updateable: boolean | null;
  state: 'installed' | 'current' | 'previous' | 'available';
}

/**
 * What could be read. A line that could not is left out: then nobody knows its version, which is not the same as being gone.
 * @throws AdapterError where nothing could be read at all
 */
export async function readRows(
  bmc: Bmc,
  inventory: string,
  quirks: FirmwareQuirks,
  timeoutMs: number,
): Promise<FirmwareRow[]> {
  await bmc.get(inventory, { timeoutMs }); // by itself first: the account may not read it, or the BMC be on its way back
  const { members } = await readCollection(bmc, inventory, SoftwareInventory, { timeoutMs });
  const rows: FirmwareRow[] = [];
  for (const one of members) {
    const id = one.Id ?? one['@odata.id']?.split('/').findLast((piece) => piece !== '') ?? null;
    const link = one['@odata.id'];
    if (id === null || link === null) continue;
    const { component, state } = quirks.rowStates ? readId(id) : { component: id, state: 'installed' as const };
    if (component === null) continue;
    rows.push({
      link,
      related: one.RelatedItem,
      component,
      name: one.Name ?? id,
      version: one.Version,
      updateable: one.Updateable,
      state,
    });
  }
  return rows;
}

/** The lines of what shall be updated. @throws AdapterError not-found where one is not in the firmware inventory */
export async function rowsOf(
  { bmc, system, settings }: Opened,
  { inventory }: UpdateService,
  targets: readonly string[],
): Promise<FirmwareRow[]> {
  if (targets.length === 0 || inventory === null) return [];
  const rows = await readRows(bmc, inventory, firmwareQuirksOf(await evidenceOf(bmc)), settings.firmwareTimeoutMs);
  return targets.map((id) => {
    const row = rows.find((one) => one.component === id && one.state === 'installed');
    if (row !== undefined) return row;
    throw new AdapterError('not-found', `${system}: ${id} is not in the firmware inventory`, { system });
  });
}

const STATES = { installed: 'installed', current: 'current', previous: 'previous', available: 'available' } as const;

/**
 * `Installed-159-1.15.2__BIOS.Setup.1-1`: state, software, version, component. Some iDRACs list each once more without a component
 * (`Current-110390-1.0.0`): those say nothing of their own.
 */
function readId(id: string): { component: string | null; state: FirmwareRow['state'] } {
  const [, word] = /^([a-z]+)-/i.exec(id) ?? [];
  const state = STATES[(word ?? '').toLowerCase() as keyof typeof STATES];
  if (state === undefined) return { component: id, state: 'installed' };
  const component = id.split('__').slice(1).join('__');
  return { component: component === '' ? null : component, state };
}

/**
 * One per component: what is installed, else what is current; and an older image where the BMC has kept one. HPE's `Updateable` speaks of iLO
 * alone: drives and cards that UEFI or an agent installs are none of its.
 */
export function installedOf(rows: readonly FirmwareRow[], { hasQueue }: { hasQueue: boolean }): InstalledFirmware[] {
  const components = [...new Set(rows.map((row) => row.component))];
  return components.flatMap((id) => {
    const own = rows.filter((row) => row.component === id);
    const shown = own.find((row) => row.state === 'installed') ?? own.find((row) => row.state === 'current');
    if (shown === undefined) return [];
    const previous = own.find((row) => row.state === 'previous')?.version ?? null;
    const queueable = hasQueue && shown.updateable === false ? ({ queueable: true } as const) : {};
    return [{ id, name: shown.name, version: shown.version, updateable: shown.updateable, ...queueable, previous }];
  });
}
