import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { FileReading, SourceFile } from '../../src/ports/bundle-format.ts';
import { redfishTree } from './tree.ts';

export function asFile(path: string, content: unknown): SourceFile {
  const bytes = Buffer.isBuffer(content)
    ? content
    : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '');
  let json: { value: unknown } | null = null;
  return {
    path,
    bytes,
    modifiedAt: null,
    text: () => text,
    json() {
      if (json !== null) return json.value;
      try {
        json = { value: JSON.parse(text) as unknown };
      } catch {
        json = { value: undefined };
      }
      return json.value;
    },
  };
}

export function filesUnder(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((file) =>
      asFile(
        file
          .slice(folder.length + 1)
          .split(sep)
          .join('/'),
        readFileSync(file),
      ),
    );
}

/** A tree as DMTF's Mockup Creator lays it down. */
export function asMockup(tree: Record<string, object>, prefix = ''): SourceFile[] {
  return Object.entries(tree).map(([path, body]) =>
    asFile(`${prefix}${path.slice(1).replace(/\/$/, '')}/index.json`, body),
  );
}

export async function readTrees(files: readonly SourceFile[]): Promise<FileReading[]> {
  const readings: FileReading[] = [];
  for (const tree of redfishTree.find(files)) readings.push(...(await redfishTree.read(tree)));
  return readings;
}

/** `cpu 2/2 dimm 8/8`: components of each kind, and how many of them have a serial. */
export function summary(reading: FileReading): string {
  const kinds = [...new Set(reading.components.map(({ kind }) => kind))];
  return kinds
    .map((kind) => {
      const own = reading.components.filter((one) => one.kind === kind);
      return `${kind} ${own.length}/${own.filter(({ serial }) => serial !== null).length}`;
    })
    .join(', ');
}
