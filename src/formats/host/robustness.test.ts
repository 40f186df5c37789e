import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostFormats } from './host-formats.ts';
import { fileOf } from './kit-for-tests.ts';
import { COMPONENT_KINDS } from '#src/ports/hardware-inventory.ts';

/** A small answer of every format, whole. */
const SAMPLES: Record<string, string> = {
  dmidecode:
    '# dmidecode 3.3\nTable at 0x000E8980.\n\nHandle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tSerial Number: RB1\n\nHandle 0x0016, DMI type 16, 23 bytes\nPhysical Memory Array\n\tUse: System Memory\n\tNumber Of Devices: 1\n\nHandle 0x0017, DMI type 17, 84 bytes\nMemory Device\n\tArray Handle: 0x0016\n\tSize: 16 GB\n\tLocator: A1\n\tSerial Number: D1\n\nHandle 0x0018, DMI type 39, 22 bytes\nSystem Power Supply\n\tLocation: PSU1\n\tManufacturer: DELL\n\nHandle 0xFEFF, DMI type 127, 4 bytes\nEnd Of Table\n',
  'lshw-json':
    '{"id":"n","class":"system","claimed":true,"handle":"DMI:1","serial":"S","children":[{"id":"core","class":"bus","children":[{"id":"bank:0","class":"memory","handle":"DMI:2","serial":"D1","slot":"A1","size":1},{"id":"network","class":"network","businfo":"pci@0000:3b:00.0","logicalname":["a","b"],"configuration":{"driver":"x"}}]}],}',
  'lshw-xml':
    '<?xml version="1.0"?>\n<list><node id="n" claimed="true" class="system" handle="DMI:1"><serial>S</serial><node id="bank:0" class="memory" handle="DMI:2"><size units="bytes">17179869184</size><serial>D1</serial><configuration><setting id="a" value="b" /></configuration></node></node></list>\n',
  'lshw-text':
    'node17\n    serial: RB1\n  *-core\n     *-memory\n        *-bank:0\n             serial: D1\n             size: 16GiB\n     *-network DISABLED\n          bus info: pci@0000:3b:00.0\n          configuration: driver=x firmware=1 2 link=no\n',
  lspci:
    '3b:00.0 Ethernet controller [0200]: Mellanox Technologies MT27710 [15b3:1015] (rev 01)\n\tSubsystem: Dell Device [1028:0715]\n\tLnkCap:\tPort #0, Speed 8GT/s, Width x8\n\t\t[SN] Serial number: MT1\n\nSlot:\t0000:3c:00.0\nClass:\t0200\nVendor:\t8086\nDevice:\t1572\n',
  'ethtool-driver': 'driver: i40e\nfirmware-version: 6.01\nbus-info: 0000:3b:00.0\n',
  'ethtool-module':
    '\tIdentifier     : 0x03 (SFP)\n\tVendor name    : FS\n\tVendor SN      : F1\n\tLaser output power : 0.8 mW / -0.87 dBm\n',
  'ethtool-link': 'Settings for eth0:\n\tSpeed: 1000Mb/s\n\tLink detected: yes\n',
  'lldp-json':
    '{"lldp":{"interface":[{"eth0":{"chassis":{"sw":{"id":{"type":"mac","value":"5c:5e:ab:68:a5:80"}}},"port":{"id":{"type":"ifname","value":"p1"}}}}]}}',
  'lldp-xml':
    '<lldp label="x"><interface name="eth0"><chassis><id type="mac">5c:5e:ab:68:a5:80</id></chassis><port><id>p1</id></port></interface></lldp>\n',
  'lldp-keyvalue': 'lldp.eth0.via=LLDP\nlldp.eth0.chassis.mac=5c:5e:ab:68:a5:80\nlldp.eth0.port.ifname=p1\n',
  'lldp-text':
    'Interface:    eth0, via: LLDP, RID: 1\n  ChassisID:    mac 5c:5e:ab:68:a5:80\n  PortID:       ifname p1\n',
  lldptool: 'Chassis ID TLV\n\tMAC: 5c:5e:ab:68:a5:80\nPort ID TLV\n\tIfname: p1\n',
  lscpu: 'Architecture:   x86_64\nCPU(s):         8\nSocket(s):      1\n',
  'lscpu-json': '{"lscpu":[{"field":"Architecture:","data":"x86_64","children":[{"field":"Socket(s):","data":"2"}]}]}',
  'nvidia-discovery':
    '{"machine_type":"x86_64","dmi_data":{"product_serial":"P1"},"network_interfaces":[{"mac_address":"70:b5:e8:00:00:01","pci_properties":{"path":"/d/0000:04:00.0/net/eno1"}}],"gpus":[{"serial":"G1","pci_bus_id":"00000000:17:00.0"}],"dpu_info":null}',
  'python-hardware':
    "[('system', 'product', 'serial', 'CZ1'),\n ('memory', 'bank:0', 'size', '17179869184'),\n ('disk', 'sda', 'serial', \"Z'1\")]",
  'os-release': 'ID=ubuntu\nPRETTY_NAME="Ubuntu 24.04"\n',
  uname: 'Linux node17 6.8.0 #45 SMP x86_64\n',
};

