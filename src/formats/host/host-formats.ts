import { dmidecode } from './dmidecode.ts';
import { ethtoolDriver } from './ethtool-driver.ts';
import { ethtoolLink } from './ethtool-link.ts';
import { ethtoolModule } from './ethtool-module.ts';
import { lldpJson } from './lldp-json.ts';
import { lldpKeyValue, lldpText, lldptool } from './lldp-text.ts';
import { lldpXml } from './lldp-xml.ts';
import { lscpuJson, lscpuText } from './lscpu.ts';
import { lshwJson } from './lshw-json.ts';
import { lshwText } from './lshw-text.ts';
import { lshwXml } from './lshw-xml.ts';
import { lspci } from './lspci.ts';
import { nvidiaDiscovery } from './nvidia-discovery.ts';
import { osRelease, uname } from './operating-system.ts';
import { pythonHardware } from './python-hardware.ts';
import type { FileFormat } from '#src/ports/bundle-format.ts';

/** Outputs of the tools that run on the server. Best first: what dmidecode says of a part is shown before what lshw says of it. */
export const hostFormats: readonly FileFormat[] = [
  dmidecode,
  lshwJson,
  lshwXml,
  lshwText,
  lspci,
  ethtoolDriver,
  ethtoolModule,
  ethtoolLink,
  lldpJson,
  lldpXml,
  lldpKeyValue,
  lldpText,
  lldptool,
  lscpuText,
  lscpuJson,
  nvidiaDiscovery,
  pythonHardware,
  osRelease,
  uname,
];
