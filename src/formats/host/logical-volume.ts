/** What RAID controllers, BMCs and hypervisors call the disks that they make up. None of them is a part that somebody could pull. */
const MADE_UP =
  /^LOGICAL VOLUME|^Logical Drive|^Virtual|^VIRTUAL|\bPERC\b|MegaRAID|^MR[0-9]|^ServeRAID|^DELLBOSS|^AAC-RAID|^RAID|^Volume[ 0-9]|^MSCC? |^VMware|^QEMU|^HARDDISK|^Fake|^LUN\b|^iDRAC|^OEMDRV|^Internal Dual SD|^IDSDM|^SATA RAID|^Marvell.*(?:VD|RAID)/i;

const MADE_UP_BY = /^(?:AMI|VMware|QEMU|iDRAC|Msft|LIO-ORG|American Megatrends)/i;

export function isLogicalVolume(manufacturer: string | null, model: string | null): boolean {
  return MADE_UP.test(model ?? '') || MADE_UP_BY.test(manufacturer ?? '');
}
