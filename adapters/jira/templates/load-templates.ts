import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readYamlFile } from '../../../src/core/yaml-file.ts';
import { TemplateFile } from './template-file.ts';

/** All of `jira-*.yaml`. */
export interface Templates {
  /** The file for a project, else the one for all others. */
  of(project: string): TemplateFile;
  readonly files: readonly TemplateFile[];
}

const FOLDER = fileURLToPath(new URL('../../../mappings', import.meta.url));

/** @throws Error with a line for every fault, naming file and line: a start-up error, so not an AdapterError */
export function loadTemplates(folder: string = FOLDER): Templates {
  const files = readdirSync(folder)
    .filter((name) => /^jira-.*\.yaml$/.test(name))
    .toSorted()
    .map((name) => ({ name, content: readTemplates(path.join(folder, name), name) }));
  const byProject = new Map<string | null, TemplateFile>();
  for (const { name, content } of files) {
    if (byProject.has(content.project))
      throw new Error(`${name}: another file is for ${content.project ?? 'all other projects'} already`);
    byProject.set(content.project, content);
  }
  const others = byProject.get(null);
  if (others === undefined) throw new Error(`${folder}: no jira-*.yaml has \`project: null\`, for all other projects`);
  return { of: (project) => byProject.get(project) ?? others, files: files.map(({ content }) => content) };
}

function readTemplates(file: string, name: string): TemplateFile {
  const read = readYamlFile(readFileSync(file, 'utf8'), TemplateFile);
  if ('value' in read) return read.value;
  throw new Error(read.faults.map(({ line, message }) => `${name}:${line}: ${message}`).join('\n'));
}
