import { atLeast } from 'netbox-client';
import type { Database, Row } from './database.ts';
import type { Field, ModelName } from './model-shape.ts';

export type Shape = Record<string, unknown>;

export interface Rendering {
  database: Database;
  /** Origin of links; empty inside webhooks, as in the real ones. */
  origin: string;
  version: string;
  /** The object as it shows inside others: its brief fields, or those that this place shows (always the same list of them). */
  brief(name: ModelName, row: Row, shows?: Field['shows']): Shape;
}

/** What a nested object shows in this place; undefined: its brief fields. */
export function nestedNames({ shows, showsSince }: Field, version: string): Field['shows'] {
  return showsSince === undefined || atLeast(version, showsSince) ? shows : undefined;
}
