import { readYamlFile } from '../core/yaml-file.ts';
import { compileMapping } from './compile-mapping.ts';
import type { Mapping, MappingFault } from './mapping.ts';
import { MappingFile } from './mapping-file.ts';
import { faultsOfMapping, type PlaceFault } from './mapping-faults.ts';
import { runSamples } from './run-samples.ts';

/** A mapping with its file, for what is checked between mappings. */
export interface ReadMapping {
  mapping: Mapping;
  content: MappingFile;
  /** A fault at a place of the file. */
  faultAt(fault: PlaceFault): MappingFault;
}

/** A fault of a mapping stops the start: the message has a line for each. */
export class MappingError extends Error {
  override name = 'MappingError';
  readonly faults: readonly MappingFault[];

  constructor(faults: readonly MappingFault[]) {
    super(faults.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
    this.faults = faults;
  }
}

/** Reads, checks and compiles one file and runs the tests in it; of other files it knows nothing. */
export function readMapping(text: string, file: string): ReadMapping | { faults: MappingFault[] } {
  const read = readYamlFile(text, MappingFile);
  if ('faults' in read) return { faults: read.faults.map((fault) => ({ file, ...fault })) };
  const content = read.value;
  const faultAt = ({ path, message }: PlaceFault): MappingFault => ({ file, line: read.lineOf(path), message });
  const wrong = faultsOfMapping(content);
  if (wrong.length > 0) return { faults: wrong.map(faultAt) };
  const mapping = compileMapping(content, file);
  const failed = runSamples(mapping, content.tests);
  return failed.length > 0 ? { faults: failed.map(faultAt) } : { mapping, content, faultAt };
}

/** @throws MappingError */
export function parseMapping(text: string, file: string): Mapping {
  const read = readMapping(text, file);
  if ('faults' in read) throw new MappingError(read.faults);
  return read.mapping;
}
