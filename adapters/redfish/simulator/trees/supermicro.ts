import type { Tree } from '../tree.ts';
import { at, BOOT, label, mac, OK, plantFirmware, plantRoot, startPlant, type Plant } from './plant.ts';
import { plantControl } from './plant-control.ts';

const SYSTEM = '/Systems/1';
const CHASSIS = '/Chassis/1';
const BACKPLANE = '/Chassis/NVMeSSD.0.Group.0.StorageBackplane';
const OUI = '7C:C2:55';

/** X13-like with four GPUs, which stand among the PCIe devices only; drives hang on a backplane chassis; only the old Power and Thermal. */
export function supermicroTree(): Tree {
  const plant = startPlant();
  plantRoot(plant, {
    RedfishVersion: '1.11.0',
    system: '1',
    chassis: ['1', 'NVMeSSD.0.Group.0.StorageBackplane'],
    manager: '1',
    expand: { Links: true, NoLinks: true, ExpandAll: true, Levels: true, MaxLevels: 2 },
  });
  plantSystem(plant);
  plantStorage(plant);
  plantChassis(plant);
  plantCards(plant);
  plantManager(plant);
  plantFirmware(plant, [
    ['BIOS', 'BIOS', 'BIOS Date: 08/04/2023 Ver 1.4'],
    ['BMC', 'BMC', '01.02.14'],
    ['NIC1', 'NIC1', '28.37.10.14'],
  ]);
  plantControl(plant, {
    system: SYSTEM,
    owner: '/Managers/1',
    drives: { VirtualMedia1: ['CD', 'DVD', 'Floppy', 'USBStick'] },
    light: { IndicatorLED: 'Off', LocationIndicatorActive: false },
  });
  return plant.tree;
}

function plantSystem(plant: Plant): void {
  plant.put(`${SYSTEM}/Bios`, 'Bios.v1_2_0.Bios', { Attributes: { BootMode: 'UEFI' } });
  plant.put(SYSTEM, 'ComputerSystem.v1_14_0.ComputerSystem', {
    SystemType: 'Physical',
    Manufacturer: 'Supermicro',
    Model: 'SYS-421GE-TNRT',
    SerialNumber: 'S51SIM0001',
    PartNumber: 'SYS-421GE-TNRT',
    SKU: '0x1D1415D9',
    UUID: '35353031-4d53-7cc2-5550-a8ff00000001',
    AssetTag: null,
    BiosVersion: '1.4',
    PowerState: 'On',
    Status: OK,
    Boot: BOOT,
    Bios: at(`${SYSTEM}/Bios`),
    MemorySummary: { TotalSystemMemoryGiB: 256, Status: OK },
    ProcessorSummary: { Count: 2, Status: OK },
    Processors: at(`${SYSTEM}/Processors`),
    Memory: at(`${SYSTEM}/Memory`),
    Storage: at(`${SYSTEM}/Storage`),
    SimpleStorage: at(`${SYSTEM}/SimpleStorage`),
    EthernetInterfaces: at(`${SYSTEM}/EthernetInterfaces`),
    Links: { Chassis: [at(CHASSIS)], ManagedBy: [at('/Managers/1')] },
    Actions: {
      '#ComputerSystem.Reset': {
        target: `/redfish/v1${SYSTEM}/Actions/ComputerSystem.Reset`,
        '@Redfish.ActionInfo': `/redfish/v1${SYSTEM}/ResetActionInfo`,
      },
    },
  });
  plant.put(`${SYSTEM}/ResetActionInfo`, 'ActionInfo.v1_1_2.ActionInfo', {
    Parameters: [
      {
        Name: 'ResetType',
        Required: true,
        DataType: 'String',
        AllowableValues: ['On', 'ForceOff', 'GracefulShutdown', 'GracefulRestart', 'ForceRestart', 'Nmi', 'ForceOn'],
      },
    ],
  });
  plant.list(`${SYSTEM}/Processors`, 'Processor', ['1', '2']);
  for (const id of ['1', '2']) {
    plant.put(`${SYSTEM}/Processors/${id}`, 'Processor.v1_11_0.Processor', {
      Name: `Processor${id}`,
      ProcessorType: 'CPU',
      Socket: `CPU${id}`,
      Manufacturer: 'Intel',
      Model: 'INTEL(R) XEON(R) PLATINUM 8462Y+',
      MaxSpeedMHz: 4100,
      TotalCores: 32,
      TotalThreads: 64,
      Location: label(`CPU${id}`, 'Socket'),
      Status: OK,
    });
  }
  const dimms = [
    'P1-DIMMA1',
    'P1-DIMMB1',
    'P1-DIMMC1',
    'P1-DIMMD1',
    'P2-DIMMA1',
    'P2-DIMMB1',
    'P2-DIMMC1',
    'P2-DIMMD1',
  ];
  plant.list(
    `${SYSTEM}/Memory`,
    'Memory',
    dimms.map((_, n) => String(n + 1)),
  );
  for (const [n, place] of dimms.entries()) {
    plant.put(`${SYSTEM}/Memory/${n + 1}`, 'Memory.v1_11_0.Memory', {
      DeviceLocator: place,
      Location: label(place),
      Manufacturer: 'Samsung',
      PartNumber: 'M321R4GA3BB6-CQKET',
      SerialNumber: `80CE0123140A0${n + 1}0101`,
      CapacityMiB: 32_768,
      OperatingSpeedMhz: 4800,
      MemoryDeviceType: 'DDR5',
      RankCount: 2,
      Status: OK,
    });
  }
  plant.list(`${SYSTEM}/EthernetInterfaces`, 'EthernetInterface', ['1', '2', 'ToManager']);
  for (const n of [1, 2]) {
    plant.put(`${SYSTEM}/EthernetInterfaces/${n}`, 'EthernetInterface.v1_6_3.EthernetInterface', {
      Name: `AOC_NIC${n}`,
      MACAddress: mac(OUI, 0x79_00_10 + n).toLowerCase(),
      SpeedMbps: 0,
      Status: OK,
    });
  }
  plant.put(`${SYSTEM}/EthernetInterfaces/ToManager`, 'EthernetInterface.v1_6_3.EthernetInterface', {
    Name: 'Manager Ethernet Interface',
    MACAddress: 'BE:3A:F2:00:00:01',
    Status: OK,
  });
}

