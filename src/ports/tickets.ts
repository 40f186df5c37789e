export interface TicketDraft {
  /** Project or queue of the other side; null: the one of the template, else the adapter's configured one. */
  project: string | null;
  /** One line, at most 255 characters. */
  summary: string;
  /** Paragraphs of plain text; the adapter turns them into the other side's rich text. */
  paragraphs: string[];
  /** Name and address of pages worth opening. */
  links: { title: string; url: string }[];
  priority: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  labels: string[];
  /** Kind of work, e.g. REPLACE_DISK: chooses the template. */
  type: string;
  /** Template's name from the rule, where it names one. */
  template: string | null;
  assigneeGroup: string | null;
  /** What the hub knows, by the names of `TICKET_FACTS`; null: not known. The adapter's mapping puts them into fields of the other side. */
  facts: Record<string, string | number | null>;
}

/** Facts of a draft that a mapping may name. */
export const TICKET_FACTS = [
  'site',
  'rack',
  'u',
  'slot',
  'server_name',
  'server_serial',
  'server_model',
  'part_kind',
  'part_model',
  'part_number',
  'part_serial',
  'part_age_days',
  'lot',
  'installed_at',
  'warranty_until',
  'spare_serial',
  'spare_barcode',
  'spare_lot',
  'spare_warehouse',
  'spare_bin',
  'spare_condition',
  'spare_match',
  'reorder',
  'symptom',
  'rule',
  'first_seen',
  'occurrences',
  'previous_tickets',
  'hub_url',
] as const;

export type StatusCategory = 'new' | 'indeterminate' | 'done';

export interface TicketRecord {
  id: string;
  /** e.g. `HW-17`. */
  key: string;
  url: string;
  summary: string;
  /** The other side's word. */
  status: string;
  /** Jira's status categories; another word where the other side says none of them. */
  statusCategory: StatusCategory | (string & {});
  /** Name as people read it; null: nobody. */
  assignee: string | null;
  /** The other side's word; null: not resolved. */
  resolution: string | null;
  /** The other side's word. */
  priority: string | null;
  updatedAt: string | null;
}

/** A ticket that somebody else made. */
export interface OutsideCase {
  id: string;
  key: string;
  url: string;
  summary: string;
  /** Description as plain text. */
  text: string;
  status: string;
  statusCategory: string;
  priority: string | null;
  createdAt: string;
  updatedAt: string;
  resolvedAt: string | null;
  assignee: string | null;
  labels: string[];
  /** Further fields with a value, by the name that people see. */
  fields: Record<string, string | number | null>;
}

/** Time that was promised for something, e.g. "Time to resolution". */
export interface TicketSla {
  name: string;
  goalMs: number;
  /** Negative once it is breached; null: no clock runs. */
  remainingMs: number | null;
  breached: boolean;
  paused: boolean;
}

/** Tickets where operators live. All methods throw AdapterError only. */
export interface Tickets {
  /** How long the other side's search may lag behind its writes, in milliseconds. */
  readonly searchLagMs: number;
  /** The ticket that `create` made with this key, if any. May miss one younger than `searchLagMs`. */
  findByKey(key: string, signal: AbortSignal): Promise<TicketRecord | undefined>;
  /** Not idempotent on the other side: the caller probes with `findByKey` before any repeat. The key is stored in the ticket. */
  create(key: string, draft: TicketDraft, signal: AbortSignal): Promise<TicketRecord>;
  read(id: string, signal: AbortSignal): Promise<TicketRecord | undefined>;
  /** Once per key: a comment that is there already is found again by its key, without any lag. Two callers at once may still make two. */
  comment(key: string, id: string, paragraphs: string[], signal: AbortSignal): Promise<{ id: string }>;
  findComment(key: string, id: string, signal: AbortSignal): Promise<{ id: string } | undefined>;
  /**
   * Succeeds when the ticket is in that category already. `resolution` is used where a step asks for one.
   * @throws AdapterError rejected, with `detail.possible` (names of the transitions there are), where the workflow has no way
   */
  transition(
    id: string,
    to: StatusCategory,
    options: { resolution: string | null },
    signal: AbortSignal,
  ): Promise<TicketRecord>;
  /** Its one line, at most 255 characters. May be repeated. @throws AdapterError not-found */
  retitle(id: string, summary: string, signal: AbortSignal): Promise<void>;
  /** Once per key, by the name of the file, which gets the key's hash. */
  attach(
    key: string,
    id: string,
    file: { name: string; type: string; bytes: Buffer },
    signal: AbortSignal,
  ): Promise<{ id: string }>;
  /** Made or changed: one page per `globalId`. */
  linkPage(
    id: string,
    page: { globalId: string; title: string; url: string; resolved: boolean },
    signal: AbortSignal,
  ): Promise<void>;
  /** Empty where there is no service desk. */
  readSla(id: string, signal: AbortSignal): Promise<TicketSla[]>;
  /**
   * Tickets by the other side's own query, a page at a time. `page`: null, or `next` of the page before. `next` is null only at the proven
   * end of the listing.
   */
  search(
    query: string,
    page: string | null,
    signal: AbortSignal,
  ): Promise<{ cases: OutsideCase[]; next: string | null }>;
}
