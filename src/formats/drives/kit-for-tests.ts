import type { FileReading, SeenComponent, SourceFile } from '../../ports/bundle-format.ts';
import { driveFormats } from './drive-formats.ts';

export function fileOf(content: string | Buffer | object, path = 'file'): SourceFile {
  const plain = typeof content === 'string' || Buffer.isBuffer(content);
  const bytes = Buffer.from(plain ? content : JSON.stringify(content, null, 2));
  const text = bytes.toString('utf8').replaceAll('\0', '');
  return {
    path,
    bytes,
    modifiedAt: null,
    text: () => text,
    json() {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return undefined; // as the contract says
      }
    },
  };
}

/** The file, read by the one format that recognises it. */
export function readFile(file: SourceFile): { id: string; readings: FileReading[] } {
  const formats = driveFormats.filter((format) => format.recognises(file));
  const [format] = formats;
  if (format === undefined || formats.length > 1) {
    throw new Error(`${file.path}: recognised by ${formats.map(({ id }) => id).join(', ') || 'none'}`);
  }
  return { id: format.id, readings: format.read(file) };
}

export function componentsOf(content: string | object): SeenComponent[] {
  return readFile(fileOf(content)).readings.flatMap(({ components }) => components);
}

export function onlyReading(content: string | object): FileReading {
  const { readings } = readFile(fileOf(content));
  if (readings.length !== 1 || readings[0] === undefined) throw new Error(`${readings.length} readings`);
  return readings[0];
}
