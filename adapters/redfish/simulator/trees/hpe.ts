import type { Tree } from '../tree.ts';
import {
  ABSENT,
  at,
  BOOT,
  label,
  mac,
  OK,
  plantFirmware,
  plantRoot,
  resetAction,
  startPlant,
  type Plant,
} from './plant.ts';
import { plantControl } from './plant-control.ts';

const SYSTEM = '/Systems/1';
const CHASSIS = '/Chassis/1';
const OUI = '88:E9:A4';

/** iLO 5-like: empty DIMM slots are listed, SAS drives stand in SmartStorage only, links vary in case and slash, `$expand=.` only. */
export function hpeTree(): Tree {
  const plant = startPlant();
  plantRoot(plant, {
    Vendor: 'HPE',
    Product: 'ProLiant DL385 Gen10 Plus v2',
    RedfishVersion: '1.13.0',
    system: '1',
    chassis: ['1'],
    manager: '1',
    expand: { ExpandAll: false, Levels: true, Links: false, MaxLevels: 1, NoLinks: true },
  });
  plantSystem(plant);
  plantCompute(plant);
  plantNvme(plant);
  plantSmartStorage(plant);
  plantChassis(plant);
  plantManager(plant);
  plantFirmware(plant, [
    ['1', 'iLO 5', '2.72 Sep 04 2022'],
    ['2', 'System ROM', 'A42 v2.60 (08/11/2022)'],
    ['3', 'HPE Smart Array P408i-p SR Gen10', '5.32'],
  ]);
  plantControl(plant, {
    system: SYSTEM,
    owner: '/Managers/1',
    drives: { '1': ['Floppy', 'USBStick'], '2': ['CD', 'DVD'] },
    light: { IndicatorLED: 'Off' },
  });
  return plant.tree;
}

function plantSystem(plant: Plant): void {
  plant.put(`${SYSTEM}/Bios`, 'Bios.v1_0_4.Bios', { Attributes: { BootMode: 'Uefi' } });
  plant.put(SYSTEM, 'ComputerSystem.v1_13_0.ComputerSystem', {
    SystemType: 'Physical',
    Manufacturer: 'HPE',
    Model: 'ProLiant DL385 Gen10 Plus v2',
    SerialNumber: 'CZ2SIM0001',
    SKU: 'P38411-B21',
    UUID: '31383350-3131-5a43-3253-494d30303031',
    AssetTag: '                ',
    HostName: '',
    BiosVersion: 'A42 v2.60 (08/11/2022)',
    PowerState: 'On',
    Status: { ...OK, HealthRollup: 'OK' },
    Boot: BOOT,
    Bios: { '@odata.id': '/redfish/v1/systems/1/bios/' },
    MemorySummary: { TotalSystemMemoryGiB: 256, Status: { HealthRollup: 'OK' } },
    ProcessorSummary: { Count: 2, Status: { HealthRollup: 'OK' } },
    Processors: { '@odata.id': '/redfish/v1/Systems/1/Processors/' },
    Memory: { '@odata.id': '/redfish/v1/systems/1/memory/' },
    Storage: at(`${SYSTEM}/Storage`),
    EthernetInterfaces: at(`${SYSTEM}/EthernetInterfaces`),
    Links: { Chassis: [at(CHASSIS)], ManagedBy: [{ '@odata.id': '/redfish/v1/Managers/1/' }] },
    Oem: { Hpe: { Links: { SmartStorage: at(`${SYSTEM}/SmartStorage`) } } },
    Actions: resetAction(SYSTEM, [
      'On',
      'ForceOff',
      'GracefulShutdown',
      'ForceRestart',
      'Nmi',
      'PushPowerButton',
      'GracefulRestart',
    ]),
  });
  plant.list(`${SYSTEM}/EthernetInterfaces`, 'EthernetInterface', ['1', '2', '3']);
  for (const n of [0, 1, 2]) {
    plant.put(`${SYSTEM}/EthernetInterfaces/${n + 1}`, 'EthernetInterface.v1_4_1.EthernetInterface', {
      Name: '',
      MACAddress: mac(OUI, 0x87_00_10 + n).toLowerCase(),
      LinkStatus: null,
      SpeedMbps: null,
      Status: { Health: null, State: null },
    });
  }
}

