import { describe, expect, test } from 'vitest';
import type { FileReading, SourceFile } from '../../src/ports/bundle-format.ts';
import { reportToReading } from '../../src/ports/inventory-to-reading.ts';
import { readBmc } from './kit-for-tests.ts';
import { startBmcSimulator } from './simulator.ts';
import { simulatedTree, SIMULATED_TREES } from './simulator/simulated-tree.ts';
import type { Tree } from './simulator/tree.ts';
import { asFile, asMockup, readTrees } from './tree-kit-for-tests.ts';
import { redfishResource } from './tree-resource.ts';
import { redfishTree } from './tree.ts';

const dell = withManagerTime(simulatedTree('dell'), '2024-05-01T10:00:00-05:00');

/** A copy of the tree in which every body says its address and its type, as real ones do. */
function withManagerTime(tree: Tree, time: string, offset?: string): Tree {
  const copy = structuredClone(tree);
  for (const [path, body] of Object.entries(copy))
    if (/^\/redfish\/v1\/Managers\/[^/]+$/.test(path))
      Object.assign(body, { DateTime: time, DateTimeLocalOffset: offset });
  return copy;
}

const entries = Object.entries(dell);
const withId = (path: string, body: object) => ({ '@odata.id': path, ...body });

/** Every member and link of one's own written out in its place, as `$expand=*($levels=…)` does. */
function expanded(path: string, depth = 0): object {
  const write = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(write);
    if (typeof value !== 'object' || value === null) return value;
    const link = (value as { '@odata.id'?: unknown })['@odata.id'];
    const inside = typeof link === 'string' && link.startsWith(`${path}/`);
    if (inside && Object.keys(value).length === 1 && dell[link] !== undefined && depth < 8)
      return expanded(link, depth + 1);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, write(inner)]));
  };
  const body = dell[path] ?? {};
  const type = { '@odata.type': '#Any.v1_0_0.Any', Name: 'Any' };
  return {
    ...type,
    ...withId(path, Object.fromEntries(Object.entries(body).map(([name, inner]) => [name, write(inner)]))),
  };
}

const har = (origin: string, encode: (text: string) => object) => ({
  log: {
    version: '1.2',
    entries: [
      ...entries.map(([path, body]) => ({
        startedDateTime: '2024-06-02T03:04:05.000Z',
        request: { method: 'GET', url: `${origin}${path}` },
        response: { status: 200, content: { mimeType: 'application/json', ...encode(JSON.stringify(body)) } },
      })),
      {
        request: { method: 'POST', url: `${origin}/redfish/v1/SessionService/Sessions` },
        response: { status: 201, content: { text: '{"UserName":"root"}' } },
      },
      {
        request: { method: 'GET', url: `${origin}${entries.at(-1)?.[0] ?? ''}` },
        response: { status: 503, content: { text: '{"error":{}}' } },
      },
    ],
  },
});

const shapes: Record<string, SourceFile[]> = {
  'a mockup tree in a folder': asMockup(dell, 'server-17/dump/'),
  'a tree of <path>.json': entries.map(([path, body]) => asFile(`${path.slice(1)}.json`, body)),
  'flat files': entries.map(([path, body], at) => asFile(`answers/${at}.txt`, withId(path, body))),
  'flat files beside others': [
    ...entries.map(([path, body], at) => asFile(`a/${at}.json`, withId(path, body))),
    asFile('a/readme.txt', 'Redfish'),
    asFile('a/smart.json', { smartctl: {} }),
  ],
  'an object by address': [asFile('crawl.json', Object.fromEntries(entries))],
  'an object by address and slash, inside another': [
    asFile('crawl.json', { tool: 'x', crawl: Object.fromEntries(entries.map(([path, body]) => [`${path}/`, body])) }),
  ],
  'an object by chapters': [
    asFile('crawl.json', {
      all: Object.fromEntries(entries.filter(([path]) => !path.includes('/Chassis'))),
      chassis: Object.fromEntries(entries.filter(([path]) => path.includes('/Chassis'))),
    }),
  ],
  'an array of {uri, body}': [
    asFile(
      'x',
      entries.map(([uri, body]) => ({ uri, body })),
    ),
  ],
  'an array of {path, status, response: {data}}': [
    asFile('x', [
      ...entries.map(([path, data]) => ({ path, status: 200, response: { data } })),
      { path: '/redfish/v1/Systems', status: 500, response: { data: { error: {} } } },
    ]),
  ],
  'an array of {url, body as text}': [
    asFile(
      'x',
      entries.map(([path, body]) => ({ url: `https://192.0.2.7${path}`, content: JSON.stringify(body) })),
    ),
  ],
  'an array of bodies': [
    asFile(
      'x',
      entries.map(([path, body]) => ({ '@odata.type': '#Any.v1_0_0.Any', ...withId(path, body) })),
    ),
  ],
  'JSON lines': [asFile('x', entries.map(([uri, body]) => JSON.stringify({ uri, body })).join('\r\n'))],
  'an HTTP archive': [
    asFile(
      'x',
      har('https://192.0.2.7', (text) => ({ text })),
    ),
  ],
  'an HTTP archive in base64': [
    asFile(
      'x',
      har('https://bmc', (text) => ({ encoding: 'base64', text: Buffer.from(text).toString('base64') })),
    ),
  ],
  'one answer with everything expanded': [asFile('x', expanded('/redfish/v1'))],
  'a tree without its root': asMockup(dell).filter(({ path }) => path !== 'redfish/v1/index.json'),
};

