import type { Links, Mapping } from '../mapping/mapping.ts';
import type { RecordObject } from '../ports/record-objects.ts';
import { compareFields } from './compare-fields.ts';
import type { HubObject } from './hub-side.ts';
import { type Matched, matchObjects, type OurEntry, type Pair, type TheirEntry } from './match-objects.ts';
import type { PlannedRow, RecordLink, Root } from './model.ts';
import { staleIdentity } from './stale-identity.ts';

/** Everything of one type that belongs to the roots that are looked at: complete, on both sides. */
export interface TypeInput {
  mapping: Mapping;
  theirs: readonly RecordObject[];
  ours: readonly HubObject[];
  links: readonly RecordLink[];
}

export interface TypeOutcome {
  rows: PlannedRow[];
  /** To be kept: new ones, and those whose agreed values or fingerprint changed. */
  links: RecordLink[];
  /** Links that stand for nothing any more. */
  drop: { object: string; theirId: string }[];
  pairs: Pair[];
  /** For the summary. */
  unchanged: number;
}

export interface CompareOptions {
  links: Links;
  /** Of their raw values; hex of 8 bytes. */
  fingerprint(mapping: Mapping, data: Record<string, unknown>): string;
  /** The root of a child: that of its parent. For a root type: itself. */
  rootOf(object: { hubParentId: string | null; theirParentId: string | null }): Root;
}

/** Compares all objects of one type within some roots. Pure. */
export function compareType(input: TypeInput, options: CompareOptions): TypeOutcome {
  const { mapping } = input;
  const theirs = input.theirs.map((object): TheirEntry => ({
    object,
    ...mapping.readTheirs(object.data, options.links),
  }));
  const ours = input.ours.map((object): OurEntry => ({ object, ...mapping.readOurs(object.values, options.links) }));
  const outcome: TypeOutcome = { rows: [], links: [], drop: [], pairs: [], unchanged: 0 };
  if (mapping.parent === null) settle(input, matchObjects(mapping, theirs, ours, input.links), options, outcome);
  else {
    // A child is only ever matched within its parent.
    for (const group of byParent(theirs, ours, input.links, options))
      settle(input, matchObjects(mapping, group.theirs, group.ours, group.links), options, outcome, group.ours);
  }
  return outcome;
}

interface Group {
  theirs: TheirEntry[];
  ours: OurEntry[];
  links: RecordLink[];
}

function byParent(
  theirs: readonly TheirEntry[],
  ours: readonly OurEntry[],
  links: readonly RecordLink[],
  options: CompareOptions,
): Group[] {
  const groups = new Map<string, Group>();
  const groupOf = (root: Root): Group => {
    const key = root.hubId ?? `their:${root.theirId ?? ''}`;
    const group = groups.get(key) ?? { theirs: [], ours: [], links: [] };
    groups.set(key, group);
    return group;
  };
  const inGroup = new Map<string, Group>();
  for (const entry of theirs) {
    const group = groupOf(options.rootOf({ hubParentId: null, theirParentId: entry.object.parentId }));
    group.theirs.push(entry);
    inGroup.set(entry.object.id, group);
  }
  for (const entry of ours)
    groupOf(options.rootOf({ hubParentId: entry.object.parentId, theirParentId: null })).ours.push(entry);
  // A child that moved there to another parent is, here, gone from the old one: its link goes with where it is now, and says who it was.
  for (const link of links) {
    const group =
      inGroup.get(link.theirId) ?? groupOf(options.rootOf({ hubParentId: link.rootHubId, theirParentId: null }));
    group.links.push(link);
  }
  return [...groups.values()];
}

