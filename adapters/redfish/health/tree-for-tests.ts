import type { Body, Tree } from '../simulator/tree.ts';

export const PATHS = {
  system: '/redfish/v1/Systems/1',
  chassis: '/redfish/v1/Chassis/1',
  manager: '/redfish/v1/Managers/1',
  thermal: '/redfish/v1/Chassis/1/Thermal',
  power: '/redfish/v1/Chassis/1/Power',
  sensors: '/redfish/v1/Chassis/1/Sensors',
  memory: '/redfish/v1/Systems/1/Memory',
  log: '/redfish/v1/Systems/1/LogServices/SEL/Entries',
} as const;

const at = (path: string) => ({ '@odata.id': path });

export function list(path: string, ids: readonly string[]): Body {
  return {
    ...at(path),
    '@odata.type': '#Collection.Collection',
    'Members@odata.count': ids.length,
    Members: ids.map((id) => at(`${path}/${id}`)),
  };
}

/** A log as a BMC gives it: the entries themselves in the list. */
export function logOf(entries: readonly Body[]): Body {
  return { 'Members@odata.count': entries.length, Members: [...entries] };
}

export function logEntry(id: number, message: string, minute: number): Body {
  return {
    ...at(`${PATHS.log}/${id}`),
    '@odata.type': '#LogEntry.v1_9_0.LogEntry',
    Id: String(id),
    Message: message,
    Severity: 'Warning',
    Created: new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString(),
  };
}

/** A small BMC with everything that a poll reads, and a sensor of each odd sort. */
export function smallTree({ expand = true }: { expand?: boolean } = {}): Tree {
  const root = '/redfish/v1';
  const fine = { State: 'Enabled', Health: 'OK' };
  return {
    [root]: {
      ...at(root),
      RedfishVersion: '1.15.0',
      Vendor: 'Own',
      Systems: at(`${root}/Systems`),
      Chassis: at(`${root}/Chassis`),
      Managers: at(`${root}/Managers`),
      Links: { Sessions: at(`${root}/SessionService/Sessions`) },
      ProtocolFeaturesSupported: { ExpandQuery: { NoLinks: expand, ExpandAll: false, MaxLevels: 1 } },
    },
    [`${root}/Systems`]: list(`${root}/Systems`, ['1']),
    [PATHS.system]: {
      ...at(PATHS.system),
      '@odata.type': '#ComputerSystem.v1_20_0.ComputerSystem',
      Id: '1',
      Name: 'System',
      PowerState: 'On',
      Status: { ...fine, HealthRollup: 'OK' },
      Bios: at(`${PATHS.system}/Bios`),
      Memory: at(PATHS.memory),
      LogServices: at(`${PATHS.system}/LogServices`),
    },
    [PATHS.memory]: list(PATHS.memory, ['A1', 'A2']),
    ...Object.fromEntries(
      ['A1', 'A2'].map((id) => [
        `${PATHS.memory}/${id}`,
        {
          ...at(`${PATHS.memory}/${id}`),
          '@odata.type': '#Memory.v1_17_0.Memory',
          Id: id,
          Name: `DIMM ${id}`,
          Status: fine,
        },
      ]),
    ),
    [`${root}/Managers`]: list(`${root}/Managers`, ['1']),
    [PATHS.manager]: {
      ...at(PATHS.manager),
      '@odata.type': '#Manager.v1_15_0.Manager',
      Id: '1',
      LastResetTime: '2026-01-01T00:00:00Z',
      Status: fine,
    },
    [`${root}/Chassis`]: list(`${root}/Chassis`, ['1']),
    [PATHS.chassis]: {
      ...at(PATHS.chassis),
      '@odata.type': '#Chassis.v1_23_0.Chassis',
      Id: '1',
      Status: fine,
      Sensors: at(PATHS.sensors),
      Power: at(PATHS.power),
    },
    [PATHS.sensors]: list(PATHS.sensors, ['Inlet', 'Odd', 'Absent', 'Fan1', 'Fan2']),
    ...Object.fromEntries(
      Object.entries({
        Inlet: {
          Reading: 21.5,
          ReadingType: 'Temperature',
          ReadingUnits: 'Cel',
          Thresholds: { UpperCritical: { Reading: 42 } },
        },
        Odd: {
          Reading: 'N/A',
          ReadingType: 'Voltage',
          ReadingUnits: 'V',
          Thresholds: { UpperCritical: { Reading: '13.2' } },
        },
        Absent: {
          Reading: 0,
          ReadingType: 'Temperature',
          Status: { State: 'Absent' },
          Thresholds: { LowerCritical: { Reading: 0 } },
        },
        Fan1: {
          Name: 'Fan',
          Reading: '4200',
          ReadingType: 'Rotational',
          Thresholds: { UpperCritical: { Reading: 0 } },
        },
        Fan2: { Name: 'Fan', Reading: 4300, ReadingUnits: 'RPM' },
      }).map(([id, body]) => [
        `${PATHS.sensors}/${id}`,
        {
          ...at(`${PATHS.sensors}/${id}`),
          '@odata.type': '#Sensor.v1_7_0.Sensor',
          Id: id,
          Name: id,
          Status: fine,
          ...body,
        },
      ]),
    ),
    [PATHS.power]: {
      ...at(PATHS.power),
      PowerControl: [{ PowerConsumedWatts: '312', Status: fine }],
      PowerSupplies: [
        { MemberId: '0', Name: 'PSU', PowerInputWatts: 160, Status: fine },
        { MemberId: '1', Name: 'PSU', PowerInputWatts: null, Status: { State: 'Absent' } },
      ],
    },
    [`${PATHS.system}/LogServices`]: list(`${PATHS.system}/LogServices`, ['SEL', 'AuditLog']),
    ...Object.fromEntries(
      ['SEL', 'AuditLog'].map((id) => [
        `${PATHS.system}/LogServices/${id}`,
        {
          ...at(`${PATHS.system}/LogServices/${id}`),
          '@odata.type': '#LogService.v1_4_0.LogService',
          Id: id,
          Entries: at(`${PATHS.system}/LogServices/${id}/Entries`),
        },
      ]),
    ),
    [PATHS.log]: { ...at(PATHS.log), ...logOf([]) },
    [`${PATHS.system}/LogServices/AuditLog/Entries`]: logOf([logEntry(1, 'root logged in', 1)]),
  };
}
