import { HubError } from '#src/core/error.ts';
import { keepRunDigests, settledDigests } from '#src/drift/digest-store.ts';
import {
  countLinks,
  deleteLinks,
  linkedHubIds,
  linksByTheirs,
  scanLinks,
  type ScannedLink,
} from '#src/drift/link-store.ts';
import { theirKey } from '#src/drift/model.ts';
import { knownGone } from '#src/drift/drift-store.ts';
import { addRunScopes, type Scope } from '#src/drift/notice-store.ts';
import type { Mapping } from '#src/mapping/mapping.ts';
import type { RecordObject } from '#src/ports/record-objects.ts';
import type { Reconciling } from './reconciling.ts';

const DIGESTS_AT_ONCE = 1000;

/** Marks every root whose side here is not what it was when nothing differed. */
export async function scanOurs(rc: Reconciling, runId: string, mapping: Mapping): Promise<void> {
  const side = rc.sideOf(mapping);
  const rootType = mapping.parent ?? mapping.object;
  for (let after: string | null = null; ;) {
    const page = await side.digests(rc.ctx, after, DIGESTS_AT_ONCE);
    const last = page.at(-1);
    if (mapping.parent === null) await markGoneHere(rc, runId, mapping, { after, page });
    if (!last) return;
    after = last.id;
    const now = page.map(({ id, digest }) => ({ hubId: id, digest: rc.digest(mapping, digest) }));
    const want = { system: rc.system, object: mapping.object, hubIds: now.map(({ hubId }) => hubId) };
    const settled = await settledDigests(rc.ctx.db, want);
    const changed = now.filter(({ hubId, digest }) => settled.get(hubId) !== digest);
    await keepRunDigests(rc.ctx.db, runId, mapping.object, changed);
    await addRunScopes(
      rc.ctx.db,
      runId,
      changed.map(({ hubId }) => ({ rootType, side: 'hub', ref: hubId })),
    );
    await rc.between();
  }
}

/** One that is linked and shows nothing of itself any more (archived, merged into another) has no digest that could differ. */
async function markGoneHere(
  rc: Reconciling,
  runId: string,
  mapping: Mapping,
  { after, page }: { after: string | null; page: readonly { id: string }[] },
): Promise<void> {
  const shown = new Set(page.map(({ id }) => id));
  const range = { system: rc.system, object: mapping.object, after: after ?? '', upTo: page.at(-1)?.id ?? null };
  const gone = (await linkedHubIds(rc.ctx.db, range)).filter((id) => !shown.has(id));
  await addRunScopes(
    rc.ctx.db,
    runId,
    gone.map((ref) => ({ rootType: mapping.object, side: 'hub', ref })),
  );
}

export interface Scanned {
  seen: number;
  unchanged: number;
  /** Roots that are missing there, or of which something is, and nobody knew. */
  gone: Set<string>;
}

/** Ids here of what is not there any more, by type: known before, or found by this look. */
export type Missing = Map<string, Set<string>>;

/**
 * Reads everything of a type there, page by page, beside what is known of it here (both in the same order, neither held whole), and marks the
 * roots of whatever is new, changed or gone. @throws HubError conflict where the listing cannot be complete: then nothing may be concluded
 */
export async function scanTheirs(
  rc: Reconciling,
  runId: string,
  mapping: Mapping,
  missing: Missing,
  progress: (done: number, of: number) => Promise<void>,
): Promise<Scanned> {
  const { ctx, system, records } = rc;
  const object = mapping.object;
  const scanned: Scanned = { seen: 0, unchanged: 0, gone: new Set() };
  // Before anything is linked, whole roots are compared anyway, with all that belongs to them.
  if (mapping.parent !== null && (await countLinks(ctx.db, system, mapping.parent)) === 0) return scanned;
  missing.set(object, await knownGone(ctx.db, system, object));
  const before = await records.count(object, ctx.signal);
  const known = await countLinks(ctx.db, system, mapping.parent ?? object);
  let linksAfter = '';
  for (let after: string | null = null; ;) {
    const page = await records.page(object, { fields: mapping.theirNames, after }, ctx.signal);
    const last = page.objects.at(-1);
    if (last === undefined && page.next !== null) throw incomplete(mapping, 'a page in the middle is empty');
    const upTo = page.next === null || last === undefined ? null : theirKey(last.id);
    const links = await scanLinks(ctx.db, { system, object, after: linksAfter, upTo });
    scanned.seen += page.objects.length;
    await merge(rc, runId, mapping, page.objects, links, { scanned, missing });
    await progress(scanned.seen, before);
    if (page.next === null) break;
    linksAfter = upTo ?? linksAfter;
    after = page.next;
    await rc.between();
  }
  await proveComplete(rc, mapping, scanned, { before, known });
  if (mapping.parent === null) for (const id of scanned.gone) missing.get(object)?.add(id);
  return scanned;
}