function plantStorage(plant: Plant): void {
  const bays = [0, 1, 2, 3];
  const unit = `${SYSTEM}/Storage/NVMeSSD`;
  plant.list(`${SYSTEM}/Storage`, 'Storage', ['NVMeSSD']);
  plant.put(unit, 'Storage.v1_9_0.Storage', {
    Name: 'NVMe Storage System',
    StorageControllers: [
      {
        ...at(`${unit}#/StorageControllers/0`),
        MemberId: '0',
        FirmwareVersion: '03',
        Identifiers: [{ DurableName: null }],
        Status: OK,
      },
    ],
    Drives: bays.map((bay) => at(`${BACKPLANE}/Drives/Disk.Bay.${bay}`)),
    Status: OK,
  });
  plant.list(`${SYSTEM}/SimpleStorage`, 'SimpleStorage', []);
  plant.put(BACKPLANE, 'Chassis.v1_14_0.Chassis', {
    ChassisType: 'Enclosure',
    Model: 'Backplane',
    SerialNumber: null,
    Drives: at(`${BACKPLANE}/Drives`),
    Status: OK,
  });
  plant.list(
    `${BACKPLANE}/Drives`,
    'Drive',
    bays.map((bay) => `Disk.Bay.${bay}`),
  );
  for (const bay of bays) {
    plant.put(`${BACKPLANE}/Drives/Disk.Bay.${bay}`, 'Drive.v1_11_1.Drive', {
      Manufacturer: 'SAMSUNG',
      Model: 'MZQL27T6HBLA-00A07',
      SerialNumber: `S6CKNN0A0100${bay + 1}`,
      Revision: 'GDC5602Q',
      CapacityBytes: 7_681_501_126_656,
      MediaType: 'SSD',
      Protocol: 'NVMe',
      PhysicalLocation: {},
      Status: OK,
    });
  }
}

function plantChassis(plant: Plant): void {
  plant.put(CHASSIS, 'Chassis.v1_11_0.Chassis', {
    ChassisType: 'RackMount',
    Manufacturer: 'Supermicro',
    Model: 'X13DEG-OA',
    SerialNumber: 'C8010SIM0001',
    PartNumber: 'CSE-GP401TS-R000NP',
    Power: at(`${CHASSIS}/Power`),
    Thermal: at(`${CHASSIS}/Thermal`),
    NetworkAdapters: at(`${CHASSIS}/NetworkAdapters`),
    PCIeDevices: at(`${CHASSIS}/PCIeDevices`),
    Oem: { Supermicro: { BoardSerialNumber: 'OM23SIM00001', BoardID: '0x1d14' } },
    Status: OK,
  });
  const supplies = [0, 1].map((n) => ({
    ...at(`${CHASSIS}/Power#/PowerSupplies/${n}`),
    MemberId: String(n),
    Name: `Power Supply Bay ${n + 1}`,
    Model: 'PWS-2K73A-1R',
    PartNumber: 'PWS-2K73A-1R',
    SerialNumber: `P2K73CN25A010${n + 1}`,
    FirmwareVersion: '1.3',
    PowerCapacityWatts: 2700,
    PowerSupplyType: 'AC',
    Status: OK,
  }));
  plant.put(`${CHASSIS}/Power`, 'Power.v1_5_2.Power', { PowerSupplies: supplies });
  const fans = [1, 2, 3, 4].map((n) => ({
    ...at(`${CHASSIS}/Thermal#/Fans/${n - 1}`),
    MemberId: String(n - 1),
    Name: `FAN${n}`,
    Status: n === 4 ? { State: 'Absent' } : OK,
  }));
  plant.put(`${CHASSIS}/Thermal`, 'Thermal.v1_5_2.Thermal', { Fans: fans });
}

