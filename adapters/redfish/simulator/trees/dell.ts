import type { Tree } from '../tree.ts';
import { at, BOOT, mac, OK, plantFirmware, plantRoot, resetAction, startPlant, type Plant } from './plant.ts';
import { plantControl } from './plant-control.ts';

const SYSTEM = '/Systems/System.Embedded.1';
const CHASSIS = '/Chassis/System.Embedded.1';
const OUI = 'C8:4B:D6';

/** iDRAC9-like, two GPUs: FQDDs as ids, a RAID controller, both the new and the old power resources, firmware rows in three states. */
export function dellTree(): Tree {
  const plant = startPlant();
  plantRoot(plant, {
    Vendor: 'Dell',
    Product: 'Integrated Dell Remote Access Controller',
    RedfishVersion: '1.18.0',
    system: 'System.Embedded.1',
    chassis: ['System.Embedded.1', 'Enclosure.Internal.0-1'],
    manager: 'iDRAC.Embedded.1',
    expand: { ExpandAll: true, Levels: true, Links: true, MaxLevels: 1, NoLinks: true },
  });
  plantSystem(plant);
  plantCompute(plant);
  plantStorage(plant);
  plantChassis(plant);
  plantCards(plant);
  plantManager(plant);
  plantFirmware(plant, [
    ['Current-159-1.15.2__BIOS.Setup.1-1', 'BIOS', '1.15.2'],
    ['Installed-159-1.15.2__BIOS.Setup.1-1', 'BIOS', '1.15.2'],
    ['Previous-159-1.13.2__BIOS.Setup.1-1', 'BIOS', '1.13.2'],
    ['Installed-25227-7.10.50.00__iDRAC.Embedded.1-1', 'Integrated Dell Remote Access Controller', '7.10.50.00'],
    ['Previous-25227-7.00.30.00__iDRAC.Embedded.1-1', 'Integrated Dell Remote Access Controller', '7.00.30.00'],
    ['Installed-104298-52.26.0-5179__RAID.SL.3-1', 'PERC H755 Front', '52.26.0-5179'],
    ['Current-27763-1.2.6__CPLD.Embedded.1', 'System CPLD', '1.2.6'],
  ]);
  plantControl(plant, {
    system: SYSTEM,
    owner: SYSTEM,
    drives: { '1': ['CD', 'DVD', 'USBStick'], '2': ['CD', 'DVD', 'USBStick'] },
    light: { IndicatorLED: 'Lit', LocationIndicatorActive: false },
  });
  return plant.tree;
}

function plantSystem(plant: Plant): void {
  plant.put(SYSTEM, 'ComputerSystem.v1_20_1.ComputerSystem', {
    SystemType: 'Physical',
    Manufacturer: 'Dell Inc.',
    Model: 'PowerEdge R760xa',
    SerialNumber: 'CNFCP0037A00AA',
    PartNumber: '0X7V31A02',
    SKU: 'SIM0001',
    UUID: '4c4c4544-0053-4910-804d-b1c04f303031',
    AssetTag: '',
    HostName: '',
    BiosVersion: '1.15.2',
    PowerState: 'On',
    Status: { ...OK, HealthRollup: 'OK' },
    Boot: BOOT,
    Bios: at(`${SYSTEM}/Bios`),
    MemorySummary: { TotalSystemMemoryGiB: 512, Status: OK },
    ProcessorSummary: { Count: 2, Status: OK },
    Processors: at(`${SYSTEM}/Processors`),
    Memory: at(`${SYSTEM}/Memory`),
    Storage: at(`${SYSTEM}/Storage`),
    EthernetInterfaces: at(`${SYSTEM}/EthernetInterfaces`),
    PCIeDevices: ['23-0', '24-0', '75-0', '152-0'].map((id) => at(`${CHASSIS}/PCIeDevices/${id}`)),
    Links: { Chassis: [at(CHASSIS)], ManagedBy: [at('/Managers/iDRAC.Embedded.1')] },
    Actions: resetAction(SYSTEM, [
      'On',
      'ForceOff',
      'ForceRestart',
      'GracefulRestart',
      'GracefulShutdown',
      'PushPowerButton',
      'Nmi',
      'PowerCycle',
    ]),
  });
  plant.put(`${SYSTEM}/Bios`, 'Bios.v1_2_0.Bios', { Attributes: { BootMode: 'Uefi' } });
  const ports = ['NIC.Embedded.1-1-1', 'NIC.Embedded.2-1-1', 'NIC.Slot.5-1-1', 'NIC.Slot.5-2-1'];
  plant.list(`${SYSTEM}/EthernetInterfaces`, 'EthernetInterface', ports);
  for (const [n, port] of ports.entries()) {
    const address = mac(OUI, 0x7b_00_10 + n);
    plant.put(`${SYSTEM}/EthernetInterfaces/${port}`, 'EthernetInterface.v1_10_0.EthernetInterface', {
      Name: 'System Ethernet Interface',
      MACAddress: address,
      PermanentMACAddress: address,
      LinkStatus: n % 2 === 0 ? 'LinkUp' : 'LinkDown',
      Status: OK,
    });
  }
}

