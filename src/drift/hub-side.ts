/** One object of ours, by the raw values that a mapping's `ours:` paths read. Not normalised. */
export interface HubObject {
  id: string;
  /** Of a child: the object that it belongs to. */
  parentId: string | null;
  /** For people: what it is called. */
  label: string;
  values: Record<string, unknown>;
}
