// Small outputs in the shape of each tool, of drives that do not exist.

export const LSBLK = {
  blockdevices: [
    {
      ...{ name: 'sda', kname: 'sda', 'maj:min': '8:0', rm: false, size: 8_001_563_222_016, type: 'disk', rota: true },
      ...{ model: 'ACME SPINNER 8000', serial: 'SPIN0001', wwn: '0x5000c5000000002a', tran: 'sas', vendor: 'ATA     ' },
      ...{ rev: 'SP01', 'log-sec': 512, 'phy-sec': 4096 },
      children: [{ name: 'sda1', 'maj:min': '8:1', size: 1_048_576, type: 'part', serial: null }],
    },
    {
      name: 'nvme0n1',
      'maj:min': '259:0',
      rm: '0',
      size: '1.8T',
      type: 'disk',
      rota: '0',
      model: 'ACME FLASH 2T',
      serial: 'FLSH0002',
    },
    { name: 'sdb', 'maj:min': '8:16', rm: true, size: 0, type: 'disk', model: 'Card Reader', tran: 'usb' },
    {
      name: 'sdc',
      'maj:min': '8:32',
      rm: false,
      size: '7.2T',
      type: 'disk',
      vendor: 'DELL',
      model: 'PERC H730 Mini',
      serial: '6d0946606c3b',
      rota: true,
    },
    {
      name: 'sdd',
      'maj:min': '8:48',
      size: '1.1T',
      type: 'disk',
      tran: 'sas',
      model: 'AC1200MM0009',
      vendor: 'ACMESAS',
      rev: 'N004',
      serial: '5000c500aabbccdd',
      rota: true,
    },
    {
      name: 'sde',
      'maj:min': '8:64',
      size: '14.9G',
      type: 'disk',
      tran: 'usb',
      model: 'Stick',
      serial: 'STICK1',
      rota: true,
    },
    { name: 'zram0', 'maj:min': '252:0', size: '8G', type: 'disk' },
    { name: 'loop0', 'maj:min': '7:0', size: '4K', type: 'loop' },
    { name: 'sr0', 'maj:min': '11:0', size: '1024M', type: 'rom', model: 'DVD', serial: 'DVD1' },
  ],
};

export const LSBLK_TABLE = `NAME        MAJ:MIN RM   SIZE RO TYPE MODEL             SERIAL   TRAN VENDOR   REV
sda           8:0    0 931.5G  0 disk ACME SPINNER 1000 SPIN0009 sata ATA      P009
├─sda1        8:1    0   512M  0 part
│ └─data    253:0    0   500M  0 lvm
└─sda2        8:2    0   931G  0 part
nvme0n1     259:0    0   1.8T  0 disk ACME FLASH 2T     FLSH0002 nvme          F2
└─nvme0n1p1 259:1    0   1.8T  0 part
`;

export const LSBLK_PAIRS = String.raw`NAME="sda" MAJ_MIN="8:0" SIZE="8001563222016" TYPE="disk" MODEL="ACME\x20SPINNER 8000" SERIAL="SPIN0001" TRAN="sata" ROTA="1" PKNAME=""
NAME="sda1" MAJ_MIN="8:1" SIZE="1048576" TYPE="part" MODEL="" SERIAL="" TRAN="" ROTA="1" PKNAME="sda"
`;

export const NVME_LIST_V1 = {
  Devices: [
    {
      DevicePath: '/dev/nvme0n1',
      Firmware: 'F2',
      ModelNumber: 'ACME FLASH 2T',
      SerialNumber: ' FLSH0002 ',
      PhysicalSize: 2_000_398_934_016,
      SectorSize: 4096,
    },
    {
      DevicePath: '/dev/nvme1n1',
      Firmware: 'F1',
      ModelNumber: 'ACME FLASH 4T',
      SerialNumber: 'FLSH0001',
      PhysicalSize: 1_000_000,
      SectorSize: 512,
    },
    {
      DevicePath: '/dev/nvme1n2',
      Firmware: 'F1',
      ModelNumber: 'ACME FLASH 4T',
      SerialNumber: 'FLSH0001',
      PhysicalSize: 2_000_000,
      SectorSize: 512,
    },
  ],
};

