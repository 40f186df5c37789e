import type { Tree } from '../tree.ts';
import { ABSENT, at, BOOT, label, mac, OK, plantFirmware, plantRoot, startPlant, type Plant } from './plant.ts';
import { plantControl } from './plant-control.ts';

const SYSTEM = '/Systems/system';
const CHASSIS = '/Chassis/chassis';
const OUI = '5C:25:73';

/** OpenBMC-like: no `$expand`, only the subsystem resources, no NetworkAdapters, an empty CPU socket. */
export function openbmcTree(): Tree {
  const plant = startPlant();
  plantRoot(plant, { RedfishVersion: '1.17.0', system: 'system', chassis: ['chassis'], manager: 'bmc' });
  plantSystem(plant);
  plantStorage(plant);
  plantChassis(plant);
  plantManager(plant);
  plantFirmware(plant, [
    ['5d0869c4', 'BMC image', '2.15.0'],
    ['bios_active', 'BIOS image', '0.9.4'],
  ]);
  plantControl(plant, {
    system: SYSTEM,
    owner: '/Managers/bmc',
    drives: { Slot_0: ['CD', 'USBStick'], Slot_1: ['CD', 'USBStick'] },
    light: { LocationIndicatorActive: false },
  });
  return plant.tree;
}

function plantSystem(plant: Plant): void {
  plant.put(`${SYSTEM}/Bios`, 'Bios.v1_2_0.Bios', { ResetBiosToDefaultsPending: false });
  plant.put(SYSTEM, 'ComputerSystem.v1_22_0.ComputerSystem', {
    SystemType: 'Physical',
    Manufacturer: 'Contoso',
    Model: 'CS-2U-24',
    SerialNumber: 'CSSIM0001',
    PartNumber: '100-2U24-A',
    UUID: '8e7365a4-ec9c-4e2d-be63-000000000001',
    BiosVersion: '0.9.4',
    HostName: 'system',
    PowerState: 'On',
    Status: OK,
    Boot: BOOT,
    Bios: at(`${SYSTEM}/Bios`),
    MemorySummary: { TotalSystemMemoryGiB: 128 },
    ProcessorSummary: { Count: 2 },
    Processors: at(`${SYSTEM}/Processors`),
    Memory: at(`${SYSTEM}/Memory`),
    Storage: at(`${SYSTEM}/Storage`),
    EthernetInterfaces: at(`${SYSTEM}/EthernetInterfaces`),
    PCIeDevices: [],
    Links: { Chassis: [at(CHASSIS)], ManagedBy: [at('/Managers/bmc')] },
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
        AllowableValues: [
          'On',
          'ForceOff',
          'ForceOn',
          'ForceRestart',
          'GracefulRestart',
          'GracefulShutdown',
          'PowerCycle',
          'Nmi',
        ],
      },
    ],
  });
  plant.list(`${SYSTEM}/Processors`, 'Processor', ['cpu0', 'cpu1', 'cpu2']);
  for (const [n, id] of ['cpu0', 'cpu1', 'cpu2'].entries()) {
    const made = {
      Manufacturer: 'Ampere',
      Model: 'Ampere(R) Altra(R) Q80-30',
      PartNumber: 'AC-108025002',
      SerialNumber: `0A010${n}000001`,
      TotalCores: 80,
      TotalThreads: 80,
    };
    plant.put(`${SYSTEM}/Processors/${id}`, 'Processor.v1_20_0.Processor', {
      ProcessorType: 'CPU',
      Location: label(`CPU ${n}`, 'Socket'),
      ...(n === 2 ? { Status: ABSENT } : { ...made, Status: OK }),
    });
  }
  const dimms = [0, 1, 2, 3];
  plant.list(
    `${SYSTEM}/Memory`,
    'Memory',
    dimms.map((n) => `dimm${n}`),
  );
  for (const n of dimms) {
    plant.put(`${SYSTEM}/Memory/dimm${n}`, 'Memory.v1_20_0.Memory', {
      Location: label(`DIMM ${n}`),
      Manufacturer: 'Micron',
      PartNumber: '18ASF4G72PDZ',
      SerialNumber: `2E0A01${n}1`,
      CapacityMiB: 32_768,
      OperatingSpeedMhz: 3200,
      MemoryDeviceType: 'DDR4',
      Status: OK,
    });
  }
  plant.list(`${SYSTEM}/EthernetInterfaces`, 'EthernetInterface', ['eth0', 'eth1']);
  for (const n of [0, 1]) {
    plant.put(`${SYSTEM}/EthernetInterfaces/eth${n}`, 'EthernetInterface.v1_12_0.EthernetInterface', {
      EthernetInterfaceType: 'Physical',
      MACAddress: mac(OUI, 0x08_00_10 + n).toLowerCase(),
      Status: OK,
    });
  }
}