function plantCompute(plant: Plant): void {
  const gpus = ['Video.Slot.7-1', 'Video.Slot.8-1'];
  plant.list(`${SYSTEM}/Processors`, 'Processor', ['CPU.Socket.1', 'CPU.Socket.2', ...gpus]);
  for (const id of ['CPU.Socket.1', 'CPU.Socket.2']) {
    plant.put(`${SYSTEM}/Processors/${id}`, 'Processor.v1_18_0.Processor', {
      Name: `CPU ${id.at(-1) ?? ''}`,
      ProcessorType: 'CPU',
      Socket: id,
      Manufacturer: 'Intel',
      Model: 'Intel(R) Xeon(R) Gold 6438M',
      MaxSpeedMHz: 4000,
      TotalCores: 32,
      TotalThreads: 64,
      Status: OK,
    });
  }
  for (const [n, id] of gpus.entries()) {
    plant.put(`${SYSTEM}/Processors/${id}`, 'Processor.v1_18_0.Processor', {
      Name: 'NVIDIA L40S',
      ProcessorType: 'GPU',
      Manufacturer: 'NVIDIA Corporation',
      Model: 'NVIDIA L40S',
      PartNumber: '900-2G133-0080-000',
      SerialNumber: `132402400${n + 1}001`,
      FirmwareVersion: '95.02.66.00.02',
      Status: OK,
      Links: { PCIeFunctions: [at(`${CHASSIS}/PCIeDevices/${23 + n}-0/PCIeFunctions/${23 + n}-0-0`)] },
    });
  }
  const dimms = ['A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3', 'B4'].map((place) => `DIMM.Socket.${place}`);
  plant.list(`${SYSTEM}/Memory`, 'Memory', dimms);
  for (const [n, id] of dimms.entries()) {
    plant.put(`${SYSTEM}/Memory/${id}`, 'Memory.v1_17_1.Memory', {
      Name: `DIMM ${id.slice(-2)}`,
      DeviceLocator: `DIMM ${id.slice(-2)}`,
      Manufacturer: 'Samsung',
      PartNumber: 'M321R8GA0BB0-CQKZJ',
      SerialNumber: `36F2A0${(n + 16).toString(16).toUpperCase()}`,
      CapacityMiB: 65_536,
      OperatingSpeedMhz: 4800,
      MemoryDeviceType: 'DDR5',
      BaseModuleType: 'RDIMM',
      RankCount: 2,
      Status: OK,
    });
  }
}

function plantStorage(plant: Plant): void {
  const home = `${SYSTEM}/Storage`;
  const drives = [0, 1, 2, 3].map((bay) => `Disk.Bay.${bay}:Enclosure.Internal.0-1:RAID.SL.3-1`);
  plant.list(home, 'Storage', ['RAID.SL.3-1', 'AHCI.Embedded.1-1']);
  plant.put(`${home}/RAID.SL.3-1`, 'Storage.v1_15_0.Storage', {
    Name: 'PERC H755 Front',
    Controllers: at(`${home}/RAID.SL.3-1/Controllers`),
    Drives: drives.map((id) => at(`${home}/RAID.SL.3-1/Drives/${id}`)),
    'Drives@odata.count': drives.length,
    Status: OK,
  });
  plant.list(`${home}/RAID.SL.3-1/Controllers`, 'StorageController', ['RAID.SL.3-1']);
  plant.put(`${home}/RAID.SL.3-1/Controllers/RAID.SL.3-1`, 'StorageController.v1_7_0.StorageController', {
    Manufacturer: 'DELL',
    Model: 'PERC H755 Front',
    SerialNumber: '3AH00A1',
    FirmwareVersion: '52.26.0-5179',
    SpeedGbps: 12,
    SupportedDeviceProtocols: ['SAS', 'SATA', 'PCIe'],
    Links: { PCIeFunctions: [at(`${CHASSIS}/PCIeDevices/75-0/PCIeFunctions/75-0-0`)] },
    Status: OK,
  });
  plant.put(`${home}/AHCI.Embedded.1-1`, 'Storage.v1_15_0.Storage', {
    Name: 'SATA Controller',
    Drives: [],
    Status: { State: 'Enabled' },
  });
  for (const [n, id] of drives.entries()) {
    plant.put(`${home}/RAID.SL.3-1/Drives/${id}`, 'Drive.v1_17_0.Drive', {
      Name: `Solid State Disk 0:1:${n}`,
      Manufacturer: 'KIOXIA',
      Model: 'KPM7XRUG1T92',
      PartNumber: `TH-0R5F8K-SSW00-2BK-0${n}R2-A03`,
      SerialNumber: `6CK0A01ST7B${n + 1}`,
      Revision: 'B02A',
      CapacityBytes: 1_920_383_409_664,
      MediaType: 'SSD',
      Protocol: 'SAS',
      RotationSpeedRPM: null,
      PredictedMediaLifeLeftPercent: 99,
      FailurePredicted: false,
      Location: [],
      PhysicalLocation: { PartLocation: { LocationOrdinalValue: n, LocationType: 'Slot' } },
      Status: OK,
    });
  }
}

