import type { Database, Row } from './database.ts';
import { DCIM_MODELS } from './dcim-models.ts';
import { EXTRAS_MODELS } from './extras-models.ts';
import type { Model, ModelName } from './model-shape.ts';

export type { Field, Model, ModelName } from './model-shape.ts';

export const MODELS: Readonly<Record<ModelName, Model>> = { ...DCIM_MODELS, ...EXTRAS_MODELS };
export const MODEL_NAMES = Object.keys(MODELS) as ModelName[];

export function titleOf(database: Database, name: ModelName, row: Row): string {
  return MODELS[name].display?.(row, database) ?? String(row.name ?? row.id);
}
