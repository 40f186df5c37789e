import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  emptyEvidence,
  emptyReading,
  type FileReading,
  type HostEvidence,
  type SeenComponent,
  type Source,
} from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { combine } from './combine.ts';
import type { ReadPart } from './combine-servers.ts';

function seen(kind: ComponentKind, part: Partial<SeenComponent>): SeenComponent {
  const nothing = {
    slot: null,
    manufacturer: null,
    model: null,
    partNumber: null,
    serial: null,
    firmware: null,
    health: null,
  };
  return { ...nothing, attributes: {}, readings: {}, ...part, kind };
}

function part(path: string, reading: Partial<FileReading>, host: Partial<HostEvidence> = {}, rank = 5): ReadPart {
  const source: Source = reading.source ?? 'tools';
  return {
    path,
    rank,
    files: [path],
    reading: { ...emptyReading(source), ...reading, host: { ...emptyEvidence(), ...host } },
  };
}

const drive = (device: string, serial: string | null, more: Partial<SeenComponent> = {}): SeenComponent =>
  seen('drive', { ...more, serial, attributes: { device, ...more.attributes } });
const lsblk = (...devices: string[]): ReadPart =>
  part(
    'lsblk.json',
    { enumerates: { kind: 'drive', devices }, components: devices.map((name) => drive(`/dev/${name}`, null)) },
    {},
    9,
  );
const filesOf = (parts: readonly ReadPart[]): string[][] =>
  combine(parts)
    .map(({ files }) => files.toSorted())
    .toSorted();

describe('which readings are of one server', () => {
  test('those with one serial, board or UUID, in either order of its bytes', () => {
    const uuid = '4c4c4544-0051-3010-8058-b2c04f4a3432';
    const turned = '44454c4c-5100-1030-8058-B2C04F4A3432';
    const all = [
      part('a', {}, { productSerial: '2J4QXYZ', systemUuid: uuid }),
      part('b', {}, { systemUuid: turned, boardSerial: 'CN70163' }),
      part('c', {}, { boardSerial: 'cn70163 ' }),
      part('d', {}, { productSerial: 'OTHER77', bmcMacs: ['D0-94-66-00-00-01'] }),
      part('e', {}, { bmcMacs: ['d0:94:66:00:00:01'] }),
    ];
    expect(filesOf(all)).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
  });

  test('placeholders are no evidence', () => {
    const host = {
      productSerial: 'To be filled by O.E.M.',
      systemUuid: '03000200-0400-0500-0006-000700080009',
      bmcMacs: ['00:00:00:00:00:00'],
    };
    const all = [
      part('x/a', {}, { ...host, boardSerial: 'B1234' }),
      part('y/b', {}, { ...host, boardSerial: 'B5678' }),
      part('z/c', {}, host),
    ];
    expect(filesOf(all)).toEqual([['x/a'], ['y/b'], ['z/c']]);
  });

  test('the nodes of one chassis share its serial and are servers all the same', () => {
    const node = (name: string, number: number): ReadPart =>
      part(
        name,
        {},
        {
          productSerial: 'CHASSIS1',
          boardSerial: `BOARD${number}`,
          systemUuid: `30373237-3132-4d32-3235-30393039535${number}`,
        },
      );
    expect(filesOf([node('a', 1), node('b', 2), node('c', 1)])).toEqual([['a', 'c'], ['b']]);
  });

  test('a reading without evidence joins the only server, in its folder where there are several, else stays alone', () => {
    const one = part('h1/dmi', {}, { productSerial: 'SERVER1' });
    const two = part('h2/dmi', {}, { productSerial: 'SERVER2' });
    expect(filesOf([one, part('elsewhere/lsblk', {})])).toEqual([['elsewhere/lsblk', 'h1/dmi']]);
    expect(filesOf([one, two, part('h2/x/lsblk', {}), part('lspci', {}), part('lscpu', {})])).toEqual([
      ['h1/dmi'], ['h2/dmi', 'h2/x/lsblk'], ['lscpu', 'lspci'],
    ]); // prettier-ignore
    const named = part('h1/dmi', {}, { productSerial: 'SERVER1', hostName: 'db1.example.org' });
    expect(filesOf([named, part('a', {}, { hostName: 'db1' }), part('b', {}, { hostName: 'db2' })])).toEqual([
      ['a', 'h1/dmi'],
      ['b'],
    ]);
    expect(filesOf([part('a', {}), part('x/b', {})])).toEqual([['a', 'x/b']]);
    const dump = (name: string): ReadPart => part(name, { components: [seen('mainboard', { serial: '0000' })] });
    expect(filesOf([dump('a'), dump('b'), part('c', {})])).toEqual([['a'], ['b'], ['c']]);
    expect(filesOf([dump('a'), part('c', {})])).toEqual([['a', 'c']]);
  });

  test('what is no tool keeps a snapshot of its own, and tells the tools of its server whose they are', () => {
    const redfish = part(
      'tree',
      { source: 'redfish', collectedAt: '2026-05-03T00:00:00Z' },
      { productSerial: 'SERVER1' },
      0,
    );
    const all = [redfish, part('again', { source: 'redfish' }, { productSerial: 'SERVER1' }, 0), part('lsblk', {})];
    const snapshots = combine(all);
    expect(snapshots.map(({ source, files, host }) => [source, files, host.productSerial])).toEqual([
      ['redfish', ['again'], 'SERVER1'],
      ['redfish', ['tree'], 'SERVER1'],
      ['tools', ['lsblk'], 'SERVER1'],
    ]);
    expect(snapshots[2]?.collectedAt).toBeNull();
  });
});