/** Every format looks at it, whatever it is, and what comes out keeps the contract. */
function readByAll(content: string | Buffer): void {
  for (const format of hostFormats) {
    const file = fileOf(content);
    const readings = [...(format.recognises(file) ? format.read(file) : []), ...format.read(file)];
    for (const { components, warnings, scope } of readings) {
      expect(scope.every((kind) => COMPONENT_KINDS.includes(kind))).toBe(true);
      expect(warnings.every((warning) => warning.length > 0 && warning.length < 400)).toBe(true);
      const places = components.filter((one) => one.slot !== null).map((one) => `${one.kind} ${one.slot}`);
      expect(new Set(places).size).toBe(places.length);
      for (const one of components) {
        for (const text of [one.slot, one.manufacturer, one.model, one.partNumber, one.serial, one.firmware])
          expect(text === null || (text === text.trim() && text !== '')).toBe(true);
        for (const value of Object.values(one.attributes)) expect(Number.isNaN(value)).toBe(false);
      }
    }
  }
}

test('there is a sample of every format, and the format takes it', () => {
  expect(Object.keys(SAMPLES).toSorted()).toEqual(hostFormats.map((one) => one.id).toSorted());
  for (const [id, sample] of Object.entries(SAMPLES)) {
    expect(hostFormats.find((one) => one.recognises(fileOf(sample)))?.id).toBe(id);
    readByAll(sample);
  }
});

test('cut off anywhere', () => {
  for (const sample of Object.values(SAMPLES))
    for (let length = 0; length < sample.length; length += 3) readByAll(sample.slice(0, length));
});

test('changed at random: parts cut out, doubled, overwritten', () => {
  const piece = fc.record({
    at: fc.nat(1500),
    length: fc.nat(60),
    put: fc.string({ maxLength: 12 }),
    twice: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(SAMPLES)),
      fc.array(piece, { minLength: 1, maxLength: 6 }),
      (sample, pieces) => {
        let text = sample;
        for (const { at, length, put, twice } of pieces) {
          const start = at % (text.length + 1);
          const cut = text.slice(start, start + length);
          text = text.slice(0, start) + (twice ? cut + put + cut : put) + text.slice(start + length);
        }
        readByAll(text);
      },
    ),
    { numRuns: 400 },
  );
});

test('bytes that are nothing at all, and JSON of any shape', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => readByAll(Buffer.from(bytes))),
    { numRuns: 100 },
  );
  const names = fc.constantFrom(
    'lldp',
    'interface',
    'lscpu',
    'field',
    'children',
    'id',
    'class',
    'dmi_data',
    'machine_type',
    'network_interfaces',
    'gpus',
    'chassis',
    'port',
    'configuration',
    'nvme_devices',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(value, (any) => readByAll(JSON.stringify(any) ?? '')),
    { numRuns: 300 },
  );
});

test('a megabyte of what a pattern might stumble over takes no time', () => {
  const long = 1_000_000;
  const hostile = [
    ' '.repeat(long),
    '\n'.repeat(long),
    'Handle 0x0001, DMI type 17, 84 bytes\n'.repeat(long / 40),
    `00:00.0 ${'a'.repeat(long)}`,
    `00:00.0 Host bridge: ${'(rev '.repeat(long / 5)}`,
    `  *-core\n     configuration: ${'a='.repeat(long / 2)}`,
    `lldp.${'a.'.repeat(long / 2)}via=LLDP\n`,
    '{'.repeat(long),
    `{"id":"a","class":"b","children":[${'['.repeat(long / 2)}`,
    `[('disk','${'\\'.repeat(long)}`,
    `<node class="system">${'<node id="a">'.repeat(long / 20)}`,
    `<lldp>${'<a '.repeat(long / 3)}`,
    `Settings for eth0:\n${'\tSpeed: '.repeat(long / 10)}`,
    `Linux ${'a '.repeat(long / 2)}`,
  ];
  for (const text of hostile) {
    for (const format of hostFormats) {
      const file = fileOf(text);
      const start = performance.now();
      if (format.recognises(file)) format.read(file);
      expect(performance.now() - start, `${format.id}: ${text.slice(0, 30)}`).toBeLessThan(3000);
    }
  }
});