function plantChassis(plant: Plant): void {
  plant.put('/Chassis/Enclosure.Internal.0-1', 'Chassis.v1_23_0.Chassis', {
    ChassisType: 'StorageEnclosure',
    Status: OK,
  });
  plant.put(CHASSIS, 'Chassis.v1_23_0.Chassis', {
    ChassisType: 'RackMount',
    Manufacturer: 'Dell Inc.',
    Model: 'PowerEdge R760xa',
    SerialNumber: 'CNFCP0037A00AA',
    SKU: 'SIM0001',
    Status: OK,
    Power: at(`${CHASSIS}/Power`),
    PowerSubsystem: at(`${CHASSIS}/PowerSubsystem`),
    ThermalSubsystem: at(`${CHASSIS}/ThermalSubsystem`),
    NetworkAdapters: at(`${CHASSIS}/NetworkAdapters`),
    PCIeDevices: at(`${CHASSIS}/PCIeDevices`),
  });
  const supplies = ['PSU.Slot.1', 'PSU.Slot.2'];
  const facts = supplies.map((_, n) => ({
    Manufacturer: 'DELL',
    Model: 'PWR SPLY,2400W,RDNT,LTON',
    PartNumber: '0CN6JRA01',
    SerialNumber: `CNLOD0037A0${n + 1}AA`,
    FirmwareVersion: '00.17.29',
    PowerCapacityWatts: 2400,
    PowerSupplyType: 'AC',
    Status: OK,
  }));
  plant.put(`${CHASSIS}/PowerSubsystem`, 'PowerSubsystem.v1_1_0.PowerSubsystem', {
    PowerSupplies: at(`${CHASSIS}/PowerSubsystem/PowerSupplies`),
    Status: OK,
  });
  plant.list(`${CHASSIS}/PowerSubsystem/PowerSupplies`, 'PowerSupply', supplies);
  for (const [n, id] of supplies.entries())
    plant.put(`${CHASSIS}/PowerSubsystem/PowerSupplies/${id}`, 'PowerSupply.v1_5_1.PowerSupply', facts[n] ?? {});
  const old = facts.map((one, n) => ({
    ...at(`${CHASSIS}/Power#/PowerSupplies/${n}`),
    MemberId: String(n),
    Name: `PS${n + 1} Status`,
    ...one,
  }));
  plant.put(`${CHASSIS}/Power`, 'Power.v1_7_1.Power', { PowerSupplies: old });
  const fans = [
    'Fan.Embedded.1A',
    'Fan.Embedded.2A',
    'Fan.Embedded.3A',
    'Fan.Embedded.4A',
    'Fan.Embedded.5A',
    'Fan.Embedded.6A',
  ];
  plant.put(`${CHASSIS}/ThermalSubsystem`, 'ThermalSubsystem.v1_3_0.ThermalSubsystem', {
    Fans: at(`${CHASSIS}/ThermalSubsystem/Fans`),
    Status: OK,
  });
  plant.list(`${CHASSIS}/ThermalSubsystem/Fans`, 'Fan', fans);
  for (const id of fans)
    plant.put(`${CHASSIS}/ThermalSubsystem/Fans/${id}`, 'Fan.v1_5_0.Fan', {
      Name: `System Board Fan${id.slice(-2)}`,
      Status: OK,
    });
}

