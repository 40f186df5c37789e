import { z } from 'zod';
import { Known, Link, listOf, made, part, Positive, resource, Status, Text } from './decode.ts';

// HPE's own lists. Until iLO 5 several kinds of parts stand nowhere else.

/** iLO 4 writes `links`, and links to SmartStorage beside them. */
export const HpeSystem = part(
  z.object({
    Links: part(z.object({ SmartStorage: Link, NetworkAdapters: Link })),
    links: part(z.object({ SmartStorage: Link, NetworkAdapters: Link })),
    SmartStorage: Link,
  }),
);

const HpeBattery = z.object({
  Index: Text,
  Model: Known,
  ProductName: Known,
  SerialNumber: Text,
  SparePartNumber: Known,
  FirmwareVersion: Known,
  Status,
});
export type HpeBattery = z.infer<typeof HpeBattery>;

export const HpeChassis = part(
  z.object({ Links: part(z.object({ Devices: Link })), SmartStorageBattery: listOf(HpeBattery) }),
);

const CurrentVersion = part(z.object({ Current: part(z.object({ VersionString: Known })) }));

/** `HpeServerDevice`: whatever sits in a slot, cards of every kind among it. */
export const HpeDevice = z.object({
  ...resource,
  ...made,
  DeviceType: Text,
  Location: Text,
  ProductPartNumber: Known,
  FirmwareVersion: CurrentVersion,
});
export type HpeDevice = z.infer<typeof HpeDevice>;

/** `HpeBaseNetworkAdapter`: a card with all of its ports, where NetworkAdapters has it not. */
export const HpeNetworkAdapter = z.object({
  ...resource,
  PartNumber: Known,
  SerialNumber: Text,
  StructuredName: Text,
  Firmware: CurrentVersion,
  PhysicalPorts: listOf(z.object({ MacAddress: Text })),
});
export type HpeNetworkAdapter = z.infer<typeof HpeNetworkAdapter>;

/** HPE's own tree before iLO 6: hpe.com `HpeSmartStorageArrayController`. */
export const SmartArray = z.object({
  ...resource,
  Model: Known,
  SerialNumber: Text,
  ControllerPartNumber: Known,
  LocationFormat: Text,
  Location: Text,
  FirmwareVersion: CurrentVersion,
  Links: part(z.object({ PhysicalDrives: Link, UnconfiguredDrives: Link })),
  links: part(z.object({ PhysicalDrives: Link })),
});
export type SmartArray = z.infer<typeof SmartArray>;

export const SmartDrive = z.object({
  ...resource,
  Model: Known,
  SerialNumber: Text,
  CapacityMiB: Positive,
  MediaType: Text,
  InterfaceType: Text,
  Location: Text,
  FirmwareVersion: CurrentVersion,
});
export type SmartDrive = z.infer<typeof SmartDrive>;

export const SmartStorage = z.object({
  Links: part(z.object({ ArrayControllers: Link })),
  links: part(z.object({ ArrayControllers: Link })),
});
