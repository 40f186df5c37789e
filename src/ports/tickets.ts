export interface TicketDraft {
  /** Project or queue of the other side; null: the adapter's configured one. */
  project: string | null;
  /** One line, at most 255 characters. */
  summary: string;
  /** Paragraphs of plain text; the adapter turns them into the other side's rich text. */
  paragraphs: string[];
  /** Name and address of pages worth opening. */
  links: { title: string; url: string }[];
  priority: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  labels: string[];
}

export interface TicketRecord {
  id: string;
  /** e.g. `HW-17`. */
  key: string;
  url: string;
  summary: string;
  /** The other side's word. */
  status: string;
  /** `new | indeterminate | done` as Jira's status categories. */
  statusCategory: string;
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
}
