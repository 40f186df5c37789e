import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileReading } from '../../src/ports/bundle-format.ts';
import type { ComponentKind } from '../../src/ports/hardware-inventory.ts';
import { reportToReading } from '../../src/ports/inventory-to-reading.ts';
import { readBmc } from './kit-for-tests.ts';
import { startBmcSimulator } from './simulator.ts';
import { recordedTrees } from './simulator/tree.ts';
import { filesUnder, readTrees, summary } from './tree-kit-for-tests.ts';
import { redfishResource } from './tree-resource.ts';
import { redfishTree } from './tree.ts';
import { corpusPath } from '#test/kit/corpus.ts';

// Recordings of real BMCs are not part of the project; where they are at hand, every one of them is read.
const corpus = corpusPath('redfish');
const trees = recordedTrees(corpus);
if (trees.length === 0)
  process.stdout.write(`skipped: no recorded Redfish trees at ${corpus} (set REANIMATOR_CORPUS)\n`);
const flat =
  trees.length === 0
    ? []
    : readdirSync(corpus, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && trees.every(({ name }) => name !== entry.name))
        .map(({ name }) => name);

const warnings = (reading: FileReading) =>
  reading.warnings.map((one) => one.replace(/\S*\/redfish\/v1\S*/g, '').length);

describe.skipIf(trees.length === 0).each(trees)('$name', ({ name, folder }) => {
  test('says out of files what it says over the network', async () => {
    const readings = await readTrees(filesUnder(folder));
    expect(readings).toHaveLength(1);
    const [reading] = readings as [FileReading];
    process.stdout.write(`${name}: ${summary(reading)}; ${reading.warnings.length} warnings\n`);

    const bmc = await startBmcSimulator({ tree: folder });
    const live = reportToReading(await readBmc(bmc));
    await bmc.close();
    expect(reading.components).toEqual(live.components);
    expect(reading.scope).toEqual(live.scope);
    expect(reading.host).toEqual(live.host);
    expect(reading.system).toEqual(live.system);
    expect(reading.firmware).toEqual(live.firmware);
    expect(warnings(reading)).toHaveLength(warnings(live).length);
  });
});

interface Expected {
  tree: string;
  host: Partial<FileReading['host']>;
  bios: string | null;
  bmc: string;
  collectedAt: string | null;
  counts: Partial<Record<ComponentKind, number>>;
  /** Kind, slot, serial, bytes. */
  parts: [ComponentKind, string | null, string, number?][];
}

const GIB = 1024 ** 3;

