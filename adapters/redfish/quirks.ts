import { z } from 'zod';
import type { Bmc } from './bmc.ts';
import { asLink, asText, isRecord } from './decode.ts';
import { ami } from './vendors/ami.ts';
import { cisco } from './vendors/cisco.ts';
import { dell } from './vendors/dell.ts';
import { hpe } from './vendors/hpe.ts';
import { intel } from './vendors/intel.ts';
import { lenovo } from './vendors/lenovo.ts';
import { nvidia } from './vendors/nvidia.ts';
import { openbmc } from './vendors/openbmc.ts';
import { compose, type Evidence, type Row } from './vendors/row.ts';
import { STANDARD, type Quirks } from './vendors/standard.ts';
import { supermicro } from './vendors/supermicro.ts';

export type { Evidence } from './vendors/row.ts';
export type { Quirks } from './vendors/standard.ts';

/** Later rows win. */
const ROWS: readonly Row[] = [
  ...ami,
  ...openbmc,
  ...nvidia,
  ...intel,
  ...lenovo,
  ...supermicro,
  ...cisco,
  ...hpe,
  ...dell,
];

export function quirksOf(bmc: Evidence): Quirks {
  return compose(STANDARD, ROWS, bmc);
}

const Known = z.object({
  vendor: z.string().nullable(),
  managerModel: z.string().nullable(),
  redfishVersion: z.string().nullable(),
  managerFirmware: z.string().nullable(),
  systemModel: z.string().nullable(),
});

/**
 * What this BMC is, for who has not read its managers and systems anyway: up to four requests the first time, then remembered for a week.
 * @throws AdapterError as get
 */
export async function evidenceOf(bmc: Bmc): Promise<Evidence> {
  const kept = Known.safeParse(parse(bmc.learnt('evidence')));
  const { RedfishVersion } = bmc.root;
  if (kept.success && kept.data.redfishVersion === RedfishVersion) return kept.data;
  const manager = await firstOf(bmc, bmc.root.Managers);
  const system = await firstOf(bmc, bmc.root.Systems);
  const evidence = {
    vendor: vendorOf(bmc.root, asText(system['Manufacturer'])),
    managerModel: asText(manager['Model']),
    redfishVersion: RedfishVersion,
    managerFirmware: asText(manager['FirmwareVersion']),
    systemModel: asText(system['Model']),
  };
  bmc.learn('evidence', JSON.stringify(evidence));
  return evidence;
}

/** `Vendor` is missing on old firmware; then the OEM section's key, then who made the machine. */
export function vendorOf(root: Pick<Bmc['root'], 'Vendor' | 'Oem'>, manufacturer: string | null): string | null {
  const oem = Object.keys(root.Oem).find((key) =>
    /^(dell|hpe?|supermicro|lenovo|intel|nvidia|ami|openbmc|ibm|cisco|huawei|inspur)$/i.test(key),
  );
  return root.Vendor ?? oem ?? manufacturer;
}

async function firstOf(bmc: Bmc, link: string | null): Promise<Record<string, unknown>> {
  const list = link === null ? {} : await bmc.get(link);
  const members: unknown = list['Members'];
  const first = Array.isArray(members) ? asLink(members[0]) : null;
  const found = first === null ? {} : await bmc.get(first);
  return isRecord(found) ? found : {};
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
