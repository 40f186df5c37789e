import { applyVerdicts } from '#src/drift/apply-verdicts.ts';
import { lastChanges } from '#src/drift/change-store.ts';
import { type CompareOptions, compareType, type TypeOutcome } from '#src/drift/compare-scope.ts';
import { type Drift, openDrifts } from '#src/drift/drift-store.ts';
import type { HubObject } from '#src/drift/hub-side.ts';
import type { Pair } from '#src/drift/match-objects.ts';
import type { PlannedRow, RecordLink, Root } from '#src/drift/model.ts';
import type { Scope } from '#src/drift/notice-store.ts';
import { foundGoneBefore, wasSentBefore } from '#src/drift/plan-store.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import type { RecordObject } from '#src/ports/record-objects.ts';
import { gatherChildren } from './gather-children.ts';
import { gatherRoots } from './gather-roots.ts';
import type { Reconciling } from './reconciling.ts';

/** What a look at some roots, with all that belongs to them, comes to. Nothing is written for it, here or there. */
export interface Decided {
  rootType: string;
  rows: PlannedRow[];
  /** New and changed ones, to be kept. */
  links: RecordLink[];
  drop: { object: string; theirId: string }[];
  /** What was in the inbox about these roots. */
  drifts: Drift[];
  /** Roots of ours that were looked at: what is in the inbox about them and was not found again is over. */
  hubIds: string[];
  /** What there was nothing left to say about: whatever was asked for, and whatever was met on the way. */
  covered: Scope[];
  /** Types (the root's and its children's) that were compared. */
  compared: string[];
  pairs: Map<string, Pair[]>;
  theirs: Map<string, Map<string, RecordObject>>;
  ours: Map<string, Map<string, HubObject>>;
  unchanged: Record<string, number>;
}

export interface DecideOptions {
  runId: string;
  isFull: boolean;
}

/** At most a hundred scopes of one root type: reads both sides whole, matches, compares, and asks people's verdicts and the rules. */
export async function decideScopes(
  rc: Reconciling,
  rootMapping: Mapping,
  scopes: readonly Scope[],
  options: DecideOptions,
): Promise<Decided> {
  const { ctx, system } = rc;
  const rootType = rootMapping.object;
  const gathered = await gatherRoots(rc, rootMapping, scopes);
  const byHub = new Map<string, Root>();
  const byTheirs = new Map<string, Root>();
  const compare: CompareOptions = {
    links: rc.links,
    fingerprint: (mapping, data) => rc.fingerprint(mapping, data),
    rootOf: ({ hubParentId, theirParentId }) => {
      const known =
        (hubParentId === null ? undefined : byHub.get(hubParentId)) ??
        (theirParentId === null ? undefined : byTheirs.get(theirParentId));
      return known ?? { type: rootType, hubId: hubParentId, theirId: theirParentId };
    },
  };
  const decided: Decided = {
    rootType,
    rows: [],
    links: [],
    drop: [],
    drifts: [],
    hubIds: gathered.ours.map(({ id }) => id),
    covered: [
      ...gathered.asked.hub.map((ref) => ({ rootType, side: 'hub' as const, ref })),
      ...gathered.asked.their.map((ref) => ({ rootType, side: 'their' as const, ref })),
    ],
    compared: [rootType],
    pairs: new Map(),
    theirs: new Map(),
    ours: new Map(),
    unchanged: {},
  };
  const roots = compareType({ mapping: rootMapping, ...gathered }, compare);
  for (const { theirs, ours } of roots.pairs) {
    const root = { type: rootType, hubId: ours.object.id, theirId: theirs.object.id };
    byHub.set(ours.object.id, root);
    byTheirs.set(theirs.object.id, root);
  }
  // Rows and links were made before the pairs were known as roots.
  const whole = (root: Root): Root => compare.rootOf({ hubParentId: root.hubId, theirParentId: root.theirId });
  take(
    decided,
    rootMapping,
    {
      ...roots,
      rows: roots.rows.map((row) => ({ ...row, root: whole(row.root) })),
      links: roots.links.map((link) => ({ ...link, rootHubId: link.hubId, rootTheirId: link.theirId })),
    },
    gathered.theirs,
    gathered.ours,
  );
  for (const row of roots.rows)
    if (row.action === 'create-here' && row.decision === 'auto' && row.theirId !== null)
      rc.expect(rootType, row.theirId);

  const pairs = roots.pairs.map(({ theirs, ours }) => ({ hubId: ours.object.id, theirId: theirs.object.id }));
  for (const mapping of rc.childrenOf(rootMapping)) {
    decided.compared.push(mapping.object);
    if (pairs.length === 0) continue;
    const input = await gatherChildren(rc, mapping, pairs);
    decided.drop.push(...input.drop);
    take(decided, mapping, compareType({ mapping, ...input }, compare), input.theirs, input.ours);
  }

  await claimWhatWeMade(rc, decided);
  const { hub, their } = gathered.asked;
  decided.drifts = await openDrifts(ctx.db, { system, rootType, hubIds: hub, theirIds: their });
  decided.rows = applyVerdicts({
    system,
    rows: decided.rows.map((row) => withinReach(rc, row)),
    mappingOf: (object) => rc.mappings.find((mapping) => mapping.object === object),
    drifts: decided.drifts,
    changes: await changesOf(rc, decided.rows),
    rules: rc.rules,
    now: ctx.now(),
    goneBefore: await foundGoneBefore(ctx.db, { system, runId: options.runId, rows: decided.rows }),
    isFull: options.isFull,
  }).map((row) => withinReach(rc, row));
  return decided;
}

