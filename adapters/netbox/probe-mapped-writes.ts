import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const FOLDER = path.join(import.meta.dirname, '..', '..', 'mappings');

/** As much of a mapping as says what is written with it; the whole of it is checked where it is used. */
const Policies = z.union([z.string(), z.array(z.object({ policy: z.string() }))]);
const Field = z.object({
  authority: z.string(),
  direction: z.string().default('both'),
  theirs: z.string().optional(),
  to: z.string().optional(),
});
const MappingFile = z.object({
  object: z.string(),
  create: z.object({ there: Policies.optional(), with: z.record(z.string(), z.unknown()).optional() }).optional(),
  remove: z.object({ there: z.boolean().optional() }).optional(),
  fields: z.array(Field).default([]),
});

export interface MappedWrites {
  /** NetBox's type as the mappings call it, e.g. `device`. */
  object: string;
  /** Top-level names that are written: `status`, `custom_fields`, `device_type`. */
  writes: readonly string[];
  /** The same, written only when a person says so: where ours is not the side that decides. */
  asked: readonly string[];
  /** Top-level names that are only written when it is made. */
  given: readonly string[];
  creates: 'always' | 'review' | 'never';
  removes: boolean;
}

/** What the mappings of NetBox may write, one line per `mappings/netbox-*.yaml` that maps a type. `without`: objects that are left aside. @throws Error naming the file that cannot be read */
export function mappedWrites(folder: string = FOLDER, without: readonly string[] = []): MappedWrites[] {
  const found: MappedWrites[] = [];
  for (const name of readdirSync(folder).toSorted()) {
    if (!/^netbox-.*\.yaml$/.test(name)) continue;
    const content: unknown = parse(readFileSync(path.join(folder, name), 'utf8'));
    // The words of the life cycle stand there too, and map no type.
    if (typeof content !== 'object' || content === null || !Object.hasOwn(content, 'object')) continue;
    const read = MappingFile.safeParse(content);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new Error(`mappings/${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unexpected'}`, {
        cause: read.error,
      });
    }
    if (!without.includes(read.data.object)) found.push(writesOf(read.data));
  }
  return found;
}

function writesOf({ object, create, remove, fields }: z.infer<typeof MappingFile>): MappedWrites {
  const out = fields.filter(({ direction }) => direction !== 'in');
  // What is only written has no value there that it could differ from: it is written once, when the object is made.
  const kept = out.filter(({ theirs }) => theirs !== undefined);
  const there = create?.there ?? 'never';
  const policies = typeof there === 'string' ? [there] : there.map(({ policy }) => policy);
  const word = (['always', 'review'] as const).find((one) => policies.includes(one)) ?? 'never';
  return {
    object,
    writes: topNames(kept.filter(({ authority }) => authority === 'ours')),
    asked: topNames(kept.filter(({ authority }) => authority !== 'ours')),
    given: [...new Set([...topNames(out), ...Object.keys(create?.with ?? {})])],
    creates: word,
    removes: remove?.there === true,
  };
}

function topNames(fields: readonly z.infer<typeof Field>[]): string[] {
  const names = fields.map(({ to, theirs }) => /^\w+/.exec(to ?? theirs ?? '')?.[0] ?? '');
  return [...new Set(names.filter((name) => name !== ''))];
}
