import { z } from 'zod';
import { asNumber, Flag, Link, Links, listOf, Numeric, part, Place, Status, Text, Texts } from './decode.ts';
import { PcieInterface } from './pcie-link.ts';

// Only the fields that are read. Attribute resources (which on iDRAC carry password hashes) are never asked for.

const resource = { '@odata.id': Text, '@odata.type': Text, Id: Text, Name: Text, Status };
const made = { Manufacturer: Text, Model: Text, PartNumber: Text, SerialNumber: Text };

/** Numbers in a list; one number stands for a list of one. */
const Numerics = z
  .unknown()
  .optional()
  .transform((value) => (Array.isArray(value) ? value : [value]).map(asNumber).filter((number) => number !== null));

export const ServiceRoot = z.object({
  RedfishVersion: Text,
  Vendor: Text,
  Product: Text,
  Systems: Link,
  Chassis: Link,
  Managers: Link,
  UpdateService: Link,
  SessionService: Link,
  Links: part(z.object({ Sessions: Link })),
  ProtocolFeaturesSupported: part(
    z.object({ ExpandQuery: part(z.object({ NoLinks: Flag, ExpandAll: Flag, MaxLevels: Numeric })) }),
  ),
  /** Its keys name the vendor where `Vendor` is missing (before Redfish 1.5). */
  Oem: part(z.record(z.string(), z.unknown())),
});
export type ServiceRoot = z.infer<typeof ServiceRoot>;

const SmartStorageLinks = part(
  z.object({
    Links: part(z.object({ SmartStorage: Link })),
    links: part(z.object({ SmartStorage: Link })),
    SmartStorage: Link,
  }),
);

export const ComputerSystem = z.object({
  ...resource,
  ...made,
  SystemType: Text,
  SKU: Text,
  UUID: Text,
  AssetTag: Text,
  HostName: Text,
  BiosVersion: Text,
  PowerState: Text,
  Bios: Link,
  MemorySummary: part(z.object({ TotalSystemMemoryGiB: Numeric })),
  ProcessorSummary: part(z.object({ Count: Numeric })),
  Processors: Link,
  Memory: Link,
  Storage: Link,
  /** Inspur's spelling. */
  Storages: Link,
  SimpleStorage: Link,
  EthernetInterfaces: Link,
  PCIeDevices: Links,
  Links: part(z.object({ ManagedBy: Links, Chassis: Links })),
  Oem: part(z.object({ Hpe: SmartStorageLinks, Hp: SmartStorageLinks })),
});
export type ComputerSystem = z.infer<typeof ComputerSystem>;

export const Processor = z.object({
  ...resource,
  ...made,
  ProcessorType: Text,
  Socket: Text,
  FirmwareVersion: Text,
  TotalCores: Numeric,
  TotalThreads: Numeric,
  MaxSpeedMHz: Numeric,
  SystemInterface: part(z.object({ PCIe: PcieInterface })),
  Location: Place,
  Links: part(z.object({ PCIeDevice: Link, PCIeFunctions: Links })),
});
export type Processor = z.infer<typeof Processor>;

export const Memory = z.object({
  ...resource,
  ...made,
  DeviceLocator: Text,
  CapacityMiB: Numeric,
  OperatingSpeedMhz: Numeric,
  AllowedSpeedsMHz: Numerics,
  ErrorCorrection: Text,
  MemoryDeviceType: Text,
  BaseModuleType: Text,
  RankCount: Numeric,
  FirmwareRevision: Text,
  Location: Place,
});
export type Memory = z.infer<typeof Memory>;

export const StorageController = z.object({
  ...resource,
  ...made,
  MemberId: Text,
  FirmwareVersion: Text,
  SpeedGbps: Numeric,
  SupportedDeviceProtocols: Texts,
  PCIeInterface: PcieInterface,
  Location: Place,
  Links: part(z.object({ PCIeFunctions: Links })),
});
export type StorageController = z.infer<typeof StorageController>;

export const Storage = z.object({
  ...resource,
  StorageControllers: listOf(StorageController),
  Controllers: Link,
  Drives: Links,
});
export type Storage = z.infer<typeof Storage>;

export const Drive = z.object({
  ...resource,
  ...made,
  Revision: Text,
  FirmwareVersion: Text,
  CapacityBytes: Numeric,
  BlockSizeBytes: Numeric,
  CapableSpeedGbs: Numeric,
  MediaType: Text,
  Protocol: Text,
  RotationSpeedRPM: Numeric,
  PredictedMediaLifeLeftPercent: Numeric,
  FailurePredicted: Flag,
  PhysicalLocation: Place,
  Location: Place,
  Links: part(z.object({ PCIeFunctions: Links })),
});
export type Drive = z.infer<typeof Drive>;

const SimpleDevice = z.object({ Name: Text, ...made, CapacityBytes: Numeric, Status });
export const SimpleStorage = z.object({ ...resource, Devices: listOf(SimpleDevice) });
export type SimpleStorage = z.infer<typeof SimpleStorage>;

