import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as AwsS3 from '@aws-sdk/client-s3';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { s3Error } from './errors.ts';
import type { Settings } from './settings.ts';

export type Sdk = typeof AwsS3;
type S3Client = AwsS3.S3Client;

export interface S3Line {
  /**
   * One request, tried again while the fault may pass. Everything that we ask of S3 may be repeated.
   * @throws AdapterError, or the signal's reason
   */
  ask<T>(what: string, signal: AbortSignal, act: (client: S3Client, sdk: Sdk) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** The SDK signs and names errors; tries, pauses and time-outs are ours, since its own retry cannot read a file again. */
export function openS3(settings: Settings, system: string): S3Line {
  let opening: Promise<{ client: S3Client; sdk: Sdk }> | undefined;

  // Loaded on first use: it takes a third of a second and 40 MB, also in processes that keep no objects.
  function open(): Promise<{ client: S3Client; sdk: Sdk }> {
    opening ??= import('@aws-sdk/client-s3').then((sdk) => ({ client: createClient(sdk, settings), sdk }));
    return opening;
  }

  async function ask<T>(
    what: string,
    signal: AbortSignal,
    act: (client: S3Client, sdk: Sdk) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        const { client, sdk } = await open();
        return await act(client, sdk);
      } catch (error) {
        const told = s3Error(system, what, error, signal);
        const pauseMs = attempt < settings.attempts ? pauseBefore(told, attempt) : undefined;
        if (pauseMs === undefined) throw told;
        await pause(pauseMs, signal);
      }
    }
  }

  return {
    ask,
    async close() {
      (await opening)?.client.destroy();
    },
  };
}

/** Undefined: do not try again here. What S3 wants us to wait for long is the caller's to wait for. */
function pauseBefore(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof AdapterError) || (error.kind !== 'unreachable' && error.kind !== 'throttled'))
    return undefined;
  if (error.retryAfterMs !== undefined && error.retryAfterMs > LONGEST_PAUSE_MS) return undefined;
  const most = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  return Math.max(error.retryAfterMs ?? 0, most / 2 + Math.random() * (most / 2));
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

function createClient(sdk: Sdk, settings: Settings): S3Client {
  const agent = { keepAlive: true, maxSockets: 32 };
  return new sdk.S3Client({
    endpoint: settings.url,
    region: settings.region,
    forcePathStyle: settings.pathStyle,
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.accessKeySecret },
    maxAttempts: 1,
    // It writes what we tell as an error anyhow to the console.
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    // The SDK's default checksums come as trailers, which older servers refuse. The signature covers the body's SHA-256 instead.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(settings.timeoutMs, 5_000),
      socketTimeout: settings.timeoutMs,
      httpAgent: agent,
      httpsAgent: { ...agent, ...(settings.caFile === undefined ? {} : { ca: readFileSync(settings.caFile) }) },
    },
  });
}
