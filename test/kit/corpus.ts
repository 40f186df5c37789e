import path from 'node:path';

/** A file or folder of the corpus of recorded machines and payloads: REANIMATOR_CORPUS, or beside the project. It may not be there. */
export function corpusPath(...parts: string[]): string {
  return path.join(
    process.env['REANIMATOR_CORPUS'] ?? path.resolve(import.meta.dirname, '../../../shared/corpus'),
    ...parts,
  );
}