/** `beside`: all of ours in the same parent. */
function settle(
  input: TypeInput,
  matched: Matched,
  options: CompareOptions,
  outcome: TypeOutcome,
  beside: readonly OurEntry[] = [],
): void {
  const { mapping } = input;
  const object = mapping.object;
  const whole = (
    entry: { theirs?: TheirEntry | undefined; ours?: OurEntry | undefined },
    row: Pick<PlannedRow, 'kind' | 'action' | 'decision' | 'reason'>,
  ): void => {
    const { theirs, ours } = entry;
    outcome.rows.push({
      object,
      root: options.rootOf({
        hubParentId: ours ? rootIdOf(mapping, ours.object) : null,
        theirParentId: theirs ? rootIdOf(mapping, theirs.object) : null,
      }),
      hubId: ours?.object.id ?? null,
      theirId: theirs?.object.id ?? null,
      label: (ours?.object.label ?? labelOf(theirs)) || 'without a name',
      field: '',
      theirs: undefined,
      ours: undefined,
      agreed: undefined,
      ...row,
    });
  };

  // Whoever is doubted is looked at again by every look at everything, until nothing is doubtful any more.
  const doubted = new Set(matched.ambiguous.flatMap((one) => one.ours.map((entry) => entry.object.id)));
  for (const pair of matched.pairs)
    settlePair(mapping, pair, options, outcome, { isDoubted: doubted.has(pair.ours.object.id), beside });
  for (const one of matched.doubted) settleDoubt(mapping, one, outcome);

  for (const { theirs, ours, reason } of matched.ambiguous) {
    for (const entry of ours)
      whole({ ours: entry }, { kind: 'ambiguous', action: 'none', decision: 'refused', reason: cut(reason) });
    if (ours.length === 0)
      for (const entry of theirs)
        whole({ theirs: entry }, { kind: 'ambiguous', action: 'none', decision: 'refused', reason: cut(reason) });
  }

  for (const entry of matched.onlyHere) {
    const policy = mapping.createThere(entry.values);
    if (policy === 'never') continue;
    const { missing, faults } = mapping.draft(entry.values, options.links);
    const lacking = [
      ...(missing.length > 0 ? [`it cannot be made there without ${missing.join(', ')}: say it here first`] : []),
      ...faults.map((fault) => `${fault.field}: ${fault.reason}`),
    ];
    const decision = policy === 'always' ? 'auto' : 'review';
    const said =
      lacking.length > 0
        ? ({ decision: 'refused', reason: cut(lacking.join('; ')) } as const)
        : ({ decision, reason: 'known here, not there' } as const);
    whole({ ours: entry }, { kind: 'only-here', action: 'create-there', ...said });
  }

  for (const entry of matched.onlyThere) {
    const policy = mapping.createHere(entry.values);
    if (policy === 'never') {
      // Nobody's, and known to be: the next look at everything passes it by until it changes.
      outcome.links.push(linkOf(mapping, entry, null, options, {}, false, true));
      continue;
    }
    whole(
      { theirs: entry },
      {
        kind: 'only-there',
        action: 'create-here',
        decision: policy === 'always' ? 'auto' : 'review',
        reason: 'known there, not here',
      },
    );
  }

  for (const { ours } of matched.goneThere)
    whole(
      { ours },
      {
        kind: 'gone-there',
        action: 'none',
        decision: 'review',
        reason:
          'it was there before and is not any more, or these credentials may not see it; nothing is taken away here',
      },
    );

  for (const { theirs, link } of matched.goneHere) {
    if (!link.isOurs) {
      // Somebody else's, that stood for something of ours: it is nobody's from now on, and is looked at as such.
      outcome.drop.push({ object, theirId: theirs.object.id });
      if (mapping.parent === null)
        whole(
          { theirs },
          { kind: 'gone-here', action: 'none', decision: 'review', reason: 'what it stood for is not here any more' },
        );
      continue;
    }
    whole(
      { theirs },
      {
        kind: 'gone-here',
        action: 'remove-there',
        decision: mapping.remove.there ? 'auto' : 'review',
        reason: 'the hub made it there, and it is not here any more',
      },
    );
  }
}

function settlePair(
  mapping: Mapping,
  pair: Pair,
  options: CompareOptions,
  outcome: TypeOutcome,
  { isDoubted, beside }: { isDoubted: boolean; beside: readonly OurEntry[] },
): void {
  const { theirs, ours, link } = pair;
  const compared = compareFields(mapping, theirs, ours, link?.agreed ?? {});
  const stale = staleIdentity(mapping, pair, beside);
  if (stale) compared.rows.push(stale);
  const root = options.rootOf({
    hubParentId: rootIdOf(mapping, ours.object),
    theirParentId: rootIdOf(mapping, theirs.object),
  });
  outcome.pairs.push(pair);
  for (const row of compared.rows)
    outcome.rows.push({
      object: mapping.object,
      root,
      hubId: ours.object.id,
      theirId: theirs.object.id,
      label: ours.object.label || labelOf(theirs) || 'without a name',
      ...row,
      reason: cut(row.reason),
    });
  const settled = compared.rows.length === 0;
  if (settled) outcome.unchanged += 1;
  outcome.links.push(
    linkOf(mapping, theirs, ours, options, compared.agreed, link?.isOurs ?? false, settled && !isDoubted),
  );
}

/** Nothing else of it is compared before somebody has said whether it is the same: it would be written to, or taken from, the wrong one. */
function settleDoubt(
  mapping: Mapping,
  { theirs, ours, link, fields }: Matched['doubted'][number],
  outcome: TypeOutcome,
): void {
  const [hubId, theirId] = [ours.object.id, theirs.object.id];
  for (const field of fields)
    outcome.rows.push({
      ...{ object: mapping.object, root: { type: mapping.object, hubId, theirId }, hubId, theirId },
      label: ours.object.label || labelOf(theirs) || 'without a name',
      ...{ field, kind: 'differs', action: 'push', decision: 'review' },
      reason: `changed there, and it is what identifies it: is it still the same ${mapping.hub}? Nothing else of it is compared before that is said`,
      ...{ theirs: theirs.values[field], ours: ours.values[field], agreed: link.agreed[field] },
    });
  outcome.links.push({ ...link, fingerprint: null });
}

function linkOf(
  mapping: Mapping,
  theirs: TheirEntry,
  ours: OurEntry | null,
  options: CompareOptions,
  agreed: Record<string, RecordLink['agreed'][string]>,
  isOurs: boolean,
  settled: boolean,
): RecordLink {
  const root = options.rootOf({
    hubParentId: ours && rootIdOf(mapping, ours.object),
    theirParentId: rootIdOf(mapping, theirs.object),
  });
  return {
    object: mapping.object,
    theirId: theirs.object.id,
    hubId: ours?.object.id ?? null,
    rootHubId: ours ? root.hubId : null,
    rootTheirId: root.theirId,
    agreed,
    fingerprint: settled ? options.fingerprint(mapping, theirs.object.data) : null,
    isOurs,
  };
}

function rootIdOf(mapping: Mapping, object: { id: string; parentId: string | null }): string | null {
  return mapping.parent === null ? object.id : object.parentId;
}

function labelOf(theirs: TheirEntry | undefined): string {
  const data = theirs?.object.data;
  for (const name of ['name', 'display', 'address']) {
    const value = data?.[name];
    if (typeof value === 'string' && value !== '') return value.slice(0, 255);
  }
  return theirs ? `no. ${theirs.object.id}` : '';
}

function cut(text: string): string {
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}
