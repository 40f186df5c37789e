import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Bodies by path, e.g. `{'/redfish/v1': {…}, '/redfish/v1/Systems': {…}}`. */
export type Tree = Record<string, object>;
export type Body = Record<string, unknown>;

/** What a BMC serves at rest. Shared by all simulators of the same tree; nobody may change its bodies. */
export interface TreeStore {
  /** Case and a trailing slash do not matter. */
  get(path: string): Body | undefined;
  paths(): Iterable<string>;
}

const byFolder = new Map<string, TreeStore>();
const byTree = new WeakMap<Tree, TreeStore>();

export function foldPath(path: string): string {
  return path.replace(/\/+$/, '').toLowerCase();
}

/**
 * A recorded folder in the layout of DMTF's Mockup Creator (`redfish/v1/…/index.json`), read when asked for; or a tree in memory.
 * The same folder or object gives the same store.
 */
export function openTree(tree: string | Tree): TreeStore {
  if (typeof tree !== 'string') {
    const store = byTree.get(tree) ?? fromMemory(tree);
    byTree.set(tree, store);
    return store;
  }
  const store = byFolder.get(tree) ?? fromFolder(tree);
  byFolder.set(tree, store);
  return store;
}

function fromMemory(tree: Tree): TreeStore {
  const bodies = new Map(Object.entries(tree).map(([path, body]) => [foldPath(path), body as Body]));
  return { get: (path) => bodies.get(foldPath(path)), paths: () => bodies.keys() };
}

function fromFolder(folder: string): TreeStore {
  const files = new Map<string, string>();
  const parsed = new Map<string, Body>();
  for (const file of readdirSync(join(folder, 'redfish'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith(`${sep}index.json`)) continue;
    const path = `/redfish/${file.slice(0, -'/index.json'.length).split(sep).join('/')}`;
    files.set(foldPath(path), join(folder, 'redfish', file));
  }
  return {
    get(path) {
      const key = foldPath(path);
      const before = parsed.get(key);
      const file = files.get(key);
      if (before !== undefined || file === undefined) return before;
      const body = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) as Body;
      parsed.set(key, body);
      return body;
    },
    paths: () => files.keys(),
  };
}

/** The walkable trees among the recordings of a folder: those that have a service root and a systems collection. */
export function recordedTrees(corpusFolder: string): { name: string; folder: string; vendor: string }[] {
  if (!existsSync(corpusFolder)) return [];
  const folders = readdirSync(corpusFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => ({ name, folder: join(corpusFolder, name), vendor: name.split('-')[0] ?? name }))
    .filter(
      ({ folder }) =>
        existsSync(join(folder, 'redfish/v1/index.json')) && existsSync(join(folder, 'redfish/v1/Systems/index.json')),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