function take(
  decided: Decided,
  mapping: Mapping,
  outcome: TypeOutcome,
  theirs: readonly RecordObject[],
  ours: readonly HubObject[],
): void {
  decided.rows.push(...outcome.rows);
  decided.links.push(...outcome.links);
  decided.drop.push(...outcome.drop);
  decided.pairs.set(mapping.object, outcome.pairs);
  decided.theirs.set(mapping.object, new Map(theirs.map((object) => [object.id, object])));
  decided.ours.set(mapping.object, new Map(ours.map((object) => [object.id, object])));
  decided.unchanged[mapping.object] = (decided.unchanged[mapping.object] ?? 0) + outcome.unchanged;
}

/** A pair that is new to us, because we never heard that making it there went well, is ours all the same. */
async function claimWhatWeMade(rc: Reconciling, decided: Decided): Promise<void> {
  for (const [object, pairs] of decided.pairs) {
    const fresh = pairs.flatMap(({ link, ours }) => (link === undefined ? [ours.object.id] : []));
    const sent = await wasSentBefore(rc.ctx.db, rc.system, object, fresh);
    if (sent.size === 0) continue;
    decided.links = decided.links.map((link) =>
      link.object === object && link.hubId !== null && sent.has(link.hubId) ? { ...link, isOurs: true } : link,
    );
  }
}

/** Who changed, there, what differs now. */
async function changesOf(rc: Reconciling, rows: readonly PlannedRow[]) {
  const found = new Map<string, Awaited<ReturnType<typeof lastChanges>> extends Map<string, infer T> ? T : never>();
  for (const [object, some] of Map.groupBy(rows, (row) => row.object)) {
    const theirIds = [...new Set(some.flatMap((row) => row.theirId ?? []))];
    for (let at = 0; at < theirIds.length; at += 500) {
      const part = await lastChanges(rc.ctx.db, { system: rc.system, object, theirIds: theirIds.slice(at, at + 500) });
      for (const [id, change] of part) found.set(`${object}:${id}`, change);
    }
  }
  return found;
}

/** What neither side's doors can do is said to be so, and not tried. */
function withinReach(rc: Reconciling, row: PlannedRow): PlannedRow {
  if (row.decision === 'refused' || row.action === 'none') return row;
  const mapping = rc.mappings.find(({ object }) => object === row.object);
  if (!mapping) return row;
  const side = rc.sideOf(mapping);
  const type = rc.records.types().find(({ name }) => name === row.object);
  const no = (reason: string): PlannedRow => ({ ...row, decision: 'refused', reason });
  if (row.action === 'adopt' && !side.adopt) return no(`the hub cannot take over values of a ${mapping.hub}`);
  if (row.action === 'create-here' && !side.create) return no(`the hub cannot make a ${mapping.hub} out of theirs`);
  if (row.action === 'create-there' && !type?.canCreate) return no(`a ${row.object} cannot be made there from here`);
  if (row.action === 'remove-there' && !type?.canRemove) return no(`a ${row.object} cannot be removed there from here`);
  return row;
}