// Read by eye in the recordings' own files.
const EXPECTED: Expected[] = [
  {
    tree: 'dell-r750-idrac9_7.10.30-multidpu-libredfish',
    host: {
      productSerial: 'CLLV0R3',
      boardSerial: 'MXFC40025U031S',
      systemUuid: '4c4c4544-004c-4c10-8056-c3c04f305233',
      bmcMacs: ['c8:4b:d6:7a:dc:bc'],
    },
    bios: '1.13.2',
    bmc: '7.10.30.00',
    collectedAt: '2024-08-15T20:53:13.000Z',
    counts: { mainboard: 1, bmc: 1, cpu: 2, dimm: 8, drive: 2, psu: 2, nic: 3 },
    parts: [
      ['mainboard', null, 'MXFC40025U031S'],
      ['dimm', 'DIMM.Socket.B2', '50D2BAFF', 16 * GIB],
      ['drive', 'Disk.Bay.6:Enclosure.Internal.0-1', 'S6CSNE0RB00699', 1_920_383_410_176],
      ['nic', 'NIC.Slot.5', 'MT2328XZ17WR'],
      ['psu', 'PSU.Slot.2', 'CNDED003AG4TQF'],
    ],
  },
  {
    tree: 'dell-xr8620t-idrac9_6.10.80-redfishctl',
    host: { productSerial: 'F264TR3', boardSerial: 'CNFCP002AE0058', hostName: 'lp8-xr8620t--f264tr3' },
    bios: '0.2.6',
    bmc: '6.10.80.00',
    collectedAt: '2023-06-02T16:03:14.000Z',
    counts: { cpu: 1, dimm: 8, drive: 2, nic: 2, psu: 1, 'pcie-device': 1 },
    parts: [
      ['dimm', 'DIMM.Socket.A8', '86AFC5A6', 16 * GIB],
      ['drive', 'PCIeSSD.Integrated.1-1', 'NNB6Q7971I010750X', 960_197_124_096],
      ['nic', 'NIC.Slot.3', 'MYFLMIT26K00WY'],
      ['pcie-device', null, 'MYFLMIT26O0232'],
    ],
  },
  {
    tree: 'hpe-dl385g10plusv2-ilo5_2.72-libredfish',
    host: { productSerial: 'MXQ302099S', boardSerial: null, bmcMacs: ['5c:ed:8c:34:c2:94', '5c:ed:8c:34:c2:95'] },
    bios: 'A42 v2.60 (08/11/2022)',
    bmc: 'iLO 5 v2.72',
    collectedAt: '2024-08-15T21:43:28.000Z',
    counts: { mainboard: 0, cpu: 2, dimm: 16, drive: 18, psu: 2 },
    parts: [
      ['dimm', 'PROC 2 DIMM 14', '4564760B', 64 * GIB],
      ['drive', null, 'S6C1NA0TA04222', 6_401_252_745_216],
      ['drive', null, 'S6MPNE0T802706', 480_103_981_056],
      ['psu', null, '5XLNR0LLLH7645'],
      ['nic', 'DE084000', 'MT2246XZ0908'],
    ],
  },
  {
    tree: 'hpe-dl380ag11-ilo6_1.66-hpeemu',
    host: { productSerial: '2M2D2J00L4', hostName: 'DS03-worker', bmcMacs: ['7c:a6:2a:40:c3:e4', '7c:a6:2a:40:c3:e5'] },
    bios: 'U58 v2.44 (01/17/2025)',
    bmc: 'iLO 6 v1.66',
    collectedAt: '2025-06-23T20:07:14.000Z',
    counts: { cpu: 2, gpu: 2, dimm: 16, drive: 7, psu: 4, nic: 1 },
    parts: [
      ['gpu', null, '1790125011977'],
      ['dimm', 'PROC 1 DIMM 9', '524AA573', 32 * GIB],
      ['drive', null, '8E10A08901C3', 1_600_321_314_816],
      ['psu', null, '5YCHT0B4DKC1IE'],
    ],
  },
  {
    tree: 'hpe-dl380ag12-ilo7-hpeemu',
    host: { productSerial: '2M2D2Q02TH', bmcMacs: ['7c:a6:2a:83:78:3c', '7c:a6:2a:83:78:3d'] },
    bios: 'U72 v1.34 (04/18/2025)',
    bmc: '1.13.01 May 13 2025',
    collectedAt: '2025-07-16T23:25:43.000Z',
    counts: { cpu: 2, gpu: 4, dimm: 16, drive: 6, psu: 5, nic: 5 },
    parts: [
      ['gpu', null, '1325124062980'],
      ['dimm', 'PROC 2 DIMM 16', '886FAC1C', 96 * GIB],
      ['drive', null, '1FE0A1000C93', 3_200_631_791_616],
      ['drive', null, 'S711NN0Y210905', 480_103_981_056],
      ['nic', 'DE0BA000', 'ACA20103D2'],
    ],
  },
  {
    tree: 'supermicro-sys821ge-x13_11.01-libredfish',
    host: { productSerial: 'S889914X3710910', boardSerial: 'OM234S005959', bmcMacs: ['7c:c2:55:50:a8:ff'] },
    bios: '1.4',
    bmc: '11.01.01',
    collectedAt: '2023-11-30T21:01:15.000Z',
    counts: { mainboard: 1, bmc: 1, cpu: 2, dimm: 32, drive: 8, nic: 10, psu: 8, gpu: 8 },
    parts: [
      ['mainboard', null, 'OM234S005959'],
      ['dimm', 'P2-DIMMH2', '80CE012314049469F9', 64 * GIB],
      ['drive', 'Disk.Bay.6', 'S6CKNN0W501980', 7_681_501_126_656],
      ['nic', null, 'VA236S008824'],
      ['psu', null, 'PDF92CN21CI1875'],
    ],
  },
  {
    tree: 'supermicro-x10sdv_4.0-redfishctl',
    host: { productSerial: null, systemUuid: '00000000-0000-0000-0000-AC1F6B18A45A', bmcMacs: ['ac:1f:6b:18:a2:41'] },
    bios: '1.2',
    bmc: '4.0',
    collectedAt: '2017-04-26T04:30:51.000Z',
    counts: { cpu: 1, dimm: 4 },
    parts: [
      ['dimm', 'DIMMA1', '16E1FD76', 16 * GIB],
      ['dimm', 'DIMMB1', '16E1FD2E', 16 * GIB],
      ['dimm', 'DIMMB2', '16E1F6F3', 16 * GIB],
    ],
  },
  {
    tree: 'supermicro-gb300-openbmc_node1-redfishctl',
    host: { productSerial: 'S964512X5913271', systemUuid: '5f1cf000-643d-11f0-8000-7cc25590513a' },
    bios: null,
    bmc: '70.01.00.09',
    collectedAt: '2026-06-29T07:50:28.000Z',
    counts: { bmc: 2, cpu: 2, gpu: 4, dimm: 2, drive: 0 },
    parts: [
      ['cpu', null, '0x00000001783DD0470C00000007010100'],
      ['gpu', null, '1653125033721'],
      ['dimm', null, '9223382423003006043', 480 * GIB],
    ],
  },
  {
    tree: 'intel-s2600bpb-bmc_1.93-csmrie',
    host: {
      productSerial: 'QSBP74100021',
      bmcMacs: ['a4:bf:01:28:90:aa', 'a4:bf:01:28:90:ab', 'a4:bf:01:28:90:ac'],
    },
    bios: 'SE5C620.86B.02.01.0008.C0001.031920191559',
    bmc: '1.93.870cf4f0',
    collectedAt: '2022-04-21T18:55:30.000Z',
    counts: { cpu: 2, dimm: 6, psu: 2 },
    parts: [
      ['dimm', 'CPU2_DIMM_B1', '102E4B24', 8 * GIB],
      ['psu', null, 'CNS2221A4AHAP0490'],
      ['psu', null, 'CNS2221A4AH9R0616'],
    ],
  },
  {
    tree: 'nvidia-bluefield3-openbmc_24.10-libredfish',
    host: { productSerial: 'MT2423600ANG', bmcMacs: ['5c:25:73:08:f3:77'] },
    bios: null,
    bmc: 'BF-24.10-10',
    collectedAt: '2024-11-26T17:27:08.000Z',
    counts: { bmc: 1, dimm: 0, cpu: 0 },
    parts: [],
  },
];

