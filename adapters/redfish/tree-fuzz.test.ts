import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileReading, SourceFile } from '../../src/ports/bundle-format.ts';
import { COMPONENT_KINDS } from '../../src/ports/hardware-inventory.ts';
import { simulatedTree, SIMULATED_TREES } from './simulator/simulated-tree.ts';
import { asFile, asMockup } from './tree-kit-for-tests.ts';
import { redfishResource } from './tree-resource.ts';
import { redfishTree } from './tree.ts';

/** As a bundle is read: the trees first, then what is left, file by file. */
async function readBundle(files: readonly SourceFile[]): Promise<FileReading[]> {
  const trees = redfishTree.find(files);
  const inTrees = trees.flat();
  expect(new Set(inTrees).size).toBe(inTrees.length);
  const readings: FileReading[] = [];
  for (const tree of trees) readings.push(...(await redfishTree.read(tree)));
  for (const file of files)
    if (!inTrees.includes(file) && redfishResource.recognises(file)) readings.push(...redfishResource.read(file));
  for (const reading of readings) {
    const slots = reading.components.map(({ kind, slot }) => `${kind} ${slot ?? ''}`);
    expect(new Set(slots).size).toBe(slots.length);
    expect(reading.components.every(({ kind }) => COMPONENT_KINDS.includes(kind))).toBe(true);
    expect(() => structuredClone(reading)).not.toThrow();
  }
  return readings;
}

const strange = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'null', [], {}, [null], 0, -1, true, '1e999', '\u0000', 1e308),
  fc.constantFrom<unknown>({ '@odata.id': '/redfish/v1/Systems' }, { '@odata.id': 7 }, { '@odata.id': '//' }),
  fc.constantFrom<unknown>({ '@odata.id': '/redfish/v1/%zz#' }, { error: { code: 7 } }, '#Drive.v1.Drive'),
  fc.jsonValue({ maxDepth: 2 }),
);
const change = fc.oneof(
  fc.record({ what: fc.constant('delete' as const), file: fc.nat() }),
  fc.record({ what: fc.constant('copy' as const), file: fc.nat(), to: fc.constantFrom('x.json', 'a/redfish/v1.json') }),
  fc.record({ what: fc.constant('cut' as const), file: fc.nat(), at: fc.nat() }),
  fc.record({ what: fc.constant('bytes' as const), file: fc.nat(), bytes: fc.uint8Array({ maxLength: 80 }) }),
  fc.record({ what: fc.constant('value' as const), file: fc.nat(), at: fc.nat(), value: strange }),
);

