/** In the order in which people look; a test compares it with the kinds that the hub knows. */
export const KINDS = [
  'mainboard',
  'bmc',
  'cpu',
  'dimm',
  'drive',
  'storage-controller',
  'nic',
  'gpu',
  'psu',
  'fan',
  'pcie-device',
];

export const KIND_TITLES = /** @type {Record<string, string>} */ ({
  mainboard: 'Mainboard',
  bmc: 'BMC',
  cpu: 'Processors',
  dimm: 'Memory',
  drive: 'Drives',
  'storage-controller': 'Storage controllers',
  nic: 'Network',
  gpu: 'GPUs',
  psu: 'Power supplies',
  fan: 'Fans',
  'pcie-device': 'PCIe devices',
});