async function only(files: readonly SourceFile[]): Promise<FileReading> {
  const readings = await readTrees(files);
  expect(readings).toHaveLength(1);
  return readings[0] as FileReading;
}

describe.each(SIMULATED_TREES)('%s', (name) => {
  test('says out of files what it says over the network', async () => {
    const tree = simulatedTree(name);
    const bmc = await startBmcSimulator({ tree });
    const live = reportToReading(await readBmc(bmc));
    await bmc.close();
    const reading = await only(asMockup(tree));
    expect({ ...reading, collectedAt: null }).toEqual({ ...live, collectedAt: null });
    expect(reading.components.filter(({ serial }) => serial !== null).length).toBeGreaterThan(5);
  });
});

describe('a crawl', () => {
  test.each(Object.entries(shapes))('as %s', async (shape, files) => {
    const expected = await only(asMockup(dell));
    const reading = await only(files);
    expect(reading.components).toEqual(expected.components);
    expect(reading.scope).toEqual(expected.scope);
    expect(reading.host).toEqual(expected.host);
    expect(reading.warnings).toEqual([]);
    expect(reading.collectedAt).toBe('2024-05-01T15:00:00.000Z');
    // whether the root is there is seen in the version alone
    if (shape !== 'a tree without its root') expect(reading.system).toEqual(expected.system);
  });

  test('of two servers is two readings', async () => {
    const hpe = simulatedTree('hpe');
    const both = { '192.0.2.7': dell, '192.0.2.8': hpe };
    const apart = [await only(asMockup(dell)), await only(asMockup(hpe))];
    const origin = (tree: Tree, host: string) =>
      Object.entries(tree).map(([path, body]) => ({ url: `https://${host}${path}`, body }));
    expect(await readTrees([asFile('x', both)])).toEqual(apart);
    expect(await readTrees([...asMockup(dell, 'a/'), ...asMockup(hpe, 'b/')])).toEqual(apart);
    expect(await readTrees([asFile('x', [...origin(dell, 'a'), ...origin(hpe, 'b')])])).toEqual(apart);
  });

  test('with a broken line says so and reads the rest', async () => {
    const lines = [...entries.map(([uri, body]) => JSON.stringify({ uri, body })), '{"uri": "/redfish/v1/Sys'];
    const reading = await only([asFile('crawl.jsonl', lines.join('\n'))]);
    expect(reading.components).toEqual((await only(asMockup(dell))).components);
    expect(reading.warnings).toEqual([`crawl.jsonl: 1 of the lines are not JSON (line ${lines.length})`]);
  });
});

