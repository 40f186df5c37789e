import { emptyNode, type LshwNode } from './lshw-node.ts';
import { readLshw } from './read-lshw.ts';
import { keyAndValue, leadingNumber, linesOf } from './words.ts';
import type { FileFormat } from '#src/ports/bundle-format.ts';

/** The default output of `lshw`: a tree drawn with `*-id`, and `key: value` lines under each node. */
export const lshwText: FileFormat = {
  id: 'lshw-text',
  title: 'lshw (text)',
  recognises: (file) => isLshwText(file.text()),
  read: (file) => [readLshw(nodesOf(file.text()))],
};

const NODE = /^( *)\*-([A-Za-z0-9_:.-]{1,80})((?: [A-Z]+)*)\s*$/;

function isLshwText(text: string): boolean {
  return /^ +\*-(?:core|firmware|cpu|memory|network|disk|storage|bank|pci|sata|nvme|display|scsi)(?::\d{1,4})?(?: [A-Z]+)*\s*$/m.test(
    text,
  );
}

function nodesOf(text: string): LshwNode[] {
  const root = emptyNode();
  const roots: LshwNode[] = [root];
  const open: { node: LshwNode; depth: number }[] = [];
  let node = root;
  for (const line of linesOf(text)) {
    const found = NODE.exec(line);
    if (found === null) {
      addLine(node, line, node === root);
      continue;
    }
    const depth = (found[1] ?? '').length;
    while (open.length > 0 && (open.at(-1)?.depth ?? 0) >= depth) open.pop();
    node = emptyNode();
    node.id = found[2] ?? '';
    node.disabled = / DISABLED/.test(found[3] ?? '');
    (open.at(-1)?.node ?? root).children.push(node);
    open.push({ node, depth });
  }
  // `lshw -class` prints no system node.
  if (root.id !== '') root.class = 'system';
  const all = [root];
  for (let one = all.pop(); one !== undefined; one = all.pop()) {
    for (const child of one.children) {
      child.class = classOf(child);
      all.push(child);
    }
  }
  return root.id === '' ? root.children : roots;
}

function addLine(node: LshwNode, line: string, isRoot: boolean): void {
  if (isRoot && node.id === '' && /^\S+$/.test(line)) {
    node.id = line;
    return;
  }
  const pair = /^ +/.test(line) ? keyAndValue(line) : null;
  if (pair === null) return;
  const { key, value } = pair;
  if (key === 'configuration') addSettings(node, value);
  else if (key === 'logical name') node.logicalNames.push(value);
  else if (key === 'capabilities') node.capabilities = value.split(' ');
  else if (key === 'bus info') node.values.set('businfo', value);
  else if (key === 'size' || key === 'capacity' || key === 'clock') node.values.set(key, plainSize(value));
  else node.values.set(key, value);
}

/** `driver=ixgbe driverversion=5.1 firmware=0x800003e1, 18.3.6 latency=0`: a value may hold blanks, a name not. */
function addSettings(node: LshwNode, value: string): void {
  const parts = value.split('=');
  for (let at = 1; at < parts.length; at += 1) {
    const name = /(\S+)$/.exec((parts[at - 1] ?? '').slice(-80))?.[1];
    const here = parts[at] ?? '';
    const end = at === parts.length - 1 ? here.length : here.lastIndexOf(' ');
    if (name !== undefined) node.settings.set(name, here.slice(0, Math.max(end, 0)).trim());
  }
}

const POWERS: Record<string, number> = { '': 0, K: 1, M: 2, G: 3, T: 4 };

/**
 * `16GiB`, `2400MHz (0.4ns)` and `10Gbit/s` as the plain numbers that the JSON has. A drive's size (`447GiB (480GB)`) is rounded here, so
 * what stands in brackets is not exact either: it stays a text, which nobody takes for bytes.
 */
function plainSize(value: string): string {
  const found = /^(\d{1,6})([KMGT]?)(iB|Hz|bit\/s)(?: \([0-9.]+[mun]?s\))?$/.exec(value);
  const number = leadingNumber(value);
  if (found === null || number === null) return value;
  const base = found[3] === 'iB' ? 1024 : 1000;
  return String(number * base ** (POWERS[found[2] ?? ''] ?? 0));
}

/** The text does not print the class; the ids are made of it. */
function classOf(node: LshwNode): string {
  const id = node.id.replace(/:\d+$/, '');
  if (id === 'core') return 'bus';
  if (id === 'cpu') return 'processor';
  if (id === 'network') return 'network';
  if (['memory', 'bank', 'cache', 'firmware'].includes(id)) return 'memory';
  if (['disk', 'namespace', 'cdrom', 'medium'].includes(id)) return 'disk';
  if (id === 'display') return 'display';
  if (id === 'power' || id === 'battery') return id;
  const controllers = ['storage', 'raid', 'sata', 'sas', 'scsi', 'ide', 'nvme', 'fc'];
  return controllers.includes(id) ? 'storage' : id;
}
