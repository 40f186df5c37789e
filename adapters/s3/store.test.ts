import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kitForTests, type KitForTests } from '#src/kit/kit-for-tests.ts';
import type { Connection } from '#src/ports/adapter.ts';
import { s3Adapter } from './index.ts';
import { type S3Simulator, startS3Simulator } from './simulator.ts';
import { errorOf } from '#src/kit/adapter-error-for-tests.ts';

const MIB = 1024 * 1024;
const RIGHT = { accessKeyId: 'AKIDTEST', accessKeySecret: 'right', bucket: 'objects' };
const signal = AbortSignal.timeout(120_000);

let simulator: S3Simulator;
let folder: string;
let kit: KitForTests;
let open: Connection[] = [];

beforeEach(async () => {
  simulator = await startS3Simulator({ ...RIGHT, buckets: ['objects'] });
  folder = await mkdtemp(path.join(tmpdir(), 's3-'));
  kit = kitForTests('s3');
});
afterEach(async () => {
  for (const one of open) await one.close?.();
  open = [];
  await simulator.close();
  await rm(folder, { recursive: true });
});

function connect(more: Record<string, unknown> = {}): Connection {
  const settings = s3Adapter.Settings.parse({
    url: simulator.url,
    ...RIGHT,
    timeoutMs: 2000,
    partBytes: 5 * MIB,
    ...more,
  });
  const connection = s3Adapter.connect(settings, kit);
  open.push(connection);
  return connection;
}

const storeWith = (more?: Record<string, unknown>) => connect(more).provides.objectStore!;

async function fileOf(content: Buffer): Promise<{ path: string; bytes: number }> {
  const file = path.join(folder, randomBytes(8).toString('hex'));
  await writeFile(file, content);
  return { path: file, bytes: content.length };
}

const lines = (): string[] => simulator.requests.map(({ method, path: where, query }) => `${method} ${where} ${query}`);

describe('what is sent', () => {
  test('every body is covered by the signature and has a checksum: buffers, files, parts', async () => {
    const store = storeWith();
    await store.put('a/buffer', randomBytes(1000), signal);
    await store.put('a/file', await fileOf(randomBytes(1000)), signal);
    await store.put('a/parts', await fileOf(randomBytes(21 * MIB)), signal);
    const puts = simulator.requests.filter(({ method }) => method === 'PUT');
    expect(puts).toHaveLength(2 + 5);
    for (const { headers } of puts) {
      expect(headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/);
      expect(headers['content-length']).toMatch(/^\d+$/);
      expect(headers['transfer-encoding']).toBeUndefined();
    }
    for (const { headers } of puts.slice(0, 2)) expect(headers['x-amz-checksum-sha256']).toBeDefined();
  });

  test('a large object that is there is not sent again; a small one is, in one request', async () => {
    const store = storeWith();
    const large = randomBytes(2 * MIB);
    await store.put('a/large', large, signal);
    await store.put('a/small', Buffer.from('x'), signal);
    simulator.forget();
    await store.put('a/large', large, signal);
    await store.put('a/small', Buffer.from('x'), signal);
    expect(lines().map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'HEAD /objects/a/large',
      'PUT /objects/a/small',
    ]);
  });
});

describe('parts', () => {
  test('a part that fails once is sent again; the object is whole', async () => {
    const content = randomBytes(22 * MIB);
    simulator.addFault({ match: 'partNumber=2', kind: 'reset', times: 1 });
    simulator.addFault({ match: 'partNumber=4', kind: 'status', status: 503, body: '', times: 2 });
    const store = storeWith();
    await store.put('a/b', await fileOf(content), signal);
    expect((await buffer(await store.get('a/b', signal))).equals(content)).toBe(true);
    expect(simulator.bucket('objects').uploads.size).toBe(0);
  });

  test('one that goes on failing: nothing is visible, and the parts are given up', async () => {
    simulator.addFault({ match: 'partNumber=3', kind: 'status', status: 500, body: '' });
    const store = storeWith();
    expect((await errorOf(store.put('a/b', await fileOf(randomBytes(22 * MIB)), signal))).kind).toBe('unreachable');
    expect(await store.has('a/b', signal)).toBe(false);
    expect(simulator.bucket('objects').uploads.size).toBe(0);
  });

  test('the lost answer to the last request is no failure', async () => {
    simulator.addFault({ match: '^POST .*uploadId=', kind: 'drop-answer', times: 1 });
    const store = storeWith();
    await store.put('a/b', await fileOf(randomBytes(21 * MIB)), signal);
    expect(lines().filter((line) => /^POST .*uploadId=/.test(line))).toHaveLength(2);
    expect(simulator.bucket('objects').objects.get('a/b')?.body.length).toBe(21 * MIB);
  });

  test('a caller that gives up ends it, and what cannot be given up is said', async () => {
    const controller = new AbortController();
    simulator.watch(({ query }) => {
      if (query.get('partNumber') === '2') controller.abort(new Error('stop'));
    });
    simulator.addFault({ match: '^DELETE', kind: 'status', status: 500, body: '' });
    await expect(storeWith().put('a/b', await fileOf(randomBytes(21 * MIB)), controller.signal)).rejects.toThrow(
      'stop',
    );
    expect(simulator.bucket('objects').objects.size).toBe(0);
    expect(kit.logged.join()).toContain('its parts stay in the bucket');
  });
});

