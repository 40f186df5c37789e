import { describe, expect, test } from 'vitest';
import { readOne } from './kit-for-tests.ts';

describe('ethtool', () => {
  test('-i: firmware by PCI address; what is no card is left out', () => {
    const card = (driver: string, bus: string): string =>
      `driver: ${driver}\nversion: 5.0-0\nfirmware-version: 16.35.2000 (DEL0000000016)\nexpansion-rom-version: \nbus-info: ${bus}\nsupports-statistics: yes\n`;
    const { format, reading } = readOne(
      card('mlx5_core', '0000:3b:00.1') + card('cdc_ether', 'usb-0000:00:14.0-1') + card('iavf', '0000:3b:02.1'),
    );
    expect(format).toBe('ethtool-driver');
    expect(reading.components).toEqual([
      expect.objectContaining({
        kind: 'nic',
        slot: '0000:3b:00.0',
        firmware: '16.35.2000 (DEL0000000016)',
        attributes: { pciAddress: '0000:3b:00.0', driver: 'mlx5_core' },
      }),
    ]);
  });

  const MODULE = `	Identifier                                : 0x11 (QSFP28)
	Connector                                 : 0x23 (No separable connector)
	Transceiver type                          : 100G Ethernet: 100G Base-CR4
	Length (Copper or Active cable)           : 3m
	Vendor name                               : Mellanox
	Vendor OUI                                : 00:02:c9
	Vendor PN                                 : MCP1600-C003
	Vendor rev                                : A2
	Vendor SN                                 : MT1744VS01234
	Date code                                 : 171027
	Module temperature                        : 31.50 degrees C / 88.70 degrees F
	Laser output power                        : 0.8183 mW / -0.87 dBm
`;

  test('-m: the transceiver', () => {
    const { format, reading } = readOne(MODULE);
    expect(format).toBe('ethtool-module');
    expect(reading.components).toEqual([
      expect.objectContaining({
        kind: 'transceiver',
        slot: null,
        manufacturer: 'Mellanox',
        partNumber: 'MCP1600-C003',
        serial: 'MT1744VS01234',
        attributes: expect.objectContaining({ formFactor: 'QSFP28', revision: 'A2', dateCode: '171027' }),
        readings: { temperatureCelsius: 31.5, txPowerDbm: -0.87 },
      }),
    ]);
  });

  test('-m: half a serial number is none', () => {
    const { reading } = readOne(MODULE.slice(0, MODULE.indexOf('VS01234')));
    expect(reading.components).toMatchObject([{ manufacturer: 'Mellanox', serial: null }]);
  });

  test('<interface>: the state of the link', () => {
    const { reading } = readOne(
      'Settings for ens3f0:\n\tSpeed: 25000Mb/s\n\tDuplex: Full\n\tPort: FIBRE\n\tLink detected: yes\nSettings for ens3f1:\n\tSpeed: Unknown!\n\tLink detected: no\n',
    );
    expect(reading.components).toMatchObject([
      {
        slot: null,
        attributes: { device: 'ens3f0' },
        readings: { linkStatus: 'ens3f0 up', speedMbps: 25_000, duplex: 'Full' },
      },
      { slot: null, attributes: { device: 'ens3f1' }, readings: { linkStatus: 'ens3f1 down' } },
    ]);
  });
});

describe('LLDP', () => {
  const body = { via: 'LLDP', port: { id: { type: 'ifname', value: 'swp17' }, descr: 'to node 17' } };
  const id = { type: 'mac', value: '5C-5E-AB-68-A5-80' };
  const heard = { interface: 'ens3f0', chassis: '5c:5e:ab:68:a5:80', port: 'swp17', name: 'leaf-3' };

  test.each([
    ['an object', { lldp: { interface: { ens3f0: { ...body, chassis: { 'leaf-3': { id } } } } } }],
    ['a list', { lldp: { interface: [{ ens3f0: { ...body, chassis: { 'leaf-3': { id } } } }] } }],
    [
      'json0',
      {
        lldp: [
          {
            interface: [
              {
                name: 'ens3f0',
                via: 'LLDP',
                chassis: [{ id: [id], name: [{ value: 'leaf-3' }] }],
                port: [{ id: [{ type: 'ifname', value: 'swp17' }], descr: [{ value: 'to node 17' }] }],
              },
            ],
          },
        ],
      },
    ],
  ])('JSON, %s', (_name, document) => {
    const { format, reading } = readOne(JSON.stringify(document));
    expect(format).toBe('lldp-json');
    expect(reading.neighbours).toEqual([heard]);
  });

  test('JSON: a switch without a name, a port with a bare number, and nobody at all', () => {
    const document = {
      lldp: {
        interface: { eth0: { chassis: { id }, port: { id: { type: 'local', value: '616' }, descr: 'ge-0/0/7.0' } } },
      },
    };
    expect(readOne(JSON.stringify(document)).reading.neighbours).toEqual([
      { interface: 'eth0', chassis: '5c:5e:ab:68:a5:80', port: 'ge-0/0/7.0', name: null },
    ]);
    expect(readOne('{"lldp": {}}').reading.neighbours).toEqual([]);
  });

  test('XML', () => {
    const { format, reading } = readOne(
      `<?xml version="1.0" encoding="UTF-8"?>\n<lldp label="LLDP neighbors">\n <interface label="Interface" name="ens3f0" via="LLDP"><chassis label="Chassis"><id label="ChassisID" type="mac">5c:5e:ab:68:a5:80</id><name label="SysName">leaf-3</name></chassis><port label="Port"><id label="PortID" type="ifname">swp17</id><descr label="PortDescr">x &amp; y</descr></port></interface>\n</lldp>\n`,
    );
    expect(format).toBe('lldp-xml');
    expect(reading.neighbours).toEqual([heard]);
  });

  test('key=value, with two neighbours on one interface and dots in a name', () => {
    const block = (name: string, system: string): string =>
      `lldp.${name}.via=LLDP\nlldp.${name}.chassis.mac=5c:5e:ab:68:a5:80\nlldp.${name}.chassis.name=${system}\nlldp.${name}.port.ifname=swp17\nlldp.${name}.port.descr=x\n`;
    const { format, reading } = readOne(
      block('ens3f0', 'leaf-3') + block('ens3f0', 'leaf-4') + block('eth0.100', 'leaf-5'),
    );
    expect(format).toBe('lldp-keyvalue');
    expect(reading.neighbours).toEqual([
      heard,
      { ...heard, name: 'leaf-4' },
      { ...heard, interface: 'eth0.100', name: 'leaf-5' },
    ]);
  });

  test('the text for people, and lldptool', () => {
    const text = readOne(
      'LLDP neighbors:\n-----\nInterface:    ens3f0, via: LLDP, RID: 1, Time: 0 day, 00:01:00\n  Chassis:     \n    ChassisID:    mac 5c:5e:ab:68:a5:80\n    SysName:      leaf-3\n  Port:        \n    PortID:       ifname swp17\n    PortDescr:    x\n-----\n',
    );
    expect(text.format).toBe('lldp-text');
    expect(text.reading.neighbours).toEqual([heard]);
    const frame = readOne(
      'Chassis ID TLV\n\tMAC: 5c:5e:ab:68:a5:80\nPort ID TLV\n\tIfname: swp17\nSystem Name TLV\n\tleaf-3\nEnd of LLDPDU TLV\n',
    );
    expect(frame.format).toBe('lldptool');
    expect(frame.reading.neighbours).toEqual([{ ...heard, interface: '' }]);
  });
});
