import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileNameOf } from '../../../src/kit/file-name-of.ts';
import type { FirmwareImage } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';

/** An image in a file of ours, checked. */
export interface FetchedImage {
  /** The base name: iDRAC refuses one with folders in it. */
  fileName: string;
  sizeBytes: number;
  open(): AsyncIterable<Uint8Array>;
  dispose(): Promise<void>;
}

/**
 * Brings an image here, through a file and never whole in memory, and compares its size and SHA-256.
 * @throws AdapterError unsupported | unreachable | not-found | rejected where it is not the file that was meant
 */
export async function fetchImage(image: FirmwareImage, system: string, signal: AbortSignal): Promise<FetchedImage> {
  const url = new URL(image.uri);
  if (!/^https?:$/.test(url.protocol))
    throw new AdapterError(
      'unsupported',
      `${system}: this BMC takes pushes only, and an image to push must have an http or https address, not ${url.protocol}`,
      { system },
    );
  const file = path.join(tmpdir(), `reanimator-image-${randomUUID()}`);
  const dispose = (): Promise<void> => rm(file, { force: true });
  try {
    const { size, sha256 } = await download(image, { file, system, signal });
    const wanted = image.sha256.toLowerCase();
    if (size !== image.sizeBytes || sha256 !== wanted) {
      const found = size === image.sizeBytes ? `SHA-256 ${sha256}` : `${size} bytes`;
      const meant = size === image.sizeBytes ? wanted : `${image.sizeBytes}`;
      throw new AdapterError(
        'rejected',
        `${system}: ${image.uri} is not the image that was meant: ${found}, not ${meant}; nothing was pushed`,
        { system },
      );
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  const fileName = fileNameOf(image.uri) || 'image.bin';
  return { fileName, sizeBytes: image.sizeBytes, open: () => createReadStream(file), dispose };
}

async function download(
  image: FirmwareImage,
  { file, system, signal }: { file: string; system: string; signal: AbortSignal },
): Promise<{ size: number; sha256: string }> {
  let answer: Response;
  try {
    answer = await fetch(image.uri, { signal });
  } catch (cause) {
    throw new AdapterError('unreachable', `${system}: ${image.uri} could not be fetched: ${String(cause)}`, {
      system,
      cause,
      detail: { sent: false },
    });
  }
  if (!answer.ok || answer.body === null) {
    const kind = answer.status >= 500 ? 'unreachable' : 'not-found';
    throw new AdapterError(kind, `${system}: ${image.uri} answered ${answer.status}`, {
      system,
      detail: { sent: false },
    });
  }
  const hash = createHash('sha256');
  let size = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      // Longer than it should be is wrong already; a disk is not filled with it.
      done(size > image.sizeBytes ? tooLong(image, system) : null, chunk);
    },
  });
  try {
    await pipeline(answer.body, counting, createWriteStream(file), { signal });
  } catch (cause) {
    if (cause instanceof AdapterError) throw cause;
    throw new AdapterError(
      'unreachable',
      `${system}: fetching ${image.uri} broke off after ${size} bytes: ${String(cause)}`,
      { system, cause, detail: { sent: false } },
    );
  }
  return { size, sha256: hash.digest('hex') };
}

function tooLong({ uri, sizeBytes }: FirmwareImage, system: string): AdapterError {
  const message = `${system}: ${uri} is not the image that was meant: it is longer than ${sizeBytes} bytes; nothing was pushed`;
  return new AdapterError('rejected', message, { system });
}
