import { controllerFormats } from '../controllers/controller-formats.ts';
import { bmcFormats } from './bmc-formats.ts';
import type { FileFormat, FileReading, SeenComponent, SourceFile } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';

/** All formats of both rooms, as a bundle tries them. */
export const formats: FileFormat[] = [...bmcFormats, ...controllerFormats];

export function fileOf(content: string | Buffer, path = 'some-file'): SourceFile {
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

/** The one format that takes the file, with what it reads. */
export function readFile(file: SourceFile): { format: string | null; readings: FileReading[] } {
  const takers = formats.filter((one) => one.recognises(file));
  if (takers.length > 1) throw new Error(`${file.path}: ${takers.map((one) => one.id).join(' and ')} both take it`);
  return { format: takers[0]?.id ?? null, readings: takers[0]?.read(file) ?? [] };
}

/** What the file is read as; fails where no format takes it, or it shows several servers. */
export function readOne(content: string): FileReading & { format: string } {
  const { format, readings } = readFile(fileOf(content));
  const [reading, ...others] = readings;
  if (format === null || reading === undefined || others.length > 0)
    throw new Error(`read as ${format}, ${readings.length}`);
  return { ...reading, format };
}

/** The part of that kind at that slot. */
export function partAt(reading: FileReading, kind: ComponentKind, slot: string | null): SeenComponent {
  const found = reading.components.filter((one) => one.kind === kind && one.slot === slot);
  const [part] = found;
  if (part === undefined || found.length !== 1) throw new Error(`${found.length} of ${kind} at ${slot}`);
  return part;
}
