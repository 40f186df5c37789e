/** A proof attacks a running hub by a schedule that follows from a seed. */
export interface Proof {
  says: string;
  /** Sets up what its runs share. */
  open(options: { kill: boolean }): Promise<OpenProof>;
}

export interface OpenProof {
  /** Throws on the first broken invariant. */
  run(options: { seed: number; say(line: string): void }): Promise<void>;
  close(): Promise<void>;
}
