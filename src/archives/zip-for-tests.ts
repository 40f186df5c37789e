import { crc32, deflateRawSync } from 'node:zlib';

/** What a zip is to say of a file; everything but the name and the content may be a lie. */
export interface ZipPart {
  name: string | Buffer;
  content?: Buffer;
  /** Taken as it is, in place of the content compressed. */
  packed?: Buffer;
  method?: number;
  flags?: number;
  bytes?: number;
  crc?: number;
  /** Unix mode with the type of the file. */
  mode?: number;
  /** Points to the header of another part. */
  headerOf?: number;
}

/** Files as a zip, without any library, so that every field can be wrong. */
export function zipOf(parts: readonly ZipPart[]): Buffer {
  const contents: Buffer[] = [];
  const table: Buffer[] = [];
  const places: number[] = [];
  let at = 0;
  for (const part of parts) {
    const line = describe(part);
    if (part.headerOf === undefined) {
      places.push(at);
      const piece = Buffer.concat([localHeader(line), line.name, line.packed]);
      contents.push(piece);
      at += piece.length;
    } else places.push(places[part.headerOf] ?? 0);
    table.push(tableLine(line, places.at(-1) ?? 0), line.name);
  }
  const directory = Buffer.concat(table);
  return Buffer.concat([...contents, directory, endRecord(parts.length, directory.length, at)]);
}

interface Line {
  name: Buffer;
  packed: Buffer;
  method: number;
  flags: number;
  bytes: number;
  crc: number;
  mode: number;
}

function describe(part: ZipPart): Line {
  const content = part.content ?? Buffer.alloc(0);
  const method = part.method ?? 8;
  return {
    name: Buffer.from(part.name as string),
    packed: part.packed ?? (method === 8 ? deflateRawSync(content) : content),
    method,
    flags: part.flags ?? 0,
    bytes: part.bytes ?? content.length,
    crc: part.crc ?? crc32(content),
    mode: part.mode ?? 0o100644,
  };
}

function localHeader(line: Line): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  writeFacts(header, 6, line);
  return header;
}

function tableLine(line: Line, headerAt: number): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE((3 << 8) | 20, 4);
  entry.writeUInt16LE(20, 6);
  writeFacts(entry, 8, line);
  entry.writeUInt32LE((line.mode << 16) >>> 0, 38);
  entry.writeUInt32LE(headerAt, 42);
  return entry;
}

/** The fields that stand in both: flags, method, time (12:00 on 3 May 2026), checksum, sizes, length of the name. */
function writeFacts(buffer: Buffer, at: number, line: Line): void {
  buffer.writeUInt16LE(line.flags, at);
  buffer.writeUInt16LE(line.method, at + 2);
  buffer.writeUInt16LE(12 << 11, at + 4);
  buffer.writeUInt16LE(((2026 - 1980) << 9) | (5 << 5) | 3, at + 6);
  buffer.writeUInt32LE(line.crc, at + 8);
  buffer.writeUInt32LE(line.packed.length, at + 12);
  buffer.writeUInt32LE(line.bytes, at + 16);
  buffer.writeUInt16LE(line.name.length, at + 20);
}

function endRecord(count: number, bytes: number, at: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, 0xffff), 8);
  end.writeUInt16LE(Math.min(count, 0xffff), 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(at, 16);
  return end;
}