function plantCompute(plant: Plant): void {
  plant.list(`${SYSTEM}/Processors`, 'Processor', ['1', '2']);
  for (const id of ['1', '2']) {
    plant.put(`${SYSTEM}/Processors/${id}`, 'Processor.v1_7_2.Processor', {
      Name: 'Processors',
      ProcessorType: 'CPU',
      Socket: `Proc ${id}`,
      Manufacturer: 'Advanced Micro Devices, Inc.',
      Model: 'AMD EPYC 7543 32-Core Processor                ',
      SerialNumber: '',
      PartNumber: '',
      MaxSpeedMHz: 3700,
      TotalCores: 32,
      TotalThreads: 64,
      Status: OK,
    });
  }
  const slots = [1, 2].flatMap((proc) => [1, 2, 3, 4, 5, 6, 7, 8].map((dimm) => ({ proc, dimm })));
  plant.list(
    `${SYSTEM}/Memory`,
    'Memory',
    slots.map(({ proc, dimm }) => `proc${proc}dimm${dimm}`),
  );
  for (const { proc, dimm } of slots) {
    const filled = dimm % 2 === 1;
    const made = filled
      ? {
          Manufacturer: 'Hynix',
          PartNumber: 'HMAA4GR7AJR8N-XN',
          SerialNumber: `45A0${proc}0${dimm}1`,
          CapacityMiB: 32_768,
          OperatingSpeedMhz: 3200,
          MemoryDeviceType: 'DDR4',
          RankCount: 2,
        }
      : { CapacityMiB: 0 };
    plant.put(`${SYSTEM}/Memory/proc${proc}dimm${dimm}`, 'Memory.v1_7_1.Memory', {
      DeviceLocator: `PROC ${proc} DIMM ${dimm}`,
      MemoryLocation: { Channel: dimm, MemoryController: dimm, Slot: dimm, Socket: proc },
      ...made,
      Status: filled ? OK : { ...ABSENT, Health: 'OK' },
    });
  }
}

/** Each NVMe drive is a Storage of its own, whose only controller is the drive once more. */
function plantNvme(plant: Plant): void {
  const units = ['DA000000', 'DA000001'];
  plant.list(`${SYSTEM}/Storage`, 'Storage', units);
  for (const [n, id] of units.entries()) {
    const home = `${SYSTEM}/Storage/${id}`;
    const made = { Model: 'VO003840KXAVP', SerialNumber: `S6EXNE0T4A010${n + 1}` };
    plant.put(home, 'Storage.v1_12_0.Storage', {
      Name: 'NVMe Storage System',
      Controllers: at(`${home}/Controllers`),
      Drives: [{ '@odata.id': `/redfish/v1${home}/Drives/${id}/` }],
      StorageControllers: [
        {
          ...at(`${home}#/StorageControllers/0/`),
          MemberId: '0',
          Name: 'NVMe Storage Controller',
          ...made,
          Status: OK,
        },
      ],
      Status: OK,
    });
    plant.list(`${home}/Controllers`, 'StorageController', ['0']);
    plant.put(`${home}/Controllers/0`, 'StorageController.v1_0_0.StorageController', {
      Name: 'NVMe Storage Controller',
      ...made,
      FirmwareVersion: 'HPK4',
      Status: OK,
    });
    plant.put(`${home}/Drives/${id}`, 'Drive.v1_7_0.Drive', {
      ...made,
      Revision: 'HPK4',
      CapacityBytes: 3_840_755_982_336,
      MediaType: 'SSD',
      Protocol: 'NVMe',
      PhysicalLocation: label(`Box 2:Bay ${n + 1}`, 'Bay'),
      Location: [{ Info: `2:${n + 1}`, InfoFormat: 'Box:Bay' }],
      Status: OK,
    });
  }
}

function plantSmartStorage(plant: Plant): void {
  const home = `${SYSTEM}/SmartStorage`;
  const array = `${home}/ArrayControllers/2`;
  plant.put(home, 'HpeSmartStorage.v2_0_0.HpeSmartStorage', {
    Links: { ArrayControllers: at(`${home}/ArrayControllers`) },
    Status: OK,
  });
  plant.list(`${home}/ArrayControllers`, 'HpeSmartStorageArrayController', ['2']);
  plant.put(array, 'HpeSmartStorageArrayController.v2_2_0.HpeSmartStorageArrayController', {
    Model: 'HPE Smart Array P408i-p SR Gen10',
    SerialNumber: 'PFJHD0SIM0001',
    ControllerPartNumber: '830826-001',
    Location: 'Slot 2',
    LocationFormat: 'PCISlot',
    FirmwareVersion: { Current: { VersionString: '5.32' } },
    Links: { PhysicalDrives: at(`${array}/DiskDrives`) },
    Status: OK,
  });
  plant.list(`${array}/DiskDrives`, 'HpeSmartStorageDiskDrive', ['0', '1']);
  for (const n of [0, 1]) {
    plant.put(`${array}/DiskDrives/${n}`, 'HpeSmartStorageDiskDrive.v2_1_0.HpeSmartStorageDiskDrive', {
      Model: 'EG001200JWJNQ',
      SerialNumber: `WFK0A01${n + 1}`,
      CapacityMiB: 1_144_641,
      MediaType: 'HDD',
      InterfaceType: 'SAS',
      Location: `1I:3:${n + 1}`,
      FirmwareVersion: { Current: { VersionString: 'HPD2' } },
      Status: OK,
    });
  }
}

