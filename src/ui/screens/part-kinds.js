/** In the order in which people look; a test compares it with the kinds that the hub knows. */
export const KINDS = [
  'mainboard',
  'bmc',
  'cpu',
  'dimm',
  'drive',
  'storage-controller',
  'nic',
  'transceiver',
  'gpu',
  'psu',
  'battery',
  'fan',
  'tpm',
  'pcie-device',
];

/** Few sources list these at all, and many servers have none: that nobody looked for them is no news. */
const SELDOM = new Set(['transceiver', 'battery', 'tpm']);

/** Kinds that a server may have and that nobody looked at completely. @param {readonly string[]} scope */
export function notLookedAt(scope) {
  return KINDS.filter((kind) => !scope.includes(kind) && !SELDOM.has(kind));
}

export const KIND_TITLES = /** @type {Record<string, string>} */ ({
  mainboard: 'Mainboard',
  bmc: 'BMC',
  cpu: 'Processors',
  dimm: 'Memory',
  drive: 'Drives',
  'storage-controller': 'Storage controllers',
  nic: 'Network',
  transceiver: 'Transceivers',
  gpu: 'GPUs',
  psu: 'Power supplies',
  battery: 'Batteries',
  fan: 'Fans',
  tpm: 'TPM',
  'pcie-device': 'PCIe devices',
});

/** One of them. */
export const KIND_NAMES = /** @type {Record<string, string>} */ ({
  mainboard: 'Mainboard',
  bmc: 'BMC',
  cpu: 'Processor',
  dimm: 'Memory module',
  drive: 'Drive',
  'storage-controller': 'Storage controller',
  nic: 'Network card',
  transceiver: 'Transceiver',
  gpu: 'GPU',
  psu: 'Power supply',
  battery: 'Battery',
  fan: 'Fan',
  tpm: 'TPM',
  'pcie-device': 'PCIe device',
});
