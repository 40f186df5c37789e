import { isUtf8 } from 'node:buffer';
import type { SourceFile } from '#src/ports/bundle-format.ts';

/**
 * A file that its readers decode once. What was decoded is only kept while memory allows: hundreds of megabytes of files wait here for
 * the formats of whole trees, and as parsed JSON they would be many times that.
 */
export function sourceFile(path: string, bytes: Buffer, modifiedAt: string | null): SourceFile {
  let decoded: WeakRef<{ text: string }> | null = null;
  let parsed: WeakRef<{ json: unknown }> | null = null;
  const text = (): string => {
    const kept = decoded?.deref();
    if (kept !== undefined) return kept.text;
    const now = { text: decode(bytes) };
    decoded = new WeakRef(now);
    return now.text;
  };
  const json = (): unknown => {
    const kept = parsed?.deref();
    if (kept !== undefined) return kept.json;
    const now = { json: parse(text()) };
    parsed = new WeakRef(now);
    return now.json;
  };
  return { path, bytes, modifiedAt, text, json };
}

/** UTF-16 without its mark becomes readable too where it is mostly ASCII, as every second byte of it is a NUL. */
function decode(bytes: Buffer): string {
  return marked(bytes).replaceAll('\0', '').toWellFormed();
}

function marked(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2));
    return Buffer.from(even).swap16().toString('utf16le');
  }
  if (!isUtf8(bytes)) return bytes.toString('latin1');
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
    ? bytes.toString('utf8', 3)
    : bytes.toString('utf8');
}

function parse(text: string): unknown {
  // most files are no JSON, and an error is dear
  if (!/^\s*[[{"\d\-tfn]/.test(text.slice(0, 1000))) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // that it is none is the answer
  }
}
