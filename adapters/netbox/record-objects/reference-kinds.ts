import type { Resource } from 'netbox-client';
import type { Creatable } from '../settings.ts';

export type Kind =
  | 'site'
  | 'location'
  | 'rack'
  | 'tenant'
  | 'manufacturer'
  | 'deviceType'
  | 'moduleType'
  | 'role'
  | 'moduleBay'
  | 'tag';

export interface KindFacts {
  resource: Resource;
  /** For sentences. */
  label: string;
  /** The field that it is named by. */
  key: 'name' | 'model';
  hasSlug: boolean;
  /** The field that a name is unique within. */
  scope: 'manufacturer' | 'device' | 'site' | null;
  /** The word of the setting `createMissing` that lets the hub make one; null: always made; undefined: never. */
  made: Creatable | null | undefined;
}

export const KINDS: Readonly<Record<Kind, KindFacts>> = {
  site: { resource: 'sites', label: 'site', key: 'name', hasSlug: true, scope: null, made: undefined },
  location: { resource: 'locations', label: 'location', key: 'name', hasSlug: true, scope: 'site', made: undefined },
  rack: { resource: 'racks', label: 'rack', key: 'name', hasSlug: false, scope: 'site', made: undefined },
  tenant: { resource: 'tenants', label: 'tenant', key: 'name', hasSlug: true, scope: null, made: undefined },
  manufacturer: {
    ...{ resource: 'manufacturers', label: 'manufacturer', key: 'name', hasSlug: true, scope: null },
    made: 'manufacturers',
  },
  deviceType: {
    ...{ resource: 'deviceTypes', label: 'device type', key: 'model', hasSlug: true, scope: 'manufacturer' },
    made: 'deviceTypes',
  },
  moduleType: {
    ...{ resource: 'moduleTypes', label: 'module type', key: 'model', hasSlug: false, scope: 'manufacturer' },
    made: 'moduleTypes',
  },
  role: { resource: 'deviceRoles', label: 'device role', key: 'name', hasSlug: true, scope: null, made: 'roles' },
  moduleBay: {
    ...{ resource: 'moduleBays', label: 'module bay', key: 'name', hasSlug: false, scope: 'device' },
    made: 'moduleBays',
  },
  tag: { resource: 'tags', label: 'tag', key: 'name', hasSlug: true, scope: null, made: null },
};

/** What a mapping wrote for a reference. */
export type Reference =
  | { is: 'id'; id: number | null }
  | { is: 'named'; name: string | null; slug: string | null; rest: Record<string, unknown> }
  | { is: 'unreadable' };

/** A number, or `{id}`, is an id; a text is a name, even one of digits only: racks are called `12`. */
export function readReference(value: unknown, { key }: KindFacts): Reference {
  if (value === null) return { is: 'id', id: null };
  if (typeof value === 'number') return { is: 'id', id: value };
  if (typeof value === 'string') return value.trim() === '' ? { is: 'unreadable' } : named(value, null, {});
  if (typeof value !== 'object' || Array.isArray(value)) return { is: 'unreadable' };
  const { id, [key]: name, slug, ...rest } = value as Record<string, unknown>;
  if (id !== undefined) return /^[1-9]\d{0,15}$/.test(String(id)) ? { is: 'id', id: Number(id) } : { is: 'unreadable' };
  const [ownName, ownSlug] = [textOf(name), textOf(slug)];
  return ownName === null && ownSlug === null ? { is: 'unreadable' } : named(ownName, ownSlug, rest);
}

function named(name: string | null, slug: string | null, rest: Record<string, unknown>): Reference {
  return { is: 'named', name: name?.trim() ?? null, slug, rest };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
