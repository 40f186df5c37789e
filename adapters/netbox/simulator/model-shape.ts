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
    | 'prefix'
    | 'tags'
    | 'customFields';
  required?: boolean;
  nullable?: boolean;
  default?: unknown;
  /** Of a text. */
  max?: number;
  /** Of a text: letters, digits, underscores and hyphens. */
  slug?: boolean;
  /** Of a number. */
  smallest?: number;
  largest?: number;
  /** Of a number: its places in snapshots, which are texts like `"10.0"` for decimals. */
  decimals?: number;
  /** Of a ref: the model's name. */
  to?: ModelName;
  /** Of a choice: value → label. */
  choices?: Readonly<Record<string, string>>;
  /** First version whose API has it. */
  since?: string;
  /** The API shows it and ignores it in a write. */
  readOnly?: boolean;
  /** A PUT that leaves it out sets it to null: its serializer has a default. All others stay as they are. */
  reset?: boolean;
  /** What happens to this object when the one that a ref names is deleted. Default: 'null' where it may be null, else 'protect'. */
  onDelete?: 'null' | 'cascade' | 'protect';
  /** 'id': a ref shows as a number. 'value': a choice shows without its label. Else as usual, or the names that the nested object has. */
  shows?: 'id' | 'value' | readonly string[];
  /** First version in which the nested object has those names; before, its brief fields. */
  showsSince?: string;
  /** The exact filter of a text ignores case. */
  folded?: boolean;
}

export interface UniqueRule {
  by: readonly string[];
  field: string;
  message: string;
  /** The words of 4.4 to 4.6, where they are others. */
  before47?: (columns: Readonly<Record<string, unknown>>) => string;
  ignoreCase?: boolean;
  /** Columns in which null is equal to null (a constraint of their own for "where it is null"). */
  nullEqual?: readonly string[];
}

export interface Model {
  name: ModelName;
  objectType: string;
  /** As the change log calls it, e.g. `module bay`. */
  noun: string;
  /** API path. */
  path: string;
  /** Path of the pages for people. */
  page: string;
  /** As in "No Device matches the given query." */
  label: string;
  fields: Readonly<Record<string, Field>>;
  /** What an object shows of itself inside another one and with `brief`. */
  brief: readonly string[];
  /** What NetBox shows and we do not model: always so. */
  constant?: Readonly<Record<string, unknown>>;
  /**
   * Shown numbers of objects that refer to it. Inside another object most are left out; 'zero' is always 0 there (a quirk), 'real' is
   * kept by the database from `nestedSince` on.
   */
  counts?: Readonly<Record<string, { of: ModelName; by: string; nested?: 'real' | 'zero'; nestedSince?: string }>>;
  /** First version that shows a constant, a count or what is computed. */
  since?: Readonly<Record<string, string>>;
  /** Columns whose combination must be unique, with NetBox's words for it. */
  unique?: readonly UniqueRule[];
  /** The order of a list without `ordering`; a ref means the order of the other model. Default: by id. */
  ordering?: readonly string[];
  /** Whether a journal can be kept on it, so that its entries go with it. */
  journal?: boolean;
  /** There is no writing at its endpoint. */
  readOnly?: boolean;
  display?(row: Row, database: Database): string;
}

export type ModelName =
  | 'site'
  | 'location'
  | 'rack'
  | 'tenant'
  | 'manufacturer'
  | 'deviceType'
  | 'deviceRole'
  | 'device'
  | 'interface'
  | 'macAddress'
  | 'moduleBay'
  | 'moduleTypeProfile'
  | 'moduleType'
  | 'module'
  | 'inventoryItem'
  | 'powerPort'
  | 'powerOutlet'
  | 'cable'
  | 'cableTermination'
  | 'prefix'
  | 'ipAddress'
  | 'tag'
  | 'choiceSet'
  | 'customField'
  | 'customLink'
  | 'journalEntry'
  | 'webhook'
  | 'eventRule';
