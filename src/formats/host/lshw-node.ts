/** A node of lshw's tree, the same from its JSON, XML and text. */
export interface LshwNode {
  id: string;
  class: string;
  handle: string;
  disabled: boolean;
  /** `description`, `product`, `vendor`, `version`, `serial`, `slot`, `businfo`, `size`, `clock`, … */
  values: Map<string, string>;
  logicalNames: string[];
  settings: Map<string, string>;
  /** `7200rpm`, `removable`, … */
  capabilities: string[];
  children: LshwNode[];
}

export function emptyNode(): LshwNode {
  return {
    id: '',
    class: '',
    handle: '',
    disabled: false,
    values: new Map(),
    logicalNames: [],
    settings: new Map(),
    capabilities: [],
    children: [],
  };
}

/** A node and what it hangs under. */
export interface Placed {
  node: LshwNode;
  parent: LshwNode | null;
}

/** Every node, parents first. Without recursion, since a file may nest as deep as it likes. */
export function allNodes(roots: readonly LshwNode[]): Placed[] {
  const found: Placed[] = [];
  const waiting: Placed[] = roots.map((node) => ({ node, parent: null })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    for (const child of next.node.children.toReversed()) waiting.push({ node: child, parent: next.node });
  }
  return found;
}

/** The deepest tree that is read; a real one has about 12 levels. */
export const DEEPEST = 64;
