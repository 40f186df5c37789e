import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Node, type Program, parseSync } from 'oxc-parser';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Folders that hold our code. What is not there (yet) is left out. */
export const CODE = ['src', 'adapters', 'jobs', 'migrations', 'demo', 'setup', 'bench', 'prove', 'test', 'agent'];
const NOT_OURS = new Set(['node_modules', 'var', '.git', 'dist', 'coverage']);

export interface Import {
  /** As it is written. */
  specifier: string;
  /** The file in the project, from its root; undefined for a package or a module of Node. */
  target: string | undefined;
  typeOnly: boolean;
}

export interface SourceFile {
  /** From the project's root, with slashes. */
  file: string;
  text: string;
  program: Program;
  imports: Import[];
}

/** All files under a folder of the project, from its root. */
export function filesUnder(folder: string): string[] {
  const found: string[] = [];
  const visit = (relative: string): void => {
    for (const entry of readdirSync(path.join(ROOT, relative), { withFileTypes: true })) {
      if (NOT_OURS.has(entry.name)) continue;
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) visit(name);
      else if (entry.isFile()) found.push(name);
    }
  };
  if (isFolder(folder)) visit(folder);
  return found;
}

export function isFolder(relative: string): boolean {
  return statSync(path.join(ROOT, relative), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function foldersIn(relative: string): string[] {
  if (!isFolder(relative)) return [];
  return readdirSync(path.join(ROOT, relative), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && !NOT_OURS.has(entry.name) ? [entry.name] : [],
  );
}

export const isTest = (file: string): boolean => /\.test\.ts$/.test(file);

/** Every TypeScript file of ours but declarations, parsed. */
export function sourceFiles(): SourceFile[] {
  return CODE.flatMap(filesUnder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map(parse);
}

export function parse(file: string): SourceFile {
  return parseText(file, readFileSync(path.join(ROOT, file), 'utf8'));
}

/** @throws Error where it does not parse: a file that nobody can read must not look clean */
export function parseText(file: string, text: string): SourceFile {
  const { program, module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const add = (specifier: string, typeOnly: boolean): void =>
    void imports.push({ specifier, typeOnly, target: resolve(file, specifier) });
  for (const one of module.staticImports)
    add(one.moduleRequest.value, one.entries.length > 0 && one.entries.every((entry) => entry.isType));
  for (const one of module.staticExports)
    for (const entry of one.entries) if (entry.moduleRequest) add(entry.moduleRequest.value, entry.isType);
  for (const node of nodesOf(program))
    if (node.type === 'ImportExpression' && node.source.type === 'Literal' && typeof node.source.value === 'string')
      add(node.source.value, false);
  return { file, text, program, imports };
}

function resolve(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('.')) return path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  return undefined;
}

/** A node and everything in it. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(child)) yield* nodesOf(child);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** `a.b.c` of a chain of names; undefined for anything else. `this`, calls and brackets end it. */
export function dotted(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return undefined;
  const before = dotted(node.object);
  return before === undefined ? undefined : `${before}.${node.property.name}`;
}

export function lineOf(source: SourceFile, node: Node): string {
  return `${source.file}:${source.text.slice(0, node.start).split('\n').length}`;
}
