import { expect, test } from 'vitest';
import { partsOf, readOne } from './kit-for-tests.ts';

test('lscpu as text and as nested JSON: facts, no components', () => {
  const facts = {
    architecture: 'x86_64',
    processorModel: 'AMD EPYC 7502P',
    processorCount: 2,
    coresPerSocket: 32,
    threadsPerCore: 2,
    maxSpeedMhz: 2500,
  };
  const text = readOne(
    'Architecture:          x86_64\nCPU(s):                64\nThread(s) per core:    2\nCore(s) per socket:    32\nSocket(s):             2\nModel name:            AMD EPYC 7502P\nCPU max MHz:           2500.0000\n',
  );
  expect(text.format).toBe('lscpu');
  expect(text.reading.system).toEqual(facts);
  expect(text.reading.components).toEqual([]);
  const json = readOne(
    JSON.stringify({
      lscpu: [
        { field: 'Architecture:', data: 'x86_64' },
        {
          field: 'Vendor ID:',
          data: 'AuthenticAMD',
          children: [
            {
              field: 'Model name:',
              data: 'AMD EPYC 7502P',
              children: [
                { field: 'Thread(s) per core:', data: '2' },
                { field: 'Core(s) per socket:', data: '32' },
                { field: 'Socket(s):', data: '2' },
                { field: 'CPU max MHz:', data: '2500.0000' },
              ],
            },
          ],
        },
      ],
    }),
  );
  expect(json.format).toBe('lscpu-json');
  expect(json.reading.system).toEqual(facts);
});

test('the sockets of a virtual machine are not counted', () => {
  const { reading } = readOne('Architecture: x86_64\nCPU(s): 8\nSocket(s): 8\nHypervisor vendor: KVM\n');
  expect(reading.system).toEqual({ architecture: 'x86_64', hypervisor: 'KVM' });
});

test('the operating system', () => {
  expect(
    readOne('NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n').reading.system,
  ).toEqual({
    osName: 'Ubuntu 24.04.1 LTS',
    osVersion: '24.04',
  });
  const { format, reading } = readOne('Linux node17 6.8.0-45-generic #45-Ubuntu SMP x86_64 GNU/Linux\n');
  expect(format).toBe('uname');
  expect(reading.host.hostName).toBe('node17');
  expect(reading.system).toEqual({ osKernel: 'Linux 6.8.0-45-generic' });
});

test('an NVIDIA discovery document', () => {
  const { format, reading } = readOne(
    JSON.stringify({
      machine_type: 'x86_64',
      cpu_info: [{ model: 'Xeon', sockets: 2 }],
      dmi_data: {
        sys_vendor: 'Acme',
        product_name: 'Rackbox',
        product_serial: 'RB1',
        board_serial: 'MB1',
        board_name: 'MB-77',
        bios_version: '1.2',
        chassis_serial: 'CH1',
      },
      nvme_devices: [{ model: 'NV1', serial: 'NV0001', firmware_rev: '7.7' }],
      block_devices: [
        { model: 'DELLBOSS_VD', serial: 'e932d5', revision: 'MV' },
        { model: 'NV1', serial: 'NV0001', revision: '7.7', device_type: 'partition' },
        { model: 'NO_MODEL', serial: 'NO_SERIAL' },
      ],
      network_interfaces: [
        {
          mac_address: '70:B5:E8:00:00:01',
          pci_properties: {
            path: '/devices/pci0000:00/0000:00:1c.5/0000:04:00.0/net/eno1',
            vendor: '0x14e4',
            device: '0x165f',
            description: 'NetXtreme',
          },
        },
        {
          mac_address: '70:B5:E8:00:00:02',
          pci_properties: {
            path: '/devices/pci0000:00/0000:00:1c.5/0000:04:00.1/net/eno2',
            vendor: '0x14e4',
            device: '0x165f',
            description: 'NetXtreme',
          },
        },
      ],
      gpus: [
        {
          name: 'NVIDIA H100 PCIe',
          serial: '165',
          vbios_version: '96.00',
          total_memory: '81559 MiB',
          pci_bus_id: '00000000:17:00.0',
        },
      ],
    }),
  );
  expect(format).toBe('nvidia-discovery');
  expect(reading.host).toMatchObject({ manufacturer: 'Acme', productSerial: 'RB1', boardSerial: 'MB1' });
  expect(reading.system).toMatchObject({ biosVersion: '1.2', chassisSerial: 'CH1', processorCount: 2 });
  expect(partsOf(reading, 'drive')).toMatchObject([
    { serial: 'NV0001', model: 'NV1', firmware: '7.7', attributes: { protocol: 'NVMe' } },
  ]);
  expect(partsOf(reading, 'drive')).toHaveLength(1);
  expect(partsOf(reading, 'nic')).toMatchObject([
    { slot: '0000:04:00.0', attributes: { device: 'eno1', macAddresses: ['70:b5:e8:00:00:01', '70:b5:e8:00:00:02'] } },
  ]);
  expect(partsOf(reading, 'gpu')).toMatchObject([
    { slot: '0000:17:00.0', serial: '165', firmware: '96.00', attributes: { capacityBytes: 85_520_809_984 } },
  ]);
});