describe("the files of a vendor's collection", () => {
  const view = (path: string, host: Partial<HostEvidence>, serial: string): ReadPart =>
    part(path, { source: 'tsr', components: [seen('drive', { slot: 'Disk.Bay.0', serial })] }, host);

  test('are of the server that one of them names', () => {
    const snapshots = combine([
      view('tsr/system.xml', { productSerial: 'SERVER1' }, 'A1'),
      view('tsr/drives.xml', {}, 'A2'),
    ]);
    expect(snapshots.map(({ source, files, host }) => [source, files, host.productSerial])).toEqual([
      ['tsr', ['tsr/drives.xml'], 'SERVER1'],
      ['tsr', ['tsr/system.xml'], 'SERVER1'],
    ]);
  });

  test('are of nobody where two are named', () => {
    const snapshots = combine([
      view('one/system.xml', { productSerial: 'SERVER1' }, 'A1'),
      view('two/system.xml', { productSerial: 'SERVER2' }, 'A2'),
      view('drives.xml', {}, 'A3'),
      view('two/drives.xml', {}, 'A4'),
    ]);
    expect(Object.fromEntries(snapshots.map(({ files, host }) => [files[0], host.productSerial]))).toEqual({
      'one/system.xml': 'SERVER1',
      'two/system.xml': 'SERVER2',
      'two/drives.xml': 'SERVER2',
      'drives.xml': null,
    });
  });
});

