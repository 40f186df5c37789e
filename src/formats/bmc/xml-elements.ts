import { asRecord } from '../json-facts.ts';

/** Every element of that name, wherever it stands; elements that hold text only are left out. The reader of XML bounds the depth. */
export function findElements(document: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  const visit = (node: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(node)) {
      for (const child of listOf(value)) {
        if (typeof child !== 'object' || child === null) continue;
        if (key === name) found.push(child as Record<string, unknown>);
        visit(child as Record<string, unknown>);
      }
    }
  };
  visit(document);
  return found;
}

/** The elements at a path, each step repeated or not. */
export function elementsOf(document: Record<string, unknown>, path: readonly string[]): Record<string, unknown>[] {
  let level = [document];
  for (const name of path) level = level.flatMap((one) => listOf(one[name]).map(asRecord));
  return level;
}

/** An element as a list, whether it comes once, several times or not at all. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