describe('a tree', () => {
  test('without one file of a list leaves that kind out of scope', async () => {
    const files = asMockup(dell);
    const gone = files.find(({ path }) => /Memory\/[^/]+\/index/.test(path));
    const reading = await only(files.filter((file) => file !== gone));
    const whole = await only(files);
    expect(whole.scope).toContain('dimm');
    expect(reading.scope).toEqual(whole.scope.filter((kind) => kind !== 'dimm'));
    expect(reading.warnings.join()).toMatch(/Memory\S+ is not among the files \(dimm incomplete\)/);
    expect(reading.components.filter(({ kind }) => kind === 'dimm').length).toBe(
      whole.components.filter(({ kind }) => kind === 'dimm').length - 1,
    );
  });

  test('does not take a directory of addresses and types for the resources themselves', async () => {
    const Instances = entries.map(([path]) => ({
      '@odata.id': path,
      '@odata.type': '#Memory.v1_0_0.Memory',
      etag: 'x',
    }));
    const directory = asFile('redfish/v1/ResourceDirectory/index.json', withId('/redfish/v1/Directory', { Instances }));
    const files = asMockup(dell).filter(({ path }) => !/Memory\/[^/]*A1\/index/.test(path));
    expect(files.length).toBe(entries.length - 1);
    const without = await only(files);
    expect(await only([...files, directory])).toEqual(without);
    expect(without.scope).not.toContain('dimm');
  });

  test('takes error bodies and headers of its folders, and nothing else', () => {
    const inside = [
      asFile('s/redfish/v1/Oem/index.json', { error: { code: 'x' } }),
      asFile('s/redfish/v1/headers.json', { GET: {} }),
    ];
    const outside = [
      asFile('s/smart.json', { smartctl: {} }),
      asFile('other/redfish/v1/Oem/index.json', { error: {} }),
    ];
    const mockup = asMockup(dell, 's/');
    const found = redfishTree.find([...outside, ...mockup, ...inside]);
    expect(found).toHaveLength(1);
    expect(new Set(found[0])).toEqual(new Set([...mockup, ...inside]));
  });

  test.each([
    ['2024-05-01T10:00:00Z', undefined, '2024-05-01T10:00:00.000Z'],
    ['2024-05-01T10:00:00', '+02:00', '2024-05-01T08:00:00.000Z'],
    ['2024-05-01T10:00:00+0200', undefined, '2024-05-01T08:00:00.000Z'],
    ['1970-01-01T00:02:11Z', undefined, null],
    ['2014-12-31T23:59:59Z', undefined, null],
    ['2024-13-01T10:00:00Z', undefined, null],
    ['yesterday', undefined, null],
  ])('whose BMC shows %s (%s) was collected at %s', async (time, offset, expected) => {
    const files = asMockup(withManagerTime(simulatedTree('hpe'), time, offset));
    expect((await only(files)).collectedAt).toBe(expected);
  });

  test('of another server behind the same BMC reads the first, and says so', async () => {
    const tree = structuredClone(dell) as Record<string, Record<string, unknown>>;
    const first = Object.keys(tree).find((path) => /^\/redfish\/v1\/Systems\/[^/]+$/.test(path)) ?? '';
    const other = { '@odata.id': '/redfish/v1/Systems/Other', SKU: 'OTHER', Links: {} };
    tree['/redfish/v1/Systems/Other'] = { ...tree[first], ...other };
    (tree['/redfish/v1/Systems'] as { Members: object[] }).Members.push({ '@odata.id': '/redfish/v1/Systems/Other' });
    const reading = await only(asMockup(tree));
    const alone = await only(asMockup(dell));
    expect(reading.components).toEqual(alone.components);
    expect(reading.host).toEqual(alone.host);
    expect(reading.warnings.join()).toContain('a further server behind the same BMC');
  });

  test('is none where samples of several machines lie together', () => {
    const id = '/redfish/v1/Systems/1';
    const system = (SerialNumber: string) => ({ '@odata.id': id, '@odata.type': '#ComputerSystem.v1.X', SerialNumber });
    const list = { '@odata.id': '/redfish/v1/Systems', Members: [{ '@odata.id': id }] };
    const one = [asFile('a.json', list), asFile('b.json', system('EX1'))];
    expect(redfishTree.find(one)).toHaveLength(1);
    expect(redfishTree.find([...one, asFile('c.json', system('EX2'))])).toEqual([]);
  });

  test('keeps secrets out of its readings', async () => {
    const secret = 'S3CRET-HASH';
    const hidden = {
      'Users.2.SHA256Password': secret,
      'Users.2.SHA256PasswordSalt': secret,
      'Users.2.IPMIKey': secret,
    };
    const tree = structuredClone(dell) as Record<string, Record<string, unknown>>;
    for (const body of Object.values(tree))
      Object.assign(body, { Password: secret, Oem: { ...(body['Oem'] as object | undefined), Other: hidden } });
    tree['/redfish/v1/Managers/iDRAC.Embedded.1/Attributes'] = { '@odata.type': '#X.v1.X', Attributes: hidden };
    tree['/redfish/v1/AccountService/Accounts/2'] = { '@odata.type': '#ManagerAccount.v1.X', Password: secret };
    const files = asMockup(tree);
    expect(JSON.stringify(await readTrees(files))).not.toContain(secret);
    expect(JSON.stringify(files.flatMap((file) => redfishResource.read(file)))).not.toContain(secret);
  });
});

test('what changes though the part does not is no attribute', async () => {
  const readings = await Promise.all(SIMULATED_TREES.map(async (name) => only(asMockup(simulatedTree(name)))));
  const parts = readings.flatMap(({ components }) => components);
  const names = new Set(parts.flatMap(({ attributes }) => Object.keys(attributes)));
  for (const changing of ['linkStatus', 'speedMbps', 'lifeLeftPercent', 'failurePredicted'])
    expect(names).not.toContain(changing);
  expect(new Set(parts.flatMap((part) => Object.keys(part.readings)))).toContain('lifeLeftPercent');
  const macs = parts.flatMap(({ attributes }) => attributes['macAddresses'] ?? []) as string[];
  expect(macs.length).toBeGreaterThan(5);
  for (const mac of [...macs, ...readings.flatMap(({ host }) => host.bmcMacs)])
    expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  const board = parts.find(({ kind }) => kind === 'mainboard');
  expect(board?.firmware).toBe(
    readings.find(({ components }) => components.includes(board as never))?.system['biosVersion'],
  );
});