const atHand = EXPECTED.flatMap((one) => {
  const folder = trees.find(({ name }) => name === one.tree)?.folder;
  return folder === undefined ? [] : [{ ...one, folder }];
});

describe.skipIf(atHand.length === 0)('read by eye', () => {
  test.each(atHand)('$tree', async ({ folder, host, bios, bmc, collectedAt, counts, parts }) => {
    const [reading] = (await readTrees(filesUnder(folder))) as [FileReading];
    expect(reading.host).toMatchObject(host);
    expect(reading.collectedAt).toBe(collectedAt);
    expect([reading.system['biosVersion'] ?? null, reading.system['bmcFirmware']]).toEqual([bios, bmc]);
    const ofKind = (kind: string) => reading.components.filter((one) => one.kind === kind);
    expect(ofKind('bmc').map(({ firmware }) => firmware)).toContain(bmc);
    for (const board of ofKind('mainboard')) expect(board.firmware).toBe(bios);
    for (const [kind, count] of Object.entries(counts)) expect([kind, ofKind(kind).length]).toEqual([kind, count]);
    for (const [kind, slot, serial, bytes] of parts) {
      const found = ofKind(kind).filter((one) => one.serial === serial);
      expect(found.map((one) => one.serial)).toContain(serial);
      if (slot !== null) expect(found.map((one) => one.slot)).toContain(slot);
      if (bytes !== undefined) expect(found.map(({ attributes }) => attributes['capacityBytes'])).toContain(bytes);
    }
  });
});

describe.skipIf(trees.length === 0)('sets that are no tree', () => {
  test.each(flat)('%s', async (name) => {
    const files = filesUnder(join(corpus, name));
    const found = redfishTree.find(files);
    const inTrees = new Set(found.flat());
    for (const tree of found)
      for (const reading of await redfishTree.read(tree))
        process.stdout.write(
          `${name}: tree of ${tree.length}: ${summary(reading)}; ${reading.warnings.length} warnings\n`,
        );
    for (const file of files) {
      if (inTrees.has(file) || !redfishResource.recognises(file)) continue;
      for (const reading of redfishResource.read(file)) {
        expect(reading.scope).toEqual([]);
        process.stdout.write(
          `${name}/${file.path}: ${summary(reading)} ${reading.host.productSerial ?? ''} ${reading.host.bmcMacs.join()} ${reading.warnings.join()}\n`,
        );
      }
    }
  });
});

describe.skipIf(trees.length === 0)('recordings with files missing', () => {
  test('are read as far as they go, and no list with a gap is in scope', async () => {
    for (const { folder } of trees) {
      const files = filesUnder(folder);
      const [whole] = await readTrees(files);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(files.length - 1), { minLength: 1, maxLength: 40 }), async (gone) => {
          const left = files.filter((_, at) => !gone.includes(at));
          for (const reading of await readTrees(left)) {
            for (const kind of reading.scope) {
              // The others may be told from several places, of which one can be gone
              const count = (of: FileReading | undefined) => of?.components.filter((one) => one.kind === kind).length;
              if (['cpu', 'dimm', 'drive', 'bmc'].includes(kind))
                expect([kind, count(reading)]).toEqual([kind, count(whole)]);
            }
          }
        }),
        { numRuns: 8 },
      );
    }
  }, 60_000);
});
