import type { FileFormat } from '#src/ports/bundle-format.ts';
import { hdparmIdentify } from './hdparm-identify.ts';
import { lsblkJson } from './lsblk-json.ts';
import { lsblkPairs } from './lsblk-pairs.ts';
import { lsblkTable } from './lsblk-table.ts';
import { mdadm } from './mdadm.ts';
import { nvmeIdCtrl } from './nvme-id-ctrl.ts';
import { nvmeListJson } from './nvme-list-json.ts';
import { nvmeListText } from './nvme-list-text.ts';
import { nvmeSmartLog } from './nvme-smart-log.ts';
import { smartctlJson } from './smartctl-json.ts';
import { smartctlScanText } from './smartctl-scan-text.ts';
import { smartctlText } from './smartctl-text.ts';

/** Best first: sizes that `lsblk` and `nvme list` print are rounded. */
export const driveFormats: readonly FileFormat[] = [
  smartctlJson,
  smartctlText,
  smartctlScanText,
  hdparmIdentify,
  nvmeIdCtrl,
  nvmeListJson,
  nvmeSmartLog,
  nvmeListText,
  lsblkJson,
  lsblkTable,
  lsblkPairs,
  mdadm,
];
