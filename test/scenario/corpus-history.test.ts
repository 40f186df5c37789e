import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDirectoryStore, type DirectoryStore } from '#adapters/directory/store.ts';
import { sortByLot } from '#src/compose-history.ts';
import { bundleFormats } from '#src/bundle-formats.ts';
import { readBundle } from '#src/bundles/read-bundle.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { idFrom, sha256 } from '#src/core/id.ts';
import type { Ingested } from '#src/history/commands/ingest-bundles.ts';
import { createIntake, type Intake } from '#src/history/intake/intake.ts';
import { readInventory } from '#src/history/reads.ts';
import { createClassifier } from '#src/lots/classify.ts';
import { loadLotRules } from '#src/lots/rules.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { seeded } from '#test/kit/seeded.ts';
import { silent, testCtx, type TestDatabase, testDatabase } from '#test/kit/test-database.ts';
import { corpusIsThere, corpusUploads, type CorpusUpload } from './corpus-uploads.ts';

// Everything that was ever recorded of real machines, as uploads, all the way into the history on a real database.
if (!corpusIsThere) process.stdout.write('skipped: the corpus is not at hand (set REANIMATOR_CORPUS)\n');

const LANES = 16;

interface Hub {
  database: TestDatabase;
  ctx: Ctx;
  intake: Intake;
  /** What was logged as an error. */
  errors: string[];
  close(): Promise<void>;
}