describe('what goes wrong', () => {
  test('tries are bounded, also where nobody listens', async () => {
    simulator.addFault({ kind: 'status', status: 500, body: '' });
    expect((await errorOf(storeWith({ attempts: 4 }).put('a/b', Buffer.from('x'), signal))).kind).toBe('unreachable');
    expect(simulator.requests).toHaveLength(4);
    const refused = await errorOf(storeWith({ url: 'http://127.0.0.1:1' }).has('a/b', signal));
    expect(refused.message).toContain('ECONNREFUSED');
  });

  test('a bucket that is not there is never taken for an object that is not there', async () => {
    const store = storeWith({ bucket: 'elsewhere' });
    const calls = [
      store.has('a/b', signal),
      store.get('a/b', signal),
      store.list(null, signal),
      store.put('a/b', Buffer.from('x'), signal),
    ];
    for (const error of await Promise.all(calls.map(errorOf)))
      expect(error).toMatchObject({ kind: 'rejected', detail: { code: 'NoSuchBucket' } });
  });

  test('an answer that breaks off while it is read, and one that stands still', async () => {
    const store = storeWith();
    const answers = ['cut', 'silence'] as const;
    for (const answer of answers) {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\netag: "x"\r\n\r\nthe beginning');
          if (answer === 'cut') setTimeout(() => socket.destroy(), 30);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      const stream = await storeWith({ url: `http://127.0.0.1:${port}` }).get('a/b', signal);
      expect((await errorOf(buffer(stream))).kind).toBe('unreachable');
      server.close();
    }
    expect(await store.has('a/b', signal)).toBe(false);
  }, 20_000);

  test('no secret in what is said or logged', async () => {
    const store = storeWith({ accessKeySecret: 'swordfish-0123456789' });
    const error = await errorOf(store.put('a/b', Buffer.from('x'), signal));
    expect(`${error.message} ${JSON.stringify(error.detail)} ${kit.logged.join()}`).not.toContain('swordfish');
  });
});

describe('the simulator', () => {
  const command = () => new PutObjectCommand({ Bucket: 'objects', Key: "odd/ä b+c&d=e%20'(x)!*~", Body: 'x' });
  const client = (more: Record<string, unknown> = {}) =>
    new S3Client({
      endpoint: simulator.url,
      region: 'us-east-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: RIGHT.accessKeyId, secretAccessKey: RIGHT.accessKeySecret },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      ...more,
    });

  test('accepts what the SDK signs, whatever the key', async () => {
    await client().send(command());
    expect([...simulator.bucket('objects').objects.keys()]).toEqual(["odd/ä b+c&d=e%20'(x)!*~"]);
  });

  test('refuses another secret, another region, a clock that is off, a changed body, and no signature at all', async () => {
    const wrong = { accessKeyId: RIGHT.accessKeyId, secretAccessKey: 'wrong' };
    await expect(client({ credentials: wrong }).send(command())).rejects.toThrow('signature we calculated');
    await expect(client({ credentials: { ...wrong, accessKeyId: 'NOBODY' } }).send(command())).rejects.toThrow(
      'does not exist',
    );
    await expect(client({ region: 'eu-west-1' }).send(command())).rejects.toThrow('region');
    await expect(client({ systemClockOffset: 3_600_000 }).send(command())).rejects.toThrow('too large');
    const changed = command();
    changed.middlewareStack.add(
      (next) => (given) => {
        (given.request as { body: unknown }).body = 'y';
        return next(given);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await expect(client().send(changed)).rejects.toThrow('does not match');
    expect((await fetch(`${simulator.url}/objects/a`)).status).toBe(403);
    expect(simulator.bucket('objects').objects.size).toBe(0);
  });
});

describe('probe', () => {
  const failing = async (more: Record<string, unknown>) => {
    const checks = await connect({ attempts: 1, ...more }).probe(signal);
    return checks.find((check) => !check.ok);
  };

  test('all is well, and nothing is left', async () => {
    const checks = await connect({ prefix: 'hub/' }).probe(signal);
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['reachable', true],
      ['authorised', true],
      ['configuration', true],
      ['permissions', true],
    ]);
    expect(simulator.bucket('objects').objects.size).toBe(0);
  });

  test('names what is wrong, and what to do', async () => {
    expect(await failing({ url: 'http://127.0.0.1:1' })).toMatchObject({ name: 'reachable' });
    expect(await failing({ accessKeySecret: 'wrong' })).toMatchObject({ name: 'authorised' });
    expect(await failing({ bucket: 'elsewhere' })).toMatchObject({
      name: 'configuration',
      remedy: expect.stringContaining('elsewhere'),
    });
    const denied = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';
    simulator.addFault({ match: '^PUT', kind: 'status', status: 403, body: denied });
    expect(await failing({})).toMatchObject({ name: 'permissions', remedy: expect.stringContaining('s3:PutObject') });
    simulator.clearFaults();
    simulator.addFault({ match: '^GET', kind: 'status', status: 403, body: denied });
    expect(await failing({})).toMatchObject({ name: 'permissions', remedy: expect.stringContaining('s3:ListBucket') });
    simulator.clearFaults();
    simulator.addFault({ kind: 'garbage' });
    expect(await failing({})).toMatchObject({ name: 'reachable' });
  });
});
