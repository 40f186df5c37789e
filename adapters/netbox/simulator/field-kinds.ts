import type { Field, ModelName, UniqueRule } from './model-shape.ts';

export const text = (more: Partial<Field> = {}): Field => ({ kind: 'text', default: '', max: 200, ...more });
export const bool = (value: boolean, more: Partial<Field> = {}): Field => ({
  kind: 'boolean',
  default: value,
  ...more,
});
export const choice = (choices: Readonly<Record<string, string>>, more: Partial<Field> = {}): Field => ({
  kind: 'choice',
  choices,
  ...more,
});
export const ref = (to: ModelName, more: Partial<Field> = {}): Field => ({
  kind: 'ref',
  to,
  nullable: true,
  default: null,
  ...more,
});
/** A ref that has to be there. */
export const owner = (to: ModelName, more: Partial<Field> = {}): Field =>
  ref(to, { required: true, nullable: false, ...more });
export const number = (more: Partial<Field> = {}): Field => ({
  kind: 'number',
  nullable: true,
  default: null,
  ...more,
});
export const tagged: Record<string, Field> = {
  tags: { kind: 'tags', default: [] },
  custom_fields: { kind: 'customFields', default: {} },
};
export const slug = (label: string): UniqueRule[] => [
  { by: ['name'], field: 'name', message: `${label} with this name already exists.` },
  { by: ['slug'], field: 'slug', message: `${label} with this slug already exists.` },
];
export const named: Record<string, Field> = {
  name: text({ required: true, max: 100 }),
  slug: text({ required: true, max: 100, slug: true }),
  description: text(),
};
export const assignable: Record<string, Field> = {
  assigned_object_type: text({ nullable: true, default: null }),
  assigned_object_id: number(),
  description: text(),
  ...tagged,
};
/** Every object with a page of its own has them; the first two since 4.5. */
export const OWNER_SINCE = { owner: '4.5' } as const;