describe('the snapshot of the tools', () => {
  const merge = (...components: SeenComponent[][]): { components: SeenComponent[]; warnings: string[] } => {
    const [snapshot] = combine(components.map((all, index) => part(`f${index}`, { components: all }, {}, index)));
    return { components: snapshot?.components ?? [], warnings: snapshot?.warnings ?? [] };
  };

  test('one drive out of what three tools say, the best format first, the worst health', () => {
    const { components, warnings } = merge(
      [
        drive('/dev/nvme0', ' s4nunx0m5 ', {
          model: 'SAMSUNG MZ',
          firmware: 'EDA5',
          health: 'OK',
          readings: { powerOnHours: 7 },
        }),
      ],
      [
        drive('/dev/nvme0n1', 'S4NUNX0M5', {
          model: 'other',
          health: 'Critical',
          attributes: { capacityBytes: 960_197_124_096 },
        }),
      ],
      [drive('nvme0n1', null, { slot: 'Bay 3', readings: { powerOnHours: 9, temperatureCelsius: 30 } })],
    );
    expect(warnings).toEqual([]);
    expect(components).toEqual([
      seen('drive', {
        slot: 'Bay 3',
        model: 'SAMSUNG MZ',
        serial: ' s4nunx0m5 ',
        firmware: 'EDA5',
        health: 'Critical',
        attributes: { device: '/dev/nvme0', capacityBytes: 960_197_124_096 },
        readings: { powerOnHours: 7, temperatureCelsius: 30 },
      }),
    ]);
  });

  test('two serials in one place are two parts, and said', () => {
    const slot = 'DIMM_A1';
    for (const all of [
      [[seen('dimm', { slot, serial: '38D5C0FA' })], [seen('dimm', { slot, serial: '11C5C0FA' })]],
      [[seen('dimm', { slot, serial: '38D5C0FA' }), seen('dimm', { slot, serial: '11C5C0FA' })]],
    ]) {
      const { components, warnings } = merge(...all);
      expect(components.map(({ serial }) => serial)).toEqual(['38D5C0FA', '11C5C0FA']);
      expect(warnings).toEqual([
        expect.stringMatching(/^f\d: dimm DIMM_A1 has the serial 11C5C0FA here and 38D5C0FA elsewhere; both are kept$/),
      ]);
    }
  });

  test('one serial in two places of one reading are two parts, without places one', () => {
    const gpu = (slot: string | null): SeenComponent => seen('gpu', { slot, serial: '1650123456' });
    expect(merge([gpu('GPU0'), gpu('GPU1')]).components).toHaveLength(2);
    expect(merge([drive('/dev/nvme0n1', 'S4NUNX'), drive('/dev/nvme0n2', 'S4NUNX')]).components).toHaveLength(1);
    expect(merge([drive('/dev/sda', null), drive('/dev/sdb', null)]).components).toHaveLength(2);
  });

  test('a WWN or a longer writing of it is no other serial', () => {
    const wwn = { attributes: { wwn: '0x5000c500a1b2c3d4' } };
    const smart = drive('/dev/sda', 'ZC10ABCD', wwn);
    const { components, warnings } = merge(
      [drive('/dev/sda', '5000c500a1b2c3d4')],
      [smart],
      [drive('sda', 'ZC10ABCD0000C912345')],
    );
    expect(components.map(({ serial }) => serial)).toEqual(['ZC10ABCD']);
    expect(warnings).toEqual([]);
  });

  test('drives behind a RAID controller are not told by its device', () => {
    const behind = (slot: string, serial: string): SeenComponent => drive('/dev/bus/0', serial, { slot });
    const { components, warnings } = merge(
      [behind('megaraid,5', 'AAAA1')],
      [behind('megaraid,6', 'BBBB1')],
      [drive('/dev/bus/0', null)],
    );
    expect(components.map(({ slot }) => slot)).toEqual(['megaraid,5', 'megaraid,6', null]);
    expect(warnings).toEqual([]);
  });

  test('what lspci shows is the part that another tool knows better', () => {
    const { components } = merge(
      [seen('gpu', { slot: '00000000:3B:00.0', serial: '1650123456', attributes: { pciAddress: '00000000:3B:00.0' } })],
      [
        seen('pcie-device', {
          slot: '0000:3b:00.0',
          manufacturer: 'NVIDIA',
          attributes: { pciAddress: '0000:3b:00.0', pcieGeneration: 4 },
        }),
        seen('storage-controller', { attributes: { pciAddress: '5e:00.0', driver: 'nvme' } }),
      ],
      [drive('/dev/nvme0', 'S4NUNX0M5', { attributes: { pciAddress: '0000:5e:00.0' } })],
    );
    expect(components).toMatchObject([
      { kind: 'gpu', manufacturer: 'NVIDIA', serial: '1650123456', attributes: { pcieGeneration: 4 } },
      { kind: 'drive', serial: 'S4NUNX0M5', attributes: { driver: 'nvme', device: '/dev/nvme0' } },
    ]);
  });

  test('the scope has what is enumerated and looked at one by one', () => {
    const scopeOf = (...parts: ReadPart[]): string[] | undefined => combine(parts)[0]?.scope;
    const smart = (device: string, serial: string | null, more: Partial<SeenComponent> = {}): ReadPart =>
      part(`smart-${device}`, { components: [drive(`/dev/${device}`, serial, more)] });
    expect(scopeOf(lsblk('sda', 'nvme0n1'), smart('sda', 'ZC10ABCD'), smart('nvme0', 'S4NUNX0M5'))).toEqual(['drive']);
    expect(scopeOf(lsblk('sda', 'sdb'), smart('sda', 'ZC10ABCD'))).toEqual([]);
    expect(scopeOf(lsblk('sda'), smart('sda', '00000000'))).toEqual([]);
    expect(scopeOf(lsblk('sda'), smart('sda', '00a1b2c3', { model: 'PERC H730 Mini' }))).toEqual([]);
    expect(scopeOf(lsblk())).toEqual([]);
    const memory = (...serials: (string | null)[]): ReadPart =>
      part('dmi', {
        scope: ['dimm', 'cpu'],
        components: [
          ...serials.map((serial, at) => seen('dimm', { slot: `A${at}`, serial })),
          seen('cpu', { slot: 'CPU0' }),
        ],
      });
    expect(scopeOf(memory('38D5C0FA', '38D5C0FB'))).toEqual(['dimm', 'cpu']);
    // which of those that another tool names it is, nobody knows
    expect(scopeOf(memory('38D5C0FA', null))).toEqual(['cpu']);
    expect(scopeOf(memory('Not Specified'))).toEqual(['cpu']);
    expect(scopeOf(part('dmi', { scope: ['dimm', 'cpu'] }), part('crawl', { scope: ['dimm'] }))?.toSorted()).toEqual([
      'cpu',
      'dimm',
    ]);
  });

  test('times, evidence, facts and logs of all', () => {
    const entry = (at: string | null, message: string): FileReading['logEntries'][number] => ({
      at,
      severity: null,
      message,
      source: 'sel',
    });
    const [snapshot] = combine([
      part('a', { collectedAt: '2026-05-03T10:00:00Z', system: { biosVersion: null, osName: 'x' }, logEntries: [entry('2026-05-02T00:00:00Z', 'late')] }, { boardSerial: 'B1234', productSerial: 'NA' }),
      part('b', { collectedAt: '2026-07-03T12:00:00+02:00', system: { biosVersion: '2.1' }, warnings: ['cut off'], logEntries: [entry('2026-05-01T00:00:00Z', 'early'), entry('2026-05-02T00:00:00Z', 'late')] }, { boardSerial: 'B1234', productSerial: 'SERVER1' }),
      part('c', {}, { boardSerial: 'B1234', productSerial: 'SERVER2' }),
    ]); // prettier-ignore
    expect(snapshot).toMatchObject({
      collectedAt: '2026-07-03T10:00:00.000Z',
      system: { biosVersion: '2.1', osName: 'x' },
      host: { productSerial: 'SERVER1', boardSerial: 'B1234' },
      logEntries: [{ message: 'early' }, { message: 'late' }],
    });
    expect(snapshot?.warnings.toSorted()).toEqual([
      'b: cut off',
      'the files were not taken at one time: the first says 2026-05-03T10:00:00.000Z, the last 2026-07-03T10:00:00.000Z, which is taken for all',
      'the serial number of the server is SERVER1 in b but SERVER2 in c; the first is taken',
    ]);
  });
});