const namespace = { NameSpace: 'nvme0n1', NSID: 1, PhysicalSize: 2_000_398_934_016, SectorSize: 4096 };
const controller = {
  SerialNumber: 'FLSH0002',
  ModelNumber: 'ACME FLASH 2T',
  Firmware: 'F2',
  Transport: 'pcie',
  Slot: '12',
};
export const NVME_LIST_V2 = {
  Devices: [
    {
      HostNQN: 'nqn.2014-08.org.nvmexpress:uuid:0',
      Subsystems: [
        {
          Subsystem: 'nvme-subsys0',
          Controllers: [
            { Controller: 'nvme0', ...controller, Address: '0000:3B:00.0', Namespaces: [], Paths: [] },
            { Controller: 'nvme1', ...controller, Address: '0000:5e:00.0', Namespaces: [], Paths: [] },
          ],
          Namespaces: [namespace],
        },
      ],
    },
  ],
};

export const NVME_LIST_TEXT = `Node                  Generic               SN                   Model                                    Namespace  Usage                      Format           FW Rev
--------------------- --------------------- -------------------- ---------------------------------------- ---------- -------------------------- ---------------- --------
/dev/nvme0n1          /dev/ng0n1            FLSH0002             ACME FLASH 2T                            0x1          2.00  TB /   2.00  TB    512   B +  0 B   F2
/dev/nvme1n1          /dev/ng1n1            FLSH0001             ACME FLASH 4T                            0x1          1.20  TB /   4.00  TB      4 KiB +  0 B   F1
`;

export const ID_CTRL_TEXT = `NVME Identify Controller:
vid       : 0x1c5c
ssvid     : 0x1028
sn        : FLSH0002            
mn        : ACME FLASH 2T                           
fr        : F2      
rab       : 2
ver       : 0x10201
oacs      : 0x5f
  [9:9] : 0\tGet LBA Status Capability Not Supported
tnvmcap   : 2,000,398,934,016
ps    0 : mp:25.00W operational enlat:0 exlat:0 rrt:0 rrl:0
`;

export const SMART_LOG_TEXT = `Smart Log for NVME device:nvme0n1 namespace-id:ffffffff
critical_warning\t\t\t: 0x4
temperature\t\t\t\t: 37 °C (310 K)
available_spare\t\t\t\t: 98%
percentage_used\t\t\t\t: 9%
data_units_read\t\t\t\t: 9,898,518 (5.07 TB)
Data Units Written\t\t\t: 2
power_cycles\t\t\t\t: 64
power_on_hours\t\t\t\t: 4,974
media_errors\t\t\t\t: 1
`;

export const SMART_LOG_JSON = { critical_warning: 0, temperature: 310, avail_spare: 100, data_units_written: 3 };

export const HDPARM = `
/dev/sda:

ATA device, with non-removable media
	Model Number:       ACME SPINNER 8000
	Serial Number:      SPIN0001
	Firmware Revision:  SP01
	Transport:          Serial, ATA8-AST, SATA Rev 3.0
Configuration:
	LBA    user addressable sectors:   268435455
	LBA48  user addressable sectors: 15628053168
	Logical  Sector size:                   512 bytes
	Physical Sector size:                  4096 bytes
	Form Factor: 3.5 inch
	Nominal Media Rotation Rate: 7200
Commands/features:
	   *	Gen1 signaling speed (1.5Gb/s)
	   *	Gen3 signaling speed (6.0Gb/s)
Logical Unit WWN Device Identifier: 5000c5000000002a

/dev/sr0:

ATAPI CD-ROM, with removable media
	Model Number:       ACME DVD
`;

export const MDADM = `/dev/md0:
           Version : 1.2
        Raid Level : raid1
      Raid Devices : 2
             State : clean, degraded
              Name : box:0  (local to host box)

    Number   Major   Minor   RaidDevice State
       0       8        2        0      active sync   /dev/sda2
       -       0        0        1      removed
       2       8       18        -      faulty   /dev/sdb2
`;
