import { slugOf } from '../identifier.ts';
import { type Kind, KINDS } from './reference-kinds.ts';
import type { Resolved, Wanted } from './resolve-references.ts';
import { sendBulk } from './send-bulk.ts';
import { type Refused, refused, type Writing } from './writing.ts';

/** Grey, as NetBox's own default. */
const COLOR = '607d8a';
/** Fields of a reference that what is made takes over; others only help to find it. */
const TAKEN_OVER: Partial<Record<Kind, readonly string[]>> = {
  moduleType: ['part_number', 'description'],
  deviceType: ['part_number', 'u_height', 'is_full_depth', 'description'],
  moduleBay: ['position', 'label', 'description'],
};

/** Makes what the settings let us make; what somebody else made meanwhile is looked for once more. One answer each, in order. */
export async function makeMissing(
  with_: Writing,
  kind: Kind,
  missing: readonly Wanted[],
  lookAgain: (some: readonly Wanted[]) => Promise<(Resolved | undefined)[]>,
): Promise<Resolved[]> {
  const { resource, label } = KINDS[kind];
  const answers: Resolved[] = missing.map((one) => whyNot(with_, one) ?? refused('it was not made'));
  const entries = missing.flatMap((one, place) =>
    whyNot(with_, one) === undefined ? [{ place, version: null, body: bodyFor(one) }] : [],
  );
  if (entries.length === 0) return answers;
  const type = { resource, objectType: label, name: label };
  const sent = await sendBulk(with_, { method: 'POST', type, entries, size: with_.settings.bulkSize });
  const lost: number[] = [];
  for (const [place, result] of sent) {
    const one = missing[place];
    if (!one) continue;
    if (result.outcome === 'written' && result.row) answers[place] = result.row.id;
    else lost.push(place);
    if (result.outcome === 'refused')
      answers[place] = refused(`NetBox does not take the ${label} "${nameOf(one)}": ${result.reason}`);
  }
  if (lost.length === 0) return answers;
  const again = await lookAgain(lost.flatMap((place) => missing[place] ?? []));
  for (const [index, place] of lost.entries())
    answers[place] = again[index] ?? answers[place] ?? refused('it was not made');
  return answers;
}

function whyNot({ settings }: Writing, one: Wanted): Refused | undefined {
  const { label, made, scope } = KINDS[one.kind];
  const name = nameOf(one);
  if (made === undefined)
    return refused(`NetBox has no ${label} "${name}"${where(one)}; create it there, or link the right one`);
  if (made !== null && !settings.createMissing.includes(made)) {
    return refused(
      `NetBox has no ${label} "${name}"; create it there, or let the hub do it (setting createMissing: ${made})`,
    );
  }
  if (one.name === null && one.kind !== 'tag')
    return refused(`NetBox has no ${label} with the slug "${name}"; create it there`);
  if (scope !== null && one.scope === null) return refused(`the ${label} "${name}" needs a ${scope}; map it as well`);
  return undefined;
}

function where({ kind, scope }: Wanted): string {
  return scope === null ? '' : ` in the ${KINDS[kind].scope} ${scope}`;
}

function nameOf({ name, slug }: Wanted): string {
  return name ?? slug ?? '';
}

function bodyFor(one: Wanted): Record<string, unknown> {
  const { key, scope, hasSlug } = KINDS[one.kind];
  const taken = (TAKEN_OVER[one.kind] ?? []).flatMap((field) =>
    one.rest[field] === undefined || one.rest[field] === null ? [] : [[field, one.rest[field]]],
  );
  return {
    ...Object.fromEntries(taken),
    [key]: nameOf(one),
    ...(hasSlug ? { slug: one.slug ?? slugOf(nameOf(one)) } : {}),
    ...(scope === null ? {} : { [scope]: one.scope }),
    ...(one.kind === 'role' || one.kind === 'tag' ? { color: COLOR } : {}),
  };
}