async function startHub(): Promise<Hub> {
  const folder = mkdtempSync(path.join(tmpdir(), 'corpus-history-'));
  const database = await testDatabase();
  const store: DirectoryStore = createDirectoryStore({ root: folder, compress: true }, kitForTests('directory'));
  const errors: string[] = [];
  const log = {
    ...silent,
    error: (fields: object, message: string) => void errors.push(`${message} ${JSON.stringify(fields)}`),
  };
  return {
    database,
    ctx: testCtx(database.db, { log, actor: 'uploader' }),
    intake: createIntake({
      store: () => store.objectStore,
      read: (source, signal) => readBundle(source, bundleFormats, undefined, signal),
      check: () => [],
      sort: sortByLot(createClassifier(loadLotRules())),
    }),
    errors,
    async close() {
      await store.close();
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const benchId = (bench: string): string => idFrom('bench', bench);

async function registerBenches(hub: Hub, uploads: readonly CorpusUpload[]): Promise<void> {
  const now = '2026-01-01 00:00:00.000000';
  const benches = new Set(uploads.flatMap(({ bench }) => (bench === null ? [] : [bench])));
  for (const bench of benches)
    await hub.database.db('assets').insert({
      ...{ id: benchId(bench), name: bench, lifecycle_state: 'RECEIVED' },
      ...{ state_since: now, created_at: now, updated_at: now },
    });
}

async function takeAll(hub: Hub, uploads: readonly CorpusUpload[]): Promise<Map<string, Ingested | Error>> {
  const answers = new Map<string, Ingested | Error>();
  const waiting = [...uploads];
  async function lane(): Promise<void> {
    for (let upload = waiting.shift(); upload !== undefined; upload = waiting.shift()) {
      const { name, bytes, bench, collectedAt } = upload;
      const bundle = { sha256: sha256(bytes), bytes: bytes.length, content: bytes };
      const hint = { assetId: bench === null ? null : benchId(bench), collectedAt, fileName: path.basename(name) };
      answers.set(name, await hub.intake.take(hub.ctx, bundle, hint).catch((error: Error) => error));
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
  return answers;
}

const TABLES = [
  'assets',
  'components',
  'identity_cards',
  'identity_keys',
  'identity_reviews',
  'installations',
  'inventories',
  'log_bundles',
  'bundle_reports',
  'lots',
  'observations',
  'retracted_installations',
  'runs',
  'snapshots',
  'timeline_events',
  'events',
];

async function countsOf(hub: Hub): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const [row] = await hub.database.db(table).count({ rows: '*' });
    counts[table] = Number(row?.['rows']);
  }
  return counts;
}

/** What is believed, without when it came to be believed, and through what. */
async function believedBy(from: Hub): Promise<{ installations: string[]; timeline: string[] }> {
  const { db } = from.database;
  const lines = (rows: Record<string, unknown>[]): string[] =>
    rows.map((row) => JSON.stringify({ ...row, recorded_at: undefined, cause: undefined })).toSorted();
  return {
    installations: lines(await db('installations').select('*')),
    timeline: lines(await db('timeline_events').whereNull('retracted_at').where('actor', 'history').select('*')),
  };
}

function shuffled<T>(all: readonly T[], seed: number): T[] {
  const random = seeded(seed);
  return all
    .map((one) => ({ one, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

let uploads: CorpusUpload[];
let hub: Hub;
let other: Hub | undefined;
let answers: Map<string, Ingested | Error>;

beforeAll(async () => {
  if (!corpusIsThere) return;
  uploads = await corpusUploads();
  hub = await startHub();
  await registerBenches(hub, uploads);
  const started = performance.now();
  answers = await takeAll(hub, uploads);
  process.stdout.write(`${uploads.length} uploads in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
});
afterAll(async () => {
  await hub?.close();
  await other?.close();
});

/** Of one kind of upload: files, of them those that a format knows, those with parts, with serials, and those with a place. */
interface KindCount {
  files: number;
  known: number;
  withParts: number;
  withSerials: number;
  placed: number;
  /** Parts whose serial identifies them. */
  identified: number;
}

function least(...of: [number, number, number, number, number, number]): KindCount {
  const [files, known, withParts, withSerials, placed, identified] = of;
  return { files, known, withParts, withSerials, placed, identified };
}

/** No fewer than this; more is no fault. Of the smartctl recordings most have their serials blacked out. */
const AT_LEAST: Record<string, KindCount> = {
  'cardiff-benchmarks': least(15, 15, 15, 0, 15, 0),
  'discovery-json': least(6, 5, 3, 3, 5, 21),
  dmesg: least(1, 0, 0, 0, 0, 0),
  dmidecode: least(219, 219, 207, 30, 31, 109),
  ethtool: least(11, 6, 1, 1, 0, 1),
  ipmitool: least(18, 17, 10, 6, 9, 40),
  lldp: least(12, 12, 0, 0, 0, 0),
  lsblk: least(11, 11, 4, 4, 11, 11),
  lscpu: least(11, 11, 0, 0, 0, 0),
  'lshw-json': least(6, 5, 4, 4, 4, 28),
  'lshw-text': least(3, 3, 3, 3, 2, 7),
  'lshw-xml': least(15, 15, 15, 14, 13, 137),
  lspci: least(9, 6, 6, 0, 0, 0),
  mdadm: least(8, 8, 0, 0, 0, 0),
  'nvidia-smi-xml': least(13, 13, 13, 5, 13, 5),
  nvme: least(9, 9, 5, 5, 9, 8),
  'rocm-smi-json': least(8, 8, 8, 1, 8, 1),
  'smartctl-json': least(188, 188, 31, 30, 188, 30),
  'smartctl-text': least(12, 12, 9, 9, 12, 9),
  'storage-controllers': least(54, 34, 32, 22, 34, 68),
  'vendor-bundles': least(11, 11, 9, 4, 5, 19),
  'vendor-firmware-tools': least(8, 5, 3, 0, 1, 0),
  'ocp-diag': least(33, 12, 7, 7, 0, 57),
  redfish: least(19, 19, 19, 14, 18, 239),
};

interface Fact {
  serial: string;
  kind: string;
  vendor: string | null;
  slot: string | null;
  bytes: number | undefined;
  firmware: string | null;
  health: string | null;
}
const GIB = 1024 ** 3;
const fact = (
  ...of: [string, string, string | null, string | null, number | undefined, string | null, string | null]
): Fact => {
  const [serial, kind, vendor, slot, bytes, firmware, health] = of;
  return { serial, kind, vendor, slot, bytes, firmware, health };
};

// Read by eye in the recordings.
const FACTS: Fact[] = [
  // Dell R750, Redfish
  fact('S6CSNE0RB00699', 'drive', 'dell', 'Disk.Bay.6:Enclosure.Internal.0-1', 1_920_383_410_176, '2.3.0', 'OK'),
  fact('50D2BAFF', 'dimm', 'samsung', 'DIMM.Socket.B2', 16 * GIB, null, 'OK'),
  fact('CNDED003AG4TQF', 'psu', 'dell', 'PSU.Slot.2', undefined, '00.1D.9C', 'OK'),
  // HPE DL380a Gen12
  fact('1FE0A1000C93', 'drive', 'hpe', 'Embedded:Port=10A:Box=1:Bay=4', 3_200_631_791_616, 'HPK6', 'OK'),
  // Supermicro SYS-821GE, whose Redfish puts the maker and the week before the serial of a module
  fact('049469F9', 'dimm', 'samsung', 'P2-DIMMH2', 64 * GIB, null, 'OK'),
  fact('S6CKNN0W501980', 'drive', 'samsung', 'Disk.Bay.6', 7_681_501_126_656, 'GDC5602Q', 'OK'),
  fact('1652323019599', 'gpu', 'nvidia', 'GPU1', undefined, '96.00.61.00.01', 'OK'),
  // Intel S2600BPB
  fact('102E4B24', 'dimm', 'sk-hynix', 'CPU2_DIMM_B1', 8 * GIB, null, 'OK'),
  // Lenovo's ServeRAID, storcli
  fact('WL204LF2', 'drive', 'seagate', 'c0/e252/s7', 16_000_900_661_248, 'SB30', 'OK'),
  // a drive about to fail, smartctl
  fact('MSK423Y20S3HBC', 'drive', 'hgst', null, 500_107_862_016, 'MS1OA650', 'Critical'),
  // Dell R640, dmidecode
  fact('F16A7647', 'dimm', 'micron', 'A1', 8 * GIB, null, null),
  // HP DL360 G7, ipmitool
  fact('185E62C7', 'dimm', 'samsung', 'CPU 1 DIMM 2', 16 * GIB, null, null),
  // A100, nvidia-smi
  fact('1324321002473', 'gpu', 'nvidia', '0000:00:04.0', 40 * GIB, '92.00.45.00.03', null),
];

describe.skipIf(!corpusIsThere)('the whole corpus', () => {
  test('is taken without an error, and as much of it is understood as ever', async () => {
    const broken = [...answers].filter(([, answer]) => answer instanceof Error);
    expect(broken.map(([name, error]) => `${name}: ${String(error)}`)).toEqual([]);
    expect(hub.errors).toEqual([]);
    const { counts, reasons } = await countKinds(hub, uploads);
    for (const [kind, count] of Object.entries(counts)) {
      process.stdout.write(
        `${kind}: ${Object.entries(count)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')}\n`,
      );
      for (const [reason, times] of reasons.get(kind) ?? []) process.stdout.write(`    ${times} × ${reason}\n`);
    }
    process.stdout.write(`${JSON.stringify(await countsOf(hub))}\n`);
    for (const [kind, least] of Object.entries(AT_LEAST))
      for (const [name, value] of Object.entries(least))
        expect([kind, name, Math.min(counts[kind]?.[name as keyof KindCount] ?? 0, value)]).toEqual([
          kind,
          name,
          value,
        ]);
  });

  test.each(FACTS)('$serial is a $kind of $vendor', async ({ serial, kind, vendor, slot, bytes, firmware, health }) => {
    const { db } = hub.database;
    const found = await db('components').where({ vendor_serial: serial });
    expect(found.map((row) => [row['kind'], row['vendor']])).toEqual([[kind, vendor]]);
    const stays = await db('installations').where({ component_id: found[0]?.['id'] }).whereNull('removed_at');
    expect(stays).toHaveLength(1);
    const inventory = await readInventory(
      hub.ctx,
      { type: 'asset', id: String(stays[0]?.['asset_id']) },
      { asOf: null, knownAt: null },
    );
    const part = inventory.components.find((one) => one.componentId === found[0]?.['id']);
    expect(part).toMatchObject({ kind, slot, firmware, health });
    expect(part?.attributes['capacityBytes']).toBe(bytes);
  });

  test('a board and a drive that tools spell differently are one part', async () => {
    const { db } = hub.database;
    const slots = async (serial: string): Promise<unknown[]> => {
      const rows = await db('installations')
        .join('components', 'components.id', 'installations.component_id')
        .where('components.vendor_serial', serial)
        .select('installations.slot');
      return [...new Set(rows.map((row) => row['slot'] as unknown))];
    };
    // `.2RJF153.CNIVC0005G0184.` to dmidecode and CNIVC0005G0184 to ipmitool
    expect(await slots('CNIVC0005G0184')).toEqual(['System Board']);
    const spelled = await db('components').where('vendor_serial', 'like', '.%.CN%').select('vendor_serial');
    expect(spelled).toEqual([]);
    // without what drives of SAS put behind their own number
    expect(await db('components').where('vendor_serial', '6XP2FK73')).toHaveLength(1);
  });

  test('nothing that identifies nothing became an identity', async () => {
    const { db } = hub.database;
    const rows: { kind: string; vendor_serial: string }[] = await db('components')
      .where('identity', 'serial')
      .select('kind', 'vendor_serial');
    const odd = rows.filter(({ vendor_serial: serial }) =>
      /^(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2}$|REDACT|REMOVED|XXXX|^0+$|SPECIFIED|FILLED/.test(serial),
    );
    expect(odd).toEqual([]);
    const machines: { vendor_serial: string }[] = await db('assets')
      .whereNotNull('vendor_serial')
      .select('vendor_serial');
    const ofMachines = new Set(machines.map((row) => row.vendor_serial.toUpperCase()));
    expect(rows.filter(({ vendor_serial: serial }) => ofMachines.has(serial)).map((row) => row.vendor_serial)).toEqual(
      // samples of bmclib: one made-up number for machines and boards of several bodies
      ['FOOBAR123'],
    );
  });

  test('sent again changes nothing', async () => {
    const [counts, believed] = [await countsOf(hub), await believedBy(hub)];
    const again = await takeAll(hub, shuffled(uploads, 3));
    expect([...again.values()].filter((answer) => answer instanceof Error || answer.isNew)).toEqual([]);
    expect(await countsOf(hub)).toEqual(counts);
    expect(await believedBy(hub)).toEqual(believed);
  });

  test('in another order gives the same history', async () => {
    other = await startHub();
    await registerBenches(other, uploads);
    const second = await takeAll(other, shuffled(uploads, 5));
    expect([...second.values()].filter((answer) => answer instanceof Error)).toEqual([]);
    const [one, two] = [await believedBy(hub), await believedBy(other)];
    expect(one.installations.length).toBeGreaterThan(1700);
    expect(two.installations).toEqual(one.installations);
    expect(two.timeline).toEqual(one.timeline);
  });
});

interface KeptFile {
  format: string | null;
  components: number;
  warnings: string[];
}
interface KeptSnapshot {
  components: number;
  identified: number;
  evidence: string[];
  warnings: string[];
}

async function countKinds(
  from: Hub,
  all: readonly CorpusUpload[],
): Promise<{ counts: Record<string, KindCount>; reasons: Map<string, Map<string, number>> }> {
  const { db } = from.database;
  const rows: { sha: string; body: string }[] = await db('log_bundles')
    .join('bundle_reports', 'bundle_reports.id', 'log_bundles.report_id')
    .select({ sha: db.raw('LOWER(HEX(log_bundles.sha256))') }, 'bundle_reports.body');
  const reports = new Map(
    rows.map(({ sha, body }) => [sha, JSON.parse(body) as { files: KeptFile[]; snapshots: KeptSnapshot[] }]),
  );
  const counts: Record<string, KindCount> = {};
  const reasons = new Map<string, Map<string, number>>();
  for (const { kind, bytes } of all) {
    const report = reports.get(sha256(bytes));
    if (report === undefined) throw new Error('an upload that was taken has no report');
    const count = (counts[kind] ??= least(0, 0, 0, 0, 0, 0));
    const identified = report.snapshots.reduce((sum, one) => sum + one.identified, 0);
    count.files += 1;
    if (report.files.some(({ format }) => format !== null)) count.known += 1;
    if (report.snapshots.some(({ components }) => components > 0)) count.withParts += 1;
    if (identified > 0) count.withSerials += 1;
    if (report.snapshots.some(({ evidence }) => evidence.length > 0)) count.placed += 1;
    count.identified += identified;
    if (identified > 0) continue;
    const reason = whyNone(report);
    const own = reasons.get(kind) ?? new Map<string, number>();
    own.set(reason, (own.get(reason) ?? 0) + 1);
    reasons.set(kind, own);
  }
  return { counts, reasons };
}

/** Why an upload shows no part that can be followed. */
function whyNone({ files, snapshots }: { files: KeptFile[]; snapshots: KeptSnapshot[] }): string {
  if (files.every(({ format }) => format === null)) return 'no format is known for it';
  const parts = files.reduce((sum, { components }) => sum + components, 0);
  if (parts > 0) return 'its parts have no serial number that identifies them';
  const warning = [...files, ...snapshots].flatMap(({ warnings }) => warnings)[0];
  return warning === undefined ? 'it speaks of no parts' : `it shows no parts: ${warning.slice(0, 100)}`;
}
