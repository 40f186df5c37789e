export interface PlaybookRun {
  id: string;
  /** Page that a person can open. */
  url: string;
  name: string;
  /** 'unknown': a word that we do not know; treat as not finished. */
  status: 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';
  /** The other side's word. */
  rawStatus: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** Why, where the other side says. */
  explanation: string | null;
  hostCounts: Record<string, number>;
}

export interface PlaybookLaunch {
  /** Name of the job template. */
  template: string;
  /** The only host it may touch. An empty limit is refused: it would mean every host. */
  limit: string;
  extraVars: Record<string, unknown>;
}

export interface PlaybookHost {
  name: string;
  /** Goes into `ansible_host`. */
  address: string | null;
  /** Our id of the thing, kept as the host's `instance_id`. */
  instanceId: string;
}

/** Automation that runs playbooks. All methods throw AdapterError only. */
export interface Playbooks {
  /** How long the other side's search may lag behind its writes, in milliseconds. */
  readonly searchLagMs: number;
  /** Keyed by name on the other side: creating one that exists succeeds. */
  ensureHost(key: string, host: PlaybookHost, signal: AbortSignal): Promise<{ id: string }>;
  /** The run that `launch` started with this key, if any. */
  findByKey(key: string, signal: AbortSignal): Promise<PlaybookRun | undefined>;
  /**
   * Not idempotent on the other side: probe with `findByKey` before any repeat. The key goes into extra_vars.
   * If the other side ignored any field (non-empty `ignored_fields`), cancels the run and throws `rejected`.
   */
  launch(key: string, launch: PlaybookLaunch, signal: AbortSignal): Promise<PlaybookRun>;
  read(id: string, signal: AbortSignal): Promise<PlaybookRun | undefined>;
  cancel(id: string, signal: AbortSignal): Promise<void>;
}
