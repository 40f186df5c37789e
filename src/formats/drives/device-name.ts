/** Of a physical drive behind a RAID controller, as `smartctl -d` names it: also `sat+megaraid,5`, `areca,3/1`, `3ware,0`. */
const BEHIND_RAID =
  /(?:^|\+|\s)((?:megaraid|cciss|areca|3ware|aacraid|sssraid|hpt|jmb39x[a-z0-9-]*|jms56x)(?:,[0-9/]+)+)/i;

/** The drive's place on its RAID controller, such as `megaraid,5`; null for a drive that the system sees itself. */
export function raidPlace(type: string | null): string | null {
  return BEHIND_RAID.exec(type ?? '')?.[1]?.toLowerCase() ?? null;
}

/**
 * The device that stands for the whole drive, with its folder. `nvme0n1` (a namespace) is `/dev/nvme0`: smartctl and nvme-cli are given
 * either, lsblk only knows namespaces, and all of them must come to one name. lsblk and sysfs write `!` for a `/` in a name.
 */
export function driveDevice(name: string): string {
  const plain = name.trim().replaceAll('!', '/');
  const full = plain.startsWith('/') ? plain : `/dev/${plain}`;
  return full.replace(/^(\/dev\/)(?:nvme|ng)(\d{1,9})(?:c\d{1,9})?n\d{1,9}$/, '$1nvme$2');
}

/** What `attributes.device` and the lists of devices say: behind a RAID controller one device stands for many drives. */
export function deviceOf(name: string | null, type: string | null): string | null {
  if (name === null) return null;
  const place = raidPlace(type);
  return place === null ? driveDevice(name) : `${name.trim()} ${place}`;
}
