const storcli = {
  Controllers: [
    {
      'Command Status': { 'CLI Version': '007', Controller: 0, Status: 'Success', Description: 'None' },
      'Response Data': {
        Basics: { Controller: 0, Model: 'RAID T1', 'Serial Number': 'SCT0001', 'PCI Address': '00:3b:00:00' },
        Version: { 'Firmware Version': '5.1', 'Firmware Package Build': '51.1' },
        Bus: { 'Vendor Id': 4096, 'Device Id': 20 },
        Status: { 'Controller Status': 'Needs Attention' },
        'PD LIST': [
          {
            'EID:Slt': '252:0',
            State: 'Onln',
            Size: '14.551 TB',
            Intf: 'SATA',
            Med: 'HDD',
            SeSz: '512B',
            Model: 'OWNDISK',
          },
          {
            'EID:Slt': ' :5',
            State: 'UBad',
            Size: '893.137 GB',
            Intf: 'SATA',
            Med: 'SSD',
            SeSz: '4 KB',
            Model: 'OWNSSD',
          },
        ],
        'Drive /c0/e252/s0': [{ 'EID:Slt': '252:0', State: 'Onln', Size: '14.551 TB', Intf: 'SATA', Med: 'HDD' }],
        'Drive /c0/e252/s0 - Detailed Information': {
          'Drive /c0/e252/s0 State': {
            'Media Error Count': 2,
            'Drive Temperature': ' 28C (82.40 F)',
            'Predictive Failure Count': 1,
            'S.M.A.R.T alert flagged by drive': 'No',
          },
          'Drive /c0/e252/s0 Device attributes': {
            SN: '            ODK0001',
            'Manufacturer Id': 'ATA     ',
            'Model Number': 'OWNDISK 16T',
            WWN: '5000C500E5000001',
            'Firmware Revision': 'SN03    ',
            'Raw size': '14.552 TB [0x746c00000 Sectors]',
            'Device Speed': '6.0Gb/s',
            'Logical Sector Size': '512B',
            'Physical Sector Size': '4 KB',
          },
        },
        BBU_Info: [{ Model: 'iBBU08', State: 'Optimal', Temp: '34C' }],
      },
    },
  ],
};

