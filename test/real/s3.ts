import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { s3Adapter } from '#adapters/s3/index.ts';
import { findProgram } from '#setup/find-program.mjs';
import { takeName } from '#setup/name-lock.mjs';
import { runChild } from '#setup/run-child.ts';
import { freePort } from '#setup/services/free-port.ts';
import { stopRecorded } from '#setup/services/pid-record.ts';
import { serverProcess } from '#setup/services/server-process.ts';
import { startWatchdog } from '#setup/services/watchdog.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { NotHere } from './netbox/not-here.ts';
import { runCommand } from './netbox/run-command.ts';
import type { RealResult } from './real-result.ts';

const VERSION = 'v1.8.0';
const PACKAGE = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;
const CREDENTIALS = { accessKeyId: 'AKIDREAL', accessKeySecret: 'real-secret-of-this-run' };
const BUCKET = 'objects';
const INSTALL_MS = 600_000;

export interface RunS3 {
  log(line: string): void;
  root: string;
}

/** Our contract suite and probe against an S3 server that nobody here wrote and that checks signatures. */
export async function runS3({ log, root }: RunS3): Promise<RealResult> {
  const result: RealResult = { passed: 0, failed: 0, skipped: [] };
  const folder = path.join(root, 'var/real/s3');
  mkdirSync(folder, { recursive: true });
  const held = await takeName(`real-s3:${folder}`);
  const watchdog = startWatchdog();
  try {
    if (held === undefined) throw new NotHere(`another run uses ${folder}`);
    await stopRecorded(folder);
    const command = await install(folder, log);
    const url = `http://127.0.0.1:${await freePort()}`;
    const data = path.join(folder, 'data');
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data);
    const secrets = `ROOT_ACCESS_KEY=${CREDENTIALS.accessKeyId} ROOT_SECRET_KEY=${CREDENTIALS.accessKeySecret}`;
    const server = serverProcess({
      name: 'versitygw',
      // Through env(1), which becomes the program: the process id stays the one that is recorded.
      command: '/usr/bin/env',
      args: [...secrets.split(' '), command, '--port', new URL(url).host, 'posix', data],
      ...{ log: path.join(folder, 'versitygw.log'), folder, watchdog },
      before: async () => {},
      ping: async () => void (await fetch(url, { signal: AbortSignal.timeout(5_000) })),
    });
    await server.start();
    log(`Versity S3 Gateway ${VERSION} runs at ${url}`);
    try {
      await check(url, result, log);
    } finally {
      await server.end('SIGTERM');
    }
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    result.skipped.push({ name: 's3', reason: error.message });
  } finally {
    watchdog.release();
    await held?.release();
  }
  return result;
}

async function check(url: string, result: RealResult, log: (line: string) => void): Promise<void> {
  const attempt = async (name: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
      result.passed += 1;
      log(`passed  ${name}`);
    } catch (error) {
      result.failed += 1;
      log(`FAILED  ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  };
  await attempt('the probe before there is a bucket, and after', async () => {
    const before = await probe(url);
    if (before.find((one) => !one.ok)?.name !== 'configuration') throw new Error(JSON.stringify(before));
    await createBucket(url);
    const after = await probe(url);
    if (after.length !== 4 || after.some((one) => !one.ok)) throw new Error(JSON.stringify(after));
  });
  await attempt('contract suite of objectStore', async () => {
    const env = {
      ...{ S3_URL: url, S3_BUCKET: BUCKET, S3_REGION: 'us-east-1' },
      ...{ S3_ACCESS_KEY_ID: CREDENTIALS.accessKeyId, S3_ACCESS_KEY_SECRET: CREDENTIALS.accessKeySecret },
    };
    const suite = ['test/contract/object-store/object-store.test.ts', '-t', 's3, real'];
    const { code } = await runChild('vitest', ['run', '--project', 'contract', '--reporter=dot', ...suite], { env });
    if (code !== 0) throw new Error(`vitest ended with ${code}`);
  });
}

async function probe(url: string): Promise<{ name: string; ok: boolean; found: string }[]> {
  const settings = s3Adapter.Settings.parse({ url, bucket: BUCKET, prefix: 'doctor/', ...CREDENTIALS });
  const connection = s3Adapter.connect(settings, kitForTests('s3'));
  try {
    return await connection.probe(AbortSignal.timeout(30_000));
  } finally {
    await connection.close?.();
  }
}

async function createBucket(url: string): Promise<void> {
  const { accessKeyId, accessKeySecret } = CREDENTIALS;
  const credentials = { accessKeyId, secretAccessKey: accessKeySecret };
  const client = new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
}

/** @throws NotHere without Go or the network */
async function install(folder: string, log: (line: string) => void): Promise<string> {
  const bin = path.join(folder, VERSION);
  const command = path.join(bin, 'versitygw');
  if (existsSync(command)) return command;
  const go = findProgram('go') ?? (existsSync('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined);
  if (go === undefined) throw new NotHere('there is no Go to build the server with');
  log(`building ${PACKAGE}: a minute or two`);
  const built = await runCommand([go, 'install', PACKAGE], { env: { GOBIN: bin, GOFLAGS: '' }, timeoutMs: INSTALL_MS });
  if (built.code !== 0) throw new NotHere(`go install failed: ${built.tail}`);
  return command;
}
