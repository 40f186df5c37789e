import { dellDcim } from './dell-dcim.ts';
import { dellLclog } from './dell-lclog.ts';
import { hpRibcl } from './hp-ribcl.ts';
import { hpXmldata } from './hp-xmldata.ts';
import { ibmSystemX } from './ibm-system-x.ts';
import { ipmitoolLan, ipmitoolMcInfo, supermicroIpmicfg } from './ipmitool-bmc.ts';
import { ipmitoolFru } from './ipmitool-fru.ts';
import { ipmitoolSdr } from './ipmitool-sdr.ts';
import { ipmitoolSel } from './ipmitool-sel.ts';
import { ocpDiag } from './ocp-diag.ts';
import type { FileFormat } from '#src/ports/bundle-format.ts';

export const bmcFormats: FileFormat[] = [
  ipmitoolFru,
  ipmitoolSdr,
  ipmitoolSel,
  ipmitoolLan,
  ipmitoolMcInfo,
  supermicroIpmicfg,
  ibmSystemX,
  hpRibcl,
  hpXmldata,
  dellDcim,
  dellLclog,
  ocpDiag,
];