async function proveComplete(
  rc: Reconciling,
  mapping: Mapping,
  scanned: Scanned,
  { before, known }: { before: number; known: number },
): Promise<void> {
  if (scanned.seen < before) {
    // What was deleted while it was read is not missing.
    const after = await rc.records.count(mapping.object, rc.ctx.signal);
    if (scanned.seen < Math.min(before, after))
      throw incomplete(mapping, `${scanned.seen} of ${Math.min(before, after)} came`);
  }
  const { share, atLeast } = mapping.brakes.remove;
  const limit = Math.max(atLeast, Math.floor(share * known));
  if (scanned.gone.size <= limit) return;
  const what =
    mapping.parent === null
      ? `${scanned.gone.size} of ${known} ${mapping.object}s that were there before are not in the listing`
      : `${mapping.object}s of ${scanned.gone.size} of ${known} ${mapping.parent}s that were there before are not in the listing`;
  throw new HubError(
    'conflict',
    `${what}, more than ${limit}: may these credentials still see them all? Nothing was concluded from it. If they were deleted there, say so with brakes.remove in ${mapping.file}`,
  );
}

function incomplete(mapping: Mapping, why: string): HubError {
  return new HubError(
    'conflict',
    `the listing of ${mapping.object}s is not complete (${why}): nothing was concluded from it; try again`,
  );
}

async function merge(
  rc: Reconciling,
  runId: string,
  mapping: Mapping,
  objects: readonly RecordObject[],
  links: readonly ScannedLink[],
  { scanned, missing }: { scanned: Scanned; missing: Missing },
): Promise<void> {
  const isRoot = mapping.parent === null;
  const rootType = mapping.parent ?? mapping.object;
  const scopes: Scope[] = [];
  const orphans: { parentId: string; id: string }[] = [];
  const nobodys: string[] = [];
  const gone = (link: ScannedLink): void => {
    const root = isRoot ? link.hubId : link.rootHubId;
    if (root === null || link.hubId === null) return void nobodys.push(link.key);
    scopes.push({ rootType, side: 'hub', ref: root });
    const isKnown = missing.get(mapping.object)?.has(link.hubId) ?? false;
    // What is gone with its server is not missing by itself.
    const isGoneWith = !isRoot && (missing.get(rootType)?.has(root) ?? false);
    if (!isKnown && !isGoneWith) scanned.gone.add(root);
  };
  let at = 0;
  for (const one of objects) {
    const key = theirKey(one.id);
    let link = links[at];
    while (link && link.key < key) {
      gone(link);
      at += 1;
      link = links[at];
    }
    if (link?.key === key) at += 1;
    else link = undefined;
    const stays = isRoot || link?.rootTheirId === one.parentId;
    if (link && stays && link.fingerprint !== null && link.fingerprint === rc.fingerprint(mapping, one.data)) {
      scanned.unchanged += 1;
      continue;
    }
    if (isRoot) scopes.push({ rootType, side: 'their', ref: one.id });
    else {
      if (link?.rootHubId) scopes.push({ rootType, side: 'hub', ref: link.rootHubId });
      if (one.parentId !== null && (!link?.rootHubId || !stays)) orphans.push({ parentId: one.parentId, id: one.id });
    }
  }
  for (const link of links.slice(at)) gone(link);
  if (orphans.length > 0) scopes.push(...(await ofLinkedParents(rc, mapping, orphans)));
  await addRunScopes(rc.ctx.db, runId, unique(scopes));
  if (nobodys.length > 0)
    await deleteLinks(
      rc.ctx.db,
      rc.system,
      nobodys.map((key) => ({ object: mapping.object, theirId: key.slice(4) })),
    );
}

/** Children of what is nobody's here (a switch, a server that we do not know) are nobody's either. */
async function ofLinkedParents(
  rc: Reconciling,
  mapping: Mapping,
  orphans: readonly { parentId: string }[],
): Promise<Scope[]> {
  const parent = mapping.parent ?? '';
  const ids = [...new Set(orphans.map(({ parentId }) => parentId))];
  const links = await linksByTheirs(rc.ctx.db, { system: rc.system, object: parent, ids });
  return links.flatMap(({ hubId }) => (hubId === null ? [] : [{ rootType: parent, side: 'hub' as const, ref: hubId }]));
}

function unique(scopes: readonly Scope[]): Scope[] {
  return [...new Map(scopes.map((scope) => [`${scope.side}|${scope.ref}`, scope])).values()];
}
