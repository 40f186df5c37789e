import type { Database, Row } from './database.ts';

export interface Field {
  kind:
    | 'text'
    | 'choice'
    | 'number'
    | 'boolean'
    | 'ref'
    | 'json'
    | 'texts'
    | 'mac'
    | 'address'
    | 'tags'
    | 'customFields';
  required?: boolean;
  nullable?: boolean;
  default?: unknown;
  /** Of a text. */
  max?: number;
  /** Of a ref: the model's name. */
  to?: ModelName;
  /** Of a choice: value → label. */
  choices?: Readonly<Record<string, string>>;
}

export interface Model {
  name: ModelName;
  objectType: string;
  /** API path. */
  path: string;
  /** Path of the pages for people. */
  page: string;
  /** As in "No Device matches the given query." */
  label: string;
  fields: Readonly<Record<string, Field>>;
  /** What an object shows of itself inside another one. */
  brief: readonly string[];
  /** What NetBox shows and we do not model: always so. */
  constant?: Readonly<Record<string, unknown>>;
  /** Columns whose combination must be unique, with NetBox's words for it. */
  unique?: readonly { by: readonly string[]; field: string; message: string; ignoreCase?: boolean }[];
  display?(row: Row, database: Database): string;
}

export type ModelName =
  | 'site'
  | 'rack'
  | 'manufacturer'
  | 'deviceType'
  | 'deviceRole'
  | 'device'
  | 'interface'
  | 'macAddress'
  | 'ipAddress'
  | 'tag'
  | 'choiceSet'
  | 'customField'
  | 'customLink'
  | 'webhook'
  | 'eventRule';
