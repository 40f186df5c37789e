import { asList, asRecord, asText } from '../json-facts.ts';
import { parseLenientJson } from './lenient-json.ts';
import { DEEPEST, emptyNode, type LshwNode } from './lshw-node.ts';
import { readLshw } from './read-lshw.ts';
import type { FileFormat, SourceFile } from '#src/ports/bundle-format.ts';

/** `lshw -json`, all versions: an object, a list (`-class`), or several objects in a row. */
export const lshwJson: FileFormat = {
  id: 'lshw-json',
  title: 'lshw -json',
  recognises: (file) => rootsOf(file).length > 0,
  read: (file) => [readLshw(rootsOf(file).map((root) => nodeOf(root)))],
};

function rootsOf(file: SourceFile): Record<string, unknown>[] {
  // Parsing what is not even shaped like lshw's answer twice would be dear for large foreign JSON.
  const text = file.text();
  if (!/^\uFEFF?\s*[[{]/.test(text) || !/"class"\s*:/.test(text)) return [];
  const parsed = file.json() ?? parseLenientJson(text);
  const roots = (Array.isArray(parsed) ? parsed : [parsed]).map(asRecord);
  return roots.length > 0 && roots.every(isNode) ? roots : [];
}

/** Samples that were cut down by hand lack the id, never both the claim and the children. */
function isNode(value: Record<string, unknown>): boolean {
  const inner = asRecord(asList(value['children'])[0]);
  const own = typeof value['class'] === 'string' && (typeof value['id'] === 'string' || 'claimed' in value);
  return own || (typeof inner['class'] === 'string' && typeof inner['id'] === 'string');
}

function nodeOf(value: Record<string, unknown>, depth = 0): LshwNode {
  const node = emptyNode();
  node.id = asText(value['id']) ?? '';
  node.class = asText(value['class']) ?? '';
  node.handle = asText(value['handle']) ?? '';
  node.disabled = value['disabled'] === true;
  for (const [name, one] of Object.entries(value)) {
    const text = asText(one);
    if (text !== null) node.values.set(name, text);
  }
  const names = value['logicalname'];
  for (const name of Array.isArray(names) ? names : [names]) {
    const text = asText(name);
    if (text !== null) node.logicalNames.push(text);
  }
  for (const [name, one] of Object.entries(asRecord(value['configuration']))) {
    const text = asText(one);
    if (text !== null) node.settings.set(name, text);
  }
  node.capabilities = Object.keys(asRecord(value['capabilities']));
  if (depth < DEEPEST)
    node.children = asList(value['children'])
      .filter((child) => Object.keys(asRecord(child)).length > 0)
      .map((child) => nodeOf(asRecord(child), depth + 1));
  return node;
}
