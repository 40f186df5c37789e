import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';

/** What is wrong with a file that people write; lines count from 1. */
export interface LineFault {
  line: number;
  message: string;
}

export interface YamlFile<T> {
  value: T;
  /** Where a place of the file stands; of one that is not there, the nearest around it. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Reads a YAML file by its schema. Never throws, whatever the text. */
export function readYamlFile<T>(text: string, schema: z.ZodType<T>): YamlFile<T> | { faults: LineFault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0)
    return {
      faults: document.errors.map((error) => ({ line: lines.linePos(error.pos[0]).line, message: error.message })),
    };
  const lineOf = (path: readonly PropertyKey[]): number => lines.linePos(offsetOf(document, path)).line || 1;
  const content = contentOf(document);
  if ('fault' in content) return { faults: [{ line: 1, message: content.fault }] };
  const read = schema.safeParse(content.value);
  if (read.success) return { value: read.data, lineOf };
  return { faults: read.error.issues.flatMap(plainIssues).map((issue) => faultOf(issue, lineOf)) };
}

function faultOf(issue: z.core.$ZodIssue, lineOf: (path: readonly PropertyKey[]) => number): LineFault {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const place = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  return { line: lineOf([...issue.path, ...unknown]), message: `${place}${issue.message}` };
}

/** Aliases are looked up only here, and too many of them are an error. */
function contentOf(document: Document): { value: unknown } | { fault: string } {
  try {
    return { value: document.toJS() };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** Of an entry where its key begins: a list below stands on lines of its own. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const next = stepInto(node, step);
    if (next === undefined) return offset;
    offset = next.offset ?? offset;
    node = next.node;
  }
  return offset;
}

function stepInto(node: unknown, step: PropertyKey): { node: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
    return pair && { node: pair.value, offset: startOf(pair.key) };
  }
  if (!isSeq(node)) return undefined;
  const item = node.items[Number(step)];
  return item === undefined ? undefined : { node: item, offset: startOf(item) };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

/** One of several shapes: the faults of the one that was meant, which is the only one whose outer form fits. */
function plainIssues(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const [meant, ...others] = issue.errors.filter((faults) => faults.every((fault) => fault.path.length > 0));
  if (meant === undefined || others.length > 0) return [issue];
  return meant.map((fault) => ({ ...fault, path: [...issue.path, ...fault.path] })).flatMap(plainIssues);
}
