// Small outputs in the shape of each tool, of drives that do not exist.

export const ATA = {
  json_format_version: [1, 0],
  smartctl: { version: [7, 4], argv: ['smartctl', '-j', '-a', '/dev/sda'], exit_status: 0 },
  local_time: { time_t: 1_760_000_000, asctime: 'Thu Oct  9 08:53:20 2025 UTC' },
  device: { name: '/dev/sda', info_name: '/dev/sda [SAT]', type: 'sat', protocol: 'ATA' },
  model_name: 'ACME SPINNER 8000',
  serial_number: 'SPIN0001',
  wwn: { naa: 5, oui: 3152, id: 42 },
  firmware_version: 'SP01',
  user_capacity: { blocks: 15_628_053_168, bytes: 8_001_563_222_016 },
  logical_block_size: 512,
  physical_block_size: 4096,
  rotation_rate: 7200,
  form_factor: { ata_value: 2, name: '3.5 inches' },
  in_smartctl_database: true,
  sata_version: { string: 'SATA 3.3', value: 511 },
  interface_speed: { max: { string: '6.0 Gb/s' }, current: { string: '3.0 Gb/s' } },
  smart_status: { passed: true },
  power_on_time: { hours: 1200 },
  power_cycle_count: 9,
  temperature: { current: 31 },
  ata_smart_attributes: {
    table: [
      { id: 5, name: 'Reallocated_Sector_Ct', value: 100, raw: { value: 3, string: '3' } },
      { id: 197, name: 'Current_Pending_Sector', value: 100, raw: { value: 2, string: '2' } },
      { id: 241, name: 'Total_LBAs_Written', value: 100, raw: { value: 1000, string: '1000' } },
    ],
  },
};

export const NVME = {
  smartctl: { version: [7, 4], argv: ['smartctl', '-j', '-x', '/dev/nvme1n1'], exit_status: 0 },
  local_time: { time_t: 1_760_000_060 },
  device: { name: '/dev/nvme1n1', info_name: '/dev/nvme1n1', type: 'nvme', protocol: 'NVMe' },
  model_name: 'ACME FLASH 4T',
  serial_number: 'FLSH0001',
  firmware_version: 'F1',
  nvme_pci_vendor: { id: 0x1c5c, subsystem_id: 0x1c5c },
  nvme_total_capacity: 4_000_787_030_016,
  user_capacity: { blocks: 1_000_000, bytes: 512_000_000 },
  logical_block_size: 512,
  smart_status: { passed: false, nvme: { value: 2 } },
  nvme_smart_health_information_log: {
    critical_warning: 2,
    temperature: 84,
    percentage_used: 7,
    data_units_written: 5,
  },
};

export const SCAN_TEXT = `/dev/sda -d scsi # /dev/sda, SCSI device
/dev/bus/0 -d megaraid,4 # /dev/bus/0 [megaraid_disk_04], SCSI device
/dev/nvme0 -d nvme # /dev/nvme0, NVMe device
`;

export const TEXT_NVME = `smartctl 7.4 2023-08-01 r5530 [x86_64-linux-6.8.0] (local build)
Copyright (C) 2002-23, Bruce Allen, Christian Franke, www.smartmontools.org

=== START OF INFORMATION SECTION ===
Model Number:                       ACME FLASH 2T
Serial Number:                      FLSH0002
Firmware Version:                   F2
PCI Vendor/Subsystem ID:            0x1c5c
IEEE OUI Identifier:                0xace42e
Total NVM Capacity:                 2,000,398,934,016 [2.00 TB]
Unallocated NVM Capacity:           0
Controller ID:                      1
NVMe Version:                       1.4
Number of Namespaces:               1
Namespace 1 Size/Capacity:          2,000,398,934,016 [2.00 TB]
Namespace 1 Formatted LBA Size:     4096
Namespace 1 IEEE EUI-64:            ace42e 0011223344
Local Time is:                      Thu Oct  9 10:53:20 2025 CEST

=== START OF SMART DATA SECTION ===
SMART overall-health self-assessment test result: PASSED

SMART/Health Information (NVMe Log 0x02)
Critical Warning:                   0x00
Temperature:                        41 Celsius
Available Spare:                    100%
Available Spare Threshold:          10%
Percentage Used:                    3%
Data Units Read:                    3,501,226 [1.79 TB]
Data Units Written:                 1,000,000 [512 GB]
Power Cycles:                       27
Power On Hours:                     3,752
Unsafe Shutdowns:                   4
Media and Data Integrity Errors:    0
Error Information Log Entries:      11
`;

export const TEXT_SAS = `# smartctl -x -d megaraid,7 /dev/bus/0
smartctl 7.2 2020-12-30 r5155 [x86_64-linux-5.15.0] (local build)
Copyright (C) 2002-20, Bruce Allen, Christian Franke, www.smartmontools.org

=== START OF INFORMATION SECTION ===
Vendor:               ACMESAS
Product:              AC1200MM0009
Revision:             N004
Compliance:           SPC-4
User Capacity:        1,200,243,695,616 bytes [1.20 TB]
Logical block size:   512 bytes
Physical block size:  4096 bytes
Rotation Rate:        10000 rpm
Form Factor:          2.5 inches
Logical Unit id:      0x5000c500aabbccdd
Serial number:        SASX0001
Device type:          disk
Transport protocol:   SAS (SPL-4)
Local Time is:        Thu Oct  9 08:53:20 2025 +02

=== START OF READ SMART DATA SECTION ===
SMART Health Status: FAILURE PREDICTION THRESHOLD EXCEEDED [asc=5d, ascq=0]
Percentage used endurance indicator: 12%
Current Drive Temperature:     36 C
Accumulated power on time, hours:minutes 43549:33
Elements in grown defect list: 8

Error counter log:
           fast | delayed   rewrites  corrected  invocations   [10^9 bytes]  errors
read:     647707       29         0    647736     586730      36537.378           1
write:         0        0         0         0      13549       2811.293           2
`;

export const TEXT_ATA_BRIEF = `smartctl 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0] (local build)

=== START OF INFORMATION SECTION ===
Device Model:     ACME SSD 480
Serial Number:    SSDX0001
Firmware Version: A1
User Capacity:    480 103 981 056 bytes [480 GB]
Sector Size:      512 bytes logical/physical
Rotation Rate:    Solid State Device
SATA Version is:  SATA 3.2, 6.0 Gb/s (current: 1.5 Gb/s)

=== START OF READ SMART DATA SECTION ===
SMART overall-health self-assessment test result: FAILED!
Drive failure expected in less than 24 hours. SAVE ALL DATA.
ID# ATTRIBUTE_NAME          FLAGS    VALUE WORST THRESH FAIL RAW_VALUE
  5 Reallocated_Sector_Ct   PO--CK   001   001   010    NOW  1975
  9 Power_On_Hours          -O--CK   100   100   000    -    23651h+12m+05.880s
194 Temperature_Celsius     -O---K   075   060   000    -    25 (Min/Max 16/53)

Device Statistics (GP Log 0x04)
Page  Offset Size        Value Flags Description
0x01  =====  =               =  ===  == General Statistics (rev 1) ==
0x01  0x018  6         2000000  ---  Logical Sectors Written
0x07  0x008  1              15  N--  Percentage Used Endurance Indicator
`;
