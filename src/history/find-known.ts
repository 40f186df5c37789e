import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { normalizeVendor } from '../core/vendor.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import { familyOf, normalizeSerial } from './identity/identify.ts';
import { ANYWHERE, linksTo } from './link-store.ts';
import { type Component, findBySerial, findComponent } from './reads.ts';

/** What somebody says of a part that he holds in his hand. */
export interface Said {
  serial: string;
  manufacturer?: string | null | undefined;
  model?: string | null | undefined;
  partNumber?: string | null | undefined;
  kind?: ComponentKind | undefined;
}

/**
 * The parts that may be meant: of this serial; of the maker that is said, or of one that nobody knows; of the kind that is said. What an
 * operator declared to be another part is that part.
 */
export async function findKnown(ctx: Ctx, said: Said): Promise<Component[]> {
  const serial = normalizeSerial(said.serial);
  if (serial === null) return [];
  const vendor = vendorOf(said);
  const all = await findBySerial(ctx, serial, null);
  const family = all.filter(({ kind }) => said.kind === undefined || sameFamily(kind, said.kind));
  const exact = family.filter((one) => vendor !== null && one.vendor === vendor);
  const open = vendor === null ? family : family.filter((one) => one.vendor === null);
  const meant = exact.length > 0 ? exact : open;
  const links = await linksTo(
    ctx.db,
    meant.map(({ id }) => id),
  );
  const found = new Map<string, Component>();
  for (const one of meant) {
    const id = links.resolve(one.id, ANYWHERE);
    const component = meant.find((other) => other.id === id) ?? (await findComponent(ctx, id));
    if (component !== undefined) found.set(id, component);
  }
  return [...found.values()];
}

export function vendorOf(said: Omit<Said, 'serial'>): string | null {
  return normalizeVendor(said.manufacturer ?? null, said.model ?? null, said.partNumber ?? null);
}

export function sameFamily(a: string, b: ComponentKind): boolean {
  return familyOf(a as ComponentKind) === familyOf(b);
}

/** For who is asked to choose. */
export function candidateOf({
  id,
  kind,
  vendor,
  serial,
  manufacturer,
  model,
  where,
}: Component): Record<string, unknown> {
  return { id, kind, vendor, serial, manufacturer, model, where };
}

/** @throws HubError conflict, with the candidates */
export function severalMeant(field: string, found: readonly Component[]): HubError {
  const kinds = [...new Set(found.map(({ kind, vendor }) => `${kind} of ${vendor ?? 'an unknown maker'}`))].join(', ');
  const message = `is the serial of ${found.length} parts (${kinds}): say which one, by manufacturer and kind`;
  return new HubError('conflict', `${field}: ${message}`, {
    fields: [{ field, message }],
    extra: { candidates: found.map(candidateOf) },
  });
}