/** HPE's own tree before iLO 6: hpe.com `HpeSmartStorageArrayController`. */
export const SmartArray = z.object({
  ...resource,
  Model: Text,
  SerialNumber: Text,
  ControllerPartNumber: Text,
  LocationFormat: Text,
  Location: Text,
  FirmwareVersion: part(z.object({ Current: part(z.object({ VersionString: Text })) })),
  Links: part(z.object({ PhysicalDrives: Link, UnconfiguredDrives: Link })),
  links: part(z.object({ PhysicalDrives: Link })),
});
export type SmartArray = z.infer<typeof SmartArray>;

export const SmartDrive = z.object({
  ...resource,
  Model: Text,
  SerialNumber: Text,
  CapacityMiB: Numeric,
  MediaType: Text,
  InterfaceType: Text,
  Location: Text,
  FirmwareVersion: part(z.object({ Current: part(z.object({ VersionString: Text })) })),
});
export type SmartDrive = z.infer<typeof SmartDrive>;

export const SmartStorage = z.object({
  Links: part(z.object({ ArrayControllers: Link })),
  links: part(z.object({ ArrayControllers: Link })),
});

export const EthernetInterface = z.object({
  ...resource,
  MACAddress: Text,
  PermanentMACAddress: Text,
  EthernetInterfaceType: Text,
  SpeedMbps: Numeric,
  LinkStatus: Text,
  Links: part(z.object({ HostInterface: Link })),
});
export type EthernetInterface = z.infer<typeof EthernetInterface>;

export const NetworkAdapter = z.object({
  ...resource,
  ...made,
  Location: Place,
  Controllers: listOf(
    z.object({
      FirmwarePackageVersion: Text,
      PCIeInterface: PcieInterface,
      Location: Place,
      Links: part(z.object({ PCIeDevices: Links })),
    }),
  ),
  NetworkDeviceFunctions: Link,
  Ports: Link,
  NetworkPorts: Link,
});
export type NetworkAdapter = z.infer<typeof NetworkAdapter>;

/** NetworkDeviceFunction, Port and the old NetworkPort, as far as they name MACs and speeds. */
export const NetworkEnd = z.object({
  ...resource,
  Ethernet: part(z.object({ MACAddress: Text, PermanentMACAddress: Text, AssociatedMACAddresses: Texts })),
  AssociatedNetworkAddresses: Texts,
  MaxSpeedGbps: Numeric,
  SupportedLinkCapabilities: listOf(z.object({ LinkSpeedMbps: Numeric, CapableLinkSpeedMbps: Numerics })),
});
export type NetworkEnd = z.infer<typeof NetworkEnd>;

export const Chassis = z.object({
  ...resource,
  ...made,
  PowerSubsystem: Link,
  Power: Link,
  ThermalSubsystem: Link,
  Thermal: Link,
  NetworkAdapters: Link,
  PCIeDevices: Link,
  Oem: part(z.object({ Supermicro: part(z.object({ BoardSerialNumber: Text })) })),
});
export type Chassis = z.infer<typeof Chassis>;

export const PowerSupply = z.object({
  ...resource,
  ...made,
  MemberId: Text,
  FirmwareVersion: Text,
  PowerCapacityWatts: Numeric,
  PowerSupplyType: Text,
  Location: Place,
  Oem: part(z.object({ Hpe: part(z.object({ BayNumber: Text })), Hp: part(z.object({ BayNumber: Text })) })),
});
export type PowerSupply = z.infer<typeof PowerSupply>;

export const Fan = z.object({ ...resource, ...made, MemberId: Text, FanName: Text, Location: Place });
export type Fan = z.infer<typeof Fan>;

export const Power = z.object({ PowerSupplies: listOf(PowerSupply) });
export const Thermal = z.object({ Fans: listOf(Fan) });
export const PowerSubsystem = z.object({ PowerSupplies: Link });
export const ThermalSubsystem = z.object({ Fans: Link });

export const PcieDevice = z.object({
  ...resource,
  ...made,
  FirmwareVersion: Text,
  DeviceType: Text,
  PCIeInterface: PcieInterface,
  Slot: part(z.object({ Location: Place })),
  Location: Place,
  PCIeFunctions: Link,
  Links: part(z.object({ PCIeFunctions: Links })),
  /** Supermicro leaves the manufacturer of its GPUs out, and says it here. */
  Oem: part(z.object({ Supermicro: part(z.object({ GPUVendor: Text })) })),
});
export type PcieDevice = z.infer<typeof PcieDevice>;

export const PcieFunction = z.object({ ...resource, DeviceClass: Text });
export type PcieFunction = z.infer<typeof PcieFunction>;

export const Manager = z.object({
  ...resource,
  ...made,
  ManagerType: Text,
  FirmwareVersion: Text,
  UUID: Text,
  EthernetInterfaces: Link,
});
export type Manager = z.infer<typeof Manager>;

export const UpdateService = z.object({ FirmwareInventory: Link });
export const SoftwareInventory = z.object({ ...resource, Version: Text, Updateable: Flag });
export type SoftwareInventory = z.infer<typeof SoftwareInventory>;
