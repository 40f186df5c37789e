import type { HubObject } from '#src/drift/hub-side.ts';
import { linksByHub, linksByTheirs } from '#src/drift/link-store.ts';
import { keyOf, movedIdentity } from '#src/drift/match-objects.ts';
import type { RecordLink } from '#src/drift/model.ts';
import type { Scope } from '#src/drift/notice-store.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import type { RecordObject } from '#src/ports/record-objects.ts';
import type { Reconciling } from './reconciling.ts';

export interface GatheredRoots {
  theirs: RecordObject[];
  ours: HubObject[];
  links: RecordLink[];
  /** All that were looked for by their ids, whether they are there or not. */
  asked: { hub: string[]; their: string[] };
}

/** Who has the name of whoever has the serial of one that was asked for: chains of them end soon, or in what no rule pairs. */
const ROUNDS = 4;

/**
 * Both sides of some roots: those that are named, those that the links name, and, for whoever has no counterpart yet, whoever has the same
 * natural key on the other side (all of them: that there are two is what matters). Whoever is found on the way is looked for in the same way:
 * what has the name may have the serial of a third.
 */
export async function gatherRoots(rc: Reconciling, mapping: Mapping, scopes: readonly Scope[]): Promise<GatheredRoots> {
  const { ctx, records } = rc;
  const side = rc.sideOf(mapping);
  const theirs = new Map<string, RecordObject>();
  const ours = new Map<string, HubObject>();
  const links = new Map<string, RecordLink>();
  const asked = { hub: new Set<string>(), their: new Set<string>() };

  async function load(hubIds: readonly string[], theirIds: readonly string[]): Promise<void> {
    const want = {
      hub: hubIds.filter((id) => !asked.hub.has(id)),
      their: theirIds.filter((id) => !asked.their.has(id)),
    };
    for (const id of want.hub) asked.hub.add(id);
    for (const id of want.their) asked.their.add(id);
    const about = { system: rc.system, object: mapping.object };
    const found = [
      ...(await linksByHub(ctx.db, { ...about, ids: want.hub })),
      ...(await linksByTheirs(ctx.db, { ...about, ids: want.their })),
    ];
    for (const link of found) links.set(link.theirId, link);
    const missing = want.their.filter((id) => !theirs.has(id));
    if (missing.length > 0) {
      const query = { fields: mapping.theirNames, ids: missing };
      for (const one of await records.readMany(mapping.object, query, ctx.signal)) theirs.set(one.id, one);
    }
    const unread = want.hub.filter((id) => !ours.has(id));
    if (unread.length > 0) for (const one of await side.read(ctx, unread)) ours.set(one.id, one);
    const next = {
      hub: found.flatMap(({ hubId }) => (hubId === null || asked.hub.has(hubId) ? [] : [hubId])),
      their: found.flatMap(({ theirId }) => (asked.their.has(theirId) ? [] : [theirId])),
    };
    if (next.hub.length > 0 || next.their.length > 0) await load(next.hub, next.their);
  }

  await load(
    scopes.flatMap(({ side: of, ref }) => (of === 'hub' ? [ref] : [])),
    scopes.flatMap(({ side: of, ref }) => (of === 'their' ? [ref] : [])),
  );

  const searched = new Set<string>();
  for (let known = -1, round = 0; known < theirs.size + ours.size && round < ROUNDS; round += 1) {
    known = theirs.size + ours.size;
    for (const [index] of mapping.match.entries()) await search(index);
  }
  return {
    ...{ theirs: [...theirs.values()], ours: [...ours.values()], links: [...links.values()] },
    asked: { hub: [...asked.hub], their: [...asked.their] },
  };

  function isMoved(theirId: string): boolean {
    const link = links.get(theirId);
    const [there, here] = [theirs.get(theirId), ours.get(link?.hubId ?? '')];
    if (!link || !there || !here) return false;
    const [said, known] = [mapping.readTheirs(there.data, rc.links), mapping.readOurs(here.values, rc.links)];
    return movedIdentity(mapping, said, known, link).length > 0;
  }

  async function search(index: number): Promise<void> {
    const rule = mapping.match[index];
    const field = rule?.fields[0];
    if (field === undefined || rule?.find === undefined) return;
    const linkedHub = new Set(
      [...links.values()].flatMap(({ hubId, theirId }) => (hubId !== null && theirs.has(theirId) ? [hubId] : [])),
    );
    const linkedTheirs = new Set(
      [...links.values()].flatMap(({ hubId, theirId }) => (hubId !== null && ours.has(hubId) ? [theirId] : [])),
    );
    // What identifies by itself is asked of whoever has a counterpart, too: a second one there is found whichever of them is looked at.
    const identifies = index === 0 && rule.fields.length === 1;
    const freeOurs = [...ours.values()].filter(({ id }) => identifies || !linkedHub.has(id));
    // What says that it is another one now is looked for here as if nobody had known it.
    const freeTheirs = [...theirs.values()].filter(({ id }) => !linkedTheirs.has(id) || isMoved(id));
    const values = new Set<string>();
    for (const one of freeOurs) {
      const read = mapping.readOurs(one.values, rc.links).values;
      if (keyOf(read, [field]) !== undefined) values.add(String(read[field]));
    }
    for (const one of freeTheirs) {
      const read = mapping.readTheirs(one.data, rc.links).values;
      if (keyOf(read, [field]) !== undefined) values.add(String(read[field]));
    }
    const wanted = [...values].filter((value) => !searched.has(`${index} ${value}`));
    if (wanted.length === 0) return;
    for (const value of wanted) searched.add(`${index} ${value}`);
    const found = await records.find(
      mapping.object,
      { fields: mapping.theirNames, by: rule.find, values: wanted },
      ctx.signal,
    );
    for (const one of found) theirs.set(one.id, one);
    const here = await side.find(ctx, field, wanted);
    for (const one of here) ours.set(one.id, one);
    await load(
      here.map(({ id }) => id),
      found.map(({ id }) => id),
    );
  }
}
