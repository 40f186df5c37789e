import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Argument, type Command, Option } from 'commander';
import type { LineFault } from './core/yaml-file.ts';
import { isMappingFile, MAPPINGS_FOLDER, type OurValues, readMappings } from './mapping/load-mappings.ts';
import { mappingSchema } from './mapping/mapping-schema.ts';
import { readMapping } from './mapping/parse-mapping.ts';
import { type Format, print } from './print.ts';

/** By the name of the file, or `<system>-*.yaml` for all of a system: checks of the mapping files that are no object mappings. */
export type MappingCheckers = Readonly<Record<string, (text: string) => LineFault[]>>;
/** By name, for `mappings schema <name>`: the JSON Schemas of mapping files that are no object mappings. */
export type MappingSchemas = Readonly<Record<string, () => object>>;

export interface CheckedFile {
  file: string;
  fields: number | null;
  tests: number | null;
  note: string | null;
  faults: LineFault[];
}

/** `mappings` on the command line. */
export function addMappingCommands(
  program: Command,
  checkers: MappingCheckers,
  ours?: OurValues,
  schemas: MappingSchemas = {},
): void {
  const mappings = program.command('mappings').description('the files that say what is whose, field by field');
  mappings
    .command('check')
    .description('check mapping files and run the tests in them, without a hub')
    .argument('[files...]', 'all of mappings/ when none is named')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .action((files: string[], options: { output: Format }) => {
      const checked = checkMappingFiles(files, checkers, MAPPINGS_FOLDER, ours);
      tell(checked, options.output);
      if (checked.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
    });
  mappings
    .command('schema')
    .description(
      'print the JSON Schema of object mappings, which mappings/schema/mapping.schema.json holds for editors, or another one of that folder',
    )
    .addArgument(new Argument('[name]', 'which one').choices(['mapping', ...Object.keys(schemas)]).default('mapping'))
    .action((name: string) => {
      const schema = schemas[name] ?? mappingSchema;
      process.stdout.write(`${JSON.stringify(schema(), null, 2)}\n`);
    });
}

function tell(checked: readonly CheckedFile[], format: Format): void {
  if (format === 'json') return print('json', checked, '');
  const sound = checked.filter(({ faults }) => faults.length === 0);
  print(
    'table',
    sound.map(({ file, fields, tests, note }) => ({ file, fields, tests, note })),
    '',
  );
  for (const { file, faults } of checked)
    for (const { line, message } of faults) process.stdout.write(`${file}:${line}: ${message}\n`);
}

/**
 * Object mappings are checked together with those beside them: a parent or a type that is looked up may be in another file.
 *
 * @param named all of the folder when there are none
 */
export function checkMappingFiles(
  named: readonly string[],
  checkers: MappingCheckers,
  folder: string = MAPPINGS_FOLDER,
  ours?: OurValues,
): CheckedFile[] {
  const wanted = named.length > 0 ? [...new Set(named.map((file) => path.resolve(file)))] : yamlFilesIn(folder);
  const around = [...new Set(wanted.map((file) => path.dirname(file)))].flatMap(yamlFilesIn);
  const texts = new Map([...new Set([...wanted, ...around])].map((file) => [file, textOf(file)]));
  const mappings = new Map(
    [...texts].flatMap(([file, text]) =>
      text !== undefined && checkerOf(checkers, file) === undefined && isMappingFile(text) ? [[file, text]] : [],
    ),
  );
  const { faults } = readMappings(
    [...mappings].map(([file, text]) => ({ file, text })),
    [],
    ours,
  );
  return wanted.map((file): CheckedFile => {
    const row = { file: path.relative(process.cwd(), file), fields: null, tests: null, note: null, faults: [] };
    const text = texts.get(file);
    if (text === undefined) return { ...row, faults: [{ line: 1, message: 'there is no such file' }] };
    if (mappings.has(file)) {
      const own = faults.filter((fault) => fault.file === file);
      return { ...row, ...countsOf(text, file), faults: own.map(({ line, message }) => ({ line, message })) };
    }
    const check = checkerOf(checkers, file);
    if (check !== undefined) return { ...row, faults: check(text) };
    // In the folder it is somebody else's file; who names it is told
    if (named.length === 0) return { ...row, note: 'has no `object`, and is not checked here' };
    return {
      ...row,
      faults: [{ line: 1, message: 'has no `object`, so it is no mapping, and nobody else checks it' }],
    };
  });
}

function checkerOf(checkers: MappingCheckers, file: string): MappingCheckers[string] | undefined {
  const name = path.basename(file);
  return checkers[name] ?? checkers[name.replace(/-.*\.yaml$/, '-*.yaml')];
}

function countsOf(text: string, file: string): { fields: number | null; tests: number | null } {
  const read = readMapping(text, file);
  if ('faults' in read) return { fields: null, tests: null };
  return { fields: read.content.fields.length, tests: read.content.tests.length };
}

function yamlFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => path.join(folder, name));
}

function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