test('the order of the files does not matter', () => {
  const serial = fc.constantFrom(null, 'AAAA1', 'BBBB1', 'CCCC1', '0000');
  const component = fc.record({
    kind: fc.constantFrom<ComponentKind>('drive', 'dimm', 'nic'),
    slot: fc.constantFrom(null, 's1', 's2'),
    serial,
    device: fc.constantFrom('sda', 'sdb'),
  });
  const reading = fc.record({
    components: fc.array(component, { maxLength: 4 }),
    productSerial: fc.constantFrom(null, 'SERVER1', 'SERVER2'),
    boardSerial: fc.constantFrom(null, 'BOARD1', 'BOARD2', 'BOARD3'),
    folder: fc.constantFrom('x', 'y', 'z'),
    rank: fc.nat(3),
  });
  const bundle = fc.array(reading, { maxLength: 7 }).chain((all) => {
    const parts = all.map(({ components, folder, rank, ...host }, index) =>
      part(
        `${folder}/f${index}`,
        { components: components.map(({ device, kind, ...rest }) => seen(kind, { ...rest, attributes: { device } })) },
        host,
        rank,
      ),
    );
    return fc.tuple(fc.constant(parts), fc.shuffledSubarray(parts, { minLength: parts.length }));
  });
  fc.assert(
    fc.property(bundle, ([parts, shuffled]) => {
      const whole = combine(parts);
      expect(combine(shuffled)).toEqual(whole);
      // no reading is lost or counted twice
      expect(whole.flatMap(({ files }) => files).toSorted()).toEqual(parts.map(({ path }) => path).toSorted());
    }),
    { numRuns: 300, seed: 5 },
  );
});
