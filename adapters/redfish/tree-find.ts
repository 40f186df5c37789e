import type { SourceFile } from '../../src/ports/bundle-format.ts';
import { addressOf, documentsOf } from './tree-documents.ts';
import { baseOf, isMachine, isMixture, machinesIn } from './tree-machines.ts';

/** The files of each tree. A file that holds a whole crawl is a tree by itself. */
export function findTrees(files: readonly SourceFile[]): SourceFile[][] {
  const redfish = files.filter((file) => documentsOf(file).found.length > 0);
  const alone = redfish.filter(isWholeCrawl);
  const inTrees = new Set(alone);
  const trees = alone.map((file) => [file]);
  const rest = redfish.filter((file) => !inTrees.has(file));

  // A service root says where a tree begins; where it was not saved, the list of systems does.
  for (const start of ['/redfish/v1', '/redfish/v1/systems']) {
    const open = rest.filter((file) => !inTrees.has(file));
    for (const tree of groupByStart(open, start)) {
      for (const file of tree) inTrees.add(file);
      trees.push(tree);
    }
  }
  // Crawls of several machines, without their roots, in one folder: each speaks for itself.
  for (const file of rest) {
    if (inTrees.has(file) || !documentsOf(file).crawl || !machinesIn([file]).some(isMachine)) continue;
    inTrees.add(file);
    trees.push([file]);
  }
  return withErrorBodies(trees, files, inTrees);
}

function isWholeCrawl(file: SourceFile): boolean {
  const { found, crawl } = documentsOf(file);
  const hasRoot = found.some((one) => one.uri === '/redfish/v1' && (crawl || !one.nested));
  return hasRoot && found.length > 1 && machinesIn([file]).some(isMachine);
}

function groupByStart(files: readonly SourceFile[], start: string): SourceFile[][] {
  const starts = files.filter((file) => documentsOf(file).found.some((one) => one.uri === start && !one.nested));
  const bases = new Set(starts.map((file) => baseOf(file.path)));
  const groups = new Map<string, SourceFile[]>();
  for (const file of files) {
    const base = nearest(baseOf(file.path), bases);
    if (base === null) continue;
    const group = groups.get(base) ?? [];
    groups.set(base, group);
    group.push(file);
  }
  const trees = [...groups.values()].filter(isTree);
  // One root in a folder of its own (`root/index.json` beside `Systems/…`): then it is the root of all.
  if (trees.length === 0 && bases.size === 1 && isTree(files)) return [[...files]];
  return trees;
}

function isTree(files: readonly SourceFile[]): boolean {
  return !isMixture(files) && machinesIn(files).some(isMachine);
}

/** The folder itself or the closest one above it. */
function nearest(folder: string, bases: ReadonlySet<string>): string | null {
  for (let at = folder; ; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') {
    if (bases.has(at)) return at;
    if (at === '') return null;
  }
}

/** Answers without any content of Redfish (errors, headers) belong to the tree that they lie in, not to the other formats. */
function withErrorBodies(
  trees: SourceFile[][],
  files: readonly SourceFile[],
  taken: ReadonlySet<SourceFile>,
): SourceFile[][] {
  const byBase = new Map<string, SourceFile[]>();
  for (const tree of trees) {
    const base = tree.find((file) => isInTree(file.path));
    if (base !== undefined) byBase.set(baseOf(base.path), tree);
  }
  for (const file of files) {
    if (taken.has(file) || !isInTree(file.path) || !/\.json$/i.test(file.path)) continue;
    byBase.get(baseOf(file.path))?.push(file);
  }
  return trees;
}

function isInTree(path: string): boolean {
  const at = path.toLowerCase().lastIndexOf('redfish/v1');
  return at >= 0 && addressOf(`/${path.slice(at)}`) !== null && (at === 0 || path[at - 1] === '/');
}
