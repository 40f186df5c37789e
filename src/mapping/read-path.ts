/** One step of a path: a name, and which items of the list under it. */
interface Step {
  name: string;
  /** `[*]`, or `[key=value]`; null for a value that is no list. */
  items: 'all' | { key: string; value: string } | null;
}

export interface Path {
  text: string;
  steps: readonly Step[];
}

/** `undefined` where it is not there, which is not the same as null. Never throws. */
export type PathReader = (data: Readonly<Record<string, unknown>>) => unknown;

const NAME = /^[A-Za-z0-9_-]{1,80}/;
const ITEMS = /^\[(?:\*|([A-Za-z0-9_-]{1,80})=(?:"([^"]*)"|'([^']*)'|([^\]["']+)))\]/;

/** `serial`, `site.id`, `tags[*].slug`, `interfaces[mgmt_only=true].mac`; nothing else is a path. @throws Error saying where it ends to be one */
export function parsePath(text: string): Path {
  const steps: Step[] = [];
  let rest = text;
  for (;;) {
    const name = NAME.exec(rest)?.[0];
    if (name === undefined)
      throw new Error(`"${text}" is no path: names with dots between, each may have [*] or [key=value] behind it`);
    rest = rest.slice(name.length);
    const items = ITEMS.exec(rest);
    rest = rest.slice(items?.[0].length ?? 0);
    steps.push({ name, items: items === null ? null : itemsOf(items) });
    if (rest === '') return { text, steps };
    if (!rest.startsWith('.')) throw new Error(`"${text}" is no path: "${rest}" is not understood`);
    rest = rest.slice(1);
  }
}

function itemsOf([, key, ...values]: readonly (string | undefined)[]): Step['items'] {
  if (key === undefined) return 'all';
  return { key, value: values.find((value) => value !== undefined) ?? '' };
}

/** Whether it is plain names and dots, so that it can be written as well as read. */
export function isPlainPath(path: Path): boolean {
  return path.steps.every(({ items }) => items === null);
}

/**
 * A name that is missing on the way makes the value unknown, an explicit null makes it null. `[*]` and `[key=value]` give a list; when one
 * of its items lacks a name, the whole list is unknown: half a list would be written back as if it were all.
 */
export function compilePath(path: Path): PathReader {
  // JSON may have it as a name; as a name in our paths it is a mistake or an attack, and never there.
  if (path.steps.some(({ name, items }) => name === '__proto__' || (isKeyed(items) && items.key === '__proto__')))
    return () => undefined;
  const [first, second] = path.steps;
  if (first === undefined) return () => undefined;
  if (!isPlainPath(path)) return (data) => readSteps(data, path.steps, 0);
  const { name } = first;
  if (second === undefined) return (data) => readName(data, name);
  if (path.steps.length > 2) return (data) => readSteps(data, path.steps, 0);
  const inner = second.name;
  return (data) => readName(readName(data, name), inner);
}

function isKeyed(items: Step['items']): items is { key: string; value: string } {
  return items !== null && items !== 'all';
}

function readName(data: unknown, name: string): unknown {
  if (data === null) return null;
  if (typeof data !== 'object' || Array.isArray(data) || !Object.hasOwn(data, name)) return undefined;
  return (data as Record<string, unknown>)[name];
}

function readSteps(data: unknown, steps: readonly Step[], at: number): unknown {
  let node = data;
  for (let index = at; index < steps.length; index += 1) {
    const step = steps[index];
    if (step === undefined) return undefined;
    node = readName(node, step.name);
    if (node === undefined || node === null) return node;
    if (step.items !== null) return readItems(node, step.items, steps, index + 1);
  }
  return node;
}

function readItems(
  list: unknown,
  which: 'all' | { key: string; value: string },
  steps: readonly Step[],
  at: number,
): unknown {
  if (!Array.isArray(list)) return undefined;
  const isLists = steps.slice(at).some(({ items }) => items !== null);
  const found: unknown[] = [];
  for (const item of list as unknown[]) {
    if (which !== 'all') {
      const key = readName(item, which.key);
      if (key === undefined) return undefined;
      if (typeof key === 'object' ? which.value !== 'null' || key !== null : String(key) !== which.value) continue;
    }
    const value = readSteps(item, steps, at);
    if (value === undefined) return undefined;
    if (isLists && Array.isArray(value)) for (const one of value as unknown[]) found.push(one);
    else found.push(value);
  }
  return found;
}