/** A small answer of every format of this room, of our own making. */
export const controllerSamples: Record<string, string> = {
  'nvidia-smi-xml': `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log><driver_version>535.1</driver_version><attached_gpus>1</attached_gpus>
<gpu id="00000000:3B:00.0"><product_name>NVIDIA T1</product_name><serial>1650000000001</serial><uuid>GPU-1</uuid><vbios_version>92.00</vbios_version><board_part_number>692-1</board_part_number>
<pci><pci_device_id>20B210DE</pci_device_id><pci_bus_id>00000000:3B:00.0</pci_bus_id><pci_gpu_link_info><pcie_gen><max_link_gen>4</max_link_gen></pcie_gen><link_widths><max_link_width>16x</max_link_width></link_widths></pci_gpu_link_info></pci>
<fb_memory_usage><total>81920 MiB</total></fb_memory_usage><ecc_errors><volatile><dram_uncorrectable>0</dram_uncorrectable></volatile><aggregate><dram_uncorrectable>3</dram_uncorrectable><sram_uncorrectable_parity>1</sram_uncorrectable_parity></aggregate></ecc_errors>
<remapped_rows><remapped_row_corr>0</remapped_row_corr><remapped_row_unc>2</remapped_row_unc><remapped_row_pending>Yes</remapped_row_pending><remapped_row_failure>No</remapped_row_failure></remapped_rows><temperature><gpu_temp>31 C</gpu_temp></temperature></gpu></nvidia_smi_log>
`,
  'rocm-smi-json': JSON.stringify({
    card0: {
      'GPU ID': '0x66a1',
      'Serial Number': '692000000001',
      'PCI Bus': '0000:63:00.0',
      'VRAM Total Memory (B)': '34342961152',
      'VBIOS version': '113-D1',
      'Card series': 'Instinct T1',
      'Card SKU': 'D1',
    },
    system: { 'Driver version': '6.3.6' },
  }),
  'storcli-json': JSON.stringify(storcli),
  'storcli-text': `CLI Version = 007.1 Mar 12, 2020
Operating system = Linux 5.8.0
Controller = 1
Status = Success
Description = None


Basics :
======
Controller = 1
Model = RAID T2
Serial Number = SCT0002
PCI Address = 00:5e:00:00

Version :
=======
Firmware Version = 5.2

Drive /c1/e32/s4 :
================

EID:Slt DID State DG     Size Intf Med SED PI SeSz Model            Sp Type
32:4      4 Onln   0 3.637 TB SAS  HDD N   N  512B OWN ST4000       U  -

Drive /c1/e32/s4 - Detailed Information :
=======================================

Drive /c1/e32/s4 State :
======================
Media Error Count = 0
S.M.A.R.T alert flagged by drive = Yes

Drive /c1/e32/s4 Device attributes :
==================================
SN = ODK0002
Manufacturer Id = OWN
Model Number = ST4000
Firmware Revision = F1
Raw size = 3.638 TB [0x1d1c0beb0 Sectors]
Logical Sector Size = 512B

`,
  ssacli: `
Smart Array P420i in Slot 0 (Embedded)    (sn: HCT0002)
   Controller Status: OK
   Firmware Version: 6.60-0
   Battery/Capacitor Count: 1
   Battery/Capacitor Status: Failed (Replace Batteries)
   PCI Address (Domain:Bus:Device.Function): 0000:14:00.0

   Internal Drive Cage at Port 1I, Box 1, OK
      Serial Number: CAGE01

   Physical Drives
      physicaldrive 1I:1:1 (port 1I:box 1:bay 1, SAS HDD, 300 GB, Predictive Failure)
      physicaldrive 1I:1:2 (port 1I:box 1:bay 2, SATA SSD, 1.9 TB, OK)

   Array: A
      Status: OK

      physicaldrive 1I:1:1
         Port: 1I
         Box: 1
         Bay: 1
         Status: Predictive Failure
         Interface Type: SAS
         Size: 300 GB
         Logical/Physical Block Size: 512/512
         Rotational Speed: 10000
         Firmware Revision: HPD7
         Serial Number:         ODK0003
         Model: HP      EG0300OWN
         Current Temperature (C): 23

`,
  megacli: `
Adapter #0

Enclosure Device ID: 32
Slot Number: 0
WWN: 5000C50058000001
Media Error Count: 3
Predictive Failure Count: 0
PD Type: SAS

Raw Size: 1.819 TB [0xe8e088b0 Sectors]
Sector Size:  0
Firmware state: Online, Spun Up
Device Firmware Level: GS0D
Inquiry Data: OWNMAKERST2000OWN0000023GS0DODK0004
Device Speed: 6.0Gb/s
Media Type: Hard Disk Device
Drive Temperature :29C (84.20 F)
Drive has flagged a S.M.A.R.T alert : No

Enclosure Device ID: N/A
Slot Number: 1
PD Type: SATA
Raw Size: 894.252 GB [0x6fc81ab0 Sectors]
Firmware state: Failed
Device Firmware Level: 003Q
Inquiry Data:       ODK00000000005OWN SSD 960                             GXT3003Q
Media Type: Solid State Device

Exit Code: 0x00
`,
  'megacli-bbu': `BBU status for Adapter: 0

BatteryType: iBBU08
Battery State: Optimal
Temperature: 33 C
  Battery Replacement required            : Yes
BBU Design Info for Adapter: 0
  Serial Number: 5164
  Manufacture Name: LS1

Exit Code: 0x00
`,
  arcconf: `Controllers found: 1
----------------------------------------------------------------------
Controller information
----------------------------------------------------------------------
   Controller Status                        : Optimal
   Controller Model                         : Adaptec T1
   Controller Serial Number                 : ACT0001
   Firmware                                 : 7.5-0
----------------------------------------------------------------------
Physical Device information
----------------------------------------------------------------------
      Device #0
         Device is a Hard drive
         State                              : Online
         Block Size                         : 512 Bytes
         Transfer Speed                     : SATA 6.0 Gb/s
         Reported Location                  : Enclosure 0, Slot 3( Connector Unknown )
         Vendor                             : ATA
         Model                              : OWN SSD
         Firmware                           : ST20
         Serial number                      : ODK0006
         World-wide name                    : 5000C50081000001
         Total Size                         : 457862 MB
         S.M.A.R.T.                         : No
         S.M.A.R.T. warnings                : 1
         SSD                                : Yes
      Device #1
         Device is an Enclosure Services Device
         Reported Location                  : Enclosure 0, Slot 255

`,
  areca: `Drive Information
===============================================================
Device Type                        : SATA(5001B4D418000001)
Device Location                    : Enclosure#1 Slot#8
Model Name                         : OWN HDS7210
Serial Number                      : ODK0007
Firmware Rev.                      : JP4O
Disk Capacity                      : 1000.2GB
Device State                       : NORMAL
Media Error Count                  : 0
===============================================================
GuiErrMsg<0x00>: Success.
`,
  mvcli: `Physical Disk Information
----------------------------
Adapter:             0
PD ID:               0
Type:                SATA PD
Linked at:           HBA port 0
Size:                234431064 K
model:               OWN M2
Serial:              ODK0008
Firmware version:     D0DE
SSD Type:            SSD
`,
  msecli: `Device Name          : /dev/sda
Model No             : Own_5200
Serial No            : ODK0009
FW-Rev               : D1MU
Total Size           : 480.00GB
Drive Status         : Drive is in good health
Temp(C)              : 21
`,
  mlxup: `Querying Mellanox devices firmware ...

Device #1:
----------

  Device Type:      ConnectX4LX
  Part Number:      MCX-OWN
  PSID:             MT_1
  PCI Device Name:  0000:d8:00.0
  Base MAC:         0c42a1000001
  Versions:         Current        Available
     FW             14.29.2002     14.28.2006
     PXE            3.6.0204       3.6.0102

Device #2:
----------

  Device Type:      ConnectX4LX
  PSID:             MT_1
  PCI Device Name:  0000:d8:00.1
  Base MAC:         0c42a1000002
`,
  flint: `Image type:            FS4
FW Version:            24.35.2000
Part Number:           MBF-OWN
Base GUID:             b83fd20300000001        16
Base MAC:              b83fd2000001            16
PSID:                  MT_2
`,
  'dsu-inventory': `1. BIOS, BIOS  ( Version : 2.6.4 )

2. Firmware, Power Supply  ( Version : 00.24.32 )

3. Firmware, Power Supply  ( Version : 00.24.33 )

4. Firmware,  iDRAC  ( Version : 4.10 )

1 : Firmware : BOSS : 2.5 : SAS-RAID_Firmware
`,
};
