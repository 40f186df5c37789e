import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const BLOCK = 512;

/** A folder as `name/…` in a .tar.gz (POSIX ustar; long names as pax headers). */
export async function packFolder(folder: string, file: string, name: string): Promise<void> {
  const temp = `${file}.new`;
  await pipeline(
    Readable.from(blocksOf(folder, name)),
    createGzip({ level: 9 }),
    createWriteStream(temp, { mode: 0o644 }),
  );
  await rename(temp, file);
}

async function* blocksOf(folder: string, name: string): AsyncGenerator<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) {
    const { size } = await stat(file);
    const inside = `${name}/${path.relative(folder, file).split(path.sep).join('/')}`;
    yield* headerOf(inside, size);
    let sent = 0;
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      sent += chunk.length;
      yield chunk;
    }
    if (sent !== size) throw new Error(`${file} changed while it was packed`);
    yield padding(size);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function* headerOf(name: string, size: number): Generator<Buffer> {
  if (Buffer.byteLength(name) > 100) {
    const record = paxRecord('path', name);
    yield header('pax', record.length, 'x');
    yield record;
    yield padding(record.length);
  }
  yield header(name, size, '0');
}

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name.slice(0, 100), 0, 100, 'utf8');
  block.write('0000644\0', 100);
  block.write('0000000\0'.repeat(2), 108);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136); // no times: the same recording is the same archive
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** `<length> path=<name>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (String(length).length > String(bytes).length) length = bytes + String(length).length;
  return Buffer.from(`${length}${rest}`);
}

const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
