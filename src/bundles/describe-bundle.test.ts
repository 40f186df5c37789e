import { expect, test } from 'vitest';
import { emptyEvidence, type SeenComponent } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { describeBundle } from './describe-bundle.ts';
import type { BundleReport, FileReport } from './read-bundle.ts';
import type { SnapshotReport } from './snapshot-report.ts';
import { sizeOf } from './text-table.ts';

function file(path: string, format: string | null, more: Partial<FileReport> = {}): FileReport {
  return { path, bytes: 1200, format, readings: 0, components: 0, withSerial: 0, warnings: [], ...more };
}

function part(kind: ComponentKind, slot: string | null, more: Partial<SeenComponent>): SeenComponent {
  const nothing = { manufacturer: null, model: null, partNumber: null, serial: null, firmware: null, health: null };
  return { ...nothing, attributes: {}, readings: {}, ...more, kind, slot };
}

const told: SnapshotReport = {
  source: 'redfish',
  collectedAt: '2026-05-03T10:00:00.000Z',
  host: {
    ...emptyEvidence(),
    ...{ manufacturer: 'Contoso', model: 'S1', productSerial: 'SRV4711A', boardSerial: 'To be filled by O.E.M.' },
    bmcMacs: ['02:00:5e:00:00:01'],
  },
  system: { biosVersion: '1.2', totalMemoryBytes: 64 * 1024 ** 3, osName: null },
  components: [
    part('dimm', 'A1', {
      ...{ manufacturer: 'Samsung', partNumber: 'M393A4K40DB3-CWE', serial: '1A2B3C4D', health: 'OK' },
      attributes: { capacityBytes: 32 * 1024 ** 3 },
    }),
    part('dimm', 'A2', { serial: '00000000', attributes: { capacityBytes: 32 * 1024 ** 3 } }),
    part('drive', null, {
      ...{ model: 'MZQL23T8HCLS', serial: 'S64HNE0R500001', firmware: 'GDC5602Q', health: 'Critical' },
      attributes: { capacityBytes: 3_840_755_982_336, device: '/dev/nvme0n1' },
    }),
    part('drive', '0:238', { model: 'RAID volume', attributes: { virtual: true, capacityBytes: 1e12 } }),
  ],
  firmware: [{ id: 'BIOS', name: 'System BIOS', version: '1.2', updateable: true }],
  scope: ['dimm'],
  absent: [],
  locationId: null,
  neighbours: [{ interface: 'eth0', chassis: '02:00:5e:00:00:aa', port: 'ge-0/0/1', name: 'leaf1' }],
  logEntries: [{ at: null, severity: 'Warning', message: 'Fan 1 is slow', source: 'SEL' }],
  warnings: ['tree: /redfish/v1/Fans: answered 500'],
  files: ['redfish/v1/'],
};

test('what a person sees of a bundle', () => {
  const members = Array.from({ length: 40 }, (_, at) => file(`redfish/v1/${at}/index.json`, 'redfish-tree'));
  const notes = Array.from({ length: 7 }, (_, at) =>
    file(`notes/${at}.txt`, null, { warnings: ['no format is known'] }),
  );
  const report: BundleReport = {
    files: [
      file('redfish/v1/index.json', 'redfish-tree', { readings: 1, components: 4, withSerial: 2 }),
      ...members,
      file('broken.json', 'smartctl-json', { warnings: ['smartctl shows no model'] }),
      ...notes,
      file('sel\u001b[31m.txt', 'ipmitool-sel', { readings: 1, bytes: 800 }),
    ],
    snapshots: [
      told,
      {
        ...{ source: 'tools', collectedAt: null, host: emptyEvidence(), system: {}, components: [], firmware: [] },
        ...{ scope: [], locationId: null, neighbours: [], warnings: [], files: ['sel.txt'] },
        absent: [{ manufacturer: null, serial: 'ZC10ABCD', reason: 'failed' }],
        logEntries: [],
      },
    ],
    warnings: ['old.tar.xz is packed with xz'],
    defects: [],
  };
  expect(`\n${describeBundle('/tmp/a.tar', report).join('\n')}`).toMatchInlineSnapshot(`
    "
    /tmp/a.tar: 50 files, 2 snapshots, 4 parts

      FILE                   FORMAT                  BYTES  PARTS  WITH SERIAL
      redfish/v1/index.json  redfish-tree            1200   4      2
      broken.json            smartctl-json           1200   0      0
      notes/0.txt            unknown, kept as it is  1200   0      0
      notes/1.txt            unknown, kept as it is  1200   0      0
      notes/2.txt            unknown, kept as it is  1200   0      0
      notes/3.txt            unknown, kept as it is  1200   0      0
      notes/4.txt            unknown, kept as it is  1200   0      0
      sel�[31m.txt           ipmitool-sel            800    0      0
      and 40 files more of redfish-tree, 48000 bytes
      and 2 files that no format is known for, 2400 bytes
      warning: broken.json: smartctl shows no model

      snapshot 1 of 2   redfish/v1/
      source            redfish
      collected_at      2026-05-03T10:00:00.000Z
      product           Contoso S1
      product_serial    SRV4711A
      board_serial      To be filled by O.E.M. (placeholder)
      bmc_macs          02:00:5e:00:00:01
      biosVersion       1.2
      totalMemoryBytes  64 GiB (68719476736)
      parts             2 dimm, 2 drive
      scope             dimm (what is not shown of these is gone)
      log_entries       1, the last: without a time Fan 1 is slow
      neighbours        eth0 leaf1 ge-0/0/1

      KIND             SLOT          VENDOR   MODEL         PART NUMBER       SERIAL                  FIRMWARE  CAPACITY                 HEALTH
      dimm             A1            Samsung  -             M393A4K40DB3-CWE  1A2B3C4D                -         32 GiB (34359738368)     OK
      dimm             A2            -        -             -                 00000000 (placeholder)  -         32 GiB (34359738368)     -
      drive            /dev/nvme0n1  -        MZQL23T8HCLS  -                 S64HNE0R500001          GDC5602Q  3.84 TB (3840755982336)  Critical
      drive (virtual)  0:238         -        RAID volume   -                 -                       -         1 TB (1000000000000)     -

      FIRMWARE OF  NAME         VERSION
      BIOS         System BIOS  1.2
      warning: tree: /redfish/v1/Fans: answered 500

      snapshot 2 of 2  sel.txt
      source           tools
      collected_at     not said: the time of the upload will be taken
      server           not said: name it when you upload this (asset_id), or it waits for somebody to do so
      absent: - ZC10ABCD failed
      warning: old.tar.xz is packed with xz
    "
  `);
});

test('sizes as people say them, and to the byte', () => {
  expect([0, 999, 1000, 960_197_124_096].map((bytes) => sizeOf(bytes, false))).toEqual([
    '0 B',
    '999 B',
    '1 kB (1000)',
    '960.2 GB (960197124096)',
  ]);
  expect([1023, 24_146_608_128].map((bytes) => sizeOf(bytes, true))).toEqual(['1023 B', '22.49 GiB (24146608128)']);
});