test('a python-hardware collection, as Python and as JSON', () => {
  const tuples = [
    ['system', 'product', 'serial', 'CZ1'],
    ['system', 'product', 'name', 'Rackbox "2000" (SKU)'],
    ['system', 'motherboard', 'serial', 'MB1'],
    ['memory', 'bank:0:0', 'size', '17179869184'],
    ['memory', 'bank:0:0', 'clock', '1600000000'],
    ['memory', 'bank:0:0', 'description', 'DIMM DDR3 Synchronous 1600 MHz (0.6 ns)'],
    ['memory', 'bank:0:0', 'slot', 'PROC  1 DIMM  1'],
    ['memory', 'bank:0:0', 'serial', 'D1'],
    ['memory', 'bank:0:1', 'description', 'DIMM [empty]'],
    ['memory', 'bank:0:1', 'slot', 'PROC  1 DIMM  2'],
    ['disk', 'sda', 'vendor', 'ATA'],
    ['disk', 'sda', 'model', 'ST1000'],
    ['disk', 'sda', 'serial', 'Z1'],
    ['disk', 'sda', 'rev', 'TN03'],
    ['disk', 'sdc', 'vendor', 'SEAGATE'],
    ['disk', 'sdc', 'serial', 'Z2'],
    ['disk', 'sdc', 'rev', '0004'],
    ['disk', 'sdb', 'model', 'LOGICAL VOLUME'],
    ['disk', 'sdb', 'serial', '600508'],
    ['network', 'eth0', 'serial', '9C:B6:54:00:00:01'],
    ['network', 'eth0', 'businfo', 'pci@0000:04:00.0'],
  ];
  const python = `[${tuples.map((one) => `(${one.map((part) => `'${part}'`).join(',\n  ')})`).join(',\n ')}]`;
  for (const text of [python, JSON.stringify(tuples)]) {
    const { format, reading } = readOne(text);
    expect(format).toBe('python-hardware');
    expect(reading.host).toMatchObject({ productSerial: 'CZ1', boardSerial: 'MB1', model: 'Rackbox "2000"' });
    expect(reading.components).toMatchObject([
      { kind: 'mainboard', serial: 'MB1' },
      {
        kind: 'dimm',
        slot: 'PROC 1 DIMM 1',
        serial: 'D1',
        attributes: { capacityBytes: 17_179_869_184, type: 'DDR3', ratedSpeedMts: 1600 },
      },
      {
        kind: 'drive',
        slot: null,
        manufacturer: null,
        serial: 'Z1',
        firmware: null,
        attributes: { device: '/dev/sda' },
      },
      { kind: 'drive', manufacturer: 'SEAGATE', serial: 'Z2', firmware: '0004' },
      { kind: 'nic', slot: '0000:04:00.0', attributes: { macAddresses: ['9c:b6:54:00:00:01'] } },
    ]);
    expect(reading.components).toHaveLength(5);
  }
});