/** One value anywhere in the body is replaced. */
function withValue(json: unknown, at: number, value: unknown): unknown {
  const copy = structuredClone(json);
  const places: [Record<string, unknown>, string][] = [];
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const key of Object.keys(holder)) {
      places.push([holder as Record<string, unknown>, key]);
      visit((holder as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place !== undefined) place[0][place[1]] = structuredClone(value);
  return copy;
}

function changed(
  files: readonly SourceFile[],
  changes: readonly (typeof change extends fc.Arbitrary<infer T> ? T : never)[],
) {
  const result = [...files];
  for (const one of changes) {
    const at = one.file % Math.max(1, result.length);
    const file = result[at];
    if (file === undefined) continue;
    if (one.what === 'delete') result.splice(at, 1);
    if (one.what === 'copy') result.push(asFile(one.to, file.bytes));
    if (one.what === 'cut') result[at] = asFile(file.path, file.bytes.subarray(0, one.at % file.bytes.length));
    if (one.what === 'bytes') result[at] = asFile(file.path, Buffer.concat([Buffer.from(one.bytes), file.bytes]));
    if (one.what === 'value') result[at] = asFile(file.path, withValue(file.json() ?? {}, one.at, one.value));
  }
  return result;
}

describe.each(SIMULATED_TREES)('%s, with files lost, cut and changed', (name) => {
  test('never throws, and still reads most', async () => {
    const files = asMockup(simulatedTree(name), 'dump/');
    let parts = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const readings = await readBundle(changed(files, changes));
        parts += readings.flatMap(({ components }) => components).length;
      }),
      { numRuns: 100, plugins: [fc.unbiased()] },
    );
    expect(parts).toBeGreaterThan(100);
  }, 60_000);

  test('in one document, never throws', async () => {
    const crawl = JSON.stringify(simulatedTree(name));
    const lines = Object.entries(simulatedTree(name)).map(([uri, body]) => JSON.stringify({ uri, body }));
    await fc.assert(
      fc.asyncProperty(fc.nat(crawl.length), fc.nat(40), fc.string(), strange, async (at, length, text, value) => {
        await readBundle([asFile('a', crawl.slice(0, at) + text + crawl.slice(at + length))]);
        await readBundle([asFile('b', withValue(simulatedTree(name), at, value))]);
        await readBundle([asFile('c', lines.join('\n').slice(0, at) + text)]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

test('random bytes and random JSON never throw', async () => {
  const start = fc.constantFrom(
    '',
    '{',
    '[',
    '{"@odata.id":"/redfish/v1/',
    '[{"uri":"/redfish/v1","body":',
    '{"log":{"entries":',
  );
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 300 }), fc.json(), async (head, bytes, json) => {
      await readBundle([asFile('a', Buffer.concat([Buffer.from(head), Buffer.from(bytes)])), asFile('b', head + json)]);
    }),
    { numRuns: 300 },
  );
});

describe('hostile crawls end soon', () => {
  const link = (path: string) => ({ '@odata.id': path });
  const list = (paths: string[]) => ({ Members: paths.map(link) });
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

  async function timed(crawl: unknown): Promise<FileReading[]> {
    const begin = performance.now();
    const readings = await readBundle([asFile('x', crawl)]);
    expect(performance.now() - begin).toBeLessThan(15_000);
    return readings;
  }

  test('thousands of boards that share thousands of modules', async () => {
    const crawl: Record<string, object> = {
      '/redfish/v1': { Systems: link('/redfish/v1/Systems') },
      '/redfish/v1/Systems': list(numbers(4_000).map((at) => `/redfish/v1/Systems/${at}`)),
      '/redfish/v1/Memory': list(numbers(4_000).map((at) => `/redfish/v1/Memory/${at}`)),
    };
    for (const at of numbers(4_000)) {
      // The first has a BIOS: the others are boards of its.
      const bios = at === 0 ? { Bios: link('/redfish/v1/Systems/0/Bios') } : {};
      crawl[`/redfish/v1/Systems/${at}`] = { ...bios, Memory: link('/redfish/v1/Memory') };
      crawl[`/redfish/v1/Memory/${at}`] = { Id: String(at), SerialNumber: `EX${at}` };
    }
    const [reading] = await timed(crawl);
    expect(reading?.components).toEqual([]);
    expect(reading?.warnings.join()).toContain('links without end');
  });

  test('a hundred thousand fans of one name', async () => {
    const [reading] = await timed({
      '/redfish/v1': { Systems: link('/redfish/v1/Systems'), Chassis: link('/redfish/v1/Chassis') },
      '/redfish/v1/Systems': list(['/redfish/v1/Systems/1']),
      '/redfish/v1/Systems/1': { SerialNumber: 'EX1' },
      '/redfish/v1/Chassis': list(['/redfish/v1/Chassis/1']),
      '/redfish/v1/Chassis/1': { Thermal: link('/redfish/v1/Thermal') },
      '/redfish/v1/Thermal': { Fans: numbers(100_000 - 100).map(() => ({ ...link('/f'), Name: 'Fan' })) },
    });
    expect(reading?.components).toHaveLength(3_000);
    expect(reading?.scope).not.toContain('fan');
    expect(reading?.warnings.join()).toContain('more than 3000');
  });

  test('lists that go round, and answers in answers in answers', async () => {
    const round = { ...list(['/redfish/v1/Systems']), 'Members@odata.nextLink': '/redfish/v1/Systems?$skip=1' };
    await timed({ '/redfish/v1': { Systems: link('/redfish/v1/Systems') }, '/redfish/v1/Systems': round });
    await timed(`${'{"body":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    await timed(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const [reading] = await timed(
      `{"/redfish/v1": {"Systems": {"@odata.id": "/redfish/v1/Systems"}, "UpdateService": {"@odata.id": "/redfish/v1/u"}},
        "/redfish/v1/u": {"error": {"@Message.ExtendedInfo": ${deep}}},
        "/redfish/v1/Systems": {"Members": [{"@odata.id": "/redfish/v1/s"}]}, "/redfish/v1/s": {"SerialNumber": ${deep}}}`,
    );
    expect(reading?.warnings.join()).toContain('answered with an error');
    await timed(`{"@odata.id":"/redfish/v1","@odata.type":"#A.b","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  });

  test('thirty thousand roots in thirty thousand folders', async () => {
    const root = JSON.stringify({ '@odata.id': '/redfish/v1', Systems: link('/redfish/v1/Systems') });
    const begin = performance.now();
    expect(redfishTree.find(numbers(30_000).map((at) => asFile(`a/${at}/root.json`, root)))).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(15_000);
  });
});
