import { findPath, nearest, type PathStep } from './find-path.ts';
import { type Image, isVersion, type WantedComponent } from './model.ts';
import type { FirmwarePolicy } from './policy.ts';
import { isAtLeast } from './version-order.ts';

interface Row {
  id: string;
  name: string;
  version: string | null;
  updateable: boolean | null;
  queueable?: true;
}

export interface PlannedServer {
  vendor: string | null;
  model: string | null;
  rows: readonly Row[];
}

export interface PlannedStep {
  component: string;
  name: string;
  from: string | null;
  to: string;
  image: Image;
}

export type Planned = { steps: PlannedStep[] } | { why: string };

/** What somebody wants: these components, these kinds, or what the policy says of such a server. */
export type Wish = readonly WantedComponent[] | { kinds: Record<string, string> } | 'baseline';

/** More steps than this are a policy that goes in circles. */
const MOST_STEPS = 200;

/** In the policy's order, but for what needs another component first. Nothing is done where not everything can be. */
export function planUpdate(policy: FirmwarePolicy, server: PlannedServer, wish: Wish): Planned {
  const targets = targetsOf(policy, server, wish);
  if ('why' in targets) return targets;
  const ways = new Map<Row, PathStep[]>();
  for (const { row, version, image } of targets.list) {
    const way = wayTo(policy, server, { row, version, image });
    if ('why' in way) return way;
    ways.set(row, way.path);
  }
  return inOrder(policy, server, ways);
}

interface Target {
  row: Row;
  version: string;
  image: Image | null;
}

function targetsOf(policy: FirmwarePolicy, server: PlannedServer, wish: Wish): { list: Target[] } | { why: string } {
  if (Array.isArray(wish)) return namedTargets(server, wish);
  const kinds = typeof wish === 'object' && 'kinds' in wish ? wish.kinds : baselineOf(policy, server);
  if (kinds === undefined)
    return {
      why: `mappings/firmware-policy.yaml has no baseline for ${server.vendor ?? 'an unknown vendor'} ${server.model ?? ''}`,
    };
  const list: Target[] = [];
  for (const [kind, version] of Object.entries(kinds))
    for (const row of server.rows)
      if (kindOf(policy, row) === kind && row.updateable !== false) list.push({ row, version, image: null });
  return { list };
}

function namedTargets(
  { rows }: PlannedServer,
  wanted: readonly WantedComponent[],
): { list: Target[] } | { why: string } {
  const list: Target[] = [];
  for (const { component, version, image } of wanted) {
    const row = rows.find(({ id }) => id === component);
    if (row === undefined)
      return { why: `the BMC lists no ${component}; it lists ${rows.map(({ id }) => id).join(', ') || 'nothing'}` };
    if (row.updateable === false && row.queueable !== true)
      return { why: `the BMC says that it cannot update ${row.name} (${component})` };
    list.push({ row, version, image: image ?? null });
  }
  return { list };
}

function wayTo(
  policy: FirmwarePolicy,
  server: PlannedServer,
  { row, version, image }: Target,
): { path: PathStep[] } | { why: string } {
  if (row.version !== null && isVersion(row.version, version)) return { path: [] };
  if (image !== null) return { path: [{ version, image, needs: [] }] };
  const found = findPath(row.version, (one) => isVersion(one, version), imagesFor(policy, server, row));
  if ('path' in found) return found;
  const near = nearest(found.reachable, version);
  const reached = near === null ? 'no image can be installed on it' : `the nearest that can be reached is ${near}`;
  return { why: `${row.name}: there is no way from ${row.version ?? 'an unknown version'} to ${version}; ${reached}` };
}

function imagesFor(policy: FirmwarePolicy, server: PlannedServer, row: Row): FirmwarePolicy['images'] {
  const kind = kindOf(policy, row);
  return policy.images.filter(
    (one) => one.kind === kind && isFor(one, server) && (fits(one.component, row.id) || fits(one.component, row.name)),
  );
}