function plantCards(plant: Plant): void {
  const adapters = `${CHASSIS}/NetworkAdapters`;
  plant.list(adapters, 'NetworkAdapter', ['1']);
  plant.put(`${adapters}/1`, 'NetworkAdapter.v1_5_0.NetworkAdapter', {
    Manufacturer: 'Supermicro',
    Model: 'AOC-S25GC-i2S',
    PartNumber: 'AOC-S25GC-i2S',
    SerialNumber: 'VA23SIM00001',
    Ports: at(`${adapters}/1/Ports`),
    Controllers: [
      {
        FirmwarePackageVersion: '28.37.10.14',
        Location: label('PCIe Slot 1 (1)'),
        Links: { PCIeDevices: [at(`${CHASSIS}/PCIeDevices/NIC1`)] },
      },
    ],
  });
  plant.list(`${adapters}/1/Ports`, 'Port', ['1', '2']);
  for (const n of [1, 2])
    plant.put(`${adapters}/1/Ports/${n}`, 'Port.v1_4_0.Port', {
      Ethernet: { AssociatedMACAddresses: [mac(OUI, 0x79_00_10 + n)] },
    });

  const home = `${CHASSIS}/PCIeDevices`;
  const gpus = [1, 2, 3, 4].map((n) => ({
    id: `GPU${n}`,
    Model: 'H100 PCIe',
    Manufacturer: 'NVIDIA',
    SerialNumber: `16523230A010${n}`,
    PartNumber: '2331-885-A1',
    DeviceClass: 'DisplayController',
  }));
  const devices = [
    ...gpus,
    {
      id: 'NIC1',
      Model: 'AOC-S25GC-i2S',
      Manufacturer: 'Supermicro',
      SerialNumber: 'VA23SIM00001',
      PartNumber: 'AOC-S25GC-i2S',
      DeviceClass: 'NetworkController',
    },
  ];
  plant.list(
    home,
    'PCIeDevice',
    devices.map(({ id }) => id),
  );
  for (const { id, DeviceClass, ...made } of devices) {
    plant.put(`${home}/${id}`, 'PCIeDevice.v1_5_0.PCIeDevice', {
      ...made,
      FirmwareVersion: '96.00.61.00.01',
      PCIeFunctions: at(`${home}/${id}/PCIeFunctions`),
      Status: OK,
    });
    plant.list(`${home}/${id}/PCIeFunctions`, 'PCIeFunction', ['1']);
    plant.put(`${home}/${id}/PCIeFunctions/1`, 'PCIeFunction.v1_2_3.PCIeFunction', {
      DeviceClass,
      FunctionType: 'Physical',
    });
  }
}

function plantManager(plant: Plant): void {
  const manager = '/Managers/1';
  plant.put(manager, 'Manager.v1_11_0.Manager', {
    ManagerType: 'BMC',
    Model: 'ASPEED',
    FirmwareVersion: '01.02.14',
    EthernetInterfaces: at(`${manager}/EthernetInterfaces`),
    Status: OK,
  });
  plant.list(`${manager}/EthernetInterfaces`, 'EthernetInterface', ['1', 'ToHost']);
  plant.put(`${manager}/EthernetInterfaces/1`, 'EthernetInterface.v1_6_3.EthernetInterface', {
    MACAddress: mac(OUI, 0x50_00_01),
    Status: OK,
  });
  plant.put(`${manager}/HostInterfaces/1`, 'HostInterface.v1_1_1.HostInterface', {
    HostInterfaceType: 'NetworkHostInterface',
  });
  plant.put(`${manager}/EthernetInterfaces/ToHost`, 'EthernetInterface.v1_6_3.EthernetInterface', {
    MACAddress: 'BE:B5:71:00:00:01',
    Links: { HostInterface: at(`${manager}/HostInterfaces/1`) },
    Status: OK,
  });
}
