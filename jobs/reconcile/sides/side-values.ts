/** What `ours:` in a mapping may name, by the side that its `hub:` names. A value that is not there, nobody would ever miss. */
const SIDE_VALUES: Readonly<Record<string, readonly string[]>> = {
  site: ['name', 'code', 'address', 'time_zone'],
  location: ['name', 'code', 'site', 'parent'],
  rack: ['name', 'code', 'site', 'location', 'height_u', 'units_from', 'width_inches'],
  server: [
    ...['name', 'serial', 'asset_tag', 'manufacturer', 'model', 'site', 'location', 'rack', 'position', 'face'],
    ...['state', 'hub_asset_id', 'tags', 'bmc_firmware', 'bios_version', 'cpu_model', 'cpu_count', 'memory_gib'],
    ...['drive_count', 'nic_count', 'gpu_count', 'psu_count'],
  ],
  interface: ['name', 'kind', 'mgmt_only', 'mac', 'peer_device', 'peer_port'],
  'ip-address': ['address'],
  module: ['bay', 'kind', 'manufacturer', 'model', 'part_number', 'serial'],
};

export function sideValues(hub: string): readonly string[] | undefined {
  return Object.hasOwn(SIDE_VALUES, hub) ? SIDE_VALUES[hub] : undefined;
}
