/** A label of an alert and the value that it must have. */
export interface SilenceMatcher {
  label: string;
  /** Exactly. Of several, any. */
  values: readonly string[];
}

export interface SilenceWanted {
  /** All of them must fit. At least one. */
  matchers: readonly SilenceMatcher[];
  startsAt: string;
  endsAt: string;
  /** For people. */
  reason: string;
}

/** Alerts that are not to be told for a while, in the monitoring system. All methods throw AdapterError only. */
export interface Silences {
  /** Which label of an alert there holds a server's serial, the name of a site, the name of a rack. */
  readonly labels: { readonly server: string; readonly site: string; readonly rack: string };
  /**
   * There is one silence with this key and it is as wanted: made, changed, or left as it is. What is long over is not made.
   * Once per key: one that an earlier call made, heard of or not, is found again by the key that it carries.
   */
  ensure(key: string, wanted: SilenceWanted, signal: AbortSignal): Promise<{ id: string | null }>;
  /** No silence with this key holds any more; none there is fine. @returns how many it ended */
  end(key: string, signal: AbortSignal): Promise<{ ended: number }>;
}
