/** Custom fields of a device that the hub keeps. Nothing that changes with every run: each write is a webhook to everybody. */
export interface OwnField {
  name: string;
  label: string;
  type: 'text' | 'integer';
  description: string;
}

export const OWN_FIELDS: readonly OwnField[] = [
  { name: 'hub_asset_id', label: 'Asset id', type: 'text', description: "The hub's id of this server" },
  { name: 'bmc_firmware', label: 'BMC firmware', type: 'text', description: 'Version of the management controller' },
  { name: 'bios_version', label: 'BIOS version', type: 'text', description: 'Version of the system firmware' },
  { name: 'cpu_model', label: 'CPU model', type: 'text', description: 'As the BMC reports it' },
  { name: 'cpu_count', label: 'CPUs', type: 'integer', description: 'Sockets in use' },
  { name: 'memory_gib', label: 'Memory (GiB)', type: 'integer', description: 'Sum of the modules' },
  { name: 'drive_count', label: 'Drives', type: 'integer', description: 'Drives that are present' },
  { name: 'nic_count', label: 'Network adapters', type: 'integer', description: 'Adapters that are present' },
  { name: 'gpu_count', label: 'GPUs', type: 'integer', description: 'Accelerators that are present' },
  { name: 'psu_count', label: 'Power supplies', type: 'integer', description: 'Power supplies that are present' },
];
