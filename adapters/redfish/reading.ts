import type { z } from 'zod';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import { COMPONENT_KINDS, type ComponentKind, type ObservedComponent } from '../../src/ports/hardware-inventory.ts';
import type { Bmc } from './client.ts';
import { readCollection } from './collection.ts';
import { isAbsent, type FoundPart } from './found-part.ts';
import { mergeRepeated } from './merge-parts.ts';
import { fold } from './own-origin.ts';
import type { Quirks } from './quirks.ts';
import { nameSlots } from './slots.ts';

/** No server has so many of a kind. Naming their places costs the square of it, and what a BMC or a file sends is not to be trusted. */
const MAX_PARTS = 3_000;

/** One read under way: what was found, and what it is worth. */
export interface Reading {
  bmc: Bmc;
  quirks: Quirks;
  /** Also takes empty slots: they keep their neighbours' names stable and are left out of the report. */
  found(part: FoundPart): void;
  /**
   * These kinds have a list with something in it, be it an empty slot; they are in scope unless something failed. An empty list proves
   * nothing: OpenBMC shows one until the BIOS has told it more, and a host that is off may never have.
   */
  looked(...kinds: ComponentKind[]): void;
  hasLooked(kind: ComponentKind): boolean;
  failed(path: string, why: string, ...kinds: ComponentKind[]): void;
  /** What of this kind is listed, or would list it, and could not be read. */
  failuresOf(kind: ComponentKind): readonly { path: string; why: string }[];
  warn(warning: string): void;
  /** Marks the PCIe device behind these links as reported under another kind. */
  claim(...links: (string | null)[]): void;
  isClaimed(link: string | null): boolean;
  /** Adds what is said of a PCIe device to the parts that it was found as; what they say themselves stays. */
  tell(device: string | null, more: Pick<FoundPart, 'manufacturer' | 'model' | 'attributes'>): void;
  /** One resource, or null where it cannot be read, which then is said and puts `kinds` out of scope. */
  one<S extends z.ZodType>(link: string, schema: S, ...kinds: ComponentKind[]): Promise<z.output<S> | null>;
  /** The members that can be read; what cannot is said and puts `kinds` out of scope. */
  many<S extends z.ZodType>(link: string, schema: S, ...kinds: ComponentKind[]): Promise<z.output<S>[]>;
  parts(): readonly FoundPart[];
  result(): { components: ObservedComponent[]; scope: ComponentKind[]; warnings: string[] };
}

export function startReading(bmc: Bmc, quirks: Quirks): Reading {
  const parts: FoundPart[] = [];
  const lookedAt = new Set<ComponentKind>();
  /** By kind, why by path. */
  const failures = new Map<ComponentKind, Map<string, string>>();
  const warnings = new Set<string>();
  const claims = new Set<string>();
  const counts = new Map<ComponentKind, number>();

  const reading: Reading = {
    bmc,
    quirks,
    found(part) {
      if (part.devices !== undefined) reading.claim(...part.devices);
      const count = (counts.get(part.kind) ?? 0) + 1;
      counts.set(part.kind, count);
      if (count <= MAX_PARTS) parts.push(part);
      else reading.failed(part.kind, `more than ${MAX_PARTS} of this kind: the rest was left out`, part.kind);
    },
    looked: (...kinds) => kinds.forEach((kind) => lookedAt.add(kind)),
    hasLooked: (kind) => lookedAt.has(kind),
    failed(path, why, ...kinds) {
      for (const kind of kinds) {
        const known = failures.get(kind);
        if (known === undefined) failures.set(kind, new Map([[path, why]]));
        else known.set(path, why);
      }
      const missing = kinds.length === 0 ? '' : ` (${kinds.join(', ')} incomplete)`;
      warnings.add(`${why.includes(path) ? why : `${path}: ${why}`}${missing}`);
    },
    failuresOf: (kind) => [...(failures.get(kind) ?? [])].map(([path, why]) => ({ path, why })),
    warn: (warning) => void warnings.add(warning),
    claim(...links) {
      for (const link of links) if (link !== null) claims.add(deviceOf(link));
    },
    isClaimed: (link) => link !== null && claims.has(deviceOf(link)),
    tell(device, { manufacturer, model, attributes }) {
      if (!reading.isClaimed(device)) return;
      const name = deviceOf(device ?? '');
      for (const part of parts) {
        if (!part.devices?.some((link) => link !== null && deviceOf(link) === name)) continue;
        part.attributes = { ...attributes, ...said(part.attributes ?? {}) };
        part.manufacturer ??= manufacturer ?? null;
        part.model ??= model ?? null;
      }
    },
    async one(link, schema, ...kinds) {
      try {
        const parsed = schema.safeParse(await bmc.get(link));
        if (parsed.success) return parsed.data;
        reading.failed(link, 'is not what it should be', ...kinds);
      } catch (error) {
        const fatal = bmc.fatal();
        if (fatal) throw fatal;
        if (!(error instanceof AdapterError)) throw error;
        reading.failed(link, error.message, ...kinds);
      }
      return null;
    },
    async many(link, schema, ...kinds) {
      const { members, failures } = await readCollection(bmc, link, schema);
      for (const { path, why } of failures) reading.failed(path, why, ...kinds);
      return members;
    },
    parts: () => parts,
    result() {
      const distinct = mergeRepeated(parts);
      return {
        components: COMPONENT_KINDS.flatMap((kind) => componentsOf(kind, distinct, quirks)),
        scope: COMPONENT_KINDS.filter((kind) => lookedAt.has(kind) && !failures.has(kind)),
        warnings: [...warnings],
      };
    },
  };
  return reading;
}

function componentsOf(kind: ComponentKind, parts: readonly FoundPart[], quirks: Quirks): ObservedComponent[] {
  // The order in which answers came must not decide which of two equal names gets the suffix.
  const own = parts
    .filter((part) => part.kind === kind)
    .toSorted((a, b) => compare(a.slot.path ?? '', b.slot.path ?? ''));
  const names = nameSlots(
    own.map((part) => part.slot),
    quirks.slotNames,
  );
  const components: ObservedComponent[] = [];
  for (const [at, part] of own.entries()) {
    if (isAbsent(part.status)) continue;
    components.push({
      kind,
      slot: names[at] ?? '',
      manufacturer: part.manufacturer ?? null,
      model: part.model ?? null,
      partNumber: part.partNumber ?? null,
      serial: part.serial ?? null,
      firmware: part.firmware ?? null,
      health: part.status.Health,
      attributes: said(part.attributes ?? {}),
    });
  }
  return components;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function said(attributes: NonNullable<FoundPart['attributes']>): ObservedComponent['attributes'] {
  const known: ObservedComponent['attributes'] = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || (Array.isArray(value) && value.length === 0)) continue;
    known[name] = value;
  }
  return known;
}

/** A function's link begins with its device's. */
function deviceOf(link: string): string {
  return fold(link).replace(/\/pciefunctions(\/.*)?$/, '');
}
