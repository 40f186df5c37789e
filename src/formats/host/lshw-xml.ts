import { asList, asRecord, asText } from '../json-facts.ts';
import { parseXml } from '../xml.ts';
import { DEEPEST, emptyNode, type LshwNode } from './lshw-node.ts';
import { readLshw } from './read-lshw.ts';
import { emptyReading, type FileFormat, type FileReading, type SourceFile } from '#src/ports/bundle-format.ts';

/** `lshw -xml`: `<list>` since B.02.16, one `<node>` or several in a row before. */
export const lshwXml: FileFormat = {
  id: 'lshw-xml',
  title: 'lshw -xml',
  recognises: (file) => /<node\s[^>]{0,400}\bclass="[a-z]{1,20}"/.test(file.text().slice(0, 20_000)),
  read: readXml,
};

function readXml(file: SourceFile): FileReading[] {
  const { document, fault } = parseXml(file.text());
  const roots = [...many(document['node']), ...many(document['list']).flatMap((list) => many(asRecord(list)['node']))];
  if (roots.length === 0) {
    const reading = emptyReading('tools');
    reading.warnings.push(fault ?? 'The XML holds no node of lshw.');
    return [reading];
  }
  const reading = readLshw(roots.map((root) => nodeOf(asRecord(root))));
  if (fault !== null) {
    reading.warnings.push(fault);
    // What comes after the break may hold further parts.
    reading.scope = [];
  }
  return [reading];
}

function many(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? asList(value) : [value];
}

function nodeOf(element: Record<string, unknown>, depth = 0): LshwNode {
  const node = emptyNode();
  node.id = asText(element['@id']) ?? '';
  node.class = asText(element['@class']) ?? '';
  node.handle = asText(element['@handle']) ?? '';
  node.disabled = element['@disabled'] === 'true';
  for (const [name, value] of Object.entries(element)) {
    if (name.startsWith('@') || name === 'node' || name === 'configuration' || name === 'capabilities') continue;
    const texts = many(value).map(textOf);
    if (name === 'logicalname') node.logicalNames = texts.filter((text) => text !== null);
    const first = texts[0] ?? null;
    if (first !== null) node.values.set(name, first);
  }
  for (const setting of many(asRecord(element['configuration'])['setting']).map(asRecord)) {
    const name = asText(setting['@id']);
    const value = asText(setting['@value']);
    if (name !== null && value !== null) node.settings.set(name, value);
  }
  node.capabilities = many(asRecord(element['capabilities'])['capability'])
    .map((capability) => asText(asRecord(capability)['@id']))
    .filter((id) => id !== null);
  if (depth < DEEPEST) node.children = many(element['node']).map((child) => nodeOf(asRecord(child), depth + 1));
  return node;
}

function textOf(value: unknown): string | null {
  return asText(value) ?? asText(asRecord(value)['#text']);
}
