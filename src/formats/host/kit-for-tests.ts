import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hostFormats } from './host-formats.ts';
import { corpusPath } from '#test/kit/corpus.ts';
import type { FileReading, SeenComponent, SourceFile } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** A file out of a bundle with this content. */
export function fileOf(content: string | Buffer, path = 'file'): SourceFile {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const text = bytes.toString('utf8').replaceAll('\0', '');
  return {
    path,
    bytes,
    modifiedAt: null,
    text: () => text,
    json: () => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return undefined;
      }
    },
  };
}

export interface Read {
  /** The format that took the file; null where none did. */
  format: string | null;
  readings: FileReading[];
}

/** Read by the first format that recognises it, as bundles are. */
export function readWith(file: SourceFile): Read {
  const format = hostFormats.find((one) => one.recognises(file));
  return { format: format?.id ?? null, readings: format?.read(file) ?? [] };
}

/** The only reading of a text. */
export function readOne(content: string | Buffer): { format: string | null; reading: FileReading } {
  const { format, readings } = readWith(fileOf(content));
  const [reading] = readings;
  if (reading === undefined || readings.length !== 1) throw new Error(`${readings.length} readings by ${format}`);
  return { format, reading };
}

export function partsOf(reading: FileReading, kind: ComponentKind): SeenComponent[] {
  return reading.components.filter((one) => one.kind === kind);
}

/** Recorded outputs of a tool; empty where the corpus is not at hand. */
export function recorded(kind: string): { name: string; bytes: Buffer }[] {
  const folder = corpusPath('logbundles', kind);
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) !== 'SOURCES.md' && statSync(join(folder, name)).isFile())
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}