function plantChassis(plant: Plant): void {
  plant.put(CHASSIS, 'Chassis.v1_10_2.Chassis', {
    ChassisType: 'RackMount',
    Manufacturer: 'HPE',
    Model: 'ProLiant DL385 Gen10 Plus v2',
    SerialNumber: 'CZ2SIM0001',
    SKU: 'P38411-B21',
    Power: { '@odata.id': '/redfish/v1/Chassis/1/Power/' },
    Thermal: { '@odata.id': '/redfish/v1/Chassis/1/Thermal/' },
    NetworkAdapters: at(`${CHASSIS}/NetworkAdapters`),
    Status: OK,
  });
  const supplies = [1, 2, 3].map((bay) => ({
    ...at(`${CHASSIS}/Power#PowerSupplies/${bay - 1}`),
    MemberId: String(bay - 1),
    Name: 'HpeServerPowerSupply',
    Oem: { Hpe: { BayNumber: bay } },
    ...(bay === 3
      ? { Model: null, SerialNumber: null, Status: { ...ABSENT, Health: 'Warning' } }
      : {
          Manufacturer: 'LTEON',
          Model: 'P38997-B21',
          SerialNumber: `5XLNR0A01L${bay}`,
          FirmwareVersion: '2.00',
          PowerCapacityWatts: '1600',
          PowerSupplyType: 'AC',
          Status: OK,
        }),
  }));
  plant.put(`${CHASSIS}/Power`, 'Power.v1_3_0.Power', { PowerSupplies: supplies });
  const fans = [1, 2, 3, 4, 5, 6].map((n) => ({
    ...at(`${CHASSIS}/Thermal#Fans/${n - 1}`),
    MemberId: String(n - 1),
    Name: `Fan ${n}`,
    Status: OK,
  }));
  plant.put(`${CHASSIS}/Thermal`, 'Thermal.v1_6_2.Thermal', { Fans: fans });

  const adapters = `${CHASSIS}/NetworkAdapters`;
  plant.list(adapters, 'NetworkAdapter', ['DE080000']);
  plant.put(`${adapters}/DE080000`, 'NetworkAdapter.v1_5_0.NetworkAdapter', {
    Manufacturer: 'MLNX',
    Model: 'HPE Ethernet 100Gb 2-port QSFP56 MCX623106AS-CDAT Adapter',
    PartNumber: 'P25960-001',
    SerialNumber: 'ILC22A0101',
    Controllers: [{ FirmwarePackageVersion: '22.34.1002' }],
    NetworkPorts: at(`${adapters}/DE080000/NetworkPorts`),
    NetworkDeviceFunctions: at(`${adapters}/DE080000/NetworkDeviceFunctions`),
  });
  plant.list(`${adapters}/DE080000/NetworkPorts`, 'NetworkPort', ['0']);
  plant.put(`${adapters}/DE080000/NetworkPorts/0`, 'NetworkPort.v1_2_5.NetworkPort', {
    AssociatedNetworkAddresses: ['88e9:a4ff:ff87:0010'],
  });
  plant.list(`${adapters}/DE080000/NetworkDeviceFunctions`, 'NetworkDeviceFunction', ['0', '1']);
  for (const n of [0, 1]) {
    plant.put(
      `${adapters}/DE080000/NetworkDeviceFunctions/${n}`,
      'NetworkDeviceFunction.v1_3_3.NetworkDeviceFunction',
      {
        Ethernet: {
          MACAddress: mac(OUI, 0x87_00_10 + n).toLowerCase(),
          PermanentMACAddress: mac(OUI, 0x87_00_10 + n).toLowerCase(),
        },
      },
    );
  }
}

function plantManager(plant: Plant): void {
  const manager = '/Managers/1';
  plant.put(manager, 'Manager.v1_5_1.Manager', {
    ManagerType: 'BMC',
    Model: 'iLO 5',
    FirmwareVersion: 'iLO 5 v2.72',
    EthernetInterfaces: at(`${manager}/EthernetInterfaces`),
    Status: OK,
  });
  plant.list(`${manager}/EthernetInterfaces`, 'EthernetInterface', ['1', '2', '3']);
  const ends = [
    { Name: 'Manager Dedicated Network Interface', MACAddress: '5C:ED:8C:34:00:01', Status: OK },
    { Name: 'Manager Shared Network Interface', MACAddress: '5C:ED:8C:34:00:02', Status: { State: 'Disabled' } },
    {
      Name: 'Manager Virtual Network Interface',
      MACAddress: '0A:CA:FE:F0:0D:04',
      Links: { HostInterface: at(`${manager}/HostInterfaces/1`) },
    },
  ];
  plant.put(`${manager}/HostInterfaces/1`, 'HostInterface.v1_1_1.HostInterface', {
    HostInterfaceType: 'NetworkHostInterface',
  });
  for (const [n, end] of ends.entries())
    plant.put(`${manager}/EthernetInterfaces/${n + 1}`, 'EthernetInterface.v1_4_1.EthernetInterface', end);
}