function inOrder(policy: FirmwarePolicy, server: PlannedServer, ways: Map<Row, PathStep[]>): Planned {
  const order = policy.orders.find((one) => isFor(one, server))?.order ?? [];
  const rank = (row: Row): number => {
    const at = order.indexOf(kindOf(policy, row) ?? '');
    return at < 0 ? order.length : at;
  };
  const now = new Map(server.rows.map((row) => [row, row.version]));
  const steps: PlannedStep[] = [];
  for (;;) {
    const open = [...ways].filter(([, way]) => way.length > 0).toSorted(([a], [b]) => rank(a) - rank(b));
    if (open.length === 0) return { steps };
    if (steps.length > MOST_STEPS) return { why: `more than ${MOST_STEPS} steps: the policy goes in circles` };
    const ready = open.find(([, [step]]) => step !== undefined && lacking(policy, now, step).length === 0);
    if (ready === undefined) {
      const why = prepare(policy, { server, ways, now, open });
      if (why !== undefined) return { why };
      continue;
    }
    const [row, way] = ready;
    const step = way.shift();
    if (step === undefined) continue;
    const { id: component, name } = row;
    steps.push({ component, name, from: now.get(row) ?? null, to: step.version, image: step.image });
    now.set(row, step.version);
  }
}

/** What a step needs and the server does not have yet. */
function lacking(
  policy: FirmwarePolicy,
  now: ReadonlyMap<Row, string | null>,
  step: PathStep,
): { row: Row | null; kind: string; least: string }[] {
  return step.needs.flatMap(({ kind, at_least: least }): { row: Row | null; kind: string; least: string }[] => {
    const rows = [...now.keys()].filter((row) => kindOf(policy, row) === kind);
    if (rows.length === 0) return [{ row: null, kind, least }];
    return rows.filter((row) => !isAtLeast(now.get(row) ?? null, least)).map((row) => ({ row, kind, least }));
  });
}

/** Adds what the first step needs to what is done. @returns why that cannot be */
function prepare(
  policy: FirmwarePolicy,
  given: {
    server: PlannedServer;
    ways: Map<Row, PathStep[]>;
    now: ReadonlyMap<Row, string | null>;
    open: (readonly [Row, PathStep[]])[];
  },
): string | undefined {
  const { server, ways, now, open } = given;
  for (const [row, [step]] of open) {
    if (step === undefined) continue;
    for (const lack of lacking(policy, now, step)) {
      const wants = `${row.name} ${step.version} needs ${lack.kind} ${lack.least} or newer`;
      if (lack.row === null) return `${wants}, and the server lists none`;
      if ((ways.get(lack.row) ?? []).length > 0) continue; // it is on its way, and waits for something itself
      const from = now.get(lack.row) ?? null;
      const found = findPath(from, (one) => isAtLeast(one, lack.least), imagesFor(policy, server, lack.row));
      if (!('path' in found)) return `${wants}; it is at ${from ?? 'an unknown version'}, and no image leads there`;
      ways.set(lack.row, found.path);
      return undefined;
    }
  }
  return `what is left needs each other: ${open.map(([row]) => row.name).join(', ')}`;
}

/** The versions that such a server shall have, by kind; undefined: the policy does not say. */
export function baselineOf(
  policy: FirmwarePolicy,
  server: Pick<PlannedServer, 'vendor' | 'model'>,
): Record<string, string> | undefined {
  return policy.baselines.find((one) => isFor(one, server))?.versions;
}

/** By its id or name; null: none that the policy knows. */
export function kindOf(policy: FirmwarePolicy, { id, name }: Pick<Row, 'id' | 'name'>): string | null {
  return policy.kinds.find(({ match }) => match.some((glob) => fits(glob, id) || fits(glob, name)))?.kind ?? null;
}

function isFor(
  rule: { vendor: string; model: string },
  { vendor, model }: Pick<PlannedServer, 'vendor' | 'model'>,
): boolean {
  return fits(rule.vendor, vendor ?? '') && fits(rule.model, model ?? '');
}

/** `*` stands for anything; pieces are looked for from left to right, so that no text takes long. */
function fits(glob: string, text: string): boolean {
  const pieces = glob.toLowerCase().split('*');
  const whole = text.toLowerCase();
  const [first = '', ...rest] = pieces;
  if (rest.length === 0) return whole === first;
  if (!whole.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? '';
  for (const piece of rest) {
    const found = whole.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return whole.length - last.length >= at && whole.endsWith(last);
}