function plantStorage(plant: Plant): void {
  const home = `${SYSTEM}/Storage/1`;
  plant.list(`${SYSTEM}/Storage`, 'Storage', ['1']);
  plant.put(home, 'Storage.v1_13_0.Storage', {
    Controllers: at(`${home}/Controllers`),
    Drives: ['nvme0', 'nvme1', 'nvme2'].map((id) => at(`${home}/Drives/${id}`)),
    Status: OK,
  });
  plant.list(`${home}/Controllers`, 'StorageController', []);
  for (const [n, id] of ['nvme0', 'nvme1', 'nvme2'].entries()) {
    const made = {
      Manufacturer: 'Solidigm',
      Model: 'SSDPF2KX038T1',
      SerialNumber: `PHAX0A010${n}3P8`,
      FirmwareVersion: '9CV10410',
      CapacityBytes: 3_840_755_982_336,
      MediaType: 'SSD',
      Protocol: 'NVMe',
    };
    plant.put(`${home}/Drives/${id}`, 'Drive.v1_18_0.Drive', {
      PhysicalLocation: label(`NVMe Slot ${n}`),
      ...(n === 2 ? { Status: ABSENT } : { ...made, Status: OK }),
    });
  }
}

function plantChassis(plant: Plant): void {
  plant.put(CHASSIS, 'Chassis.v1_23_0.Chassis', {
    ChassisType: 'RackMount',
    Manufacturer: 'Contoso',
    PowerSubsystem: at(`${CHASSIS}/PowerSubsystem`),
    ThermalSubsystem: at(`${CHASSIS}/ThermalSubsystem`),
    PCIeDevices: at(`${CHASSIS}/PCIeDevices`),
    Status: OK,
  });
  plant.list(`${CHASSIS}/PCIeDevices`, 'PCIeDevice', []);
  plant.put(`${CHASSIS}/PowerSubsystem`, 'PowerSubsystem.v1_1_0.PowerSubsystem', {
    PowerSupplies: at(`${CHASSIS}/PowerSubsystem/PowerSupplies`),
    Status: OK,
  });
  plant.list(`${CHASSIS}/PowerSubsystem/PowerSupplies`, 'PowerSupply', ['psu0', 'psu1']);
  for (const n of [0, 1]) {
    plant.put(`${CHASSIS}/PowerSubsystem/PowerSupplies/psu${n}`, 'PowerSupply.v1_5_0.PowerSupply', {
      Location: label(`PSU ${n}`),
      Manufacturer: 'Delta',
      Model: 'DPS-1600AB',
      SerialNumber: `DDT0A01${n}1`,
      FirmwareVersion: '1.02',
      PowerCapacityWatts: 1600,
      Status: OK,
    });
  }
  plant.put(`${CHASSIS}/ThermalSubsystem`, 'ThermalSubsystem.v1_0_0.ThermalSubsystem', {
    Fans: at(`${CHASSIS}/ThermalSubsystem/Fans`),
    Status: OK,
  });
  plant.list(`${CHASSIS}/ThermalSubsystem/Fans`, 'Fan', ['fan0', 'fan1', 'fan2', 'fan3']);
  for (const n of [0, 1, 2, 3])
    plant.put(`${CHASSIS}/ThermalSubsystem/Fans/fan${n}`, 'Fan.v1_3_0.Fan', {
      Location: label(`FAN ${n}`),
      Status: OK,
    });
}

function plantManager(plant: Plant): void {
  const manager = '/Managers/bmc';
  plant.put(manager, 'Manager.v1_14_0.Manager', {
    ManagerType: 'BMC',
    Model: 'OpenBmc',
    FirmwareVersion: '2.15.0',
    UUID: '8e7365a4-ec9c-4e2d-be63-cf771c450001',
    EthernetInterfaces: at(`${manager}/EthernetInterfaces`),
    Status: OK,
  });
  plant.list(`${manager}/EthernetInterfaces`, 'EthernetInterface', ['eth0', 'hostusb0']);
  plant.put(`${manager}/EthernetInterfaces/eth0`, 'EthernetInterface.v1_12_0.EthernetInterface', {
    EthernetInterfaceType: 'Physical',
    MACAddress: mac(OUI, 0x08_00_01).toLowerCase(),
    Status: OK,
  });
  plant.put(`${manager}/EthernetInterfaces/hostusb0`, 'EthernetInterface.v1_12_0.EthernetInterface', {
    EthernetInterfaceType: 'Physical',
    MACAddress: 'be:5e:7c:00:00:01',
    Status: OK,
  });
}
