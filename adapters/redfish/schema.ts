import { z } from 'zod';
import {
  asNumber,
  Flag,
  isRecord,
  Known,
  Link,
  Links,
  listOf,
  made,
  Numeric,
  part,
  Place,
  Positive,
  resource,
  Status,
  Text,
  Texts,
} from './decode.ts';
import { DellEnd } from './schema-dell.ts';
import { PcieInterface } from './pcie-link.ts';
import { HpeChassis, HpeSystem } from './schema-hpe.ts';

// Only the fields that are read. Attribute resources (which on iDRAC carry password hashes) are never asked for.

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
  Tasks: Link,
  EventService: Link,
  SessionService: Link,
  AccountService: Link,
  CertificateService: Link,
  TelemetryService: Link,
  Links: part(z.object({ Sessions: Link })),
  ProtocolFeaturesSupported: part(
    z.object({ ExpandQuery: part(z.object({ NoLinks: Flag, ExpandAll: Flag, MaxLevels: Numeric })) }),
  ),
  /** Its keys name the vendor where `Vendor` is missing (before Redfish 1.5); iLO keeps much in it that nobody needs. */
  Oem: part(
    z.record(
      z.string(),
      z.unknown().transform(() => true),
    ),
  ),
});
export type ServiceRoot = z.infer<typeof ServiceRoot>;

const TrustedModule = z.object({ InterfaceType: Text, FirmwareVersion: Known, Status });
export type TrustedModule = z.infer<typeof TrustedModule>;

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
  TrustedModules: listOf(TrustedModule),
  Links: part(z.object({ ManagedBy: Links, Chassis: Links })),
  Oem: part(z.object({ Hpe: HpeSystem, Hp: HpeSystem })),
});
export type ComputerSystem = z.infer<typeof ComputerSystem>;

export const Processor = z.object({
  ...resource,
  ...made,
  ProcessorType: Text,
  Socket: Text,
  FirmwareVersion: Known,
  TotalCores: Positive,
  TotalThreads: Positive,
  MaxSpeedMHz: Positive,
  SystemInterface: part(z.object({ PCIe: PcieInterface })),
  Location: Place,
  Links: part(z.object({ PCIeDevice: Link, PCIeFunctions: Links })),
});
export type Processor = z.infer<typeof Processor>;

export const Memory = z.object({
  ...resource,
  ...made,
  DeviceLocator: Text,
  CapacityMiB: Positive,
  OperatingSpeedMhz: Positive,
  AllowedSpeedsMHz: Numerics,
  ErrorCorrection: Text,
  MemoryDeviceType: Known,
  BaseModuleType: Known,
  RankCount: Positive,
  FirmwareRevision: Known,
  Location: Place,
});
export type Memory = z.infer<typeof Memory>;

export const StorageController = z.object({
  ...resource,
  ...made,
  MemberId: Text,
  FirmwareVersion: Known,
  SpeedGbps: Positive,
  SupportedDeviceProtocols: Texts,
  PCIeInterface: PcieInterface,
  Location: Place,
  Links: part(z.object({ PCIeFunctions: Links })),
});
export type StorageController = z.infer<typeof StorageController>;

/** Of a PERC: no serial, no model; that there is one and how it is. */
const DellBattery = part(z.object({ Id: Text, Name: Text, PrimaryStatus: Text, RAIDState: Text }));

export const Storage = z.object({
  ...resource,
  StorageControllers: listOf(StorageController),
  Controllers: Link,
  Drives: Links,
  Volumes: Link,
  Oem: part(z.object({ Dell: part(z.object({ DellControllerBattery: DellBattery })) })),
});
export type Storage = z.infer<typeof Storage>;

export const Drive = z.object({
  ...resource,
  ...made,
  Revision: Known,
  FirmwareVersion: Known,
  CapacityBytes: Positive,
  BlockSizeBytes: Positive,
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

/** A volume, as far as it names what it lies on. */
export const Volume = z.object({ ...resource, Links: part(z.object({ Drives: Links })) });

const SimpleDevice = z.object({ Name: Text, ...made, CapacityBytes: Positive, Status });
export const SimpleStorage = z.object({ ...resource, Devices: listOf(SimpleDevice) });
export type SimpleStorage = z.infer<typeof SimpleStorage>;

export const EthernetInterface = z.object({
  ...resource,
  MACAddress: Text,
  PermanentMACAddress: Text,
  EthernetInterfaceType: Text,
  SpeedMbps: Positive,
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
      FirmwarePackageVersion: Known,
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

/** NetworkDeviceFunction, Port and the old NetworkPort, as far as they name MACs, speeds and what is plugged in. */
export const NetworkEnd = z.object({
  ...resource,
  SFP: z.preprocess((value) => (isRecord(value) ? value : null), z.object({ ...made, Type: Known, Status }).nullable()),
  Location: Place,
  Oem: part(z.object({ Dell: DellEnd })),
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
  Drives: Link,
  TrustedComponents: Link,
  Links: part(z.object({ ComputerSystems: Links, ContainedBy: Link, Drives: Links })),
  Oem: part(z.object({ Supermicro: part(z.object({ BoardSerialNumber: Text })), Hpe: HpeChassis, Hp: HpeChassis })),
});
export type Chassis = z.infer<typeof Chassis>;

export const PowerSupply = z.object({
  ...resource,
  ...made,
  MemberId: Text,
  FirmwareVersion: Known,
  PowerCapacityWatts: Positive,
  PowerSupplyType: Text,
  InputRanges: listOf(z.object({ OutputWattage: Positive })),
  Location: Place,
  Oem: part(z.object({ Hpe: part(z.object({ BayNumber: Text })), Hp: part(z.object({ BayNumber: Text })) })),
});
export type PowerSupply = z.infer<typeof PowerSupply>;

export const Fan = z.object({ ...resource, ...made, MemberId: Text, FanName: Text, Location: Place });
export type Fan = z.infer<typeof Fan>;

export const Power = z.object({ PowerSupplies: listOf(PowerSupply) });
export const Thermal = z.object({ Fans: listOf(Fan) });
export const PowerSubsystem = z.object({ PowerSupplies: Link, Batteries: Link });
export const ThermalSubsystem = z.object({ Fans: Link });

export const PcieDevice = z.object({
  ...resource,
  ...made,
  FirmwareVersion: Known,
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
  Links: part(z.object({ ManagerForServers: Links })),
});
export type Manager = z.infer<typeof Manager>;

export const UpdateService = z.object({ FirmwareInventory: Link });
export const SoftwareInventory = z.object({ ...resource, Version: Text, Updateable: Flag, RelatedItem: Links });
export type SoftwareInventory = z.infer<typeof SoftwareInventory>;
