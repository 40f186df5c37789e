import { COMPONENT_MODELS } from './component-models.ts';
import type { Database, Row } from './database.ts';
import { DEVICE_MODELS } from './device-models.ts';
import { EXTRAS_MODELS } from './extras-models.ts';
import { IPAM_MODELS } from './ipam-models.ts';
import type { Model, ModelName } from './model-shape.ts';
import { PLACE_MODELS } from './place-models.ts';
import { POWER_MODELS } from './power-models.ts';

export type { Field, Model, ModelName } from './model-shape.ts';

export const MODELS: Readonly<Record<ModelName, Model>> = {
  ...PLACE_MODELS,
  ...DEVICE_MODELS,
  ...COMPONENT_MODELS,
  ...POWER_MODELS,
  ...IPAM_MODELS,
  ...EXTRAS_MODELS,
};
export const MODEL_NAMES = Object.keys(MODELS) as ModelName[];

export function titleOf(database: Database, name: ModelName, row: Row): string {
  return MODELS[name].display?.(row, database) ?? String(row.name ?? row.id);
}

/** By `dcim.device`; undefined for a type that is not modelled. */
export function modelOfType(objectType: unknown): ModelName | undefined {
  return MODEL_NAMES.find((name) => MODELS[name].objectType === objectType);
}

/** What a cable ends at. */
export const CABLED = ['interface', 'powerPort', 'powerOutlet'] as const satisfies readonly ModelName[];

/** By `dcim.interface`; undefined for a type that no cable of this simulator ends at. */
export function cabledOfType(objectType: unknown): (typeof CABLED)[number] | undefined {
  return CABLED.find((name) => MODELS[name].objectType === objectType);
}

export interface Reference {
  model: ModelName;
  column: string;
  onDelete: 'null' | 'cascade' | 'protect';
}

/** Which columns of which models point at this one. */
export const REFERENCES: Readonly<Record<ModelName, readonly Reference[]>> = Object.fromEntries(
  MODEL_NAMES.map((to) => [to, MODEL_NAMES.flatMap((model) => referencesFrom(model, to))]),
) as Record<ModelName, Reference[]>;

function referencesFrom(model: ModelName, to: ModelName): Reference[] {
  return Object.entries(MODELS[model].fields)
    .filter(([, field]) => field.kind === 'ref' && field.to === to)
    .map(([column, field]) => ({ model, column, onDelete: field.onDelete ?? (field.nullable ? 'null' : 'protect') }));
}