function plantCards(plant: Plant): void {
  const adapters = `${CHASSIS}/NetworkAdapters`;
  plant.list(adapters, 'NetworkAdapter', ['NIC.Embedded.1', 'NIC.Slot.5']);
  const cards = [
    {
      id: 'NIC.Embedded.1',
      ports: ['NIC.Embedded.1-1-1', 'NIC.Embedded.2-1-1'],
      Manufacturer: 'Broadcom Inc. and subsidiaries',
      Model: null,
      SerialNumber: null,
      firmware: '22.91.5',
    },
    {
      id: 'NIC.Slot.5',
      ports: ['NIC.Slot.5-1-1', 'NIC.Slot.5-2-1'],
      Manufacturer: 'Mellanox Technologies',
      Model: 'ConnectX-6 Dx',
      SerialNumber: 'IL0A01XZ22K1   ',
      firmware: '22.39.1048',
    },
  ];
  for (const [n, { id, ports, firmware, ...made }] of cards.entries()) {
    const functions = `${adapters}/${id}/NetworkDeviceFunctions`;
    const links = id === 'NIC.Slot.5' ? { PCIeDevices: [at(`${CHASSIS}/PCIeDevices/152-0`)] } : {};
    plant.put(`${adapters}/${id}`, 'NetworkAdapter.v1_9_0.NetworkAdapter', {
      ...made,
      Controllers: [{ FirmwarePackageVersion: firmware, Links: links }],
      NetworkDeviceFunctions: at(functions),
      Status: OK,
    });
    plant.list(functions, 'NetworkDeviceFunction', ports);
    for (const [m, port] of ports.entries()) {
      const address = mac(OUI, 0x7b_00_10 + 2 * n + m);
      plant.put(`${functions}/${port}`, 'NetworkDeviceFunction.v1_8_0.NetworkDeviceFunction', {
        Ethernet: { MACAddress: address, PermanentMACAddress: address },
        Status: OK,
      });
    }
  }
  const devices = [
    { id: '23-0', Model: 'NVIDIA L40S', SerialNumber: '1324024001001', DeviceClass: 'DisplayController' },
    { id: '24-0', Model: 'NVIDIA L40S', SerialNumber: '1324024002001', DeviceClass: 'DisplayController' },
    { id: '75-0', Model: 'PERC H755 Front', SerialNumber: null, DeviceClass: 'MassStorageController' },
    { id: '152-0', Model: 'ConnectX-6 Dx', SerialNumber: 'IL0A01XZ22K1   ', DeviceClass: 'NetworkController' },
    { id: '0-31', Model: null, SerialNumber: null, DeviceClass: 'Bridge' },
  ];
  const home = `${CHASSIS}/PCIeDevices`;
  plant.list(
    home,
    'PCIeDevice',
    devices.map(({ id }) => id),
  );
  for (const { id, DeviceClass, ...made } of devices) {
    plant.put(`${home}/${id}`, 'PCIeDevice.v1_11_1.PCIeDevice', {
      ...made,
      DeviceType: 'SingleFunction',
      PCIeFunctions: at(`${home}/${id}/PCIeFunctions`),
      Status: OK,
    });
    plant.list(`${home}/${id}/PCIeFunctions`, 'PCIeFunction', [`${id}-0`]);
    plant.put(`${home}/${id}/PCIeFunctions/${id}-0`, 'PCIeFunction.v1_5_0.PCIeFunction', {
      DeviceClass,
      FunctionType: 'Physical',
    });
  }
}

function plantManager(plant: Plant): void {
  const manager = '/Managers/iDRAC.Embedded.1';
  plant.put(manager, 'Manager.v1_17_0.Manager', {
    ManagerType: 'BMC',
    Model: '16G Monolithic',
    FirmwareVersion: '7.10.50.00',
    UUID: '3130304f-c0b1-4d80-4910-00534c4c4544',
    EthernetInterfaces: at(`${manager}/EthernetInterfaces`),
    Links: { ManagerForServers: [at(SYSTEM)] },
    Status: OK,
  });
  plant.list(`${manager}/EthernetInterfaces`, 'EthernetInterface', ['NIC.1']);
  plant.put(`${manager}/EthernetInterfaces/NIC.1`, 'EthernetInterface.v1_10_0.EthernetInterface', {
    EthernetInterfaceType: 'Physical',
    MACAddress: mac(OUI, 0x7a_00_01).toLowerCase(),
    PermanentMACAddress: mac(OUI, 0x7a_00_01).toLowerCase(),
    Status: OK,
  });
}
