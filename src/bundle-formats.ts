import { redfishResource } from '#adapters/redfish/tree-resource.ts';
import { redfishTree } from '#adapters/redfish/tree.ts';
import type { Formats } from './bundles/read-bundle.ts';
import { reanimatorJson } from './formats/agent/read-report.ts';
import { bmcFormats } from './formats/bmc/bmc-formats.ts';
import { controllerFormats } from './formats/controllers/controller-formats.ts';
import { driveFormats } from './formats/drives/drive-formats.ts';
import { hostFormats } from './formats/host/host-formats.ts';

/**
 * All that the hub reads. Where several formats know a file the first one takes it, and where several files speak of one part the
 * earlier format is believed first: a controller knows the drives behind it better than the operating system does.
 */
export const bundleFormats: Formats = {
  trees: [redfishTree],
  files: [reanimatorJson, redfishResource, ...controllerFormats, ...driveFormats, ...bmcFormats, ...hostFormats],
};
