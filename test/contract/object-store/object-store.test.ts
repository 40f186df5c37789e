import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'vitest';
import { directoryAdapter } from '#adapters/directory/index.ts';
import { s3Adapter } from '#adapters/s3/index.ts';
import { startS3Simulator } from '#adapters/s3/simulator.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { describeObjectStore } from './contract-suite.ts';

describeObjectStore('directory', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'directory-'));
  const open = () =>
    directoryAdapter.connect(
      directoryAdapter.Settings.parse({ path: path.join(folder, 'objects') }),
      kitForTests('directory'),
    );
  const [connection, other] = [open(), open()];
  return {
    store: connection.provides.objectStore!,
    again: other.provides.objectStore!,
    largeBytes: 5_000_000,
    stop: async () => {
      await connection.close?.();
      await other.close?.();
      await rm(folder, { recursive: true });
    },
  };
});

const PART_BYTES = 5 * 1024 * 1024;

function openS3(settings: Record<string, unknown>) {
  const parsed = s3Adapter.Settings.parse({ partBytes: PART_BYTES, prefix: 'hub/objects/', ...settings });
  return s3Adapter.connect(parsed, kitForTests('s3'));
}

describeObjectStore('s3, simulator', async () => {
  const right = { bucket: 'objects', accessKeyId: 'AKIDTEST', accessKeySecret: 'right' };
  const simulator = await startS3Simulator({ ...right, buckets: [right.bucket] });
  const settings = { ...right, url: simulator.url, timeoutMs: 400 };
  const connections = [{}, {}, { accessKeySecret: 'wrong' }].map((more) => openS3({ ...settings, ...more }));
  const [store, again, wrong] = connections.map(({ provides }) => provides.objectStore!);
  return {
    ...{ store: store!, again: again!, withWrongCredentials: wrong!, largeBytes: 4 * PART_BYTES },
    faults: { add: simulator.addFault, clear: simulator.clearFaults },
    stop: async () => {
      for (const connection of connections) await connection.close?.();
      await simulator.close();
    },
  };
});

const { S3_URL, S3_BUCKET, S3_REGION, S3_ACCESS_KEY_ID, S3_ACCESS_KEY_SECRET } = process.env;
if (S3_URL && S3_BUCKET && S3_ACCESS_KEY_ID && S3_ACCESS_KEY_SECRET) {
  describeObjectStore(`s3, real, ${S3_URL}`, async () => {
    const settings = {
      ...{ url: S3_URL, bucket: S3_BUCKET, accessKeyId: S3_ACCESS_KEY_ID, accessKeySecret: S3_ACCESS_KEY_SECRET },
      ...(S3_REGION ? { region: S3_REGION } : {}),
    };
    const connections = [{}, {}, { accessKeySecret: 'wrong' }].map((more) => openS3({ ...settings, ...more }));
    const [store, again, wrong] = connections.map(({ provides }) => provides.objectStore!);
    return {
      ...{ store: store!, again: again!, withWrongCredentials: wrong!, largeBytes: 4 * PART_BYTES },
      stop: async () => {
        for (const connection of connections) await connection.close?.();
      },
    };
  });
} else {
  describe('objectStore: s3, real', () => {
    test.skip('no S3_URL, S3_BUCKET, S3_ACCESS_KEY_ID and S3_ACCESS_KEY_SECRET in the environment', () => {});
  });
}
