import { randomUUID } from 'node:crypto';
import type { StreamedBody } from '../../src/kit/http.ts';

/** One part of a multipart/form-data body. */
export interface MultipartPart {
  name: string;
  /** The base name only: iDRAC refuses one with folders in it. */
  fileName?: string;
  contentType: string;
  content: string | Uint8Array | { sizeBytes: number; open(): AsyncIterable<Uint8Array> };
}

export type MultipartBody = readonly MultipartPart[];

/** As a stream of known length: iDRAC refuses chunked uploads, and a firmware image is never whole in memory. */
export function encodeMultipart(parts: MultipartBody): StreamedBody {
  const boundary = `reanimator-${randomUUID()}`;
  const heads = parts.map((part) => Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n`));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  let sizeBytes = tail.length;
  for (const [at, part] of parts.entries()) sizeBytes += (heads[at]?.length ?? 0) + sizeOf(part) + 2;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    sizeBytes,
    async *open() {
      for (const [at, { content }] of parts.entries()) {
        yield heads[at] ?? Buffer.alloc(0);
        if (typeof content === 'string') yield Buffer.from(content);
        else if (content instanceof Uint8Array) yield content;
        else yield* content.open();
        yield Buffer.from('\r\n');
      }
      yield tail;
    },
  };
}

function headOf({ name, fileName, contentType }: MultipartPart): string {
  const file = fileName === undefined ? '' : `; filename="${quoted(fileName)}"`;
  return `Content-Disposition: form-data; name="${quoted(name)}"${file}\r\nContent-Type: ${contentType}\r\n`;
}

function quoted(text: string): string {
  return text.replaceAll(/["\r\n\\]/g, '_');
}

function sizeOf({ content }: MultipartPart): number {
  if (typeof content === 'string') return Buffer.byteLength(content);
  return content instanceof Uint8Array ? content.length : content.sizeBytes;
}
