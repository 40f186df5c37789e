import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ComponentKind } from '../../src/ports/hardware-inventory.ts';
import { countKinds, readBmc } from './kit-for-tests.ts';
import { startBmcSimulator } from './simulator.ts';
import { recordedTrees } from './simulator/tree.ts';
import { corpusPath } from '#test/kit/corpus.ts';

// Recordings of real BMCs are not part of the project; where they are at hand, every one of them is read.
const corpus = corpusPath('redfish');
const trees = recordedTrees(corpus);
if (trees.length === 0)
  process.stdout.write(`skipped: no recorded Redfish trees at ${corpus} (set REANIMATOR_CORPUS)\n`);

interface Resource {
  path: string;
  body: Record<string, unknown>;
}

/** Every file of a recording, read without any of the adapter's code. */
function resourcesOf(folder: string): Resource[] {
  return readdirSync(join(folder, 'redfish'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('/index.json'))
    .map((file) => ({
      path: `/redfish/${file.slice(0, -'/index.json'.length)}`,
      body: JSON.parse(readFileSync(join(folder, 'redfish', file), 'utf8').replace(/^\uFEFF/, '')) as Record<
        string,
        unknown
      >,
    }));
}

function isPresent(body: Record<string, unknown>): boolean {
  return (body['Status'] as { State?: unknown } | undefined)?.State !== 'Absent' && body['error'] === undefined;
}

const folded = (path: unknown) => String(path).replace(/\/+$/, '').toLowerCase();

/** A plain count of what lies in the files, for the kinds where a file is a part. */
function countFiles(all: Resource[]): Partial<Record<ComponentKind, number>> {
  const at = (pattern: RegExp) =>
    all.filter(({ path, body }) => pattern.test(path) && isPresent(body)).map(({ body }) => body);
  const processors = at(/^\/redfish\/v1\/Systems\/[^/]+\/Processors\/[^/]+$/);
  const driveLinks = at(/^\/redfish\/v1\/Systems\/[^/]+\/Storage\/[^/]+$/).flatMap(
    (body) => (body['Drives'] ?? []) as { '@odata.id': string }[],
  );
  const drives = new Set(driveLinks.map((link) => folded(link['@odata.id'])));
  const subsystem = at(/^\/redfish\/v1\/Chassis\/[^/]+\/PowerSubsystem\/PowerSupplies\/[^/]+$/);
  const old = at(/^\/redfish\/v1\/Chassis\/[^/]+\/Power$/).flatMap(
    (body) => (body['PowerSupplies'] ?? []) as Record<string, unknown>[],
  );
  return {
    cpu: processors.filter((body) => body['ProcessorType'] === 'CPU').length,
    dimm: at(/^\/redfish\/v1\/Systems\/[^/]+\/Memory\/[^/]+$/).filter(
      (body) => !String(body['MemoryDeviceType']).startsWith('HBM'),
    ).length,
    ...(drives.size === 0
      ? {}
      : { drive: all.filter(({ path, body }) => drives.has(folded(path)) && isPresent(body)).length }),
    psu: subsystem.length > 0 ? subsystem.length : old.filter(isPresent).length,
    bmc: at(/^\/redfish\/v1\/Managers\/[^/]+$/).length,
  };
}

describe.skipIf(trees.length === 0).each(trees)('$name', ({ name, folder }) => {
  test('is read whole, in one session, two requests at a time', async () => {
    const bmc = await startBmcSimulator({ tree: folder, latencyMs: 1 });
    const report = await readBmc(bmc);
    const counters = bmc.counters();
    await bmc.close();
    process.stdout.write(
      `${name}: ${report.requests} requests, ${report.components.length} parts, ${report.warnings.length} warnings\n`,
    );

    const slots = report.components.map(({ kind, slot }) => `${kind} ${slot}`);
    expect(new Set(slots).size).toBe(slots.length);
    expect(slots.every((slot) => slot.trim() === slot && slot.length < 200)).toBe(true);
    expect(counters).toMatchObject({ sessionsOpened: 1, sessionsClosed: 1, refusedLogins: 0 });
    expect(counters.maxInFlight).toBeLessThanOrEqual(2);
    // All but the one that deletes the session, which the next read would have used.
    expect(report.requests).toBe(counters.requests - 1);

    const found = countKinds(report);
    const files = countFiles(resourcesOf(folder));
    for (const kind of report.scope) if (kind in files) expect([kind, found[kind] ?? 0]).toEqual([kind, files[kind]]);
    const serials = report.components
      .filter((one) => one.serial !== null && one.kind !== 'dimm')
      .map(({ kind, serial }) => `${kind} ${serial ?? ''}`);
    // NVIDIA's baseboard gives all its GPUs its own serial; elsewhere a serial is one part
    if (!name.includes('gb300')) expect(new Set(serials).size).toBe(serials.length);
    expect(report.components.every((one) => [null, 'OK', 'Warning', 'Critical'].includes(one.health))).toBe(true);
    // Recordings were trimmed; what is missing in them must be said, and kinds concerned must be out of scope.
    if (report.warnings.length === 0) expect(report.scope).toContain('bmc');
  });

  test('gives the same without $expand', async () => {
    const advertised = await startBmcSimulator({ tree: folder });
    const ignored = await startBmcSimulator({ tree: folder, expand: 'ignored' });
    const [one, other] = [await readBmc(advertised), await readBmc(ignored)];
    await Promise.all([advertised.close(), ignored.close()]);
    expect(other.components).toEqual(one.components);
    expect(other.scope).toEqual(one.scope);
    expect(other.requests).toBeGreaterThanOrEqual(one.requests);
  });
});

describe.skipIf(trees.length === 0)('secrets', () => {
  test('attribute resources, which carry password hashes, are never asked for', async () => {
    for (const { folder } of trees.filter(({ vendor }) => vendor === 'dell')) {
      const bmc = await startBmcSimulator({ tree: folder });
      await readBmc(bmc);
      const paths = bmc.requests.map(({ path }) => path);
      await bmc.close();
      expect(paths.filter((path) => /Attributes|Accounts|SystemConfiguration/i.test(path))).toEqual([]);
    }
  });
});
