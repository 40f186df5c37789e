import { afterEach, describe, expect, test } from 'vitest';
import type { SimulatedRequest } from '../../src/kit/simulator.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import { closeBroker } from './broker.ts';
import { openBmc, type Bmc } from './client.ts';
import { startFakeBmc, type FakeBmc } from './fake-bmc-for-tests.ts';
import { testKit } from './kit-for-tests.ts';
import { Settings } from './settings.ts';

const SYSTEM = '/redfish/v1/Systems/1';
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Wants {
  /** The header of a GET; undefined: none. */
  header?: string;
  body?: string;
  /** What a PATCH must carry, `undefined` being no If-Match. */
  takes(ifMatch: string | undefined): boolean;
  /** What it answers otherwise. */
  refuses: 412 | 428;
}

/** A BMC with one resource, and the way to change it. */
async function machine(wants: Wants, kit = testKit()) {
  const tags: (string | undefined)[] = [];
  const bmc = await startFakeBmc(({ method, headers }: SimulatedRequest) => {
    const etag = wants.header === undefined ? {} : { etag: wants.header };
    const inBody = wants.body === undefined ? {} : { '@odata.etag': wants.body };
    if (method === 'GET') return { status: 200, headers: etag, body: { '@odata.id': SYSTEM, ...inBody } };
    tags.push(headers['if-match']);
    return { status: wants.takes(headers['if-match']) ? 204 : wants.refuses };
  });
  const open = await openBmc(bmc.target, Settings.parse({}), kit, new AbortController().signal);
  ends.push(async () => {
    await open.close();
    await closeBroker(kit);
    await bmc.close();
  });
  const change = (): Promise<unknown> => open.send({ method: 'PATCH', link: SYSTEM, body: { AssetTag: 'x' } });
  return { bmc, open, tags, change } satisfies { bmc: FakeBmc; open: Bmc; tags: unknown; change: unknown };
}

describe('the ETag of a change', () => {
  test.each<[string, Wants, (string | undefined)[]]>([
    ['as it was given', { header: '"1"', takes: (tag) => tag === '"1"', refuses: 412 }, ['"1"']],
    ['strong where weak was given', { header: 'W/"1"', takes: (tag) => tag === '"1"', refuses: 412 }, ['W/"1"', '"1"']],
    ['weak where strong was given', { header: '"1"', takes: (tag) => tag === 'W/"1"', refuses: 412 }, ['"1"', 'W/"1"']],
    [
      'without what compression adds',
      { header: '"1-gzip"', body: '"1"', takes: (tag) => tag === '"1"', refuses: 412 },
      ['"1-gzip"', 'W/"1"', '"1"'],
    ],
    [
      "the body's where the header's is another",
      { header: '"a"', body: 'W/"b"', takes: (tag) => tag === 'W/"b"', refuses: 412 },
      ['"a"', 'W/"a"', 'W/"b"'],
    ],
    ["the body's where there is no header", { body: '"b"', takes: (tag) => tag === '"b"', refuses: 428 }, ['"b"']],
    [
      'none where it takes none at all',
      { header: '"a"', body: '"b"', takes: (tag) => tag === undefined, refuses: 412 },
      ['"a"', 'W/"a"', '"b"', undefined],
    ],
    ['none where none is given', { takes: (tag) => tag === undefined, refuses: 412 }, [undefined]],
    [
      'none where an empty one is given',
      { header: '""', takes: (tag) => tag === undefined, refuses: 412 },
      [undefined],
    ],
  ])('%s', async (_name, wants, sent) => {
    const { tags, change } = await machine(wants);
    await change();
    expect(tags).toEqual(sent);
    // What worked is remembered: the next change goes through at once.
    await change();
    expect(tags).toEqual([...sent, sent.at(-1)]);
  });

  test('is never guessed for ever: a BMC that takes none is told so', async () => {
    const { tags, change, bmc } = await machine({ header: '"1"', body: '"2"', takes: () => false, refuses: 412 });
    const error = await change().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AdapterError);
    expect(error).toMatchObject({ kind: 'rejected', status: 412 });
    expect(tags).toEqual(['"1"', 'W/"1"', '"2"', undefined]);
    expect(bmc.asked().length).toBeLessThan(12);
  });

  test('is read again when the resource changed meanwhile', async () => {
    let version = 1;
    const seen: (string | undefined)[] = [];
    const bmc = await startFakeBmc(({ method, headers }) => {
      if (method === 'GET') return { status: 200, headers: { etag: `"${version}"` }, body: { '@odata.id': SYSTEM } };
      seen.push(headers['if-match']);
      if (seen.length === 1) version = 2; // somebody else was quicker
      return { status: headers['if-match'] === `"${version}"` ? 204 : 412 };
    });
    const kit = testKit();
    const open = await openBmc(bmc.target, Settings.parse({}), kit, new AbortController().signal);
    await open.send({ method: 'PATCH', link: SYSTEM, body: {} });
    expect(seen).toEqual(['"1"', '"2"']);
    await open.close();
    await closeBroker(kit);
    await bmc.close();
  });

  test('is asked for uncompressed, but not of who answers 406 to that', async () => {
    const asked: (string | undefined)[] = [];
    const bmc = await startFakeBmc(({ method, headers }) => {
      if (method !== 'GET') return { status: 204 };
      asked.push(headers['accept-encoding']);
      return headers['accept-encoding'] === undefined
        ? { status: 200, headers: { etag: '"1"' }, body: { '@odata.id': SYSTEM } }
        : { status: 406 };
    });
    const kit = testKit();
    const open = await openBmc(bmc.target, Settings.parse({}), kit, new AbortController().signal);
    for (let at = 0; at < 2; at += 1) await open.send({ method: 'PATCH', link: SYSTEM, body: {} });
    expect(asked).toEqual(['identity', undefined, undefined]);
    await open.close();
    await closeBroker(kit);
    await bmc.close();
  });

  test('does not go along with an action', async () => {
    const { tags, open } = await machine({ header: '"1"', takes: (tag) => tag === undefined, refuses: 412 });
    await open.send({ method: 'POST', link: `${SYSTEM}/Actions/ComputerSystem.Reset`, body: {} });
    expect(tags).toEqual([undefined]);
  });

  test('changes at the same BMC come one after the other', async () => {
    let underWay = 0;
    let most = 0;
    const bmc = await startFakeBmc(async ({ method }) => {
      if (method === 'GET') return { status: 200, headers: { etag: '"1"' }, body: { '@odata.id': SYSTEM } };
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 10));
      underWay -= 1;
      return { status: 204 };
    });
    const kit = testKit();
    const open = await openBmc(bmc.target, Settings.parse({}), kit, new AbortController().signal);
    const change = (): Promise<unknown> => open.send({ method: 'PATCH', link: SYSTEM, body: {} });
    await Promise.all([change(), change(), change()]);
    expect(most).toBe(1);
    await open.close();
    await closeBroker(kit);
    await bmc.close();
  });
});
