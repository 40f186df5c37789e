import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const FOLDER = path.join(import.meta.dirname, '..', '..', 'mappings');

/** As much of a mapping as says what is written with it; the whole of it is checked where it is used. */
const Policies = z.union([z.string(), z.array(z.object({ policy: z.string() }))]);
const MappingFile = z.object({
  object: z.string(),
  create: z.object({ there: Policies.optional() }).optional(),
  remove: z.object({ there: z.boolean().optional() }).optional(),
  fields: z
    .array(
      z.object({ direction: z.string().default('both'), theirs: z.string().optional(), to: z.string().optional() }),
    )
    .default([]),
});

export interface MappedWrites {
  /** NetBox's type as the mappings call it, e.g. `device`. */
  object: string;
  /** Top-level names that are written: `status`, `custom_fields`, `device_type`. */
  writes: string[];
  /** Whether it is ever made there, be it only when a person says so. */
  creates: boolean;
  removes: boolean;
}

/** What the mappings of NetBox may write, one line per `mappings/netbox-*.yaml` that maps a type. @throws Error naming the file that cannot be read */
export function mappedWrites(folder: string = FOLDER): MappedWrites[] {
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
    found.push(writesOf(read.data));
  }
  return found;
}

function writesOf({ object, create, remove, fields }: z.infer<typeof MappingFile>): MappedWrites {
  const paths = fields.filter(({ direction }) => direction !== 'in').map(({ to, theirs }) => to ?? theirs ?? '');
  const there = create?.there ?? 'never';
  const policies = typeof there === 'string' ? [there] : there.map(({ policy }) => policy);
  return {
    object,
    writes: [...new Set(paths.map((one) => /^\w+/.exec(one)?.[0] ?? '').filter((one) => one !== ''))],
    creates: policies.some((policy) => policy !== 'never'),
    removes: remove?.there === true,
  };
}
