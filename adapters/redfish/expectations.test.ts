import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { COMPONENT_KINDS, type InventoryReport } from '../../src/ports/hardware-inventory.ts';
import { countKinds, readBmc } from './kit-for-tests.ts';
import { startBmcSimulator } from './simulator.ts';
import { corpusPath } from '#test/kit/corpus.ts';

// What stands in each recording, found without any of the adapter's code: see expectations/README.md.

const folder = join(import.meta.dirname, 'expectations');
const corpus = corpusPath('redfish');
const trees = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .filter((name) => existsSync(join(corpus, name, 'redfish/v1/index.json')));
if (trees.length === 0) process.stdout.write(`skipped: no recordings at ${corpus} (set REANIMATOR_CORPUS)\n`);

const Expectation = z.strictObject({
  counts: z.partialRecord(z.enum(COMPONENT_KINDS), z.number()),
  open: z.array(z.enum(COMPONENT_KINDS)),
  system: z.strictObject({
    model: z.string().nullable(),
    serial: z.string().nullable(),
    sku: z.string().nullable(),
    uuid: z.string().nullable(),
    bios: z.string().nullable(),
    memoryGiB: z.number().nullable(),
    processors: z.number().nullable(),
  }),
  bmcFirmware: z.array(z.string()),
  serials: z.partialRecord(z.enum(COMPONENT_KINDS), z.array(z.string())),
  nicMacs: z.array(z.string()),
  bmcMacs: z.array(z.string()),
  firmwareRows: z.number(),
  firmware: z.string(),
  requestsAtMost: z.number(),
});

/** Serials and addresses of real machines are not written down here. */
function digest(text: string): string {
  return createHash('sha256').update(`reanimator redfish expectations|${text}`).digest('hex').slice(0, 12);
}

const digestOf = (text: string | null) => (text === null ? null : digest(text));
const sorted = (texts: readonly (string | null)[]) =>
  texts
    .filter((text) => text !== null)
    .map(digest)
    .toSorted();

describe.skipIf(trees.length === 0).each(trees)('%s', (name) => {
  const wanted = Expectation.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
  let report: InventoryReport;
  const of = (kind: string) => report.components.filter((one) => one.kind === kind);
  const macsOf = (kind: string) =>
    sorted(
      of(kind)
        .flatMap(({ attributes }) => attributes['macAddresses'] as string[])
        .map((mac) => (mac as string | undefined)?.replaceAll(':', '') ?? null),
    );

  beforeAll(async () => {
    const bmc = await startBmcSimulator({ tree: join(corpus, name) });
    report = await readBmc(bmc);
    await bmc.close();
  });

  test('has so many of each kind, and those that could be read are in scope', () => {
    expect(countKinds(report)).toEqual(wanted.counts);
    const whole = Object.keys(wanted.counts).filter((kind) => !wanted.open.some((one) => one === kind));
    expect(report.scope).toEqual(expect.arrayContaining(whole));
    for (const kind of wanted.open) expect(report.scope).not.toContain(kind);
  });

  test('shows the serials', () => {
    const shown = Object.fromEntries(
      COMPONENT_KINDS.map((kind) => [kind, sorted(of(kind).map(({ serial }) => serial))] as const).filter(
        ([kind, serials]) => serials.length > 0 && kind !== 'bmc',
      ),
    );
    expect(shown).toEqual(wanted.serials);
  });

  test('shows the addresses', () => {
    expect(macsOf('nic')).toEqual(wanted.nicMacs);
    expect(macsOf('bmc')).toEqual(wanted.bmcMacs);
  });

  test('says what the machine and its firmware are', () => {
    const { model, serial, sku, uuid, biosVersion: bios, totalMemoryBytes, processorCount: processors } = report.system;
    expect({
      ...{ model, bios, processors, serial: digestOf(serial), sku: digestOf(sku), uuid: digestOf(uuid) },
      memoryGiB: totalMemoryBytes === null ? null : totalMemoryBytes / 1024 ** 3,
    }).toEqual(wanted.system);
    expect(
      of('bmc')
        .map(({ firmware }) => firmware)
        .toSorted(),
    ).toEqual(wanted.bmcFirmware);
    const rows = report.firmware.map(({ id, version }) => [id, version] as const);
    expect(rows).toHaveLength(wanted.firmwareRows);
    const ordered = rows.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
    expect(digest(JSON.stringify(ordered))).toBe(wanted.firmware);
  });

  test('takes no more requests than that', () => {
    expect(report.requests).toBeLessThanOrEqual(wanted.requestsAtMost);
  });
});

describe.skipIf(trees.length === 0)('the recordings', () => {
  test('have an expectation each', () => {
    const recorded = readdirSync(corpus).filter((name) =>
      existsSync(join(corpus, name, 'redfish/v1/Systems/index.json')),
    );
    expect(
      recorded.filter((name) => existsSync(join(corpus, name, 'redfish/v1/index.json')) && !trees.includes(name)),
    ).toEqual([]);
  });
});
